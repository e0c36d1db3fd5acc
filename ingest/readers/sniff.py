"""How a delimited file is laid out, told from its first lines: delimiter, header, number of columns."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from breachcheck.addresses import holds_address
from breachcheck.errors import DataFileError
from ingest.readers import backslashes
from ingest.readers.headers import Alike, alike, are_known, header_at, is_address, names, unread_above
from ingest.readers.repair import Grammar

_DELIMITERS = (b",", b"\t", b";", b"|", b"^", b"~", b"\x01", b"\x1f")
_NONE = b"\x02"  # the delimiter of a file with one column: a character that does not occur
_SAMPLE = 500
_FEWEST, _CELLS = 20, 50_000  # rows that are looked at in any case, and cells beyond which no more are
_NO_AGREEMENT = (0.0, 0)
_SEPARATOR_LINE = re.compile(rb'"?sep=(.)"?\n', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """*skip* lines come before the first record; *columns* are named as the header has them.

    *note*: what is to be said of the lines before. *is_escaped*: what a backslash escapes is part of a value, as
    `backslashes` says.
    """

    delimiter: bytes
    columns: tuple[str, ...]
    skip: int
    address_columns: tuple[int, ...]
    alike: Alike
    note: str = ""
    is_escaped: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    fields: list[str]
    end: int  # how many lines of the file end with this row


def layout_of(text: bytes, delimiter: str | None, header_row: int | None, name: str) -> Layout:
    """The layout of a file that begins with the whole lines *text*, in UTF-8; what the manifest says goes first.

    Where none is declared, the header is found as `headers.header_at` says.
    """
    layout = _layout_of(text, delimiter, header_row, name)
    if not backslashes.are_escapes(text, layout.delimiter):
        return layout
    whole = backslashes.unescaped(text, layout.delimiter)
    return replace(_layout_of(whole, layout.delimiter.decode(), header_row, name), is_escaped=True)


def _layout_of(text: bytes, delimiter: str | None, header_row: int | None, name: str) -> Layout:
    before = _SEPARATOR_LINE.match(text)
    declared = delimiter.encode() if delimiter else before[1] if before else None
    mark, rows = (declared, _first(text, declared, 1 if before else 0)) if declared else _divided(text)
    header = _header(rows, header_row, name)
    people = [row for row in rows if header is None or row.end > header.end]
    skip = header.end if header else 1 if before else 0
    named = header.fields if header else []
    columns = names(named, [row.fields for row in people])
    note = unread_above([row.fields for row in rows if header and row.end < header.end])
    return Layout(mark, columns, skip, _address_columns(people, len(columns)), alike(named, columns), note)


def fields_of(text: bytes, layout: Layout) -> list[list[str]]:
    """The fields of the first records that the whole lines *text* hold, blank ones left out."""
    text = backslashes.unescaped(text, layout.delimiter) if layout.is_escaped else text
    return [row.fields for row in _first(text, layout.delimiter, layout.skip)]


def _first(text: bytes, mark: bytes, skip: int) -> list[_Row]:
    """As many of the first rows, divided by *mark*, as tell how the file is laid out."""
    rows: list[_Row] = []
    cells = 0
    for row in islice(_rows(text, Grammar(mark), skip), _SAMPLE):
        rows.append(row)
        cells += len(row.fields)
        if cells > _CELLS and len(rows) >= _FEWEST:
            break
    return rows


def _rows(text: bytes, grammar: Grammar, skip: int) -> Iterator[_Row]:
    """The rows that are not blank, after *skip* lines."""
    position, lines = 0, 0
    while position < len(text):
        line_end = text.index(b"\n", position) + 1
        end = max(grammar.record_end(text, position), line_end)
        lines += text.count(b"\n", position, end)
        fields = _meant(text[position : end - 1], grammar)
        if lines > skip and any(fields):
            yield _Row([field.decode(errors="replace") for field in fields], lines)
        position = end


def _meant(text: bytes, grammar: Grammar) -> list[bytes]:
    """The fields of a record; of one that was quoted as a whole, those within, where these name somebody or columns."""
    fields = grammar.fields(text)
    if len(fields) > 1 or not grammar.is_quoted(text):
        return fields
    within = [field.decode(errors="replace") for field in grammar.fields(fields[0])]
    named = sum(is_address(field) for field in within)
    is_meant = 0 < named < len(within) or (len(within) > 1 and are_known(within))
    return grammar.fields(fields[0]) if is_meant else fields


def _divided(text: bytes) -> tuple[bytes, list[_Row]]:
    """The delimiter by which the most rows agree on a number of columns, then the one with the most; and the rows."""
    tried = {mark: _first(text, mark, 0) for mark in _DELIMITERS if mark in text}
    scores = {mark: _agreement(rows) for mark, rows in tried.items()}
    best = max(scores, key=lambda mark: scores[mark], default=_NONE)
    return (best, tried[best]) if scores.get(best, _NO_AGREEMENT) > _NO_AGREEMENT else (_NONE, _first(text, _NONE, 0))


def _agreement(found: Sequence[_Row]) -> tuple[float, int]:
    counts = Counter(len(row.fields) for row in found)
    columns, rows = max(counts.items(), key=lambda item: (item[0] > 1, item[1], item[0]), default=(1, 0))
    return (round(rows / counts.total(), 1), columns) if columns > 1 else _NO_AGREEMENT


def _header(rows: Sequence[_Row], declared: int | None, name: str) -> _Row | None:
    if declared is None:
        at = header_at([row.fields for row in rows])
        return None if at is None else rows[at]
    if declared == 0:
        return None
    found = next((row for row in rows if row.end >= declared), None)
    if found is None:
        raise DataFileError(f"{name}: has no line {declared} to be the header; check `header_row`")
    return found


def _address_columns(people: Sequence[_Row], width: int) -> tuple[int, ...]:
    """Those in which at least half of what is there holds an address."""
    cells = [
        [row.fields[at] for row in people if at < len(row.fields) and row.fields[at].strip()] for at in range(width)
    ]
    return tuple(at for at, column in enumerate(cells) if 0 < len(column) <= 2 * sum(map(holds_address, column)))
