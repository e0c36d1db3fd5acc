"""Sorted runs of rows that are keyed by a digest, and their merge by key range: bounded memory, any number of rows."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ingest import compiled
from ingest.columns import Int64s

Columns = tuple[NDArray[Any], ...]
"""Arrays of one length. The first is the key, int64 and evenly spread; the others are fixed-width too, 1-D or 2-D."""

Unite = Callable[[Columns], Columns]
"""Makes what stands more than once, in columns sorted by key, stand once."""

LOWEST_KEY, KEYS = -(2**63), 2**64
RUN_ROWS = 1 << 18
HELD_ROWS = 6 << 20
_SPARSE = 1024
_SMALL = 8  # a sorted piece of less than this part of a run is put together with others


def union_words(columns: Columns) -> Columns:
    """One row a key, with the bits of all its words."""
    keys, words = columns
    firsts = first_of_each(keys)
    if len(firsts) == len(keys):
        return columns
    return keys[firsts], np.bitwise_or.reduceat(words, firsts, axis=0)


def sum_counts(columns: Columns) -> Columns:
    """One row for each key and whatever else stands before the last column, which counts and is added up."""
    *told, counts = columns
    keys = [lane for column in told for lane in (column.T if column.ndim > 1 else column[None])]
    order = np.lexsort(keys[::-1])
    begins = np.zeros(len(order), bool)
    begins[:1] = True
    for lane in keys:
        ordered = lane[order]
        begins[1:] |= ordered[1:] != ordered[:-1]
    firsts = np.flatnonzero(begins)
    return *(column[order][firsts] for column in told), np.add.reduceat(counts[order], firsts)


def sort_and_unite(columns: Columns) -> Columns:
    """*columns*, keys and words, in key order, one row a key."""
    keys, words = columns
    if compiled.IS_THERE and words.ndim == 1:
        from ingest.compiled import sorting

        return sorting.united(keys, words)
    return union_words(_sorted([columns]))


def first_of_each(keys: NDArray[np.int64]) -> NDArray[np.intp]:
    """Where each new key begins in sorted *keys*."""
    begins = np.empty(len(keys), bool)
    begins[:1] = True
    np.not_equal(keys[1:], keys[:-1], out=begins[1:])
    return np.flatnonzero(begins)


def equal_ranges(count: int) -> list[int]:
    """The ends of *count* equal ranges of the keys, each exclusive; the last takes all that is left."""
    return [LOWEST_KEY + number * KEYS // count for number in range(1, count)] + [LOWEST_KEY + KEYS]


class Runs:
    """Rows in any order in; rows in key order, united, out, a range of keys at a time.

    Holds some runs in memory; more go to a file in *folder* that has no name, and so is gone with the process.
    Not to be shared by threads.
    """

    def __init__(
        self, folder: Path, unite: Unite = union_words, *, run_rows: int = RUN_ROWS, held_rows: int = HELD_ROWS
    ) -> None:
        self._folder = folder
        self._unite = unite
        self._run_rows = run_rows
        self._held_rows = held_rows
        self._loose: list[Columns] = []
        self._loose_rows = 0
        self._runs: list[_HeldRun | _SpilledRun] = []
        self._spill: IO[bytes] | None = None
        self.rows = 0

    def add(self, columns: Columns) -> None:
        if not len(columns[0]):
            return
        self._loose.append(columns)
        self._loose_rows += len(columns[0])
        self.rows += len(columns[0])
        if self._loose_rows >= self._run_rows:
            self._cut()

    def add_sorted(self, columns: Columns) -> None:
        """As `add`, of what is in key order and united already."""
        if len(columns[0]) < self._run_rows // _SMALL:
            self.add(columns)
        else:
            self.rows += len(columns[0])
            self._keep(columns)

    def ranges(self, ends: Sequence[int]) -> Iterator[Columns | None]:
        """The rows below each of *ends*, from the lowest again at each call; None for a range without any.

        The last end takes all that is left.
        """
        self._cut()
        for run in self._runs:
            run.given = 0
        for end in ends:
            parts = [part for run in self._runs if len((part := run.take_below(end))[0])]
            if len(parts) > 1:
                yield self._unite(_sorted(parts))
            else:
                yield parts[0] if parts else None

    def close(self) -> None:
        self._runs = []
        self._loose = []
        if self._spill:
            self._spill.close()

    def _cut(self) -> None:
        if not self._loose:
            return
        columns = self._unite(_sorted(self._loose))
        self.rows += len(columns[0]) - self._loose_rows
        self._loose, self._loose_rows = [], 0
        self._keep(columns)

    def _keep(self, columns: Columns) -> None:
        held = sum(len(run) for run in self._runs if isinstance(run, _HeldRun))
        self._runs.append(_HeldRun(columns) if held + len(columns[0]) <= self._held_rows else self._spilled(columns))

    def _spilled(self, columns: Columns) -> _SpilledRun:
        if self._spill is None:
            self._spill = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 (closed by `close`)
        return _SpilledRun.write(self._spill, columns)


@dataclass(slots=True)
class _HeldRun:
    columns: Columns
    given: int = 0

    def __len__(self) -> int:
        return len(self.columns[0])

    def take_below(self, end: int) -> Columns:
        start, self.given = self.given, _below(self.columns[0], end)
        return tuple(column[start : self.given] for column in self.columns)


@dataclass(slots=True)
class _SpilledRun:
    """A run in a file, column after column, with every 1,024th key in memory."""

    file: int
    positions: tuple[int, ...]
    like: Columns  # no rows: types and widths
    rows: int
    sparse: NDArray[np.int64]
    given: int = 0

    @classmethod
    def write(cls, file: IO[bytes], columns: Columns) -> _SpilledRun:
        positions = []
        for column in columns:
            positions.append(file.seek(0, os.SEEK_END))
            file.write(np.ascontiguousarray(column).data)
        file.flush()
        keys = columns[0]
        like = tuple(column[:0].copy() for column in columns)
        return cls(file.fileno(), tuple(positions), like, len(keys), keys[::_SPARSE].copy())

    def __len__(self) -> int:
        return self.rows

    def take_below(self, end: int) -> Columns:
        start = self.given
        keys = self._read(0, start, min(self.rows, _below(self.sparse, end) * _SPARSE))
        self.given = start + _below(keys, end)
        others = (self._read(number, start, self.given) for number in range(1, len(self.like)))
        return keys[: self.given - start], *others

    def _read(self, number: int, start: int, stop: int) -> NDArray[Any]:
        like = self.like[number]
        width = like.dtype.itemsize * int(np.prod(like.shape[1:]))
        rows = max(stop - start, 0)
        wanted = rows * width
        raw = os.pread(self.file, wanted, self.positions[number] + start * width)
        if len(raw) != wanted:
            raise OSError("a spilled run is shorter than it was written")
        return np.frombuffer(raw, like.dtype).reshape(rows, *like.shape[1:])


def _sorted(parts: Sequence[Columns]) -> Columns:
    keys, *others = (np.concatenate(column) for column in zip(*parts, strict=True))
    ordered, places = _in_order(keys)
    return ordered, *(column[places] for column in others)


def _in_order(keys: Int64s) -> tuple[Int64s, NDArray[np.intp]]:
    """*keys* in order, and the place that each had."""
    if compiled.IS_THERE:
        from ingest.compiled import sorting

        return sorting.in_order(keys)
    places = np.argsort(keys)
    return keys[places], places


def _below(keys: NDArray[np.int64], end: int) -> int:
    """How many of sorted *keys* are smaller than *end*, which may lie beyond 64 bits."""
    return len(keys) if end >= LOWEST_KEY + KEYS else int(np.searchsorted(keys, np.int64(end)))
