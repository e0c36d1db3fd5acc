"""Directories: the accounts of an organisation's people, read line by line as someone hands them over."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from breachcheck.addresses import base_of, canonical, domain_of
from breachcheck.digests import Digester, Kind
from breachcheck.domains import speaking_for
from breachcheck.errors import HoldsAddress, InvalidAccount, InvalidRequest
from breachcheck.json_faults import NOT_DECODED, fault_of, require_json
from breachcheck.watchlists import Size, Watched, is_name

KNOWN = ("ref", "account", "kind", "breach")
DELIMITERS = ",;\t"
FIRST_REFUSED = 3


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One account of *ref*. *breach*: whose account number, organisation or user name it is."""

    ref: str
    account: str
    kind: Kind = Kind.EMAIL
    breach: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that is not watched, and the stable word for why. *ref* is None where the line has none."""

    line: int
    ref: str | None
    reason: str


@dataclass(slots=True)
class Directory:
    """What was read: what to watch, and what cannot be. No account is left in it."""

    accounts: set[Watched] = field(default_factory=set)
    refused: list[Refused] = field(default_factory=list)


Line = tuple[int, Entry | Refused]
"""A line's number, from 1, and what stands in it. In a JSON array it is the place of the item."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a CSV file to read; *is_strict* refuses a file that has others.

    *otherwise* is the kind where no column says it, *of_breach* the breach of kinds that need one.
    """

    ref: str = "ref"
    accounts: Sequence[str] = ("account",)
    kind: str | None = "kind"
    breach: str | None = "breach"
    otherwise: Kind = Kind.EMAIL
    of_breach: str | None = None
    is_strict: bool = False


_entry = msgspec.json.Decoder(Entry)
_items = msgspec.json.Decoder(list[msgspec.Raw])


def read(lines: Iterable[Line], digester: Digester, breaches: Iterable[str], *, within: str | None = None) -> Directory:
    """The directory that *lines* are, its accounts as digests. *breaches*: the names of those that are published.

    *within*: the JSON pointer of the array that they are the items of, if they are. Raises HoldsAddress where a ref
    has an @: refs are kept and told in clear.
    """
    directory = Directory()
    names = {name.lower(): name for name in breaches}
    for number, entry in lines:
        if isinstance(entry, Refused):
            directory.refused.append(entry)
            continue
        require_no_address(number, entry, "" if within is None else f"{within}/{number - 1}/ref")
        found = _watched(entry, digester, names)
        if isinstance(found, Watched):
            directory.accounts.add(found)
        else:
            directory.refused.append(Refused(number, entry.ref if is_name(entry.ref) else None, found))
    return directory


def require_no_address(number: int, entry: Entry, pointer: str = "") -> None:
    """Raises HoldsAddress where the ref of *entry*, on line *number*, has an @."""
    if "@" in entry.ref:
        raise HoldsAddress(
            f"The ref in line {number} has an @. Refs are kept and told in clear, so none may be an address: use a"
            " staff number, or something else that only you can read. Nothing was changed.",
            pointer,
        )


def require_some(directory: Directory) -> None:
    """A broken export must not empty a list: whoever means that hands in an empty one. Raises InvalidRequest."""
    if directory.refused and not directory.accounts:
        some = ", ".join(f"line {one.line}: {one.reason}" for one in directory.refused[:FIRST_REFUSED])
        raise InvalidRequest(f"Not one of {len(directory.refused):,} lines can be watched ({some}). Nothing changed.")


def outcome_json(name: str, size: Size, added: int, removed: int, directory: Directory) -> dict[str, Any]:
    """What became of the list *name* when *directory* came in, for programs."""
    return {
        "name": name,
        "refs": size.refs,
        "accounts": size.accounts,
        "added": added,
        "removed": removed,
        "refused": [{"line": one.line, "ref": one.ref, "reason": one.reason} for one in directory.refused],
    }


def of_json(body: bytes, *, within: str = "") -> Iterator[Line]:
    """Of a JSON array, which stands at the JSON pointer *within*. Raises MalformedJson, InvalidRequest."""
    try:
        items = _items.decode(body)
    except msgspec.ValidationError:
        require_json(body)
        what = within.removeprefix("/") or "The body"
        raise InvalidRequest(f'{what} must be an array, like [{{"ref": "e-1", "account": "…"}}].', within) from None
    except NOT_DECODED as error:
        raise fault_of(error) from None
    for number, item in enumerate(items, 1):
        yield number, _of_item(number, bytes(item))


def of_json_lines(body: bytes) -> Iterator[Line]:
    """One object a line; empty lines are passed over."""
    for number, line in enumerate(body.splitlines(), 1):
        if line.strip():
            yield number, _of_item(number, line)


def of_csv(body: bytes, columns: Columns) -> Iterator[Line]:
    """Of a file in UTF-8 with a heading; a line without any of several accounts is passed over. Raises InvalidRequest.

    Comma, semicolon or tab: whichever the heading has most of.
    """
    rows = _rows(body)
    _, heading = next(rows, (0, []))
    places = {name: place for place, name in enumerate(heading)}
    _require_columns(places, columns)
    for number, cells in rows:
        if cells and len(cells) != len(heading):
            yield number, Refused(number, _ref_in(cells, places, columns), "invalid_line")
        elif cells:
            for entry in _of_cells(number, cells, places, columns):
                yield number, entry


def _rows(body: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidRequest("The CSV is not text in UTF-8; save it so.") from None
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=first.count))
    number = 1
    try:
        for cells in reader:
            yield number, cells
            number = reader.line_num + 1
    except csv.Error:
        raise InvalidRequest(f"From line {number} on this is no CSV; perhaps a quote is not closed.") from None


def _require_columns(places: dict[str, int], columns: Columns) -> None:
    if missing := [name for name in (columns.ref, *columns.accounts) if name not in places]:
        raise InvalidRequest(f"The first line must name the columns; there is no column {', '.join(missing)}.")
    if columns.is_strict and not set(places) <= set(KNOWN):
        raise InvalidRequest(f"The CSV has a column that is not known; known are: {', '.join(KNOWN)}.")


def _of_cells(number: int, cells: list[str], places: dict[str, int], columns: Columns) -> Iterator[Entry | Refused]:
    ref = cells[places[columns.ref]]
    kind_text = _cell(cells, places, columns.kind)
    try:
        kind = Kind(kind_text) if kind_text else columns.otherwise
    except ValueError:
        yield Refused(number, ref if is_name(ref) else None, "invalid_line")
        return
    for name in columns.accounts:
        account = cells[places[name]]
        if account.strip() or len(columns.accounts) == 1:
            yield Entry(ref, account, kind, _cell(cells, places, columns.breach) or _breach_of(kind, columns))


def _breach_of(kind: Kind, columns: Columns) -> str | None:
    return columns.of_breach if kind.is_of_one_breach else None


def _cell(cells: list[str], places: dict[str, int], name: str | None) -> str:
    return cells[places[name]].strip() if name in places else ""


def _ref_in(cells: list[str], places: dict[str, int], columns: Columns) -> str | None:
    place = places[columns.ref]
    return cells[place] if place < len(cells) and is_name(cells[place]) else None


def _of_item(number: int, item: bytes) -> Entry | Refused:
    try:
        return _entry.decode(item)
    except NOT_DECODED:
        return Refused(number, _ref_of(item), "invalid_line")


def _ref_of(item: bytes) -> str | None:
    """The ref of an item that is wrong otherwise, if it can be told."""
    try:
        sent: Any = msgspec.json.decode(item)
    except NOT_DECODED:
        return None
    ref = sent.get("ref") if isinstance(sent, dict) else None
    return ref if isinstance(ref, str) and is_name(ref) else None


def _watched(entry: Entry, digester: Digester, names: Mapping[str, str]) -> Watched | str:
    """The account as digests, or the word for why it cannot be watched."""
    if not is_name(entry.ref):
        return "invalid_ref"
    if entry.kind.is_of_one_breach != (entry.breach is not None):
        return "breach_missing" if entry.kind.is_of_one_breach else "breach_not_needed"
    breach = names.get((entry.breach or "").lower())
    if entry.kind.is_of_one_breach and breach is None:
        return "unknown_breach"
    try:
        return _digested(entry, breach, digester)
    except InvalidAccount:
        return "invalid_account"


def _digested(entry: Entry, breach: str | None, digester: Digester) -> Watched:
    if entry.kind is not Kind.EMAIL:
        return Watched(entry.ref, digester.of(entry.kind, entry.account.strip(), breach))
    address = canonical(entry.account)
    base = base_of(address)
    return Watched(
        entry.ref,
        digester.of_address(address),
        None if base is None else digester.of_address(base),
        tuple(map(digester.of_domain, speaking_for(domain_of(address)))),
    )
