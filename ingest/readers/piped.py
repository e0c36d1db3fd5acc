"""Records that a reader of ours takes out of a file, handed to DuckDB as columns of a pipe."""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

import duckdb

from breachcheck.errors import DataFileError
from ingest.engine import literal, quoted
from ingest.readers.stream import Rejects, Stream, read_csv

SEPARATOR = b"\x1f"
"""Stands between the columns of a record, and never in them; nor does a line feed. \\x1e parts the values of a list."""

_UNFIT = bytes.maketrans(b"\x1f\n\r\0", b"    ")
_AT_ONCE = 1 << 12

Left = Counter[str]


class Records:
    """The one table of a file whose records *lines* gives, anew for every scan, *columns* of UTF-8 side by side.

    *lines* counts in the tally it is handed what it leaves out, by reason.
    """

    def __init__(self, name: str, columns: Sequence[str], lines: Callable[[Left], Generator[bytes]]) -> None:
        self._name, self._columns, self._lines = name, tuple(columns), lines
        self.stream = Stream()
        self._left_out: Left = Counter()
        self._rejects = Rejects(name, "malformed record")

    def relation(self, columns: Sequence[str]) -> str:
        """SQL for one scan of *columns*."""
        at = {name: f"c{index}" for index, name in enumerate(self._columns)}
        if any(name not in at for name in columns):
            raise DataFileError(f"{self._name}: the mapping names a column that is not among {', '.join(at)}")
        chosen = "".join(f"replace({at[name]}, chr(30), chr(10)) AS {quoted(name)}, " for name in columns)
        return f"(SELECT {chosen}false AS broken FROM {self._source()})"  # noqa: S608 - quoted

    def _source(self) -> str:
        self._left_out, self._rejects = Counter(), Rejects(self._name, "malformed record")
        options = {
            "delim": literal(SEPARATOR.decode()),
            "quote": "''",
            "escape": "''",
            "columns": "{" + ", ".join(f"c{index}: 'VARCHAR'" for index in range(len(self._columns))) + "}",
            **self._rejects.options(),
        }
        return read_csv(self.stream.start(self._lines(self._left_out)), options)

    def rejects(self, connection: duckdb.DuckDBPyConnection) -> Mapping[str, int]:
        """Records that were left out of the last scan, by reason."""
        self.stream.finish()
        return self._left_out + self._rejects.count(connection)


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
