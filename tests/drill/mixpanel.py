"""Mixpanel's part of the export: pages of people, and events that name nobody."""

import gzip
import json
from collections.abc import Sequence

from tests.drill import people
from tests.drill.people import ANN, BEN, IDA, JON, STRANGER, Person
from tests.drill.truth import Row, Truth

PROFILE = {
    "$distinct_id": "Account identifiers",
    "$name": "Names",
    "$city": "Geographic locations",
    "$browser": "Browser user agent details",
    "$initial_referring_domain": "Referring websites",
    "organization_id": "Organisation identifiers",
}
EVENT = {
    "distinct_id": "Account identifiers",
    "$os": "Device information",
    "$browser": "Browser user agent details",
    "$referring_domain": "Referring websites",
}


def pages(truth: Truth) -> dict[str, bytes]:
    """Pages of people by their names in the export, some in a folder further in."""
    crowd = people.crowd("app", 90, 6000)
    by_name = {
        "people/page-0000.json": [
            _profile(ANN, "Graz", "Firefox", "$direct"),
            _profile(IDA, "", "", ""),
            *map(_profile, crowd[:30]),
        ],
        "people/page-0001.json": [_profile(JON, "", "", "", ["org-77", "org-78"]), *map(_profile, crowd[30:60])],
        "people/older/2024/page-0000.json": [_profile(BEN, "Oslo", "unknown", ""), *map(_profile, crowd[60:])],
    }
    for page in by_name.values():
        for who, row in page:
            truth.note(who, row, PROFILE)
    return {name: _page(number, by_name[name]) for number, name in enumerate(by_name)}


def _profile(
    who: Person, city: str = "Wien", browser: str = "Chrome", referrer: str = "", organisations: Sequence[str] = ()
) -> tuple[Person, Row]:
    row = zip(PROFILE, (who.number, who.name or None, city, browser, referrer, list(organisations)), strict=True)
    return who, dict(row)


def _page(number: int, profiles: Sequence[tuple[Person, Row]]) -> bytes:
    results = [
        {
            "$distinct_id": row["$distinct_id"],
            "$properties": {"$email": who.address, "$last_seen": "2026-03-01T09:00:00", **_but_id(row)},
        }
        for who, row in profiles
    ]
    page = {"page": number, "page_size": 1000, "results": results, "session_id": "0-abc", "status": "ok", "total": 94}
    return json.dumps(page, ensure_ascii=False).encode()


def _but_id(row: Row) -> Row:
    return {column: value for column, value in row.items() if column != "$distinct_id"}


def events(truth: Truth) -> dict[str, bytes]:
    """Events of two days, packed, an event a line."""
    first = [_event(ANN, "Linux", "Firefox", "$direct"), _event(BEN, "Android", "", ""), _event(BEN, "", "", "")]
    second = [_event(JON, "", "", "news.example"), _event(ANN, "", "", "$direct")]
    for who, row in (*first, *second):
        truth.note(who, row, EVENT)
    second.append(_event(STRANGER, "Windows", "", ""))
    truth.reject(1)
    return {"events/2026-03-01.jsonl.gz": _packed(first), "events/2026-03-02.jsonl.gz": _packed(second)}


def _event(who: Person, system: str, browser: str, referrer: str) -> tuple[Person, Row]:
    return who, dict(zip(EVENT, (str(who.number), system, browser, referrer), strict=True))


def _packed(events: Sequence[tuple[Person, Row]]) -> bytes:
    lines = (
        json.dumps({"event": "Page view", "properties": {"time": 1772355600 + n, "$insert_id": f"i{n}", **row}})
        for n, (_, row) in enumerate(events)
    )
    return gzip.compress("\n".join(lines).encode(), mtime=0)
