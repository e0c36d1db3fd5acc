"""Writing: what a load gathered goes into the store, merged, in key order, a piece at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from breachcheck.index import FieldSetId
from ingest.columns import Int64s, are_among
from ingest.domains import DomainNumbers
from ingest.gathering import Gathering
from ingest.heads import Members, heads_in, members_of
from ingest.runs import Columns, Runs, equal_ranges, first_of_each
from ingest.words import FIRST, PERSON, WordArray, Words, classes_alone, combinations, flags_of

ROWS_A_PIECE = 400_000

Combination = tuple[frozenset[str], bool]
"""Data classes, and whether they are those of an alias."""


class Destination(Protocol):
    """Where the pieces of one load go."""

    def begin(self, pieces: int) -> None:
        """So many pieces come, some perhaps without rows: each of an equal range of the digests, in their order."""

    def add_field_sets(self, combinations: Sequence[Combination]) -> list[FieldSetId]:
        """Ids for combinations that no earlier piece had; durable before any piece that uses them."""

    def insert(self, piece: int, digests: Int64s, field_set_ids: Int64s, /) -> None:
        """Enter one piece, sorted by digest, durably whole or not at all."""

    def insert_sealed(self, boxes: Columns, field_set_ids: Int64s, /) -> None:
        """Enter the boxes of some people (see `Seal`), durably whole or not at all."""

    def insert_headcounts(self, digests: Int64s, field_set_ids: Int64s, numbers: Int64s, /) -> None:
        """Enter some headcounts, sorted by digest and field set, durably whole or not at all."""

    def end(self) -> None:
        """That was all: what else was ever entered is gone on return."""


class Nowhere:
    """Where a dry run writes to."""

    def __init__(self) -> None:
        self._given = 0

    def begin(self, _pieces: int) -> None:
        return

    def add_field_sets(self, combinations: Sequence[Combination]) -> list[FieldSetId]:
        first, self._given = self._given + 1, self._given + len(combinations)
        return [FieldSetId(number) for number in range(first, self._given + 1)]

    def insert(self, _piece: int, _digests: Int64s, _field_set_ids: Int64s, /) -> None:
        return

    def insert_sealed(self, _boxes: Columns, _field_set_ids: Int64s, /) -> None:
        return

    def insert_headcounts(self, _digests: Int64s, _field_set_ids: Int64s, _numbers: Int64s, /) -> None:
        return

    def end(self) -> None:
        return


@dataclass(slots=True)
class Written:
    """What went into the store. *firsts*: records, each person's first; *carriers*: rows a field set.

    *domains* and *organisations*: how many different ones have headcounts. *sealed*: people a domain, by its digest.
    *largest*: the digest of the domain that most people have, and how many these are.
    """

    firsts: int = 0
    people: int = 0
    aliases: int = 0
    domains: int = 0
    organisations: int = 0
    carriers: Counter[FieldSetId] = field(default_factory=Counter)
    coverage: Counter[str] = field(default_factory=Counter)
    sealed: Counter[int] = field(default_factory=Counter)
    largest: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class _Side:
    """The rows of a piece that are direct, or those that are aliases: each with one of a few combinations.

    *members* counts the people of each domain and combination. *boxes* are those of some of the rows.
    """

    digests: Int64s
    different: WordArray
    which: NDArray[np.intp]
    are_people: NDArray[np.bool_]
    firsts: int
    via_alias: bool
    members: Members | None = None
    boxes: Columns | None = None


def write(gathering: Gathering, destination: Destination, watch: Callable[[float], None]) -> Written:
    """Merge what was gathered and hand it to *destination*; *watch* hears which share is done.

    One piece is merged while the one before it is written.
    """
    ends = equal_ranges(1 + (gathering.direct.rows + gathering.aliases.rows) // ROWS_A_PIECE)
    destination.begin(len(ends))
    merged = _merged(gathering, ends)
    with closing(heads_in(gathering.folder)) as domains, ThreadPoolExecutor(1, "merge") as ahead:
        writer = _Writer(destination, gathering.words, domains)
        coming = ahead.submit(next, merged, None)
        number = 0
        while (sides := coming.result()) is not None:
            coming = ahead.submit(next, merged, None)
            writer.enter(number, sides)
            number += 1
            watch(number / len(ends))
        writer.count_groups(gathering)
        destination.end()
        return writer.written


def _merged(gathering: Gathering, ends: Sequence[int]) -> Iterator[list[_Side]]:
    together = (gathering.direct, gathering.aliases, gathering.aside, gathering.boxes)
    for direct, aliases, aside, boxes in zip(*(runs.ranges(ends) for runs in together), strict=True):
        sides = [_direct(direct, aside, gathering.domains, boxes), _side(aliases, via_alias=True)]
        yield [side for side in sides if side is not None]


def _direct(
    columns: Columns | None, aside: Columns | None, domains: DomainNumbers, boxes: Columns | None
) -> _Side | None:
    side = _side(columns, via_alias=False)
    if columns is None or side is None:
        return None
    return replace(side, members=members_of(columns, side.which, aside, domains), boxes=boxes)


def _side(columns: Columns | None, *, via_alias: bool) -> _Side | None:
    if columns is None:
        return None
    digests, words = columns
    different, which = combinations(classes_alone(words))
    flags = flags_of(words)
    return _Side(
        digests=digests,
        different=different,
        which=which,
        are_people=flags & flags.dtype.type(PERSON) != 0,
        firsts=int(np.count_nonzero(flags & flags.dtype.type(FIRST))),
        via_alias=via_alias,
    )


class _Writer:
    """Enters pieces, gives each combination its field set, and counts."""

    def __init__(self, destination: Destination, words: Words, domains: Runs) -> None:
        self.written = Written()
        self._destination = destination
        self._words = words
        self._ids: dict[tuple[bytes, bool], FieldSetId] = {}
        self._domains = domains

    def enter(self, number: int, sides: Sequence[_Side]) -> None:
        if not sides:
            return
        ids = [self._field_sets(side.different, via_alias=side.via_alias) for side in sides]
        for side, side_ids in zip(sides, ids, strict=True):
            self._count(side, side_ids)
            if side.members:
                domains, which, people = side.members
                self._domains.add((domains, side_ids[which], people))
            if side.boxes:
                self._seal(side, side.boxes, side_ids)
        parts = [(side.digests, side_ids[side.which]) for side, side_ids in zip(sides, ids, strict=True)]
        self._destination.insert(number, *(parts[0] if len(parts) == 1 else _interleaved(*parts)))

    def _seal(self, side: _Side, boxes: Columns, ids: Int64s) -> None:
        """Enter the boxes of those who are there; whoever was left out at their own wish is not."""
        boxes = tuple(column[are_among(boxes[0], side.digests)] for column in boxes)
        self._destination.insert_sealed(boxes, ids[side.which[np.searchsorted(side.digests, boxes[0])]])
        self.written.sealed.update(boxes[1].tolist())

    def count_groups(self, gathering: Gathering) -> None:
        """Enter the headcounts: of domains, which every piece has added to, and of organisations."""
        self.written.domains, self.written.largest = self._enter_headcounts(self._domains)
        with closing(heads_in(gathering.folder)) as organisations:
            for digests, words, records in _pieces(gathering.organisations):
                different, which = combinations(words)
                organisations.add((digests, self._field_sets(different, via_alias=False)[which], records))
            self.written.organisations, _ = self._enter_headcounts(organisations)

    def _enter_headcounts(self, heads: Runs) -> tuple[int, tuple[int, int]]:
        """How many digests they are of; and which has the highest number, over all combinations, with that number."""
        digests, largest = 0, (0, 0)
        for columns in _pieces(heads):
            self._destination.insert_headcounts(*columns)
            firsts = first_of_each(columns[0])
            numbers = np.add.reduceat(columns[2], firsts)
            most = int(numbers.argmax())
            largest = max(largest, (int(columns[0][firsts[most]]), int(numbers[most])), key=lambda one: one[1])
            digests += len(firsts)
        return digests, largest

    def _field_sets(self, different: WordArray, *, via_alias: bool) -> Int64s:
        """The id of each of the combinations."""
        keys = [(word.tobytes(), via_alias) for word in different]
        new = {key: word for key, word in zip(keys, different, strict=True) if key not in self._ids}
        wanted = [(self._words.classes_of(word), via_alias) for word in new.values()]
        self._ids.update(zip(new, self._destination.add_field_sets(wanted), strict=True))
        return np.array([self._ids[key] for key in keys], np.int64)

    def _count(self, side: _Side, ids: Int64s) -> None:
        counted = side.which if side.via_alias else side.which[side.are_people]
        carriers = np.bincount(counted, minlength=len(ids)).tolist()
        self.written.carriers.update(dict(zip(map(FieldSetId, ids.tolist()), carriers, strict=True)))
        if side.via_alias:
            self.written.aliases += len(side.digests)
            return
        self.written.firsts += side.firsts
        self.written.people += len(counted)
        for word, people in zip(side.different, carriers, strict=True):  # none, where only an organisation has it
            self.written.coverage.update(dict.fromkeys(self._words.classes_of(word), people))


def _interleaved(direct: tuple[Int64s, Int64s], aliases: tuple[Int64s, Int64s]) -> tuple[Int64s, Int64s]:
    """Both, sorted by digest as each of them is."""
    at = np.searchsorted(direct[0], aliases[0])
    return np.insert(direct[0], at, aliases[0]), np.insert(direct[1], at, aliases[1])


def _pieces(runs: Runs) -> Iterator[Columns]:
    """All rows of *runs*, some at a time."""
    for columns in runs.ranges(equal_ranges(1 + runs.rows // ROWS_A_PIECE)):
        if columns is not None:
            yield columns
