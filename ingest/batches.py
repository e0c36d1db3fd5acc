"""Results of DuckDB as a stream of Arrow batches, seen through numpy: no Python string, no pyarrow."""

from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from ingest.columns import TextColumn

_KINDS: Mapping[str, type[duckdb.Error]] = {
    "Invalid Input Error": duckdb.InvalidInputException,
    "Conversion Error": duckdb.ConversionException,
    "IO Error": duckdb.IOException,
    "Out of Memory Error": duckdb.OutOfMemoryException,
}


class Batch:
    """Columns of one Arrow batch, taken from left to right as copies, for its memory goes when the next one comes."""

    def __init__(self, array: Any) -> None:
        self._view = array.view()
        self._next = 0
        self.rows = int(array.length)

    def numbers(self) -> NDArray[Any]:
        column = self._column()
        return np.array(np.asarray(column.buffer(1))[column.offset : column.offset + self.rows])

    def texts(self) -> TextColumn:
        column = self._column()
        offsets = np.asarray(column.buffer(1))[column.offset : column.offset + self.rows + 1].astype(np.int64)
        return TextColumn.from_offsets(np.asarray(column.buffer(2)).view(np.uint8), offsets)

    def _column(self) -> Any:
        column = self._view.child(self._next)
        self._next += 1
        return column


def batches(connection: duckdb.DuckDBPyConnection, sql: str) -> Iterator[Batch]:
    """The result of *sql* as it streams. Raises duckdb.Error for every fault of the engine."""
    import nanoarrow  # which takes as long as to read 100,000 plain lines, and most files have plain ones alone

    stream = iter(nanoarrow.c_array_stream(connection.sql(sql)))
    while True:
        try:
            array = next(stream)
        except StopIteration:
            return
        except RuntimeError as error:  # nanoarrow's, around DuckDB's text
            raise _engines_own(str(error)) from None
        yield Batch(array)


def _engines_own(text: str) -> duckdb.Error:
    """The error of DuckDB that *text* tells of."""
    kind = next((kind for kind in _KINDS if kind in text), "")
    return _KINDS.get(kind, duckdb.Error)(text)
