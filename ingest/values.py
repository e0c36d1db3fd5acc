"""Values of identifiers, a column at a time: blanks cut off, lists taken apart, whole numbers without a fraction."""

import numpy as np
from numpy.typing import NDArray

from ingest.columns import TextColumn

Rows = NDArray[np.intp]

_NEWLINE = 10
_BLANKS = b" \t\r\n"
_IS_BLANK = np.isin(np.arange(256), list(_BLANKS))


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


def without_fractions(values: TextColumn) -> TextColumn:
    """*values*, none empty, whole numbers as such: what one file writes 17 stands in another as 17.0."""
    ends = values.starts + values.lengths
    rows = np.flatnonzero((values.lengths > len(".0")) & (values.data[ends - 1] == ord("0")))
    rows = rows[values.data[ends[rows] - 2] == ord(".")]
    if not len(rows):
        return values
    digits = np.concatenate(([0], np.cumsum(values.data - np.uint8(ord("0")) < 10)))  # before each byte
    before = values.lengths[rows] - len(".0")
    starts = values.starts[rows]
    is_whole = digits[starts + before] - digits[starts] == before
    lengths = values.lengths.copy()
    lengths[rows[is_whole]] -= len(".0")
    return TextColumn(values.data, values.starts, lengths)


def _has_blanks_around(values: TextColumn) -> bool:
    first, last = values.starts, values.starts + values.lengths - 1
    return bool((_IS_BLANK[values.data[first]] | _IS_BLANK[values.data[last]]).any())
