"""Where the quotes of delimited text are in order, over whole blocks of lines at once."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import regex as re
from numpy.typing import NDArray

_NO_LINES: NDArray[np.int64] = np.empty(0, np.int64)
_WHOLE = re.compile(rb'"[^"\n]*+(?:""[^"\n]*+)*+"\r?\n')


class Suspects(NamedTuple):
    """Where those lines of a block begin that need a closer look.

    Those of *dirty* are not well formed by themselves. Those of *odd* are, and perhaps not meant so: they are quoted
    as a whole, with delimiters within, or have a backslash before a delimiter.
    """

    dirty: NDArray[np.int64] = _NO_LINES
    odd: NDArray[np.int64] = _NO_LINES


def suspects(block: bytes, delimiter: bytes) -> Suspects:
    """The lines of *block*, which ends with a line feed, to look at."""
    escaped = list(_starts_of(block, b"\\" + delimiter))
    if b'"' not in block:
        return Suspects(odd=np.unique(np.array(escaped, np.int64)))
    text = np.frombuffer(block, np.uint8)
    quotes = np.flatnonzero(text == ord('"'))
    ends = np.flatnonzero(text == ord("\n"))
    until = np.searchsorted(quotes, ends)
    wrapped = _perhaps_wrapped(text, quotes, ends, until).tolist() if delimiter in block else []
    whole = [start for start in wrapped if _is_whole(block, start, delimiter)]
    return Suspects(_dirty(text, quotes, ends, until, delimiter), np.unique(np.array([*escaped, *whole], np.int64)))


def _starts_of(block: bytes, mark: bytes) -> Iterator[int]:
    """Where the lines begin in which *mark* stands."""
    at = block.find(mark)
    while at >= 0:
        yield block.rfind(b"\n", 0, at) + 1
        at = block.find(mark, block.index(b"\n", at))


def _perhaps_wrapped(
    text: NDArray[np.uint8], quotes: NDArray[np.int64], ends: NDArray[np.int64], until: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Where lines begin that have a quote at both ends, and behind the second quote another one or nothing."""
    starts, first = (np.concatenate(([0], of_lines[:-1])) for of_lines in (ends + 1, until))
    lines = np.flatnonzero((until - first >= 2) & (text[starts] == ord('"')))
    lines = lines[(ends[lines] - quotes[until[lines] - 1]) <= len(b"\r\n")]
    second = first[lines] + 1
    is_doubled = quotes[np.minimum(second + 1, len(quotes) - 1)] == quotes[second] + 1
    found: NDArray[np.int64] = starts[lines[is_doubled | (until[lines] - second == 1)]]
    return found


def _is_whole(block: bytes, start: int, delimiter: bytes) -> bool:
    found = _WHOLE.match(block, start)
    return found is not None and delimiter in found[0]


def _dirty(
    text: NDArray[np.uint8],
    quotes: NDArray[np.int64],
    ends: NDArray[np.int64],
    until: NDArray[np.int64],
    delimiter: bytes,
) -> NDArray[np.int64]:
    allowed = _neighbours(delimiter)
    is_even = not (until & 1).any()
    if is_even and allowed[_before(text, quotes[0::2])].all() and allowed[text[quotes[1::2] + 1]].all():
        return _NO_LINES
    return _dirty_starts(text, quotes, ends, until, allowed)


def _neighbours(delimiter: bytes) -> NDArray[np.bool_]:
    """What may stand before an opening quote and after a closing one. A doubled quote is both."""
    allowed = np.zeros(256, np.bool_)
    allowed[[ord("\n"), ord("\r"), ord('"'), *(delimiter if len(delimiter) == 1 else b"")]] = True
    return allowed


def _before(text: NDArray[np.uint8], at: NDArray[np.int64]) -> NDArray[np.uint8]:
    """The bytes before those *at*; a line feed before the first one of all."""
    found = text[at - 1]
    found[at == 0] = ord("\n")
    return found


def _dirty_starts(
    text: NDArray[np.uint8],
    quotes: NDArray[np.int64],
    ends: NDArray[np.int64],
    until: NDArray[np.int64],
    allowed: NDArray[np.bool_],
) -> NDArray[np.int64]:
    first = np.concatenate(([0], until[:-1]))
    line = np.searchsorted(ends, quotes)
    is_opening = ((np.arange(len(quotes)) - first[line]) & 1) == 0
    is_dirty = ((until - first) & 1).astype(bool)
    is_dirty[line[~allowed[np.where(is_opening, _before(text, quotes), text[quotes + 1])]]] = True
    starts = np.concatenate(([0], ends[:-1] + 1))
    dirty: NDArray[np.int64] = starts[is_dirty]
    return dirty


def end_of_records(block: bytes, delimiter: bytes, telling: bytes, at_least: int) -> int:
    """Where the last whole record of *block* ends, if all of them are well formed and swallow nothing; else -1.

    A quoted value swallows something where *telling* stands *at_least* so many times in the lines after its first.
    *block* begins a record and ends with a line feed, which may stand within a quoted value.
    """
    text = np.frombuffer(block, np.uint8)
    quotes = np.flatnonzero(text == ord('"'))
    feeds = np.flatnonzero(text == ord("\n"))
    until = np.searchsorted(quotes, feeds)
    is_inside = (until & 1).astype(bool)
    if is_inside.all():
        return -1
    last = int(feeds[~is_inside][-1])
    quotes, is_inner = quotes[quotes < last], is_inside & (feeds < last)
    allowed = _neighbours(delimiter)
    if not (allowed[_before(text, quotes[0::2])].all() and allowed[text[quotes[1::2] + 1]].all()):
        return -1
    marks = np.flatnonzero(text == telling[0])
    within = np.searchsorted(marks, quotes[until[is_inner]]) - np.searchsorted(marks, feeds[is_inner])
    return -1 if (within >= at_least).any() else last + 1


def whole_records(block: bytes) -> Iterator[bytes]:
    """Each record of *block*, all of which are well formed, with its line feed."""
    if b'"' not in block:
        yield from block.splitlines(keepends=True)  # a carriage return has become a space
        return
    text = np.frombuffer(block, np.uint8)
    feeds = np.flatnonzero(text == ord("\n"))
    is_inside = (np.searchsorted(np.flatnonzero(text == ord('"')), feeds) & 1).astype(bool)
    for start, end in pairwise([0, *(feeds[~is_inside] + 1).tolist()]):
        yield block[start:end]
