"""Plain records, and what takes them out of a block of text all at once. It needs no engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ingest.columns import TextColumn


@dataclass(frozen=True, slots=True)
class Plain:
    """The plain records of a block of text: *addresses*, one a record, are of `addresses.PLAIN`, and canonical."""

    addresses: TextColumn
    domains: TextColumn  # each once
    domain_of: NDArray[np.intp]  # which of these each address has
    says: Mapping[str, NDArray[np.bool_]]  # each other column -> which of the records say something there
    rest: bytes  # the other records, for `Shortcut.rest`
    bases: TextColumn = field(default_factory=lambda: TextColumn.of([]))  # canonical: `addresses.base_of` some
    base_of: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, np.intp))  # which of the addresses
    names: int = 0  # how many records more name nobody by an address, but otherwise


Taker = Callable[[bytes], Plain]
"""Takes a block apart, for one thread alone; what it gives is good until it is called again."""
