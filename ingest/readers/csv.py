"""Delimited text: rows of columns, with a header or without one.

A plain UTF-8 file whose quotes and line ends are in order is scanned by path, in parallel. Anything else comes as a
stream in which every record was made well formed (`quotes`), so that no stray quote swallows the people behind it.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import count
from pathlib import Path

import duckdb

from breachcheck.errors import DataFileError
from ingest.engine import literal, quoted
from ingest.readers import lines, sniff
from ingest.readers.base import Instructions, Table
from ingest.readers.pipe import Pipe
from ingest.readers.quotes import Grammar, Repair, dirty_lines
from ingest.sources import HEAD, DataFile

_PIECE = 1 << 20
_NUMBERS = count(1)
_REASONS = {
    "TOO MANY COLUMNS": "too many columns",
    "INVALID ENCODING": "not UTF-8",
    "LINE SIZE OVER MAXIMUM": "line too long",
}
_OTHERWISE = "malformed row"


def tables(file: DataFile, told: Instructions) -> Iterator[Table]:
    """The one table of a delimited file. Raises DataFileError where its first lines cannot be read."""
    head = file.head()
    encoding = lines.encoding_of(head, told.encoding, file.name)
    first = _first_lines(head, encoding)
    layout = sniff.layout_of(first, told.delimiter, told.header_row, file.name)
    if layout.columns:
        scan = _Scan(file, encoding, layout, only_cr=lines.has_only_cr(head))
        yield Table(file.name, layout.columns, "csv", encoding, scan.relation, scan.rejects, scan.finish, scan.close)


def _first_lines(head: bytes, encoding: str) -> bytes:
    text = lines.as_utf8([head], encoding)
    first = b"".join(lines.blocks(text, lines.Skipped(), only_cr=lines.has_only_cr(head)))
    return first[: first.rfind(b"\n", 0, -1) + 1] or first if len(head) >= HEAD else first


class _Scan:
    """One table's way into DuckDB: by path where that is safe, else through a pipe. Good for several scans."""

    def __init__(self, file: DataFile, encoding: str, layout: sniff.Layout, *, only_cr: bool) -> None:
        self._file, self._encoding, self._layout, self._only_cr = file, encoding, layout, only_cr
        self._pipe: Pipe | None = None
        self._repair: Repair | None = None
        self._skipped = lines.Skipped()
        self._number = 0

    def relation(self, columns: Sequence[str]) -> str:
        """SQL for one scan of *columns*."""
        self._number = next(_NUMBERS)
        at = {name: f"c{index}" for index, name in enumerate(self._layout.columns)}
        missing = next((name for name in columns if name not in at), None)
        if missing is not None:
            raise DataFileError(f"{self._file.name}: has no such column as the mapping names; check it by its header")
        chosen = "".join(f"{at[name]} AS {quoted(name)}, " for name in columns)
        blank = " WHERE c0 IS NOT NULL" if len(at) == 1 else ""
        return f"(SELECT {chosen}false AS broken FROM {self._read_csv()}{blank})"  # noqa: S608 - quoted

    def _read_csv(self) -> str:
        quote = self._quote_by_path()
        options = {
            "auto_detect": "false",
            "header": "false",
            "strict_mode": "true",
            "null_padding": "true",
            "delim": literal(self._layout.delimiter.decode()),
            "quote": literal('"' if quote is None else quote),
            "escape": literal('"' if quote is None else quote),
            "columns": "{" + ", ".join(f"c{at}: 'VARCHAR'" for at in range(len(self._layout.columns))) + "}",
            "store_rejects": "true",
            "rejects_table": literal(self._errors),
            "rejects_scan": literal(self._scans),
            "skip": str(0 if quote is None else self._layout.skip),
            "parallel": "false" if quote is None else "true",
        }
        path = self._open_pipe().path if quote is None else str(self._file.path)
        return f"read_csv({literal(path)}, {', '.join(f'{key} = {value}' for key, value in options.items())})"

    @property
    def _errors(self) -> str:
        return f"reject_errors_{self._number}"

    @property
    def _scans(self) -> str:
        return f"reject_scans_{self._number}"

    def _quote_by_path(self) -> str | None:
        """The quote character to scan the file by path with, "" for none; None where it must be streamed."""
        if self._file.path is None or self._encoding != lines.UTF8 or self._only_cr:
            return None
        return quote_of(self._file.path, self._layout.delimiter)

    def _open_pipe(self) -> Pipe:
        self.close()
        layout = self._layout
        self._skipped = lines.Skipped()
        self._repair = Repair(Grammar(layout.delimiter), len(layout.columns), layout.address_columns)
        self._pipe = Pipe(self._pieces(self._repair, self._skipped))
        return self._pipe

    def _pieces(self, repair: Repair, skipped: lines.Skipped) -> Generator[bytes]:
        text = lines.as_utf8(self._file.chunks(), self._encoding)
        with closing(lines.blocks(text, skipped, only_cr=self._only_cr)) as blocks:
            yield from repair(_without_first(blocks, self._layout.skip))

    def rejects(self, connection: duckdb.DuckDBPyConnection) -> Mapping[str, int]:
        """Records that were left out of the last scan, by reason."""
        self.finish()
        found = dict(self._repair.rejected) if self._repair else {}
        if self._skipped.too_long:
            found["line too long"] = self._skipped.too_long
        for kind, records in connection.execute(_COUNT_REJECTS.format(quoted(self._errors))).fetchall():
            reason = _REASONS.get(kind, _OTHERWISE)
            found[reason] = found.get(reason, 0) + records
        for table in (self._errors, self._scans):
            connection.execute(f"DROP TABLE {quoted(table)}")
        return found

    def finish(self) -> None:
        """Wait for the stream's end; raises DataFileError where the file was not whole."""
        if self._pipe is not None:
            self._pipe.finish()

    def close(self) -> None:
        """Stop the stream."""
        if self._pipe is not None:
            self._pipe.close()


_COUNT_REJECTS = """
SELECT kind, count(*)
FROM (SELECT min(error_type::VARCHAR) AS kind FROM {} GROUP BY line)
GROUP BY kind
"""


def _without_first(blocks: Iterator[bytes], count: int) -> Iterator[bytes]:
    """*blocks* without their first *count* lines."""
    for block in blocks:
        start = 0
        while count and start < len(block):
            start = block.index(b"\n", start) + 1
            count -= 1
        if start < len(block):
            yield block[start:]


def quote_of(path: Path, delimiter: bytes) -> str | None:
    """How the file at *path* is quoted: "" not at all, '"' well; None where quotes or line ends are not in order.

    A search for one character runs at several times the speed of the scan, and spares it what it would stumble over.
    """
    if not _occurs(path, (b'"', b"\r")):
        return ""
    ends: set[bytes | None] = set()
    for block in _blocks(path):
        ends.add(_line_end(block))
        if len(block) > lines.LONGEST or len(ends | {None}) > 2 or dirty_lines(block, delimiter).size:
            return None
    return None if None in ends else '"'


def _line_end(block: bytes) -> bytes | None:
    """What every line of *block* ends with; None where they differ."""
    if b"\r" not in block:
        return b"\n"
    pairs = block.count(b"\r\n")
    return b"\r\n" if pairs == block.count(b"\r") == block.count(b"\n") else None


def _occurs(path: Path, characters: Sequence[bytes]) -> bool:
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_PIECE):
            if any(character in piece for character in characters):
                return True
    return False


def _blocks(path: Path) -> Iterator[bytes]:
    """Whole lines as they are, the last one ended like the others; a line that is much too long comes unended."""
    rest, end = b"", b"\n"
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_PIECE):
            whole, feed, tail = piece.rpartition(b"\n")
            if feed:
                end = b"\r\n" if whole.endswith(b"\r") else feed
                yield rest + whole + feed
            rest = tail if feed else rest + tail
            if len(rest) > lines.LONGEST:
                yield rest
    if rest:
        yield rest + end
