"""The examples: made by their script, of invented people, and as dirty as they are said to be."""

import csv
import gzip
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from breachcheck.addresses import canonical
from breachcheck.errors import InvalidAccount
from ingest import manifest

EXAMPLES = Path(__file__).parents[2] / "examples"
KNOWN = json.loads((EXAMPLES / "known_answers.json").read_text(encoding="utf-8"))
DEMO = json.loads((EXAMPLES / "demo.json").read_text(encoding="utf-8"))
MANIFESTS = [manifest.read(EXAMPLES / path) for path in DEMO["manifests"]]

AN_ADDRESS = re.compile(r"[^\s\"',;:<>()\[\]{}@]+@([^\s\"',;:<>()\[\]{}@]+)")
RESERVED = re.compile(r"(example\.(com|org|net)|.+\.(example|test))\.?", re.IGNORECASE)
GMAIL = re.compile(r"d\.?emo\.?person[^@]+@(gmail|googlemail)\.com", re.IGNORECASE)
DATA_FILES = (
    "openai-mixpanel/people.json.gz",
    "openai-mixpanel/events.jsonl.gz",
    "openai-mixpanel/people.csv",
    "plimsnorth/customers.zip",
    "quorvane/members.jsonl",
)
MADE = (*DATA_FILES, "demo.json", "known_answers.json")


def make(folder: Path) -> Path:
    subprocess.run([sys.executable, EXAMPLES / "make.py", folder], check=True, cwd=folder)
    return folder


def content(path: Path) -> dict[str, bytes]:
    """What is in the file. Compressed bytes differ between builds of zlib; what they hold does not."""
    if path.suffix == ".gz":
        return {"": gzip.decompress(path.read_bytes())}
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    return {"": path.read_bytes()}


def text(path: str) -> str:
    encoding = "cp1252" if path.endswith(".zip") else "utf-8"
    return "\n".join(part.decode(encoding) for part in content(EXAMPLES / path).values())


def table(path: str, delimiter: str) -> list[dict[str | None, str]]:
    encoding = "cp1252" if path.endswith(".zip") else "utf-8"
    parts = [part.decode(encoding) for name, part in content(EXAMPLES / path).items() if not name.endswith(".txt")]
    return [row for part in parts for row in csv.DictReader(io.StringIO(part, newline=""), delimiter=delimiter)]


def documents(path: str) -> Iterator[dict[str, Any]]:
    for line in text(path).splitlines():
        if line.endswith("}"):
            yield json.loads(line)


def profiles() -> list[dict[str, Any]]:
    return [profile for page in documents("openai-mixpanel/people.json.gz") for profile in page["results"]]


def accounts_on_pages() -> Iterator[object]:
    return (profile["$properties"].get("$email") for profile in profiles())


def accounts_in_table() -> Iterator[object]:
    return (row["Email"] for row in table("openai-mixpanel/people.csv", ",") if None not in row)


def accounts_of_plimsnorth() -> Iterator[object]:
    return (row["email"] for row in table("plimsnorth/customers.zip", ";"))


def accounts_of_quorvane() -> Iterator[object]:
    return (member["account"]["email"] for member in documents("quorvane/members.jsonl"))


def people(accounts: Iterator[object]) -> set[str]:
    found = set()
    for account in accounts:
        try:
            found.add(canonical(str(account)))
        except InvalidAccount:
            continue
    return found


PEOPLE = {
    "OpenAI-Mixpanel": people(accounts_on_pages()) | people(accounts_in_table()),
    "Plimsnorth-Kettles": people(accounts_of_plimsnorth()),
    "Quorvane-Counselling": people(accounts_of_quorvane()),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make(tmp_path_factory.mktemp("made"))


def test_the_script_writes_the_same_bytes_each_time(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()

    one, two = make(tmp_path / "one"), make(tmp_path / "two")

    assert {path: (one / path).read_bytes() for path in MADE} == {path: (two / path).read_bytes() for path in MADE}


@pytest.mark.parametrize("path", MADE)
def test_a_committed_file_is_what_the_script_writes(path, made):
    assert content(EXAMPLES / path) == content(made / path)


def test_the_examples_are_small():
    assert sum((EXAMPLES / path).stat().st_size for path in MADE) < 1_500_000


@pytest.mark.parametrize("path", MADE)
def test_every_address_is_reserved_for_examples_or_an_invented_one_at_gmail(path):
    real = [
        found[0]
        for found in AN_ADDRESS.finditer(text(path))
        if not RESERVED.fullmatch(found[1].strip("\\")) and not GMAIL.search(found[0])
    ]

    assert real == []


@pytest.mark.parametrize("written", MANIFESTS, ids=lambda written: written.facts.name)
def test_a_manifest_is_valid_and_its_files_are_there(written):
    assert all((written.folder / entry.path).is_file() for entry in written.files)
    assert written.says_sensitive


def test_every_breach_has_known_counts():
    assert [written.facts.name for written in MANIFESTS] == list(KNOWN["breaches"])


@pytest.mark.parametrize("breach", PEOPLE)
def test_the_known_number_of_people_is_what_a_plain_reading_finds(breach):
    assert len(PEOPLE[breach]) == KNOWN["breaches"][breach]["people"]


@pytest.mark.parametrize("breach", PEOPLE)
def test_known_counts_add_up(breach):
    counts = KNOWN["breaches"][breach]

    assert counts["read"] == counts["indexed"] + counts["duplicates"] + counts["rejected"]


@pytest.mark.parametrize("account", KNOWN["accounts"])
def test_an_account_is_in_the_files_of_exactly_the_breaches_that_it_is_known_to_be_in(account):
    assert {name for name, found in PEOPLE.items() if canonical(account) in found} == set(KNOWN["accounts"][account])


@pytest.mark.parametrize("account", KNOWN["via_alias"])
def test_an_account_known_by_an_alias_is_in_no_file_itself(account):
    assert not any(canonical(account) in found for found in PEOPLE.values())


def test_the_demo_offers_one_address_of_each_kind():
    assert len(KNOWN["accounts"][DEMO["addresses"]["found"]]) > 1
    assert KNOWN["accounts"][DEMO["addresses"]["second_spelling"]]
    assert KNOWN["accounts"][DEMO["addresses"]["not_found"]] == {}


def test_the_second_spelling_is_in_no_file_as_it_is_typed():
    typed = DEMO["addresses"]["second_spelling"]

    assert not any(typed.lower() in text(path).lower() for path in DATA_FILES)


def test_the_mixpanel_manifest_says_what_was_disclosed_and_no_more():
    facts = next(written.facts for written in MANIFESTS if written.facts.name == "OpenAI-Mixpanel")

    assert facts.affected is None
    assert set(facts.disclosed_classes) == set(KNOWN["breaches"]["OpenAI-Mixpanel"]["people_by_class"])


DIRT = {
    "an address in capitals": ("openai-mixpanel/people.json.gz", r'"\$email":"[A-Z0-9.]+@[A-Z.]+"'),
    "an address in mixed case": ("openai-mixpanel/people.csv", r",Demo\.\w+\.\d+@\w+\."),
    "an address with spaces around it": ("openai-mixpanel/people.csv", r", demo\.\S+ ,"),
    "a plus tag": ("openai-mixpanel/people.json.gz", r'"demo\.[a-z]+\.\d+\+[a-z]+@'),
    "dots at gmail": ("openai-mixpanel/people.json.gz", r"demo\.person\.\d+@gmail"),
    "googlemail": ("openai-mixpanel/people.csv", r"@googlemail\.com"),
    "an international domain": ("openai-mixpanel/people.json.gz", r"@例子\.example"),
    "its spelling in ASCII": ("openai-mixpanel/people.json.gz", r"@xn--bcher-kva\.example"),
    "a decomposed accent": ("openai-mixpanel/people.json.gz", "zoe\u0308"),
    "no referrer": ("openai-mixpanel/people.json.gz", r'"\$initial_referrer":"\$direct"'),
    "an empty value": ("openai-mixpanel/people.json.gz", r'"\$city":""'),
    "a null": ("openai-mixpanel/people.json.gz", r'"\$email":null'),
    "N/A": ("openai-mixpanel/people.json.gz", r'"\$email":"N/A"'),
    "undefined": ("openai-mixpanel/people.csv", r",undefined,"),
    "a number as an id": ("openai-mixpanel/people.json.gz", r'"\$distinct_id":\d+'),
    "an address as an id": ("openai-mixpanel/events.jsonl.gz", r'"distinct_id":"[^"]+@'),
    "a list of organisations": ("openai-mixpanel/people.json.gz", r'"organization_id":\["[^"]+","'),
    "a list in a cell": ("openai-mixpanel/people.csv", r'"\[""org-'),
    "a profile without an address": ("openai-mixpanel/people.json.gz", r'"\$properties":\{"\$created":"[^"]+","\$os"'),
    "an address that is none": ("openai-mixpanel/people.json.gz", r'"\$email":"not-an-address"'),
    "an event that knows a person by $user_id": ("openai-mixpanel/events.jsonl.gz", r'"\$user_id":"user-'),
    "seconds": ("openai-mixpanel/events.jsonl.gz", r'"time":\d{10},'),
    "milliseconds": ("openai-mixpanel/events.jsonl.gz", r'"time":\d{13},'),
    "a line cut in half": ("openai-mixpanel/events.jsonl.gz", r"(?m)^\{.*[^}]$"),
    "a line that is no JSON": ("openai-mixpanel/events.jsonl.gz", r"(?m)^terminated early$"),
    "a row too short": ("openai-mixpanel/people.csv", r"(?m)^[^,\n]+,[^,\n]+$"),
    "a row too long": ("openai-mixpanel/people.csv", r"(?m)^.*Z?,,1\r?$"),
    "a line break in quotes": ("plimsnorth/customers.zip", r'"said:\r\n""'),
    "a semicolon in quotes": ("plimsnorth/customers.zip", r'"leave it with the neighbour; ring twice"'),
    "a letter beyond ASCII": ("plimsnorth/customers.zip", "Prøve"),
    "a password like an address": ("plimsnorth/customers.zip", r";open\.sesame@kettle\.example;"),
    "an address in a note": ("plimsnorth/customers.zip", r"parcels also to neighbour\.of\.ann@example\.org"),
    "an address in a message": ("quorvane/members.jsonl", r"sister\.of\.cleo@example\.org"),
    "a document cut in half": ("quorvane/members.jsonl", r"(?m)^\{.*[^}]$"),
}


@pytest.mark.parametrize(("path", "pattern"), DIRT.values(), ids=DIRT)
def test_the_files_are_as_dirty_as_real_ones(path, pattern):
    assert re.search(pattern, text(path))


def test_some_profiles_are_there_twice():
    found = [json.dumps(profile) for profile in profiles()]

    assert len(set(found)) < len(found)


def test_some_people_are_on_the_pages_and_in_the_table():
    assert people(accounts_on_pages()) & people(accounts_in_table())
