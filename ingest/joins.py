"""Joins: records that name their person by an id, brought together with the records that say who has that id.

Ids are digested under a key that lives as long as the load, so that what is spilled tells nothing.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.columns import ColumnDigester, Int64s, TextColumn, are_among
from ingest.gathering import Gathering
from ingest.runs import Columns, Runs, Unite, equal_ranges, first_of_each
from ingest.words import WordArray

ROWS_A_RANGE = 400_000
HELD_ROWS = 1 << 21

NUMBER_BITS = 44
"""Of the name of a record, those that hold its number."""

Places = NDArray[np.uint16] | Int64s
"""Of each record, the number of its file, or the record's name."""

Lost = Callable[[Int64s], None]

NOBODY = 0
"""Stands where a record has no id; that an id's digest is 0 happens once in 2^64."""

_NO_PEOPLE: Columns = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.uint16))


DIRECT, ALIAS, LEFT_OUT, WAY = range(4)
"""What an id stands for: a person, somebody whose base address it may be, somebody of whom nothing is kept, or, from
`WAY` on, an id at another junction, at which its people are."""


class Met(NamedTuple):
    """How many records found their person, found nobody, or somebody of whom nothing is kept; each by file."""

    joined: Counter[int]
    unmatched: Counter[int]
    left_out: Counter[int]


class Junction:
    """One meeting of people and references. A reference finds its person by the first of its ids that somebody has.

    Junctions may be chained: a record that finds its person here can itself be found at another one. Then `pass_on` is
    called of all, those first at which people are, and afterwards `join`, in the reverse order. What a chain takes
    grows with the records, however many of them share an id: people stay where they are, and words come to them.
    Ids are digested under its *secret*.
    """

    def __init__(self, folder: Path, *, run_rows: int = 1 << 20, held_rows: int = HELD_ROWS) -> None:
        self._folder = folder
        self.secret = secrets.token_bytes(32)
        self._digester = ColumnDigester(self.secret)
        self._sizes = {"run_rows": run_rows, "held_rows": held_rows}
        self._people = Runs(folder, _unite_people, **self._sizes)
        self._references: dict[int, Runs] = {}  # by how many ids a record has at most
        self._relays: dict[int, Runs] = {}  # likewise
        self._onward: list[Junction] = []
        self._back: list[Junction] = []
        self._lost: Lost = lambda _: None

    def digests(self, ids: TextColumn) -> Int64s:
        """What stands for *ids* here, and nowhere else."""
        return self._digester.digests(ids)

    def add_people(self, ids: Int64s, digests: Int64s, *, are_aliases: bool) -> None:
        self._add_people(ids, digests, ALIAS if are_aliases else DIRECT)

    def add_left_out(self, ids: Int64s) -> None:
        """Who has these *ids* is not to be kept, nor told from somebody who never was there."""
        self._add_people(ids, np.zeros(len(ids), np.int64), LEFT_OUT)

    def _add_people(self, ids: Int64s, digests: Int64s, kind: int) -> None:
        firsts = np.flatnonzero(_begins((ids, digests)))  # of a person whose records stand together, one is enough
        self._people.add((ids[firsts], digests[firsts], np.full(len(firsts), kind, np.uint16)))

    def add_relays(self, ids: NDArray[np.int64], onward: Int64s, to: Junction) -> None:
        """Whoever the *ids* of a row, best first, lead to here is at *to* to be found by the row's id *onward*."""
        self._add_relays(_packed(ids), onward, np.full(len(ids), _number(self._onward, to), np.uint16))

    def add_references(
        self,
        ids: NDArray[np.int64],
        file: int,
        words: WordArray,
        *,
        counted: bool = True,
        numbers: Int64s | None = None,
    ) -> None:
        """One row a record: its *ids*, best first. Of records not *counted*, only the words matter.

        With *numbers*, `join` tells which records found nobody; all of a junction's have them, or none.
        """
        records = np.full(len(ids), int(counted), np.int64)
        places = np.full(len(ids), file, np.uint16) if numbers is None else numbered(file, numbers)
        self._add_references(_packed(ids), places, records, words)

    def pass_on(self) -> None:
        """Tell the junctions to which relays lead which ids have somebody here."""
        for people, rows in self._meetings(self._relays):
            self._relay(people, rows)

    def join(self, into: Gathering, lost: Lost = lambda _: None) -> Met:
        """Give every person the words of their references.

        *lost* hears of the records that found nobody, as `numbered` names them, where they have numbers.
        """
        self._lost = lost
        met = Met(Counter(), Counter(), Counter())
        for people, rows in self._meetings(self._references):
            self._meet(people, rows, into, met)
        return met

    def close(self) -> None:
        for runs in (self._people, *self._references.values(), *self._relays.values()):
            runs.close()

    def _meetings(self, waiting: dict[int, Runs]) -> Iterator[tuple[Columns, Columns]]:
        """Those of *waiting* by ranges of their first id, each with the people there; until none is left."""
        while waiting:
            runs = waiting.pop(max(waiting))
            ends = equal_ranges(1 + (self._people.rows + runs.rows) // ROWS_A_RANGE)
            for people, rows in zip_longest(self._people.ranges(ends), runs.ranges(ends)):
                if rows is not None:
                    yield people or _NO_PEOPLE, rows
            runs.close()

    def _relay(self, people: Columns, rows: Columns) -> None:
        ids, others, onward, ways = rows
        known, hidden = _known(ids, people)
        for number, to in enumerate(self._onward):
            led, left_out = known & (ways == number), hidden & (ways == number)
            to._add_people(onward[led], ids[led], WAY + _number(to._back, self))
            to.add_left_out(onward[left_out])
        again = ~(known | hidden) & _has_another(others)
        if again.any():
            self._add_relays(others[again], onward[again], ways[again])

    def _meet(self, people: Columns, rows: Columns, into: Gathering, met: Met) -> None:
        ids, others, files, records, words = rows
        known, hidden = _known(ids, people)
        if known.any():
            self._hand_over(people, ids[known], words[known], files.dtype, into)
        again = ~(known | hidden) & _has_another(others)
        lost = ~(known | hidden | again)
        for counter, which in zip(met, (known, lost, hidden), strict=True):
            _count(counter, files[which], records[which])
        if files.dtype == np.int64:
            self._lost(files[lost & (records > 0)])
        if again.any():
            self._add_references(others[again], files[again], records[again], words[again])

    def _hand_over(self, people: Columns, ids: Int64s, words: WordArray, place: np.dtype[Any], into: Gathering) -> None:
        """Give *words* to those of *people* who have the *ids*; those elsewhere get them as references there."""
        person_ids, digests, kinds = people
        firsts = first_of_each(ids)
        referred, united = ids[firsts], np.bitwise_or.reduceat(words, firsts, axis=0)
        at = np.minimum(np.searchsorted(referred, person_ids), len(referred) - 1)
        found = referred[at] == person_ids
        direct, alias = found & (kinds == DIRECT), found & (kinds == ALIAS)
        into.add(digests[direct], united[at[direct]])
        into.add_aliases(digests[alias], united[at[alias]])
        for number, back in enumerate(self._back, WAY):
            elsewhere = found & (kinds == number)
            nothing = np.zeros(int(elsewhere.sum()), np.int64)
            back._add_references(digests[elsewhere][:, None], nothing.astype(place), nothing, united[at[elsewhere]])

    def _add_references(self, ids: NDArray[np.int64], files: Places, records: Int64s, words: WordArray) -> None:
        self._add(self._references, _unite_references, ids, (files, records, words))

    def _add_relays(self, ids: NDArray[np.int64], onward: Int64s, ways: NDArray[np.uint16]) -> None:
        self._add(self._relays, _unite_relays, ids, (onward, ways))

    def _add(self, waiting: dict[int, Runs], unite: Unite, ids: NDArray[np.int64], rest: Columns) -> None:
        width = int(ids.shape[1])
        if width not in waiting:
            waiting[width] = Runs(self._folder, unite, **self._sizes)
        waiting[width].add((np.ascontiguousarray(ids[:, 0]), ids[:, 1:], *rest))


def _number(junctions: list[Junction], one: Junction) -> int:
    """The place of *one* among *junctions*, which it is given if it has none yet."""
    if one not in junctions:
        junctions.append(one)
    return junctions.index(one)


def _known(ids: Int64s, people: Columns) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which of *ids* have somebody among *people* who is kept, and which only such as are not."""
    are_kept = people[2] != LEFT_OUT
    known = are_among(ids, people[0][are_kept])
    return known, ~known & are_among(ids, people[0][~are_kept])


def _has_another(others: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which rows have a further id to try."""
    has: NDArray[np.bool_] = (others[:, :1] != NOBODY).any(axis=1)
    return has


def _packed(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """*ids* with those that are there moved to the front, each once, and as few columns as that takes, at least one."""
    packed = np.full_like(ids, NOBODY)
    filled = np.zeros(len(ids), np.intp)
    for column in ids.T:
        is_new = (column != NOBODY) & (packed != column[:, None]).all(axis=1)
        packed[is_new, filled[is_new]] = column[is_new]
        filled += is_new
    return packed[:, : max(1, int(filled.max(initial=0)))]


def numbered(file: int, numbers: Int64s) -> Int64s:
    """What names records of a load: their file's number, and their own in it."""
    return numbers | file << NUMBER_BITS


def _count(counter: Counter[int], files: Places, records: Int64s) -> None:
    files = files >> NUMBER_BITS if files.dtype == np.int64 else files
    for file in np.unique(files).tolist():
        counter[file] += int(records[files == file].sum())


def _unite_people(columns: Columns) -> Columns:
    alone = _alone(columns)
    return alone if len(first_of_each(alone[0])) == len(alone[0]) else _once_each(alone, alone)


def _alone(columns: Columns) -> Columns:
    """*columns* without the rows that are as the one before."""
    begins = _begins(columns)
    return columns if begins.all() else tuple(column[begins] for column in columns)


def _unite_relays(columns: Columns) -> Columns:
    ids, others, onward, ways = columns
    return _once_each(columns, (ids, *others.T, onward, ways))


def _once_each(columns: Columns, by: Columns) -> Columns:
    """*columns*, of which no two rows are alike in *by*, in the order of that."""
    order = np.lexsort(by[::-1])
    begins = _begins([column[order] for column in by])
    return tuple(column[order][begins] for column in columns)


def _unite_references(columns: Columns) -> Columns:
    ids, others, files, records, words = columns
    firsts = np.flatnonzero(_begins((ids, *others.T, files)))
    return (
        ids[firsts],
        others[firsts],
        files[firsts],
        np.add.reduceat(records, firsts),
        np.bitwise_or.reduceat(words, firsts, axis=0),
    )


def _begins(columns: Iterable[NDArray[np.generic]]) -> NDArray[np.bool_]:
    """Where a row differs from the one before it."""
    begins = np.array([], bool)
    for column in columns:
        if not len(begins):
            begins = np.zeros(len(column), bool)
            begins[:1] = True
        begins[1:] |= column[1:] != column[:-1]
    return begins
