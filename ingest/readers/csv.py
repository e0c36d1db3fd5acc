"""Delimited text: rows of columns, with a header or without one.

A plain UTF-8 file whose quotes and line ends are in order is scanned by path, in parallel. Anything else comes as a
stream in which every record was made well formed (`repair`), so that no stray quote swallows the people behind it.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path

import duckdb

from breachcheck.errors import DataFileError
from ingest import compiled, disk_files
from ingest.engine import literal, quoted
from ingest.readers import backslashes, cleaning, lines, sniff
from ingest.readers.base import Instructions, Shortcut, Table
from ingest.readers.left_out import NUMBER, LeftOut, LineNumbers, wants_numbers
from ingest.readers.plain import Taker
from ingest.readers.quotes import suspects
from ingest.readers.repair import TOO_MANY_COLUMNS, Grammar, Repair
from ingest.readers.stream import Rejects, Stream, read_csv
from ingest.readers.stretches import Stretch, stretches
from ingest.sources import HEAD, DataFile

DELIMITERS = (",", ";", "\t", "|")

_PIECE = 1 << 20
_SAMPLE = 1 << 17  # bytes by which a file is judged
_PLAIN_TO_REST = 5  # bytes of plain rows to one of the others, which take longer than if they were all
_UNUSUAL = (b'"', b"\r", b"\\")  # where none of them stands, every line is a record, cut at its delimiters
_LONGEST_HEADER = 1 << 20  # bytes; a longer first line is a record, if perhaps one that is too long
_ONLY = "column1"
_BEYOND = 4  # columns more than a table has: what stands there makes a row too long, and what stands further on


def tables(file: DataFile, told: Instructions) -> Iterator[Table]:
    """The one table of a delimited file. Raises DataFileError where its first lines cannot be read."""
    head = file.head()
    encoding = lines.encoding_of(head, told.encoding, file.name)
    first = _first_lines(head, encoding)
    header_row = 0 if first.find(b"\n") > _LONGEST_HEADER else told.header_row
    layout = sniff.layout_of(first, told.delimiter, header_row, file.name)
    if not first and len(head) >= HEAD:  # nothing is there so far: no reason not to look further
        layout = replace(layout, columns=(_ONLY,))
    if layout.columns:
        scan = _Scan(file, encoding, layout, only_cr=lines.has_only_cr(head))
        yield replace(_table(file, layout, scan), shortcut=_shortcut(file, layout, scan, first))


def _table(file: DataFile, layout: sniff.Layout, scan: _Scan) -> Table:
    stream = scan.stream
    return Table(
        name=file.name,
        columns=layout.columns,
        format="csv",
        encoding=scan.encoding,
        relation=scan.relation,
        rejects=scan.rejects,
        finish=stream.finish,
        close=stream.close,
        delimiter=layout.delimiter.decode() if len(layout.columns) > 1 else "",
        note=layout.note,
        flaw=TOO_MANY_COLUMNS,
        alike=layout.alike,
        numbered_by="record" if layout.is_escaped else "line",
    )


def _shortcut(file: DataFile, layout: sniff.Layout, scan: _Scan, first: bytes) -> Shortcut | None:
    """The way round the engine, for a plain file without quotes most of whose rows are plain."""
    delimiter = layout.delimiter.decode()
    path, state = file.path, file.state
    if path is None or state is None or scan.encoding != lines.UTF8 or delimiter not in DELIMITERS:
        return None
    if not compiled.IS_THERE:
        return None
    from ingest.readers.plain_rows import PlainRows

    records = b"".join(_without_first(iter([first]), layout.skip))
    start = len(lines.mark_of(file.head())) + len(first) - len(records)
    sample = records[:_SAMPLE].rpartition(b"\n")
    at = {name: number for number, name in enumerate(layout.columns)}

    def text(_: LeftOut, size: int) -> Generator[Stretch]:
        for stretch in stretches(path, state, start, size):
            file.consumed = stretch.end
            yield stretch

    def taker(address: str, others: Sequence[str]) -> Taker:
        return PlainRows(delimiter, len(at), at[address], {name: at[name] for name in others})

    def rest(text: bytes) -> Table:
        behind_blank_line = b"\n" + text  # else a byte order mark that begins a row would be taken for the file's
        rows, headless = file.holding(behind_blank_line), replace(layout, skip=0)
        return _table(rows, headless, _Scan(rows, lines.UTF8, headless, only_cr=False))

    def is_open(take: Taker) -> bool:
        few = sample[0] + sample[1]
        return len(take(few).rest) * _PLAIN_TO_REST < len(few) and scan.quote == ""

    return Shortcut(layout.columns, text, taker, rest, is_open)


def _first_lines(head: bytes, encoding: str) -> bytes:
    text = lines.as_utf8([head], encoding)
    are_lines = partial(lines.are_rows, delimiters=[mark.encode() for mark in DELIMITERS])
    first = b"".join(lines.blocks(text, LeftOut(), only_cr=lines.has_only_cr(head), are_lines=are_lines))
    return first[: first.rfind(b"\n", 0, -1) + 1] or first if len(head) >= HEAD else first


class _Scan:
    """One table's way into DuckDB: by path where that is safe, else through a pipe. Good for several scans."""

    def __init__(self, file: DataFile, encoding: str, layout: sniff.Layout, *, only_cr: bool) -> None:
        self._file, self.encoding, self._layout, self._only_cr = file, encoding, layout, only_cr
        self.stream = Stream()
        self._grammar = Grammar(layout.delimiter)
        self._rejects = Rejects(self._file.name, TOO_MANY_COLUMNS)
        self._left_out = LeftOut()

    def relation(self, columns: Sequence[str]) -> str:
        """SQL for one scan of *columns*."""
        at = {name: f"c{index}" for index, name in enumerate(self._layout.columns)} | {NUMBER: "number"}
        missing = next((name for name in columns if name not in at), None)
        if missing is not None:
            raise DataFileError(f"{self._file.name}: has no such column as the mapping names; check it by its header")
        width = len(self._layout.columns)
        beyond = f"coalesce({', '.join(f'c{width + extra}' for extra in range(_BEYOND))}) IS NOT NULL"
        given = {
            name: column if name == NUMBER else f"CASE WHEN NOT ({beyond}) THEN {column} END"
            for name, column in at.items()
        }
        chosen = "".join(f"{given[name]} AS {quoted(name)}, " for name in columns)
        blank = " WHERE c0 IS NOT NULL" if width == 1 else ""
        source = self._source(is_numbered=wants_numbers(columns))
        return f"(SELECT {chosen}{beyond} AS broken FROM {source}{blank})"  # noqa: S608 - quoted

    def _source(self, *, is_numbered: bool) -> str:
        self._rejects = Rejects(self._file.name, TOO_MANY_COLUMNS)
        self._left_out = LeftOut(is_numbered=is_numbered)
        path = self._file.path
        if path is None or is_numbered or self.quote is None:
            return read_csv(self.stream.start(self._repaired()), {**self._options('"'), "parallel": "false"})
        return read_csv(str(path), {**self._options(self.quote), "skip": str(self._layout.skip)})

    def _options(self, quote: str) -> dict[str, str]:
        number = ["number: 'BIGINT'"] if self._left_out.is_numbered else []
        columns = [f"c{at}: 'VARCHAR'" for at in range(len(self._layout.columns) + _BEYOND)]
        return {
            "delim": literal(self._layout.delimiter.decode()),
            "quote": literal(quote),
            "escape": literal(quote),
            "columns": f"{{{', '.join([*number, *columns])}}}",
            **self._rejects.options(),
        }

    @cached_property
    def quote(self) -> str | None:
        """The quote character to scan the file by path with, "" for none; None where it must be streamed."""
        if self._file.path is None or self.encoding != lines.UTF8 or self._only_cr or self._layout.is_escaped:
            return None
        return quote_of(self._file.path, self._layout.delimiter)

    def _repaired(self) -> Generator[bytes]:
        layout = self._layout
        numbers = LineNumbers(self._left_out, layout.skip + 1) if self._left_out.is_numbered else None
        repair = Repair(self._grammar, len(layout.columns), layout.address_columns, self._left_out, numbers)
        text: Iterable[bytes] = lines.as_utf8(self._file.chunks(), self.encoding, self._left_out)
        if layout.is_escaped:
            text = backslashes.records(text, layout.delimiter)
        whole = lines.blocks(text, self._left_out, only_cr=self._only_cr, are_lines=self._are_rows)
        with closing(whole) as blocks:
            yield from repair(_without_first(blocks, layout.skip))

    def _are_rows(self, parts: Sequence[bytes]) -> bool:
        """Whether each of *parts* is a row of the table, or of its one column."""
        width = len(self._layout.columns)
        if width == 1:
            return all(b"@" in part for part in parts)
        rows = (len(self._grammar.fields(part)) == width and not part.count(b'"') & 1 for part in parts)
        return all(rows)

    def rejects(self, connection: duckdb.DuckDBPyConnection) -> LeftOut:
        """Records that were left out of the last scan, by reason."""
        self.stream.finish()
        return self._rejects.count(connection, self._left_out)


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
    """How the file at *path* is quoted: "" not at all, '"' well, None where anything is not in order.

    A search for one character runs at several times the speed of the scan, and spares it what it would stumble over.
    Lines of more than 32 MiB, which DuckDB loses without a word, are not in order either.
    """
    if not lines.needs_a_look(path, *_UNUSUAL):
        return ""
    ends: set[bytes | None] = set()
    for block in _blocks(path):
        text = block if ends else block.removeprefix(BOM_UTF8)
        ends.add(_line_end(block))
        if not cleaning.is_clean(text):
            return None
        if len(block) > lines.LONGEST or len(ends | {None}) > 2:
            return None
        if any(found.size for found in suspects(block, delimiter)):
            return None
    return None if None in ends else '"'


def _line_end(block: bytes) -> bytes | None:
    """What every line of *block* ends with; None where they differ."""
    if b"\r" not in block:
        return b"\n"
    pairs = block.count(b"\r\n")
    return b"\r\n" if pairs == block.count(b"\r") == block.count(b"\n") else None


def _blocks(path: Path) -> Iterator[bytes]:
    """Whole lines as they are, the last one ended like the others; a line that is much too long comes unended."""
    rest, end = b"", b"\n"
    with disk_files.opened(path) as file:
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
