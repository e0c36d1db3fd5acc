"""What says nothing, told of many values at once: by their first characters, and by all of them where it must be."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ingest.columns import TextColumn
from ingest.nothing_said import SAYS_NOTHING
from ingest.readers.plain_domains import WIDTH, WORD, first_word_of, mixed, words_of

LONGEST = 31
"""Bytes from which on no value without blanks around it says nothing."""

_SLOTS_LOG2 = 12
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_BEYOND_ASCII = np.uint64(0x8080808080808080)

Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
Positions = NDArray[np.int64]


def _may_say_nothing() -> Bools:
    """By the first byte in lower case and the length of a value: whether it could be of `SAYS_NOTHING`."""
    table = np.zeros((256, LONGEST + 1), np.bool_)
    for text in (text for text in SAYS_NOTHING if text and text.isascii()):  # others are left to the engine
        others = text.count("k") + text.count("s")  # the signs for Kelvin and for a long s, which fold to these
        table[ord(text[0]), len(text) : len(text) + 2 * others + 1] = True
    return table


MAY_SAY_NOTHING = _may_say_nothing()
MAY_BEGIN_NOTHING: Bools = np.logical_or.reduce(MAY_SAY_NOTHING, axis=1)


def are_printed(characters: Bytes) -> Bools:
    """Whether they are ASCII, and neither blank nor a control character."""
    are_printed: Bools = np.less(characters - np.uint8(0x21), 0x5E)
    return are_printed


class Nothings:
    """Knows `SAYS_NOTHING` in columns whose values *ends* stand behind: an empty value begins with one of those."""

    def __init__(self, ends: bytes) -> None:
        self._worth_a_look = MAY_BEGIN_NOTHING | ~are_printed(np.arange(256, dtype=np.uint8))
        self._worth_a_look[0x80:] = False
        self._worth_a_look[[*ends, *b"\xc2\xef"]] = True  # blanks beyond ASCII begin with the last two
        texts = [text.encode() for text in SAYS_NOTHING if 0 < len(text) <= WIDTH]
        words = words_of(TextColumn.of([*texts, bytes(WIDTH)]).take(slice(len(texts))))
        order = np.argsort(mixed(words))
        self._keys, self._words = mixed(words)[order], [word[order] for word in words]
        short = words_of(TextColumn.of([text for text in texts if len(text) <= WORD] + [bytes(WIDTH)]))[0]
        self._short = np.zeros(1 << _SLOTS_LOG2, np.uint64)
        self._short[_slots(short)] = short

    def among(
        self, text: Bytes, starts: Positions, stops_of: Callable[[Positions], Positions]
    ) -> tuple[Positions, Positions]:
        """Which values of *text*, in lower case and with `WIDTH` bytes behind, say nothing; and which perhaps do.

        *stops_of* tells where some of them stop.
        """
        first = text[starts]
        rows = np.flatnonzero(self._worth_a_look[first])
        if not len(rows):
            return rows, rows
        first, starts, stops = first[rows], starts[rows], stops_of(rows)
        lengths = stops - starts
        is_bare = are_printed(first) & are_printed(text[stops - 1])
        near = np.flatnonzero(MAY_SAY_NOTHING[first, np.minimum(lengths, LONGEST)] & is_bare)
        are_so, are_odd = self._looked_at(TextColumn(text, starts[near], lengths[near]))
        is_empty = lengths == 0
        return (
            np.concatenate((rows[is_empty], rows[near[are_so]])),
            np.concatenate((rows[~(is_empty | is_bare)], rows[near[are_odd]])),
        )

    def _looked_at(self, values: TextColumn) -> tuple[Bools, Bools]:
        """Which of *values* are among those known, and which hold what is not ASCII."""
        word = first_word_of(values)
        are_so = self._short[_slots(word)] == word
        are_odd = word & _BEYOND_ASCII != 0
        if len(longer := np.flatnonzero(values.lengths > WORD)):
            words = words_of(values.take(longer))
            places = np.minimum(np.searchsorted(self._keys, mixed(words)), len(self._keys) - 1)
            pairs = zip(self._words, words, strict=True)
            are_so[longer] = np.logical_and.reduce([known[places] == one for known, one in pairs])
            are_odd[longer] = (words[0] | words[1] | words[2]) & _BEYOND_ASCII != 0
        return are_so, are_odd


def _slots(words: NDArray[np.uint64]) -> NDArray[np.intp]:
    """A place of its own for each short text of `SAYS_NOTHING`."""
    return (words * _FACTOR >> np.uint64(64 - _SLOTS_LOG2)).astype(np.intp)
