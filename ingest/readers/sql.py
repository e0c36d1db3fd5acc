"""SQL dumps: a table for each that the dump defines or fills, by INSERT or by COPY.

A dump is gone through once to learn its tables; a table is then read from its first statement to its last. It runs
past in pieces, so that a statement may be of any length.
"""

from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path

from breachcheck.addresses import mask_addresses
from breachcheck.errors import DataFileError
from ingest import disk_files
from ingest.archives.spools import Content
from ingest.readers import cleaning, lines
from ingest.readers.base import Instructions, Table
from ingest.readers.left_out import LeftOut
from ingest.readers.rows import AT_ONCE, MALFORMED, as_csv, table
from ingest.readers.sql_assignments import Assignments, pass_torn
from ingest.readers.sql_copied_csv import CopiedCsv
from ingest.readers.sql_encodings import encoding_of
from ingest.readers.sql_rows import Inserted, Row, copied, copied_fields
from ingest.readers.sql_selected import Selected
from ingest.readers.sql_statements import Definition, Name, Rows, Statements
from ingest.readers.sql_text import SMUGGLED, Grammar, dialect_of
from ingest.readers.sql_window import Window
from ingest.sources import DataFile

_PIECE = 1 << 20


@dataclass(slots=True)
class _Contents:
    """What a dump says of one table: its columns in order, and where its rows stand."""

    name: Name
    columns: dict[str, str] = field(default_factory=dict)  # by what they are called, case aside
    defined: tuple[str, ...] = ()
    start: int = -1
    start_line: int = 1
    end: int = -1
    schema: str = ""

    def add(self, columns: Iterable[str]) -> None:
        for column in columns:
            self.columns.setdefault(column.casefold(), column)

    def columns_of(self, statement: Rows) -> Sequence[str]:
        """The columns of *statement*'s rows."""
        return statement.columns or self.defined or [*self.columns.values()]


def tables(file: DataFile, told: Instructions) -> Iterator[Table]:
    """The tables of a dump, in its order; of several of one name, each with its schema's."""
    encoding = encoding_of(file.head(), told.encoding, file.name)
    dump = _Dump(file, encoding)
    found = dump.contents()
    counts = Counter(one.name.table.casefold() for one in found)
    named = [(_shown(one.name, is_only=counts[one.name.table.casefold()] == 1), one) for one in found]
    chosen = _chosen(named, told.table)
    if told.table is not None and not chosen:
        raise DataFileError(
            mask_addresses(f"{file.name}: there is no table {told.table}; there are {_listed(named)}; check `table`")
        )
    if len(chosen) > 1:
        dump.keep()
    for name, one in chosen:
        if one.columns:
            shown = f"{file.name}#{mask_addresses(name)}"
            yield table(shown, [*one.columns.values()], "sql", encoding, partial(dump.blocks, one), numbered_by="line")


def _shown(name: Name, *, is_only: bool) -> str:
    return name.table if is_only or not name.schema else f"{name.schema}.{name.table}"


def _chosen(named: Sequence[tuple[str, _Contents]], told: str | None) -> Sequence[tuple[str, _Contents]]:
    """Those that are meant: those called exactly so, or in any schema if there are none."""
    if told is None:
        return named
    exactly = [(name, one) for name, one in named if name.casefold() == told.casefold()]
    return exactly or [(name, one) for name, one in named if _is_meant(told, name, one.name)]


def _is_meant(told: str, shown: str, name: Name) -> bool:
    return told.casefold() in (shown.casefold(), name.table.casefold(), f"{name.schema}.{name.table}".casefold())


def _listed(named: Sequence[tuple[str, _Contents]]) -> str:
    return ", ".join(name for name, _ in named[:20]) or "none"


def _unread(window: Window, statement: Rows, left_out: LeftOut) -> Iterator[Row]:
    """No row, but one that is left out: that much is known of a statement that cannot be made out."""
    left_out.leave(MALFORMED, statement.line)
    pass_torn(window)
    yield from ()


class _Dump:
    """One file's way into rows."""

    def __init__(self, file: DataFile, encoding: str) -> None:
        self._file, self._encoding = file, encoding
        self._only_cr = lines.has_only_cr(file.head())
        self._path = file.path if encoding == lines.UTF8 and not self._only_cr and _is_clean(file.path) else None
        head = b"".join(lines.as_utf8([file.head()], encoding, keeps_bytes=True)).decode(SMUGGLED)
        first = dialect_of(head)
        self._grammars = [Grammar(first), Grammar(first.other)]
        self._assignments = Assignments(self._grammars)
        self._known: dict[tuple[str, str], _Contents] = {}
        self._size = 0
        self._kept: Content | None = None

    def contents(self) -> list[_Contents]:
        """Every table, with its columns."""
        self._known = {}
        with closing(self._text(0)) as text:
            window = Window(text)
            statements = Statements(window, self._grammars[0])
            for statement in statements:
                one = self._known.setdefault(statement.table.key, _Contents(statement.table))
                if isinstance(statement, Definition):
                    self._define(one, statement)
                    continue
                if one.start < 0:
                    one.start, one.schema = statement.start, statements.schema
                    one.start_line = statement.line
                one.add(self._named(window, statement, one))
                self._pass_rows(window, statement)
                one.end = window.offset
            self._size = window.offset
        return [*self._known.values()]

    def _define(self, one: _Contents, definition: Definition) -> None:
        if definition.adds:
            known = {column.casefold() for column in one.defined}
            more = [column for column in definition.columns if known and column.casefold() not in known]
            one.defined += (*more,)
            one.add(more)
            return
        alike = [self._known[name.key].defined for name in definition.alike if name.key in self._known]
        columns = tuple(dict.fromkeys([*chain.from_iterable(alike), *definition.columns]))
        one.defined = one.defined or columns
        one.add(columns)

    def _pass_rows(self, window: Window, statement: Rows) -> None:
        for _ in self._rows(window, statement, self._known[statement.table.key], [], LeftOut()):
            continue

    def _named(self, window: Window, statement: Rows, one: _Contents) -> Sequence[str]:
        """The columns that *statement* names, or numbers where nothing has named the table's."""
        if statement.form == "assignments":
            return self._assignments.columns(window) or ([] if one.columns else ["column1"])
        if statement.form == "unread":
            return [] if one.columns else ["column1"]
        return statement.columns or ([] if one.columns else self._numbered(window, statement))

    def _numbered(self, window: Window, statement: Rows) -> list[str]:
        """Names for the columns of a table that has none, by its first row."""
        window.ensure()
        if statement.form == "copy":
            first = self._first_copied(window, statement)
            if statement.copying.has_header and all(first):
                return first
            width = max(len(first), 1)
        elif statement.form == "selected":
            width = max(len(Selected(window, self._grammars[0]).first()), 1)
        else:
            rows = (grammar.row.match(window.text, window.at) for grammar in self._grammars)
            whole = next((row for row in rows if row), None)
            width = len(self._grammars[0].values(whole[0])) if whole else 1
        return [f"column{number}" for number in range(1, width + 1)]

    def _first_copied(self, window: Window, statement: Rows) -> list[str]:
        if statement.copying.is_csv and statement.copying.is_read:
            return CopiedCsv(window, statement.copying).first()
        return copied_fields(
            window.text[window.at :].partition("\n")[0].removesuffix("\r"), statement.copying.delimiter
        )

    def _rows(
        self, window: Window, statement: Rows, one: _Contents, wanted: Sequence[str], left_out: LeftOut
    ) -> Iterator[Row]:
        if statement.form == "assignments":
            return self._assignments.record(window, wanted, statement.line, left_out)
        if statement.form == "unread":
            return _unread(window, statement, left_out)
        columns = [column.casefold() for column in one.columns_of(statement)]
        places = [columns.index(name) if name in columns else None for name in wanted]
        if statement.form == "copy":
            if statement.copying.is_csv and statement.copying.is_read:
                return CopiedCsv(window, statement.copying).rows(len(columns), places, left_out)
            return copied(window, len(columns), places, left_out, statement.copying)
        if statement.form == "selected":
            return Selected(window, self._grammars[0]).rows(len(columns), places, left_out)
        return Inserted(window, self._grammars, len(columns), places, left_out, statement.head).rows()

    def blocks(self, one: _Contents, numbers: Sequence[int], left_out: LeftOut) -> Generator[bytes]:
        """The rows of one table, as `rows.Blocks` says."""
        if one.start < 0:
            return
        wanted = [[*one.columns][number] for number in numbers]
        with closing(self._text(one.start)) as text:
            rows = self._rows_of(one, Window(text, one.start, line=one.start_line), wanted, left_out)
            while some := list(islice(rows, AT_ONCE)):
                written = as_csv(some, SMUGGLED)
                said = written.decode(errors="replace").encode()
                if said != written or (self._encoding != lines.UTF8 and cleaning.UNREAD in said):
                    left_out.note_replaced()
                yield said

    def _rows_of(self, one: _Contents, window: Window, wanted: Sequence[str], left_out: LeftOut) -> Iterator[Row]:
        for statement in Statements(window, self._grammars[0], one.schema):
            if isinstance(statement, Rows):
                if statement.table.key == one.name.key:
                    yield from self._rows(window, statement, one, wanted, left_out)
                else:
                    self._pass_rows(window, statement)
            if window.offset >= one.end:
                return

    def _text(self, start: int) -> Generator[str]:
        """The dump from byte *start* of its UTF-8 on, as `sql_text` wants it."""
        if self._path is not None:
            with disk_files.opened(self._path) as opened:
                self._file.consumed = opened.seek(start)
                while piece := opened.read(_PIECE):
                    self._file.consumed += len(piece)
                    yield piece.decode(SMUGGLED)
            return
        if kept := self._kept:
            for at in range(start, kept.size, _PIECE):
                yield kept.read_at(at, _PIECE).decode(SMUGGLED)
            return
        for piece in self._utf8():
            if start < len(piece):
                yield piece[start:].decode(SMUGGLED)
            start = max(start - len(piece), 0)

    def keep(self) -> None:
        """Keep the dump unpacked, if that takes some time and there is room: it is read anew for each table."""
        if self._path is None:
            self._kept = self._file.keep(self._utf8(), self._size)

    def _utf8(self) -> Iterator[bytes]:
        """The dump in UTF-8, but for the bytes that are none: some table in it may say what those are."""
        text = lines.as_utf8(self._file.chunks(), self._encoding, keeps_bytes=True)
        return lines.line_feeds(text, only_cr=True) if self._only_cr else text


def _is_clean(path: Path | None) -> bool:
    if path is None:
        return False
    with disk_files.opened(path) as file:
        pieces = iter(partial(file.read, _PIECE), b"")
        first = next(pieces, b"").removeprefix(BOM_UTF8)
        return not any(map(cleaning.has_marks, chain([first], pieces)))
