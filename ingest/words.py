"""Words: which of a load's data classes one record, or one person, has, as bits; and two flags for counting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

WordArray = NDArray[Any]
"""uint32 or uint64, one word a row; where the classes of a load do not fit into 64 bits, rows of several uint64."""

FIRST = 1
"""The digest is the first that its record was entered under: counting these counts records without duplicates."""

PERSON = 2
"""The digest stands for a person, not for one more identifier of somebody who is counted by their address."""

_FLAGS = 2


class Words:
    """The layout of one load's words: the two flags, then a bit a class in the order given."""

    def __init__(self, classes: Sequence[str]) -> None:
        self.classes = tuple(classes)
        bits = _FLAGS + len(self.classes)
        self.dtype = np.dtype(np.uint32 if bits <= 32 else np.uint64)
        self._width = self.dtype.itemsize * 8
        self.lanes = -(-bits // self._width)

    def sql(self, conditions: Mapping[str, str]) -> list[str]:
        """One SQL expression a lane: the bits of the classes whose condition holds."""
        kind = f"U{'INTEGER' if self._width == 32 else 'BIGINT'}"
        lanes = [[f"0::{kind}"] for _ in range(self.lanes)]
        for number, name in enumerate(self.classes, _FLAGS):
            if name in conditions:
                lane, bit = divmod(number, self._width)
                lanes[lane].append(f"(CASE WHEN {conditions[name]} THEN {1 << bit} ELSE 0 END)::{kind}")
        return [" | ".join(terms) for terms in lanes]

    def joined(self, lanes: Sequence[NDArray[Any]]) -> WordArray:
        """The words whose lanes those are; a copy."""
        return lanes[0].copy() if self.lanes == 1 else np.stack(lanes, axis=1)

    def empty(self) -> WordArray:
        return np.empty(0 if self.lanes == 1 else (0, self.lanes), self.dtype)

    def classes_of(self, word: NDArray[Any]) -> frozenset[str]:
        """The classes in one word."""
        bits = int.from_bytes(np.ascontiguousarray(word).astype(self.dtype.newbyteorder("<")).tobytes(), "little")
        return frozenset(name for number, name in enumerate(self.classes, _FLAGS) if bits >> number & 1)


def flags_of(words: WordArray) -> NDArray[Any]:
    """A view of what holds the flags; writing to it writes to *words*."""
    return words if words.ndim == 1 else words[:, 0]


def without_flags(words: WordArray) -> WordArray:
    """A copy of *words* that says the classes alone."""
    bare = words.copy()
    flags_of(bare)[:] &= ~np.array(FIRST | PERSON, words.dtype)
    return bare


def combinations(words: WordArray) -> tuple[WordArray, NDArray[np.intp]]:
    """The different words, and for each row which of them it is."""
    different, which = np.unique(words, return_inverse=True, axis=0 if words.ndim > 1 else None)
    return different, which.reshape(-1)
