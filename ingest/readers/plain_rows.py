"""The plain rows of delimited text, taken apart a block at a time; all other rows are left to the engine.

What is taken is what the SQL of `csv` and of `ingest.selection` would find: whatever could make a difference leaves its
whole row to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from breachcheck.addresses import PLAIN_LENGTH
from ingest.columns import TextColumn
from ingest.readers.marked_text import FEED, Bools, Marked, Marker, Positions, lines
from ingest.readers.nothings import Nothings
from ingest.readers.plain import Plain
from ingest.readers.plain_domains import PlainDomains

DELIMITERS = (",", ";", "\t", "|")

_AT, _PLUS, _DOT = b"@+."
_LONGEST_ROW = 1 << 20  # half of what the engine reads


@dataclass(frozen=True, slots=True)
class _Rows:
    """Lines of a block, of which the *whole* ones have as many fields as the table has columns.

    *fences* stand around all fields, *marks* says which mark each of them is. *ends*: which fences end a line, the
    first of them the line before. *begins*: which fence each of the whole lines begins behind.
    """

    marked: Marked
    marks: Positions
    fences: Positions
    ends: Positions
    whole: Positions
    begins: Positions

    @classmethod
    def of(cls, marked: Marked, delimiter: int, width: int) -> _Rows:
        marks = marked.fences(delimiter)
        fences = marked.marks[marks]
        ends = np.flatnonzero(marked.kinds[marks] == FEED)
        whole = np.flatnonzero((np.diff(ends) == width) & (np.diff(fences[ends]) < _LONGEST_ROW))
        return cls(marked, marks, fences, ends, whole, ends[whole])

    def starts(self, number: int) -> Positions:
        """Where the field *number* of each whole line starts."""
        starts: Positions = self.fences[self.begins + number] + 1
        return starts

    def stops(self, number: int, rows: Positions) -> Positions:
        """Where the field *number* of some *rows* of the whole lines stops."""
        return self.fences[self.begins[rows] + (number + 1)]

    def take(self, chosen: Positions) -> _Rows:
        return replace(self, whole=self.whole[chosen], begins=self.begins[chosen])

    def others(self, rows: Positions, block: bytes) -> bytes:
        """All lines of *block* but for *rows* of the whole ones."""
        is_left = np.ones(len(self.ends) - 1, np.bool_)
        is_left[self.whole[rows]] = False
        return lines(block, self.fences[self.ends], is_left)


@dataclass(frozen=True, slots=True)
class _Addresses:
    """Fields that may be addresses, with their @s; *tags* begin the tag, or stand at the @ where there is none."""

    field: TextColumn
    tags: Positions
    ats: Positions

    @property
    def stops(self) -> Positions:
        return self.field.starts + self.field.lengths

    def take(self, rows: Positions) -> _Addresses:
        return _Addresses(self.field.take(rows), self.tags[rows], self.ats[rows])

    def locals(self) -> TextColumn:
        return TextColumn(self.field.data, self.field.starts, self.ats - self.field.starts)

    def domains(self) -> TextColumn:
        return TextColumn(self.field.data, self.ats + 1, self.stops - self.ats - 1)

    def shortened(self, without_dots: Bools) -> TextColumn:
        """Copies without tags, and without the dots of those local parts that *without_dots* says."""
        rows = np.repeat(np.arange(len(self.ats)), self.field.lengths)
        places = _places(self.field)
        text, ats = self.field.data[places], self.ats[rows]
        is_local = places < ats
        is_dropped = is_local & ((places >= self.tags[rows]) | (text == _DOT) & without_dots[rows])
        return TextColumn.cut(text[~is_dropped], np.bincount(rows[~is_dropped], minlength=len(self.ats)))


def _places(values: TextColumn) -> Positions:
    """Where each byte of *values* stands, value after value."""
    ends = np.cumsum(values.lengths)
    places: Positions = np.arange(len(values) and ends[-1])
    places += np.repeat(values.starts - ends + values.lengths, values.lengths)
    return places


class PlainRows:
    """Takes the plain rows out of blocks without quotes, by the columns of the address and of *others*, by name.

    What it gives is good until it is called again. For one thread alone.
    """

    def __init__(self, delimiter: str, width: int, address: int, others: Mapping[str, int]) -> None:
        self._delimiter = ord(delimiter)
        self._width = width
        self._address = address
        self._others = others
        self._mark = Marker()
        self._domains = PlainDomains()
        self._nothings = Nothings(delimiter.encode() + b"\n")

    def __call__(self, block: bytes) -> Plain:
        """What *block* holds, which is of whole lines, each ended by a line feed."""
        rows, addresses = _divided(_Rows.of(self._mark(block), self._delimiter, self._width), self._address)
        places = self._domains.places(addresses.domains())
        is_clear = self._domains.are_known(places)
        says = {name: self._says(rows, number, is_clear) for name, number in self._others.items()}
        clear = np.flatnonzero(is_clear)
        people, bases, base_of = self._people(addresses.take(clear), places[clear])
        domains, domain_of = self._domains.distinct(places[clear])
        of_clear = {name: says_so[clear] for name, says_so in says.items()}
        return Plain(people, domains, domain_of, of_clear, rows.others(clear, block), bases, base_of)

    def _says(self, rows: _Rows, number: int, is_clear: Bools) -> Bools:
        """Which of *rows* say something in the field *number*; where that is not sure, the row is not clear."""
        says = np.ones(len(is_clear), np.bool_)
        nothing, perhaps = self._nothings.among(rows.marked.text, rows.starts(number), partial(rows.stops, number))
        says[nothing] = False
        is_clear[perhaps] = False
        return says

    def _people(self, found: _Addresses, places: NDArray[np.intp]) -> tuple[TextColumn, TextColumn, NDArray[np.intp]]:
        """The canonical addresses, the bases of those that have tags, and whose these are."""
        ignore_dots = self._domains.ignore_dots(places)
        tagged = np.flatnonzero(found.tags < found.ats)
        bases = found.take(tagged).shortened(ignore_dots[tagged])
        dotted = np.flatnonzero(ignore_dots & ~self._domains.are_delivered_so(places, found.locals()))
        return _without_dots(found, dotted), bases, tagged


def _divided(rows: _Rows, number: int) -> tuple[_Rows, _Addresses]:
    """Those of *rows* whose field *number* is a plain address but for its domain, and these addresses."""
    text, marks, kinds = rows.marked.text, rows.marked.marks, rows.marked.kinds
    before = rows.begins + number
    first = rows.marks[before] + 1
    at = first + (kinds[first] == _PLUS)
    starts, lengths = rows.fences[before] + 1, rows.fences[before + 1] - rows.fences[before] - 1
    is_divided = (kinds[at] == _AT) & (rows.marks[before + 1] == at + 1)
    is_divided &= (marks[first] > starts) & (text[starts] != _DOT) & (lengths <= PLAIN_LENGTH)
    chosen = np.flatnonzero(is_divided)
    field = TextColumn(text, starts[chosen], lengths[chosen])
    return rows.take(chosen), _Addresses(field, marks[first[chosen]], marks[at[chosen]])


def _without_dots(found: _Addresses, dotted: NDArray[np.intp]) -> TextColumn:
    """The addresses that were *found*; the local parts of the *dotted* ones move towards the @, in the text itself."""
    text, starts, lengths = found.field.data, found.field.starts.copy(), found.field.lengths.copy()
    some = found.locals().take(dotted)
    letters = text[_places(some)]
    is_dot = letters == _DOT
    dots = np.add.reduceat(is_dot, np.cumsum(some.lengths) - some.lengths, dtype=np.int64) if len(dotted) else 0
    starts[dotted] += dots
    lengths[dotted] -= dots
    text[_places(TextColumn(text, starts[dotted], some.lengths - dots))] = letters[~is_dot]
    return TextColumn(text, starts, lengths)
