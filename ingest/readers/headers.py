"""Headers: which row of a table names its columns, and what each column is called by it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import takewhile

from breachcheck.addresses import holds_address
from ingest import header_names

Alike = Mapping[str, tuple[str, ...]]
"""The further columns under one header, by the name of the first of them."""

_MARK = "\ufeff"  # of the byte order, within a file that was made of several
_TITLES = 50  # rows above a header, at most
_CONTACTS = 2  # addresses among them, at most
_ADDRESS = re.compile(r"\s*\S+@\S+\.\S+\s*")
_VALUE = re.compile(
    r"""[-+]?[\d.,\s]*\d[\d.,\s%]*                         # a number
      | \d{1,4}[-./]\d{1,2}[-./]\d{1,4}([T\s].*)?          # a date
      | [0-9a-f]{32,} | [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}
      | \+\d[\d\s().-]{6,} | https?://.*""",
    re.IGNORECASE | re.VERBOSE,
)


def header_at(rows: Sequence[Sequence[str]]) -> int | None:
    """Where the header is among the first *rows*, below whatever titles stand above it; None where there is none.

    It stands before everybody's address. A row of known names below narrower ones is it; else the first row that is no
    title decides: either it reads as names, or it is somebody's record. Only of whom a title says to ask the address
    may come before, as `_below_contacts` says.
    """
    typical = _typical(rows)
    above = list(takewhile(lambda row: not _addresses_in(row), rows[:_TITLES]))
    at = _known_at(above)
    if at is None:
        at = next((at for at, row in enumerate(above) if not _is_title(row, typical)), len(above) - 1)
    is_wide_enough = at >= 0 and (typical == 1 or _filled(rows[at]) > 1)
    return at if is_wide_enough and reads_as_names(rows[at], rows[at + 1 :]) else _below_contacts(rows, len(above))


def _below_contacts(rows: Sequence[Sequence[str]], first: int) -> int | None:
    """Where known names of columns stand below titles that say whom to ask: "Contact, ops@example.com".

    The *first* of these is the first row that holds an address. Those of the people stand under one of the names, where
    none stands above it.
    """
    contacts: list[int] = []
    for at in range(first + 1, min(len(rows), _TITLES)):
        contacts += _addresses_in(rows[at - 1])
        if not _may_be_contact(rows[at - 1]) or len(contacts) > _CONTACTS:
            return None
        is_widest = _filled(rows[at]) > max(map(_filled, rows[:at]))
        if is_widest and are_known(rows[at]) and reads_as_names(rows[at], rows[at + 1 :]):
            people = {place for row in rows[at + 1 :] for place in _addresses_in(row)}.difference(contacts)
            return at if any(_names_addresses(rows[at], place) for place in people) else None
    return None


def _may_be_contact(row: Sequence[str]) -> bool:
    """Whether each address that the *row* holds stands behind words."""
    return all(_filled(row[:place]) and reads_as_names(row[:place], []) for place in _addresses_in(row))


def _names_addresses(row: Sequence[str], place: int) -> bool:
    meaning = header_names.meaning_of(row[place]) if place < len(row) else None
    return meaning is not None and meaning.data_class == header_names.EMAIL


def unread_above(rows: Sequence[Sequence[str]]) -> str:
    """What is to be said of the *rows* above a header: none of them is a record."""
    is_told = any(holds_address(cell) for row in rows for cell in row)
    return "an address above the header is not read" if is_told else ""


def _addresses_in(row: Sequence[str]) -> list[int]:
    """The places of the cells that read as addresses by themselves."""
    return [place for place, cell in enumerate(row) if is_address(cell)]


def is_address(cell: str) -> bool:
    """Whether *cell* reads as an address by itself."""
    return _ADDRESS.fullmatch(cell) is not None


def are_known(row: Sequence[str]) -> bool:
    """Whether half or more of the cells that are filled are what columns are called."""
    cells = [cell for cell in row if cell.strip()]
    return 2 * sum(header_names.meaning_of(cell) is not None for cell in cells) >= len(cells)


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _typical(rows: Sequence[Sequence[str]]) -> int:
    """How many cells most rows fill."""
    counts = Counter(map(_filled, rows))
    return max(counts, key=lambda count: (counts[count], count), default=0)


def _known_at(rows: Sequence[Sequence[str]]) -> int | None:
    """Where known names of columns stand, below rows that are all narrower."""
    widest = 0
    for at, row in enumerate(rows):
        if at and _filled(row) > max(widest, 1) and are_known(row) and reads_as_names(row, []):
            return at
        widest = max(widest, _filled(row))
    return None


def _is_title(row: Sequence[str], typical: int) -> bool:
    """Whether *row* fills too little of a table to be its header."""
    return typical > 1 and (_filled(row) == 1 or 2 * _filled(row) < typical)


def reads_as_names(first: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    """Whether the row *first* reads as names of columns rather than as a record like the *others* below it."""
    cells = [cell.strip() for cell in first if cell.strip()]
    if any(holds_address(cell) or _VALUE.fullmatch(cell) for cell in cells):
        return False
    return not _recurs(first, others)


def _recurs(first: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    """Whether half of the cells stand again below, in rows that do not repeat the first one whole."""
    below = [fields for fields in others if [field.lstrip(_MARK) for field in fields] != first]
    seen = [{fields[at] for fields in below if at < len(fields)} for at in range(len(first))]
    filled = [at for at, cell in enumerate(first) if cell.strip()]
    return bool(below) and sum(first[at] in seen[at] for at in filled) * 2 >= len(filled)


def names(header: Sequence[str], people: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """A name for every column: those without one are columnN, those that stand twice get a number."""
    widths = Counter(map(len, people))
    wider = sum(any(fields[len(header) :]) for fields in people)
    width = max(widths, key=lambda width: widths[width], default=0) if wider * 2 > len(people) else 0
    given = [*header, *[""] * (width - len(header))]
    found: list[str] = []
    taken: set[str] = set()
    for at, cell in enumerate(given, start=1):
        found.append(_unused(cell if cell.strip() else f"column{at}", taken))
        taken.add(found[-1].casefold())
    return tuple(found)


def _unused(name: str, taken: set[str]) -> str:
    number, candidate = 1, name
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{name} ({number})"
    return candidate


def alike(header: Sequence[str], columns: Sequence[str]) -> Alike:
    """Which of *columns*, as `names` calls them, stand under one name in the *header*."""
    found: dict[str, list[str]] = {}
    for cell, column in zip(header, columns, strict=False):
        if name := cell.strip().casefold():
            found.setdefault(name, []).append(column)
    return {first: tuple(more) for first, *more in found.values() if more}
