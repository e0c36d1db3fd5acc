"""Joins: records that name their person by an id, brought together with the records that say who has that id.

Ids are digested under a key that lives as long as the load, so that what is spilled tells nothing.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.columns import ColumnDigester, Int64s, TextColumn, are_among
from ingest.gathering import Gathering
from ingest.runs import Columns, Runs, equal_ranges, first_of_each
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


class Junction:
    """One meeting of people and references. A reference finds its person by the first of its ids that somebody has."""

    def __init__(self, folder: Path, *, run_rows: int = 1 << 20, held_rows: int = HELD_ROWS) -> None:
        self._folder = folder
        self._digester = ColumnDigester(secrets.token_bytes(32))
        self._sizes = {"run_rows": run_rows, "held_rows": held_rows}
        self._people = Runs(folder, _unite_people, **self._sizes)
        self._references: dict[int, Runs] = {}  # by how many ids a record has at most
        self._lost: Lost = lambda _: None

    def digests(self, ids: TextColumn) -> Int64s:
        """What stands for *ids* here, and nowhere else."""
        return self._digester.digests(ids)

    def add_people(self, ids: Int64s, digests: Int64s, *, are_aliases: bool) -> None:
        self._people.add((ids, digests, np.full(len(ids), are_aliases)))

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

    def join(self, into: Gathering, lost: Lost = lambda _: None) -> tuple[Counter[int], Counter[int]]:
        """Give every person the words of their references. How many records found theirs, and did not, by file.

        *lost* hears of those that did not, as `numbered` names them, where they have numbers.
        """
        self._lost = lost
        joined: Counter[int] = Counter()
        unmatched: Counter[int] = Counter()
        while self._references:
            references = self._references.pop(max(self._references))
            for people, rows in self._meetings(references):
                self._meet(people, rows, into, joined, unmatched)
            references.close()
        return joined, unmatched

    def close(self) -> None:
        self._people.close()
        for references in self._references.values():
            references.close()

    def _meetings(self, references: Runs) -> Iterator[tuple[Columns | None, Columns]]:
        ends = equal_ranges(1 + (self._people.rows + references.rows) // ROWS_A_RANGE)
        for people, rows in zip_longest(self._people.ranges(ends), references.ranges(ends)):
            if rows is not None:
                yield people, rows

    def _meet(
        self, people: Columns | None, rows: Columns, into: Gathering, joined: Counter[int], unmatched: Counter[int]
    ) -> None:
        ids, others, files, records, words = rows
        known = np.zeros(len(ids), bool) if people is None else are_among(ids, people[0])
        if people is not None and known.any():
            _hand_over(people, ids[known], words[known], into)
        _count(joined, files[known], records[known])
        again = ~known & (others[:, :1] != NOBODY).any(axis=1)
        lost = ~known & ~again
        _count(unmatched, files[lost], records[lost])
        if files.dtype == np.int64:
            self._lost(files[lost & (records > 0)])
        if again.any():
            self._add_references(others[again], files[again], records[again], words[again])

    def _add_references(self, ids: NDArray[np.int64], files: Places, records: Int64s, words: WordArray) -> None:
        width = int(ids.shape[1])
        if width not in self._references:
            self._references[width] = Runs(self._folder, _unite_references, **self._sizes)
        self._references[width].add((np.ascontiguousarray(ids[:, 0]), ids[:, 1:], files, records, words))


def _packed(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """*ids* with those that are there moved to the front, each once, and as few columns as that takes, at least one."""
    packed = np.full_like(ids, NOBODY)
    filled = np.zeros(len(ids), np.intp)
    for column in ids.T:
        is_new = (column != NOBODY) & (packed != column[:, None]).all(axis=1)
        packed[is_new, filled[is_new]] = column[is_new]
        filled += is_new
    return packed[:, : max(1, int(filled.max(initial=0)))]


def _hand_over(people: Columns, ids: Int64s, words: WordArray, into: Gathering) -> None:
    firsts = first_of_each(ids)
    referred, united = ids[firsts], np.bitwise_or.reduceat(words, firsts, axis=0)
    person_ids, digests, are_aliases = people
    place = np.minimum(np.searchsorted(referred, person_ids), len(referred) - 1)
    found = referred[place] == person_ids
    direct, alias = found & ~are_aliases, found & are_aliases
    into.add(digests[direct], united[place[direct]])
    into.add_aliases(digests[alias], united[place[alias]])


def numbered(file: int, numbers: Int64s) -> Int64s:
    """What names records of a load: their file's number, and their own in it."""
    return numbers | file << NUMBER_BITS


def _count(counter: Counter[int], files: Places, records: Int64s) -> None:
    files = files >> NUMBER_BITS if files.dtype == np.int64 else files
    for file in np.unique(files).tolist():
        counter[file] += int(records[files == file].sum())


def _unite_people(columns: Columns) -> Columns:
    ids, digests, are_aliases = columns
    order = np.lexsort((are_aliases, digests, ids))
    columns = tuple(column[order] for column in columns)
    begins = _begins(columns)
    return columns if begins.all() else tuple(column[begins] for column in columns)


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
