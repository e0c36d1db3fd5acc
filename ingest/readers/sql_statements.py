"""The statements of an SQL dump: those that define tables, those that bring rows; all others are passed over."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import regex as re

from ingest.readers.sql_copying import TEXT, Copying, copying_in
from ingest.readers.sql_definitions import ALTER, CREATE, Definitions, added
from ingest.readers.sql_heads import BLANK, Form, head_of
from ingest.readers.sql_routines import end_of_routine, is_batch_mark
from ingest.readers.sql_text import NAME, Grammar, names_in
from ingest.readers.sql_window import Window

_USE = re.compile(rf"(?:USE|\\c(?:onnect)?)\s+({NAME})\s*+;?", re.IGNORECASE | re.ASCII)
_DELIMITED = re.compile(
    r"DELIMITER\s+(?!;\s)\S.*?^DELIMITER\s+; | SET\s+TERM\s+(\S++)\s*;.*?^SET\s+TERM\s*;\s*\1",
    re.IGNORECASE | re.DOTALL | re.MULTILINE | re.VERBOSE,
)
_NEXT = re.compile(
    r"\n[ \t]*+(?=(?:INSERT|REPLACE)\s+(?:INTO\b|\[|(?:\w++\.){0,2}\w++\s*+\()|COPY|CREATE\s+TABLE|GO\b)"
    r"|\)\s*+(?:BEGIN\s++)?(?=INSERT\s+INTO\b)",
    re.IGNORECASE | re.ASCII,
)
_DOLLARS = re.compile(r"\$(\w*+)\$.*?\$\1\$", re.DOTALL | re.ASCII)
_COMMENT = re.compile(r"--[^\n]*+|/\*.*?\*/", re.DOTALL)
_SHORT = 4096  # characters; a longer head defines nothing
_MARK = re.compile(r"[;\n'\"$/`)-]")


@dataclass(frozen=True, slots=True)
class Name:
    """A table's name, with that of the schema or database it is in, if that is said."""

    schema: str
    table: str

    @property
    def key(self) -> tuple[str, str]:
        """The same for every spelling."""
        return self.schema.casefold(), self.table.casefold()


@dataclass(frozen=True, slots=True)
class Definition:
    """CREATE TABLE. The columns of tables that it is *alike* stand before its own.

    Or ALTER TABLE, where that *adds* columns behind the others.
    """

    table: Name
    columns: tuple[str, ...]
    alike: tuple[Name, ...] = ()
    adds: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """INSERT or COPY: rows of *table* follow, written as *form* says; *columns* are empty where it does not name them.

    INSERT statements with the same head may follow each other as one.
    """

    table: Name
    columns: tuple[str, ...]
    form: Form
    start: int
    head: str  # the statement up to its first row
    line: int
    copying: Copying = TEXT


class Statements:
    """The statements of the dump in *window*. After `Rows`, whoever iterates reads the rows out of the window."""

    def __init__(self, window: Window, grammar: Grammar, schema: str = "") -> None:
        self._window, self._grammar = window, grammar
        self.schema = schema  # the database that USE chose
        self._definitions = Definitions(grammar)
        self._is_batch = False
        self._last: Rows | None = None
        self._known: dict[str, tuple[Name, tuple[str, ...]]] = {}

    def __iter__(self) -> Iterator[Definition | Rows]:
        while self._pass_blanks():
            found = self._rows() or self._definition() or self._addition()
            if found:
                yield found
            elif not self._use():
                self._pass_statement()

    def _pass_blanks(self) -> bool:
        window, self._is_batch = self._window, False
        while window.ensure():
            blank = BLANK.match(window.text, window.at)
            if not blank:
                return True
            self._is_batch |= is_batch_mark(blank[0])
            window.at = blank.end()
        return False

    def _rows(self) -> Rows | None:
        window = self._window
        if last := self._cut_short():
            return last
        head = head_of(window.text, window.at)
        if not head:
            return None
        form, found = head
        start, line = window.offset, window.line
        window.at = found.end()
        table, columns = self._named(found[1], found[2] or "")
        copying = copying_in(found[3]) if form == "copy" else TEXT
        self._last = Rows(table, columns, form, start, found[0], line, copying)
        return self._last

    def _cut_short(self) -> Rows | None:
        """The statement at hand if the dump ends within its head, which is then taken for one like the last."""
        window, last = self._window, self._last
        if not last or window.left > len(last.head) or not last.head.startswith(window.text[window.at :]):
            return None
        return replace(last, form="unread", start=window.offset, line=window.line)

    def _named(self, table: str, columns: str) -> tuple[Name, tuple[str, ...]]:
        key = f"{self.schema}\0{table}\0{columns}"
        if key not in self._known:
            *schemas, name = names_in(table)
            schema = ".".join(one for one in schemas if one not in ("dbo", "public")) or self.schema
            self._known[key] = Name(schema, name), tuple(names_in(columns))
        return self._known[key]

    def _definition(self) -> Definition | None:
        window = self._window
        found = CREATE.match(window.text, window.at, window.at + _SHORT)
        if not found:
            return None
        table, _ = self._named(found[1], "")
        window.at = found.end()
        defined = self._definitions.read(window.text, window.at)
        self._pass_statement()
        return Definition(table, defined.columns, tuple(self._named(name, "")[0] for name in defined.alike))

    def _addition(self) -> Definition | None:
        window = self._window
        found = ALTER.match(window.text, window.at, window.at + _SHORT)
        if not found:
            return None
        table, _ = self._named(found[1], "")
        statement, _, _ = window.text[found.end() : found.end() + _SHORT].partition(";")
        self._pass_statement()
        return Definition(table, added(statement), adds=True)

    def _use(self) -> bool:
        window = self._window
        found = _USE.match(window.text, window.at)
        if found:
            window.at = found.end()
            [*_, self.schema] = names_in(found[1])
        return found is not None

    def _pass_statement(self) -> None:
        """Go behind the `;` that ends the statement at hand, or before a line that begins another."""
        window = self._window
        if found := _DELIMITED.match(window.text, window.at):
            window.at = found.end()
            return
        if end := end_of_routine(window.text, window.at, is_batch=self._is_batch):
            window.at = end
            return
        while window.ensure():
            if self._pass_piece():
                return

    def _pass_piece(self) -> bool:
        """Go behind a string, a comment, or plain text; whether the statement ended."""
        window = self._window
        text, at = window.text, window.at
        for pattern in (_DOLLARS, _COMMENT, self._grammar.literal):
            found = pattern.match(text, at)
            if found and (pattern is _DOLLARS or not self._swallows(at, found.end())):
                window.at = found.end()
                return False
        following = _NEXT.match(text, at)
        if following or text[at] == ";":
            window.at = following.end() if following else at + 1
            return True
        mark = _MARK.search(text, at + 1)
        window.at = mark.start() if mark else len(text)
        return False

    def _swallows(self, at: int, end: int) -> bool:
        """Whether statements stand from *at* to *end*: then what begins there is no string, but a stray quote."""
        text = self._window.text
        for found in _NEXT.finditer(text, at, end):
            head = head_of(text, found.end())
            if not head or head[0] != "values" or self._grammar.row.match(text, head[1].end()):
                return True
        return False
