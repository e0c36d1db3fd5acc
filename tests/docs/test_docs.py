"""Documents and texts: what they name is there, and nothing in the tree names a real person or one machine."""

import importlib
import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import click
import pytest

from breachcheck import config
from breachcheck.cli import COMMANDS

ROOT = Path(__file__).parent.parent.parent
PLACES = ("breachcheck", "ingest", "templates", "examples", "tests", "bench", "docs", "deploy", ".ci")
TEXTS = {".py", ".md", ".html", ".txt", ".subject", ".json", ".jsonl", ".yaml", ".toml", ".cfg", ".css", ".js", ".csv"}

DOCUMENTS = [
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md"))
    if path.is_file()
]

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCE = re.compile(r"```(?:sh|console)\n(.+?)```", re.DOTALL)
QUOTED = re.compile(r"`(breachcheck [^`\n]+)`")
TYPED = re.compile(r"(?:^|[;&|]\s*)(?:\$ )?(?:\.venv/bin/)?(breachcheck [^#|&\n]+)", re.MULTILINE)
VARIABLE = re.compile(r"\bBREACHCHECK_[A-Z_]*[A-Z]\b")
ADDRESS = re.compile(r"[\w.%+-]+@([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE)
ONE_MACHINE = re.compile(r"(?<![\w.])/(?:home|root|Users|work|opt|mnt)/\w")

FOR_EXAMPLES = {"example", "test", "invalid", "localhost"}
GOOGLE = {"gmail.com", "googlemail.com"}
NO_MAIL_THERE = {"hibp-integration-tests.com", "127.0.0.1", "b.cd"}
"""Made for tests by those who run them, or not domains that anyone has mail at."""


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def texts(*places: str) -> list[Path]:
    """Every text file of the tree that people wrote."""
    found = [path for place in places for path in (ROOT / place).rglob("*") if path.suffix in TEXTS]
    return sorted(path for path in found if "__pycache__" not in path.parts)


def own_texts() -> list[Path]:
    return [*texts(*PLACES), *(path for path in ROOT.glob("*") if path.is_file() and path.suffix in TEXTS)]


def anchors_of(path: Path) -> set[str]:
    headings = HEADING.findall(path.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(document):
    for link in LINK.findall(document.read_text(encoding="utf-8")):
        if ":" in link:
            continue
        place, _, anchor = link.partition("#")
        target = (document.parent / place) if place else document
        assert target.exists(), f"{link} is not there"
        assert not anchor or anchor in anchors_of(target), f"{link} has no such heading"


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_a_document_begins_with_one_title(document):
    assert re.findall(r"^# ", document.read_text(encoding="utf-8").split("\n", 1)[0], re.MULTILINE)


def lines_for_the_terminal(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    yield from QUOTED.findall(text)
    if path.suffix == ".md":
        for block in FENCE.findall(text):
            yield from TYPED.findall(block)


def command_of(words: list[str]) -> click.Command:
    """The command that *words* call; fails where there is none."""
    assert words[0] in COMMANDS, f"there is no command {words[0]}"
    module, attribute = COMMANDS[words[0]]
    command = getattr(importlib.import_module(module), attribute)
    while isinstance(command, click.Group) and len(words) > 1:
        words = words[1:]
        assert words[0] in command.commands, f"{command.name} has no command {words[0]}"
        command = command.commands[words[0]]
    assert isinstance(command, click.Command)
    return command


def options_of(command: click.Command) -> set[str]:
    return {name for one in command.params for name in (*one.opts, *one.secondary_opts)} | {"--help"}


@pytest.mark.parametrize("path", [*DOCUMENTS, *texts("breachcheck", "ingest", "templates")], ids=name_of)
def test_every_command_and_option_that_is_named_exists(path):
    for line in lines_for_the_terminal(path):
        words = line.split()[1:]
        options = {word.partition("=")[0] for word in words if re.fullmatch(r"--[a-z][a-z-]*(=.*)?", word)}
        called = list(takewhile(lambda word: re.fullmatch(r"[a-z]+(-[a-z]+)*", word), words))
        if not called:
            continue
        assert options <= options_of(command_of(called)), line


def test_every_variable_that_is_named_is_read():
    known = {config.variable_of(name) for name in config.names()} | set(config.NOT_SETTINGS)
    named = {
        found
        for path in (*DOCUMENTS, *texts("breachcheck", "ingest", "templates", "deploy"), ROOT / "Makefile")
        for found in VARIABLE.findall(path.read_text(encoding="utf-8"))
    }

    assert named <= known


def is_made_up(found: re.Match[str]) -> bool:
    """By its domain or its name; Google gives out no name of fewer than six letters."""
    local, _, domain = found[0].lower().rpartition("@")
    name = local.partition("+")[0].replace(".", "")
    if domain in NO_MAIL_THERE or {label.strip("-") for label in domain.split(".")} & FOR_EXAMPLES:
        return True
    return "demo" in name or "invented" in name or (domain in GOOGLE and len(name) < 6)


@pytest.mark.parametrize("path", own_texts(), ids=name_of)
def test_no_address_in_the_tree_can_be_anyone_s(path):
    text = path.read_text(encoding="utf-8", errors="replace")

    assert [found[0] for found in ADDRESS.finditer(text) if not is_made_up(found)] == []


@pytest.mark.parametrize("path", [*own_texts(), ROOT / "Makefile", ROOT / ".ci" / "run"], ids=name_of)
def test_nothing_in_the_tree_names_a_place_on_one_machine(path):
    assert ONE_MACHINE.findall(path.read_text(encoding="utf-8", errors="replace")) == []
