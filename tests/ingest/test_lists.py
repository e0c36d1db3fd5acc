"""Combo lists, stealer lines and labelled blocks: the corpus, read by content alone, by both ways through the code."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from breachcheck.digests import Kind
from ingest.engine import Engine
from ingest.survey import survey
from tests.ingest.loads import described
from tests.ingest.test_shortcuts import DIGESTER, gathered

CORPUS = Path(__file__).parent / "corpus" / "lists.txt"
PASSWORDS = "Passwords"
_UNSEEN = re.compile("⟨U\\+([0-9A-F]{4})⟩")


def corpus():
    """Name -> the lines of a file, and what is true of each."""
    files = {}
    for line in CORPUS.read_text("utf-8").split("\n")[2:-1]:
        if line.startswith("= "):
            files[line[2:]] = lines = []
        else:
            text, _, truth = line.partition(" ⇒ ")
            lines.append((_UNSEEN.sub(lambda found: chr(int(found[1], 16)), text), truth))
    return files


FILES = corpus()


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with Engine(tmp_path_factory.mktemp("engine")) as opened:
        yield opened


def digest(address):
    return int(DIGESTER.of(Kind.EMAIL, address, "Shop"))


def truth_of(lines):
    """Everyone's digest, with whether their password leaked."""
    named = [one.split(" ") for _, truth in lines if truth not in {"", "!", "?"} for one in truth.split(" & ")]
    said = {address for address, *secret in named if secret}
    return {digest(address): address in said for address, *_ in named}


def read(engine, folder, text):
    """Whom a load of *text* would enter, each with whether their password leaked, and how many records name nobody.

    By the shortcut, if there is one, and by the long way.
    """
    manifest = described(folder, "- {path: list.txt}", {})
    (folder / "list.txt").write_bytes(text)
    surveyed = survey(manifest, engine)
    [source], [wanted] = surveyed.sources, surveyed.wanted()
    secrets = {name: (PASSWORDS,) for name, classes in wanted.classes.items() if PASSWORDS in classes}
    ways = (source.table, replace(source.table, shortcut=None))
    found = [gathered(engine, table, folder, wanted=replace(wanted, classes=secrets)) for table in ways]
    return [(people(direct), counts[2].total()) for (direct, _), _, counts in found]


def people(words):
    return {digest: bool(word) for digest, word in words.items()}


def as_text(lines):
    return "\n".join(text for text, _ in lines) + "\n"


@pytest.mark.parametrize("name", FILES)
def test_everyone_in_the_corpus_is_found_with_their_secret_and_nobody_else(engine, tmp_path, name):
    truth = truth_of(FILES[name])

    ways = read(engine, tmp_path, as_text(FILES[name]).encode())

    assert [found for found, _ in ways] == [truth, truth]
    if not any(said == "?" for _, said in FILES[name]):
        assert [rejected for _, rejected in ways] == [sum(said == "!" for _, said in FILES[name])] * 2
