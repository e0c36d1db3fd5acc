"""The plain lines of a combo list, taken apart a block at a time; all other lines are left to the engine.

What is taken is what the SQL of `combo` and of `ingest.selection` would find: whatever could make a difference leaves
its whole line to them.
"""

import numpy as np
from numpy.typing import NDArray

from breachcheck.addresses import PLAIN_LENGTH
from ingest.columns import TextColumn
from ingest.readers.base import Plain
from ingest.readers.plain_domains import PlainDomains
from ingest.selection import SAYS_NOTHING

_AT, _FEED, _DOT = b"@\n."
_PADDING = 64
_LONGEST_NOTHING = 32

Bytes = NDArray[np.uint8]
Bools = NDArray[np.bool_]
Positions = NDArray[np.int64]


def _may_say_nothing() -> Bools:
    """By the first byte in lower case and the length of a secret: whether it could be of `SAYS_NOTHING`."""
    table = np.zeros((256, _LONGEST_NOTHING), np.bool_)
    for text in filter(None, SAYS_NOTHING):
        others = text.count("k") + text.count("s")  # the signs for Kelvin and for a long s, which fold to these
        table[ord(text[0]), len(text) : len(text) + 2 * others + 1] = True
    return table


_MAY_SAY_NOTHING = _may_say_nothing()
_MAY_BEGIN_NOTHING: Bools = np.logical_or.reduce(_MAY_SAY_NOTHING, axis=1)


class PlainLines:
    """Takes the plain lines out of blocks, whose lines *separator* divides, the address first. For one thread alone."""

    def __init__(self, separator: str) -> None:
        self._separator = ord(separator)
        self._domains = PlainDomains()

    def __call__(self, block: bytes) -> Plain:
        """What *block* holds, which is of whole lines, each ended by a line feed."""
        text = _lowered(block)
        marks = _marks(text)
        feeds = np.flatnonzero(text[marks] == _FEED)
        fences = marks[feeds]  # of every line: the one before it and the one at its end
        marks = np.append(marks, len(text) - 1)
        first, second = marks[feeds[:-1] + 1], marks[feeds[:-1] + 2]
        is_divided = (text[first] == _AT) & ((text[second] == self._separator) | (text[second] == _FEED))
        lines = np.flatnonzero(is_divided)
        starts, ats, stops, ends = fences[lines] + 1, first[lines], second[lines], fences[lines + 1]
        addresses = TextColumn(text, starts, stops - starts)
        places = self._domains.places(TextColumn(text, ats + 1, stops - ats - 1))
        says, is_clear = _secrets(text, stops, ends)
        is_clear &= (text[starts] != _DOT) & (ats > starts) & (addresses.lengths <= PLAIN_LENGTH)
        is_clear &= self._domains.are_delivered_so(places, TextColumn(text, starts, ats - starts))
        clear = np.flatnonzero(is_clear)
        is_left = np.ones(len(feeds) - 1, np.bool_)
        is_left[lines[clear]] = False
        domains, domain_of = self._domains.distinct(places[clear])
        return Plain(addresses.take(clear), domains, domain_of, {"secret": says[clear]}, _lines(block, fences, is_left))


def _lowered(block: bytes) -> Bytes:
    """*block* in lower case behind a line feed, with room at its end."""
    text = np.empty(1 + len(block) + _PADDING, np.uint8)
    text[0], text[1 + len(block) :] = _FEED, 0
    raw = np.frombuffer(block, np.uint8)
    shift = np.zeros(-(-len(block) // 8), np.uint64)
    bits = shift.view(np.uint8)[: len(block)]
    np.less(raw - np.uint8(ord("A")), 26, out=bits.view(np.bool_))
    shift <<= np.uint64(5)
    np.bitwise_or(raw, bits, out=text[1 : 1 + len(block)])
    return text


def _marks(text: Bytes) -> Positions:
    """Where anything stands that is not a letter, a digit, or one of ``^_`{`` or ``-./``, up to the last line feed."""
    text = text[:-_PADDING]
    other = text - np.uint8(ord("^"))
    is_mark = other >= 30
    np.subtract(text, np.uint8(ord("-")), out=other)
    is_mark &= other >= 13
    return np.flatnonzero(is_mark)


def _secrets(text: Bytes, stops: Positions, ends: Positions) -> tuple[Bools, Bools]:
    """Of the secrets between *stops* and *ends*: which say something, and of which that is sure."""
    lengths = ends - stops - 1
    says = lengths > 0
    first, last = text[stops + 1], text[ends - 1]
    is_clear = _are_printed(first) & _are_printed(last)
    suspects = np.flatnonzero(_MAY_BEGIN_NOTHING[first])
    short = np.minimum(lengths[suspects], _LONGEST_NOTHING - 1)
    is_clear[suspects] &= ~_MAY_SAY_NOTHING[first[suspects], short]
    return says, is_clear | ~says


def _are_printed(characters: Bytes) -> Bools:
    """Whether they are ASCII, and neither blank nor a control character."""
    are_printed: Bools = np.less(characters - np.uint8(0x21), 0x5E)
    return are_printed


def _lines(block: bytes, fences: Positions, is_chosen: Bools) -> bytes:
    """Those lines of *block* that are chosen; *fences* are counted from the line feed before it."""
    edges = np.flatnonzero(np.diff(is_chosen, prepend=False, append=False))
    places = fences[edges].tolist()
    return b"".join([block[start:end] for start, end in zip(places[::2], places[1::2], strict=True)])
