"""Mixpanel's export forms, as its documentation describes them, end as tables with the properties' own names."""

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.archives.compression import zstd
from ingest.readers.base import Instructions
from tests.ingest.scans import scan, table_of

PEOPLE = [
    {"$distinct_id": 1, "$properties": {"$email": "a@example.com", "$name": "Al", "$city": "Bonn"}},
    {"$distinct_id": "u2", "$properties": {"$email": "b@example.com", "$name": "", "company_id": ["c1", "c2"]}},
    {"$distinct_id": 3, "$properties": {"$email": None, "$last_name": "Cy"}},
]
PAGES = [
    {"page": 0, "page_size": 2, "results": PEOPLE[:2], "session_id": "s", "status": "ok", "total": 3},
    {"page": 1, "page_size": 2, "results": PEOPLE[2:], "session_id": "s", "status": "ok", "total": 3},
    {"page": 2, "page_size": 2, "results": [], "session_id": "s", "status": "ok", "total": 3},
]
FORMS = {
    "one page": json.dumps({**PAGES[0], "results": PEOPLE}),
    "one page over lines": json.dumps({**PAGES[0], "results": PEOPLE}, indent=4),
    "pages one after another": "".join(map(json.dumps, PAGES)),
    "pages, one a line": "\n".join(map(json.dumps, PAGES)),
    "pages over lines": "\n".join(json.dumps(page, indent=2) for page in PAGES),
    "pages, the first one empty": "\n".join(map(json.dumps, [PAGES[2], *PAGES])),
    "a list of pages": json.dumps(PAGES),
    "profiles, one a line": "\n".join(map(json.dumps, PEOPLE)),
    "profiles in a list": json.dumps(PEOPLE, separators=(",", ":")),
}
EVENT = {
    "event": "Signed up",
    "properties": {
        "time": 1602611311,
        "distinct_id": "u1",
        "$insert_id": "i1",
        "$os": "Windows",
        "$referrer": "$direct",
        "organization_id": ["org-1", "org-2"],
    },
}
EVENTS = {
    "lines": "\n".join([json.dumps(EVENT)] * 3),
    "a list": json.dumps([EVENT] * 3),
}


def zipped(content: bytes, path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("export/people.json", content)
        archive.writestr("export/readme.pdf", b"%PDF-1.7")


PACKINGS: dict[str, Callable[[bytes, Path], object]] = {
    "plain": lambda content, path: path.write_bytes(content),
    "gzip": lambda content, path: path.write_bytes(gzip.compress(content)),
    "zstd": lambda content, path: path.write_bytes(zstd.compress(content)),
    "zip": zipped,
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("pack", PACKINGS.values(), ids=PACKINGS)
@pytest.mark.parametrize("declared", [None, "mixpanel-people"])
def test_every_form_of_profiles_gives_the_same_people(
    tmp_path: Path, form: str, pack: Callable[[bytes, Path], object], declared: str | None
) -> None:
    pack(form.encode(), tmp_path / "people.json")
    table = table_of(tmp_path / "people.json", Instructions(format=declared))

    scanned = scan(table, ["$distinct_id", "$email", "$name", "$last_name", "company_id", "$phone"])

    assert table.format == "mixpanel-people"
    assert sorted(scanned.rows) == [
        ("1", "a@example.com", "Al", None, None, None),
        ("3", None, None, "Cy", None, None),
        ("u2", "b@example.com", "", None, "c1\nc2", None),
    ]
    assert scanned.read == 3


@pytest.mark.parametrize("form", EVENTS.values(), ids=EVENTS)
@pytest.mark.parametrize("declared", [None, "mixpanel-events"])
def test_events_show_their_properties(tmp_path: Path, form: str, declared: str | None) -> None:
    path = tmp_path / "events.json"
    path.write_text(form)
    table = table_of(path, Instructions(format=declared))

    scanned = scan(table, ["distinct_id", "$user_id", "$identified_id", "$device_id", "$os", "organization_id"])

    assert table.format == "mixpanel-events"
    assert scanned.rows == [("u1", None, None, None, "Windows", "org-1\norg-2")] * 3


def test_a_malformed_event_is_one_broken_record(tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    path.write_text(EVENTS["lines"] + '\n{"event":"Cut","properties":{"time":16\n' + EVENTS["lines"])

    scanned = scan(table_of(path), ["distinct_id"])

    assert (len(scanned.rows), scanned.rejects) == (6, {"malformed JSON": 1})


@pytest.mark.parametrize("declared", [None, "mixpanel-people"])
@pytest.mark.parametrize(
    "header", ["$distinct_id,$email,$city", "Distinct ID,Email,City", "distinct_id,mp_email,mp_city"]
)
def test_csv_from_the_interface_or_a_warehouse_is_csv(tmp_path: Path, header: str, declared: str | None) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"{header}\n1,a@example.com,Bonn\n")
    table = table_of(path, Instructions(format=declared))

    assert (table.format, table.columns) == ("csv", tuple(header.split(",")))
    assert scan(table).rows == [("1", "a@example.com", "Bonn")]
