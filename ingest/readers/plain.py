"""Plain records, and what takes them out of a block of text all at once. It needs no engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ingest.columns import TextColumn

Says = Mapping[str, NDArray[np.bool_]]
"""By column: which of the records say something there."""


@dataclass(frozen=True, slots=True)
class Uses:
    """What columns are read for: the *address*, "" where there is none, *others* for whether they say something.

    *keys* are those by which records elsewhere find this one's person, *references*, best first, those by which a
    record without an address finds its own.
    """

    address: str
    others: tuple[str, ...]
    keys: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids that were met in a column, and which of the addresses each was met *beside*."""

    texts: TextColumn
    beside: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Records without an address that have ids, a text each in every column of references, empty where it has none."""

    ids: tuple[TextColumn, ...] = ()
    says: Says = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids[0]) if self.ids else 0


@dataclass(frozen=True, slots=True)
class Plain:
    """The plain records of a block of text: *addresses*, one a record, are of `addresses.PLAIN`, and canonical.

    With *records*, each of the addresses stands for so many of them.
    """

    addresses: TextColumn
    domains: TextColumn  # each once
    domain_of: NDArray[np.intp]  # which of these each address has
    says: Says  # of each other column
    rest: bytes  # the other records, for `Shortcut.rest`
    bases: TextColumn = field(default_factory=lambda: TextColumn.of([]))  # canonical: `addresses.base_of` some
    base_of: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, np.intp))  # which of the addresses
    names: int = 0  # how many records more name nobody by an address, but otherwise
    records: NDArray[np.int64] | None = None
    ids: Mapping[str, Ids] = field(default_factory=dict)  # of each column of keys
    waiting: Waiting = field(default_factory=Waiting)


Taker = Callable[[bytes], Plain]
"""Takes a block apart, for one thread alone; what it gives is good until it is called again."""
