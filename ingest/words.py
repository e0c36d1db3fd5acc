"""Words: which of a load's data classes one record, or one person, has, as bits; and what counting needs to know."""

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

DOMAIN_BITS = 16
"""Room for the number of a person's domain (see `domains`). It is the same in all words of one digest, or 0."""

_FLAGS = 2
_FIRST_CLASS = _FLAGS + DOMAIN_BITS


class Words:
    """The layout of one load's words: two flags, the number of a domain, then a bit a class in the order given."""

    def __init__(self, classes: Sequence[str]) -> None:
        self.classes = tuple(classes)
        bits = _FIRST_CLASS + len(self.classes)
        self.dtype = np.dtype(np.uint32 if bits <= 32 else np.uint64)
        self._width = self.dtype.itemsize * 8
        self.lanes = -(-bits // self._width)

    def sql(self, conditions: Mapping[str, str]) -> list[str]:
        """One SQL expression a lane: the bits of the classes whose condition holds."""
        kind = f"U{'INTEGER' if self._width == 32 else 'BIGINT'}"
        lanes = [[f"0::{kind}"] for _ in range(self.lanes)]
        for number, name in enumerate(self.classes, _FIRST_CLASS):
            if name in conditions:
                lane, bit = divmod(number, self._width)
                lanes[lane].append(f"(CASE WHEN {conditions[name]} THEN {1 << bit} ELSE 0 END)::{kind}")
        return [" | ".join(terms) for terms in lanes]

    def joined(self, lanes: Sequence[NDArray[Any]]) -> WordArray:
        """The words whose lanes those are; a copy."""
        return lanes[0].copy() if self.lanes == 1 else np.stack(lanes, axis=1)

    def saying(self, count: int, says: Mapping[str, NDArray[np.bool_] | bool]) -> WordArray:
        """The words of *count* records, by which of them each class is said."""
        lanes = np.zeros((self.lanes, count), self.dtype)
        for number, name in enumerate(self.classes, _FIRST_CLASS):
            if name in says:
                lane, bit = divmod(number, self._width)
                lanes[lane] |= np.multiply(says[name], self.dtype.type(1 << bit), dtype=self.dtype)
        return lanes[0] if self.lanes == 1 else np.stack(list(lanes), axis=1)

    def empty(self) -> WordArray:
        return np.empty(0 if self.lanes == 1 else (0, self.lanes), self.dtype)

    def classes_of(self, word: NDArray[Any]) -> frozenset[str]:
        """The classes in one word."""
        bits = int.from_bytes(np.ascontiguousarray(word).astype(self.dtype.newbyteorder("<")).tobytes(), "little")
        return frozenset(name for number, name in enumerate(self.classes, _FIRST_CLASS) if bits >> number & 1)


def flags_of(words: WordArray) -> NDArray[Any]:
    """A view of what holds the flags; writing to it writes to *words*."""
    return words if words.ndim == 1 else words[:, 0]


def mark_domains(words: WordArray, numbers: NDArray[np.integer]) -> None:
    """Write the numbers of their domains into *words* that have none yet."""
    flags = flags_of(words)
    flags |= numbers.astype(flags.dtype, copy=False) << flags.dtype.type(_FLAGS)


def domains_of(words: WordArray) -> NDArray[np.intp]:
    """The numbers of domains in *words*."""
    flags = flags_of(words)
    numbers: NDArray[np.intp] = (flags >> flags.dtype.type(_FLAGS)).astype(np.intp) & ((1 << DOMAIN_BITS) - 1)
    return numbers


def classes_alone(words: WordArray) -> WordArray:
    """A copy of *words* that says nothing but the classes."""
    bare = words.copy()
    flags_of(bare)[:] &= ~np.array((1 << _FIRST_CLASS) - 1, words.dtype)
    return bare


def combinations(words: WordArray) -> tuple[WordArray, NDArray[np.intp]]:
    """The different words, and for each row which of them it is."""
    different, which = np.unique(words, return_inverse=True, axis=0 if words.ndim > 1 else None)
    return different, which.reshape(-1)
