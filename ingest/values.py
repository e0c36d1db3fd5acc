"""Values of identifiers, a column at a time: blanks cut off, lists taken apart, each in the spelling of `ids`."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from breachcheck import ids
from ingest.columns import Bytes, TextColumn

Rows = NDArray[np.intp]

_NEWLINE = 10
_BLANKS = b" \t\r\n"
_IS_BLANK = np.isin(np.arange(256), list(_BLANKS))
_UUID_LENGTH = 36


def values_in(texts: TextColumn) -> tuple[Rows, TextColumn]:
    """Every value that is not empty, with its row; those of a list, a line each, one by one. No blanks around any."""
    if not (texts.data == _NEWLINE).any():
        rows = np.flatnonzero(texts.lengths)
        values = texts.take(rows)
        if not _has_blanks_around(values):
            return rows, values
    pairs = [
        (row, piece)
        for row, value in enumerate(texts.values())
        for part in value.split(b"\n")
        if (piece := part.strip(_BLANKS))
    ]
    return np.array([row for row, _ in pairs], np.intp), TextColumn.of([piece for _, piece in pairs])


def there(rows: Rows, values: TextColumn, least: int = 1) -> tuple[Rows, TextColumn]:
    """Those of *values* that have at least so many bytes, with their rows."""
    if (values.lengths >= least).all():
        return rows, values
    which = np.flatnonzero(values.lengths >= least)
    return rows[which], values.take(which)


def names(values: TextColumn, before: bytes = b"") -> TextColumn:
    """*values*, of which each begins with *before*, in the spelling of `ids.name` behind that."""
    bare = _behind(values, before)
    return _rewritten(values, _holding(bare, bare.data >= 0x80), ids.name, before)


def spelled(values: TextColumn, before: bytes = b"") -> TextColumn:
    """*values*, of which each begins with *before*, in the spelling of `ids.spelled` behind that.

    None has blanks of ASCII around it. What most files hold, whole numbers, lower case and a fraction of one nothing,
    takes no look at single values.
    """
    bare = _behind(values, before)
    is_odd = _holding(bare, bare.data >= 0x80) | _begins_oddly(bare)
    is_whole, has_fraction = _fractions(bare)
    lengths = values.lengths - len(".0") * (is_whole & ~is_odd)
    lowered = TextColumn(_lowered(bare, ~is_odd), values.starts, lengths)
    return _rewritten(lowered, is_odd | has_fraction & ~is_whole, ids.spelled, before)


def _behind(values: TextColumn, before: bytes) -> TextColumn:
    return TextColumn(values.data, values.starts + len(before), values.lengths - len(before))


def _holding(values: TextColumn, which: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of *values* hold any of *which* bytes."""
    if not which.any():
        return np.zeros(len(values), bool)
    before = np.concatenate(([0], np.cumsum(which)))
    holds: NDArray[np.bool_] = before[values.starts + values.lengths] != before[values.starts]
    return holds


def _begins_oddly(values: TextColumn) -> NDArray[np.bool_]:
    """Which of *values* may be a UUID in braces, or MongoDB's `ObjectId(…)`."""
    first, last = values.data[values.starts], values.data[values.starts + values.lengths - 1]
    odd: NDArray[np.bool_] = (first == ord("{")) | (last == ord("}")) | ((first == ord("O")) & (last == ord(")")))
    odd &= values.lengths > 0
    return odd


def _reads_as_uuid(values: TextColumn) -> NDArray[np.bool_]:
    reads: NDArray[np.bool_] = values.lengths == _UUID_LENGTH
    rows = np.flatnonzero(reads)
    if len(rows):
        text = values.data[values.starts[rows, None] + np.arange(_UUID_LENGTH)]
        is_dash = np.isin(np.arange(_UUID_LENGTH), (8, 13, 18, 23))
        is_digit = (text - np.uint8(ord("0")) < 10) | ((text | 0x20) - np.uint8(ord("a")) < 6)
        reads[rows] = np.where(is_dash, text == ord("-"), is_digit).all(axis=1)
    return reads


def _fractions(values: TextColumn) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which of *values* are whole numbers with `.0` behind them; and which end in a nothing behind some dot."""
    ends = values.starts + values.lengths
    has_fraction = (values.lengths > len(".0")) & (values.data[ends - 1] == ord("0"))
    if has_fraction.any():
        has_fraction &= _holding(values, values.data == ord("."))
    is_whole = np.zeros(len(values), bool)
    rows = np.flatnonzero(has_fraction)
    if len(rows):
        starts, dots = values.starts[rows], ends[rows] - len(".0")
        digits = np.concatenate(([0], np.cumsum(values.data - np.uint8(ord("0")) < 10)))  # before each byte
        is_whole[rows] = (values.data[dots] == ord(".")) & (digits[dots] - digits[starts] == dots - starts)
    return is_whole, has_fraction


def _lowered(values: TextColumn, which: NDArray[np.bool_]) -> Bytes:
    """The bytes of *values*, A to Z in lower case in those of *which* that mean the same in either case."""
    is_upper = values.data - np.uint8(ord("A")) < 26
    which = which & _holding(values, is_upper)
    if which.any():
        which &= _holding(values, values.data == ord("@")) | _reads_as_uuid(values)
    if not which.any():
        return values.data
    edges = np.zeros(len(values.data) + 1, np.int64)
    np.add.at(edges, values.starts[which], 1)
    np.add.at(edges, (values.starts + values.lengths)[which], -1)
    is_within = np.cumsum(edges[:-1]) > 0
    return np.where(is_within & is_upper, values.data | 0x20, values.data)


def _rewritten(
    values: TextColumn, which: NDArray[np.bool_], spelling: Callable[[str], str], before: bytes
) -> TextColumn:
    """*values* with *which* of them in that *spelling*, one by one, behind *before*; the others as they are."""
    rows = np.flatnonzero(which)
    if not len(rows):
        return values
    texts = [value[len(before) :].decode() for value in values.take(rows).values()]
    anew = TextColumn.of([before + spelling(text).encode() for text in texts])
    starts, lengths = values.starts.copy(), values.lengths.copy()
    starts[rows], lengths[rows] = anew.starts + len(values.data), anew.lengths
    return TextColumn(np.concatenate((values.data, anew.data)), starts, lengths)


def _has_blanks_around(values: TextColumn) -> bool:
    first, last = values.starts, values.starts + values.lengths - 1
    return bool((_IS_BLANK[values.data[first]] | _IS_BLANK[values.data[last]]).any())
