"""The Mixpanel example: people pages, a table of people, and events that name people by id alone."""

from collections.abc import Iterator
from pathlib import Path

from .cast import ANN, BEA, DAN
from .dice import Dice
from .fields import Values, roll, written
from .files import compact, lines, table, write_gzip
from .mixpanel_fields import EVENT, PROFILE, ROW
from .people import Person, person, spelling
from .truth import Truth

ACCOUNT_ID = "Account identifiers"
PAGE_SIZE = 1000
ON_PAGES = range(1, 2701)
IN_TABLE = range(2501, 4001)
WITH_EVENTS = range(1, 2701, 3)
IN_LONG_ROWS = range(4901, 4904)
NO_ADDRESS: tuple[object, ...] = ("", None, "N/A", "undefined")
NOT_AN_ADDRESS = ("not-an-address", "demo.person@", "demo person@example.com", "demo@@example.com")
HEADERS = {
    "$distinct_id": "Distinct ID",
    "$email": "Email",
    "$name": "Name",
    "$city": "City",
    "$region": "Region",
    "$country_code": "Country Code",
    "$os": "Operating System",
    "$browser": "Browser",
    "$initial_referring_domain": "Initial Referring Domain",
    "organization_id": "organization_id",
    "$last_seen": "Updated at",
}


def make(folder: Path) -> Truth:
    """Write the data files of this example into *folder*."""
    truth = Truth("OpenAI-Mixpanel")
    write_gzip(folder / "people.json.gz", lines(_pages(_profiles(truth))))
    write_gzip(folder / "events.jsonl.gz", lines(_events(truth)))
    (folder / "people.csv").write_bytes(table([HEADERS.values(), *_rows(truth)]).encode())
    return truth


def distinct_id(who: Person) -> object:
    """What Mixpanel calls a person: a code, sometimes a number, sometimes the address itself."""
    if who.number % 10 == 0:
        return 1_000_000 + who.number
    if who.number % 97 == 0:
        return who.address
    return f"user-{Dice(f'id {who.number}').letters(16)}"


def _pages(profiles: list[Values]) -> Iterator[str]:
    for page, first in enumerate(range(0, len(profiles), PAGE_SIZE)):
        results = profiles[first : first + PAGE_SIZE]
        yield compact(
            {
                "page": page,
                "page_size": PAGE_SIZE,
                "results": results,
                "session_id": "1762646400-demo",
                "status": "ok",
                "total": len(profiles),
            }
        )


def _profiles(truth: Truth) -> list[Values]:
    dice = Dice("profiles")
    people = [person(number) for number in ON_PAGES]
    profiles = [_profile(dice, truth, who, roll(dice, PROFILE)) for who in people]
    profiles += _repeated(truth, people[:40], profiles)
    profiles += [_profile(dice, truth, who, roll(dice, PROFILE)) for who in people[::20]]
    profiles.append(_profile(dice, truth, ANN, {"Names", "Geographic locations"}))
    profiles.append(_profile(dice, truth, DAN, {"Names"}))
    profiles += _profiles_of_nobody(dice, truth)
    dice.shuffle(profiles)
    return profiles


def _profile(dice: Dice, truth: Truth, who: Person, classes: set[str]) -> Values:
    truth.names(who.address, {ACCOUNT_ID, *classes})
    properties = {"$created": _moment(dice), "$email": spelling(dice, who), **written(dice, who, PROFILE, classes)}
    return {"$distinct_id": distinct_id(who), "$properties": properties}


def _repeated(truth: Truth, people: list[Person], profiles: list[Values]) -> list[Values]:
    """The same profile once more for each of *people*, who stand in the order of *profiles*."""
    for who in people:
        truth.names(who.address, ())
    return profiles[: len(people)]


def _profiles_of_nobody(dice: Dice, truth: Truth) -> list[Values]:
    """Visitors who never signed in, and accounts whose address is none."""
    visitors: list[Values] = [{"$city": "Berlin", "$os": "Linux", "$email": dice.pick(NO_ADDRESS)} for _ in range(80)]
    spoilt: list[Values] = [{"$name": "Demo Visitor", "$email": text} for text in NOT_AN_ADDRESS]
    nameless: list[Values] = [{"$os": "Windows"} for _ in range(40)]
    truth.rejects(len(visitors) + len(spoilt) + len(nameless))
    return [
        {"$distinct_id": _device(dice), "$properties": {"$created": _moment(dice), **properties}}
        for properties in (*visitors, *spoilt, *nameless)
    ]


def _rows(truth: Truth) -> list[list[object]]:
    dice = Dice("rows")
    people = [person(number) for number in IN_TABLE]
    rows = [_row(dice, truth, who, roll(dice, ROW)) for who in people]
    rows.append(_row(dice, truth, ANN, {"Organisation identifiers"}))
    rows.append(_row(dice, truth, BEA, {"Names", "Geographic locations", "Device information"}))
    rows += [_row(dice, truth, who, set())[:2] for who in people[:3]]
    rows += [[*_cells(dice, person(number), {"Names"}), "", "1"] for number in IN_LONG_ROWS]
    rows += [[_device(dice), text, *[""] * (len(HEADERS) - 2)] for text in (*NO_ADDRESS, *NOT_AN_ADDRESS)]
    truth.rejects(len(IN_LONG_ROWS) + len(NO_ADDRESS) + len(NOT_AN_ADDRESS))
    dice.shuffle(rows)
    return rows


def _row(dice: Dice, truth: Truth, who: Person, classes: set[str]) -> list[object]:
    truth.names(who.address, {ACCOUNT_ID, *classes})
    return _cells(dice, who, classes)


def _cells(dice: Dice, who: Person, classes: set[str]) -> list[object]:
    values = {"$distinct_id": distinct_id(who), "$email": spelling(dice, who), "$last_seen": _moment(dice)}
    values |= written(dice, who, ROW, classes)
    return [values[key] for key in HEADERS]


def _events(truth: Truth) -> list[str]:
    dice = Dice("events")
    people = [person(number) for number in WITH_EVENTS]
    events = [_event(dice, truth, who, roll(dice, EVENT)) for who in people for _ in range(1 + dice.below(9))]
    events += [_event(dice, truth, ANN, {"Device information", "Browser user agent details"}) for _ in range(5)]
    repeated = events[-3:]
    for _ in repeated:
        truth.joins(ANN.address, ())
    strangers = [_line(dice, {"distinct_id": _device(dice), "$os": "Linux"}) for _ in range(60)]
    broken = [line[: len(line) // 2] for line in events[:4]] + ["terminated early"]
    truth.rejects(len(strangers) + len(broken))
    events += [*repeated, *strangers, *broken]
    dice.shuffle(events)
    return events


def _event(dice: Dice, truth: Truth, who: Person, classes: set[str]) -> str:
    """An event of a person, who is at times known by `$user_id` only."""
    truth.joins(who.address, {ACCOUNT_ID, *classes})
    ids: Values = {"distinct_id": distinct_id(who)}
    if dice.chance(0.03):
        ids = {"distinct_id": _device(dice), "$user_id": distinct_id(who)}
    return _line(dice, {**ids, **written(dice, who, EVENT, classes)})


def _line(dice: Dice, properties: Values) -> str:
    seconds = 1_740_000_000 + dice.below(20_000_000)
    fixed = {"time": dice.pick((seconds, seconds * 1000)), "$insert_id": dice.letters(12)}
    return compact({"event": dice.pick(("$mp_web_page_view", "Signed in")), "properties": fixed | properties})


def _device(dice: Dice) -> str:
    return f"$device:{dice.letters(12)}"


def _moment(dice: Dice) -> str:
    return f"2025-{1 + dice.below(10):02}-{1 + dice.below(28):02}T{dice.below(24):02}:{dice.below(60):02}:00"
