"""Records that a reader of ours takes out of a file, handed to DuckDB as columns of a pipe."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

import duckdb

from breachcheck.errors import DataFileError
from ingest.engine import literal, quoted
from ingest.readers.left_out import NOT_A_RECORD, NUMBER, LeftOut, wants_numbers
from ingest.readers.stream import Rejects, Stream, read_csv

SEPARATOR = b"\x1f"
"""Stands between the columns of a record, and never in them; nor does a line feed. \\x1e parts the values of a list."""

_UNFIT = bytes.maketrans(b"\x1f\n\r\0", b"    ")
_AT_ONCE = 1 << 12


class Records:
    """The one table of a file whose records *lines* gives, anew for every scan, *columns* of UTF-8 side by side.

    *lines* notes in what it is handed the records it leaves out; where that is numbered, each record that it gives
    begins with its number.
    """

    def __init__(self, name: str, columns: Sequence[str], lines: Callable[[LeftOut], Generator[bytes]]) -> None:
        self._name, self._columns, self._lines = name, tuple(columns), lines
        self.stream = Stream()
        self._left_out = LeftOut()
        self._rejects = Rejects(name, NOT_A_RECORD)

    def relation(self, columns: Sequence[str]) -> str:
        """SQL for one scan of *columns*."""
        at = {name: f"c{index}" for index, name in enumerate(self._columns)}
        if any(name not in at and name != NUMBER for name in columns):
            raise DataFileError(f"{self._name}: the mapping names a column that is not among {', '.join(at)}")
        given = {name: f"replace({column}, chr(30), chr(10))" for name, column in at.items()} | {NUMBER: "number"}
        chosen = "".join(f"{given[name]} AS {quoted(name)}, " for name in columns)
        source = self._source(is_numbered=wants_numbers(columns))
        return f"(SELECT {chosen}false AS broken FROM {source})"  # noqa: S608 - quoted

    def _source(self, *, is_numbered: bool) -> str:
        self._left_out, self._rejects = LeftOut(is_numbered=is_numbered), Rejects(self._name, NOT_A_RECORD)
        number = ["number: 'BIGINT'"] if is_numbered else []
        columns = [f"c{index}: 'VARCHAR'" for index in range(len(self._columns))]
        options = {
            "delim": literal(SEPARATOR.decode()),
            "quote": "''",
            "escape": "''",
            "columns": f"{{{', '.join([*number, *columns])}}}",
            **self._rejects.options(),
        }
        return read_csv(self.stream.start(self._lines(self._left_out)), options)

    def rejects(self, connection: duckdb.DuckDBPyConnection) -> LeftOut:
        """Records that were left out of the last scan, by reason."""
        self.stream.finish()
        return self._rejects.count(connection, self._left_out)


def written(records: Iterable[Sequence[bytes]]) -> Iterator[bytes]:
    """*records* as lines for a pipe, many at a time."""
    waiting: list[bytes] = []
    for record in records:
        waiting.append(SEPARATOR.join([value.translate(_UNFIT) for value in record]))
        if len(waiting) >= _AT_ONCE:
            yield b"\n".join([*waiting, b""])
            waiting.clear()
    if waiting:
        yield b"\n".join([*waiting, b""])
