"""Tables whose rows a reader of ours takes out of a file one by one: DuckDB scans them as delimited text in a pipe."""

import csv
import io
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Literal

import duckdb

from breachcheck.errors import DataFileError
from ingest.engine import literal, quoted
from ingest.readers.base import Table
from ingest.readers.left_out import NUMBER, LeftOut, wants_numbers
from ingest.readers.lines import LONGEST, UTF8
from ingest.readers.stream import Rejects, Stream, read_csv

LONGEST_VALUE = 1 << 14
"""Characters of a value that a reader need give; no address or identifier is longer."""

AT_ONCE = 1000
MALFORMED = "malformed row"

# Columns by their numbers, and where to note the records left out -> blocks of `as_csv`. Where that is numbered, the
# number of each record stands before its columns.
Blocks = Callable[[Sequence[int], LeftOut], Generator[bytes]]


def as_csv(rows: Iterable[Sequence[str | None]], encoding: str = UTF8) -> bytes:
    """*rows* as delimited text in *encoding*; line ends within values are line feeds, other controls are kept."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    clean = text.getvalue().replace("\r\n", "\n").replace("\r", " ").replace("\0", "")
    return clean.encode(encoding, "replace")


def table(
    name: str,
    columns: Sequence[str],
    format: str,
    encoding: str,
    blocks: Blocks,
    note: str = "",
    alike: Mapping[str, tuple[str, ...]] | None = None,
    numbered_by: Literal["line", "record"] = "record",
) -> Table:
    """The table *name* of *columns*, whose rows *blocks* gives anew for every scan."""
    scan = _Scan(name, columns, blocks)
    return Table(
        name=name,
        columns=tuple(columns),
        format=format,
        encoding=encoding,
        relation=scan.relation,
        rejects=scan.rejects,
        finish=scan.stream.finish,
        close=scan.stream.close,
        flaw=MALFORMED,
        note=note,
        alike=alike or {},
        numbered_by=numbered_by,
    )


class _Scan:
    """One table's way into DuckDB. Good for several scans."""

    def __init__(self, name: str, columns: Sequence[str], blocks: Blocks) -> None:
        self._name, self._columns, self._blocks = name, list(columns), blocks
        self.stream = Stream()
        self._rejects = Rejects(name, MALFORMED)
        self._left_out = LeftOut()

    def relation(self, columns: Sequence[str]) -> str:
        """SQL for one scan of *columns*."""
        given = [name for name in columns if name != NUMBER]
        if not set(given) <= set(self._columns):
            raise DataFileError(f"{self._name}: has no such column as the mapping names; check it by its header")
        self._rejects, self._left_out = Rejects(self._name, MALFORMED), LeftOut(is_numbered=wants_numbers(columns))
        numbers = [self._columns.index(name) for name in given]
        source = read_csv(self.stream.start(self._blocks(numbers, self._left_out)), self._options(len(numbers)))
        at = {name: f"c{index}" for index, name in enumerate(given)} | {NUMBER: "number"}
        chosen = "".join(f"{at[name]} AS {quoted(name)}, " for name in columns)
        return f"(SELECT {chosen}false AS broken FROM {source})"  # noqa: S608 - quoted

    def _options(self, width: int) -> dict[str, str]:
        number = ["number: 'BIGINT'"] if self._left_out.is_numbered else []
        columns = [f"c{at}: 'VARCHAR'" for at in range(width)]
        return {
            "delim": literal(","),
            "quote": literal('"'),
            "escape": literal('"'),
            "columns": f"{{{', '.join([*number, *columns])}}}",
            "strict_mode": "true",
            "parallel": "false",
            "max_line_size": str(LONGEST),
            "buffer_size": str(2 * LONGEST),
            **self._rejects.options(),
        }

    def rejects(self, connection: duckdb.DuckDBPyConnection) -> LeftOut:
        """Records that were left out of the last scan, by reason."""
        self.stream.finish()
        return self._rejects.count(connection, self._left_out)
