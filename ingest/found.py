"""What a batch of records was found to say: digests, each with the row that it was found in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ingest.columns import Int64s
from ingest.values import Rows

NOBODY: Int64s = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Entries:
    """Digests, each with the row of the batch that it was found in; those of people with their domains' digests."""

    rows: Rows
    digests: Int64s
    domains: Int64s = field(default_factory=lambda: NOBODY)

    @classmethod
    def joined(cls, parts: Sequence[Entries]) -> Entries:
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return NO_ENTRIES
        return cls(
            np.concatenate([part.rows for part in parts]),
            np.concatenate([part.digests for part in parts]),
            np.concatenate([part.domains for part in parts]),
        )

    @classmethod
    def beside(cls, people: Entries, others: Entries) -> Entries:
        """Both, without domains."""
        return cls(np.concatenate([people.rows, others.rows]), np.concatenate([people.digests, others.digests]))

    def take(self, which: NDArray[np.bool_]) -> Entries:
        return Entries(self.rows[which], self.digests[which], self.domains[which] if len(self.domains) else NOBODY)


NO_ENTRIES = Entries(np.empty(0, np.intp), NOBODY)


def firsts_of(rows: Rows, count: int) -> Rows:
    """The position in *rows* at which each row is met for the first time."""
    position = np.full(count, -1, np.intp)
    position[rows[::-1]] = np.arange(len(rows) - 1, -1, -1)
    return position[position >= 0]


def singly(rows: Rows, count: int) -> list[Rows]:
    """Positions in *rows*, in as few groups as it takes for none to hold a row twice; at least one group."""
    groups = [firsts_of(rows, count)]
    left = np.setdiff1d(np.arange(len(rows)), groups[0], assume_unique=True)
    while len(left):
        some = left[firsts_of(rows[left], count)]
        groups.append(some)
        left = np.setdiff1d(left, some, assume_unique=True)
    return groups
