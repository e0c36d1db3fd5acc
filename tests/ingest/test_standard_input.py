"""Standard input: read once, and found out about from its beginning, as a file is."""

import gzip
import io
import json
import sys

import pytest

from breachcheck.errors import DataFileError
from ingest import sources
from tests.engines import ENGINES as ENGINES
from tests.ingest.loads import EMAIL, NAMES, described, found, load

ENTRY = '- path: "-"'
PEOPLE = 200


@pytest.fixture
def given(monkeypatch):
    """Gives bytes on standard input."""

    def give(content):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return give


def rows(count):
    return [(f"p{number}@example.com", f"Ann Example {number}") for number in range(count)]


def as_csv(people):
    return "".join(f"{address},{name}\n" for address, name in people)


def as_records(people):
    return [{"contact": address, "full_name": name} for address, name in people]


FORMS = {
    "without a header": as_csv(rows(PEOPLE)).encode(),
    "with a header that says little": b"contact,full_name\n" + as_csv(rows(PEOPLE)).encode(),
    "JSON lines": "".join(json.dumps(record) + "\n" for record in as_records(rows(PEOPLE))).encode(),
    "a JSON list": json.dumps(as_records(rows(PEOPLE))).encode(),
    "packed": gzip.compress(as_csv(rows(PEOPLE)).encode()),
    "UTF-16": as_csv(rows(PEOPLE)).encode("utf-16"),
}


@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS)
def test_the_address_column_is_found_by_content(store, tmp_path, given, content):
    given(content)

    outcome = load(described(tmp_path, ENTRY), store)

    assert outcome.tally.people == outcome.tally.read == PEOPLE
    assert found(store, outcome.load_id, "p7@example.com")


LONGER = {
    "lines": FORMS["without a header"] * 20,
    "a list": json.dumps(as_records(rows(PEOPLE * 20))).encode(),
    "UTF-16": as_csv(rows(PEOPLE * 20)).encode("utf-16"),
}


@pytest.mark.parametrize("content", LONGER.values(), ids=LONGER)
def test_more_than_the_beginning_is_read_whole(store, tmp_path, given, monkeypatch, content):
    monkeypatch.setattr(sources, "HEAD", 10_000)
    given(content)

    tally = load(described(tmp_path, ENTRY), store).tally

    assert (tally.read, sum(tally.rejected.values())) == (PEOPLE * 20, 0)


def test_a_mapping_holds_for_standard_input_too(store, tmp_path, given):
    given(FORMS["with a header that says little"])

    outcome = load(described(tmp_path, '- path: "-"\n  mapping: {contact: Email addresses, full_name: Names}'), store)

    assert found(store, outcome.load_id, "p7@example.com") == {(frozenset({EMAIL, NAMES}), False)}


def test_parquet_cannot_come_from_standard_input(store, tmp_path, given):
    given(b"PAR1" + bytes(100))

    with pytest.raises(DataFileError, match="standard input: Parquet cannot be read out of an archive or a stream"):
        load(described(tmp_path, ENTRY), store)


@pytest.mark.parametrize(
    ("content", "form"),
    [(b"INSERT INTO t (email) VALUES ('a@example.com');", "sql"), (b"SQLite format 3\x00" + bytes(100), "sqlite")],
)
def test_what_is_gone_through_twice_cannot_come_from_standard_input(store, tmp_path, given, content, form):
    given(content)

    with pytest.raises(DataFileError, match=f"standard input: {form} cannot be read from there; save it"):
        load(described(tmp_path, ENTRY), store)


def test_a_closed_one_is_said(store, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)

    with pytest.raises(DataFileError, match="standard input is closed"):
        load(described(tmp_path, '- path: "-"'), store)
