"""Blocks of text as arrays: in lower case, with the places of whatever is not one of the commonest characters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEED = ord("\n")

_PADDING = 64
_COMMON = (range(ord("-"), ord("9") + 1), range(ord("^"), ord("{") + 1))  # -./ and digits; ^_`{ and small letters

Bytes = NDArray[np.uint8]
Bools = NDArray[np.bool_]
Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Marked:
    """A block behind a line feed, with room at its end. *kinds*: what stands at *marks*, the last of which is none."""

    text: Bytes
    marks: Positions
    kinds: Bytes

    def fences(self, delimiter: int) -> Positions:
        """Which of the marks are line feeds or *delimiter*."""
        return np.flatnonzero((self.kinds[:-1] == delimiter) | (self.kinds[:-1] == FEED))


class Marker:
    """Marks blocks. What it gives is good until it is called again: it uses its memory again, for new costs more."""

    def __init__(self) -> None:
        self._room = np.empty(0, np.uint8)
        self._bits = np.empty(0, np.uint8)
        self._are_marks = np.empty(0, np.bool_)

    def __call__(self, block: bytes) -> Marked:
        raw = np.frombuffer(block, np.uint8)
        if len(self._bits) < len(raw) + 2:
            self._bits = np.empty(len(raw) + 2, np.uint8)
            self._are_marks = np.empty(len(raw) + 2, np.bool_)
            self._room = np.empty(len(raw) + 2 * _PADDING, np.uint8)
        text = self._room[_PADDING - 1 : len(raw) + 2 * _PADDING]
        text[0], text[1 + len(raw) :] = FEED, 0
        self._lower(raw, text[1 : 1 + len(raw)])
        marks = self._marks(text[: 2 + len(raw)])
        return Marked(text, marks, text[marks])

    def _lower(self, raw: Bytes, text: Bytes) -> None:
        bits = self._bits[: len(raw)]
        np.subtract(raw, ord("A"), out=bits)
        np.less(bits, 26, out=bits.view(np.bool_))
        np.multiply(bits, 1 << 5, out=bits)
        np.bitwise_or(raw, bits, out=text)

    def _marks(self, text: Bytes) -> Positions:
        bits = self._bits[: len(text)]
        are_others, are_marks = bits.view(np.bool_), self._are_marks[: len(text)]
        are_marks[:] = True
        for common in _COMMON:
            np.subtract(text, common.start, out=bits)
            np.greater_equal(bits, len(common), out=are_others)
            np.logical_and(are_marks, are_others, out=are_marks)
        return np.flatnonzero(are_marks)


def lines(block: bytes, fences: Positions, is_chosen: Bools) -> bytes:
    """Those lines of *block* that are chosen; *fences* are the line feeds, counted from the one before it."""
    edges = np.flatnonzero(np.diff(is_chosen, prepend=False, append=False))
    places = fences[edges].tolist()
    return b"".join([block[start:end] for start, end in zip(places[::2], places[1::2], strict=True)])
