"""The statements of an SQL dump: those that define tables, those that bring rows; all others are passed over."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import regex as re

from ingest.readers.sql_copying import OPTIONS, TEXT, Copying, copying_in
from ingest.readers.sql_routines import end_of_routine, is_batch_mark
from ingest.readers.sql_text import NAME, NAMES, Grammar, names_in
from ingest.readers.sql_window import ROOM, Window

_BLANK = re.compile(
    r"(?:\s|;|\xef\xbb\xbf|--[^\n]*+(?:\n|\Z)|/\*.*?\*/"
    r"|(?<![^\n])(?:\#|\\(?!c(?:onnect)?\s)\w|(?:GO|/)[ \t\r]*+$)[^\n]*+)++",
    re.DOTALL | re.MULTILINE | re.IGNORECASE | re.ASCII,
)
_PARTITION = r"(?:\s*+PARTITION\s*+\([^()]*+\))?"
_INSERT = re.compile(
    rf"(?:INSERT|REPLACE)(?:\s+(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE|OR\s+\w+))*+(?:\s+INTO)?\s+({NAME}){_PARTITION}"
    rf"\s*+({NAMES})?\s*+(?:OVERRIDING\s+\w+\s+VALUE\s*+)?VALUES?\s*+(?=\()",
    re.IGNORECASE | re.ASCII,
)
_ASSIGNED = re.compile(
    r"(?:INSERT|REPLACE)(?:\s+(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE))*+(?:\s+INTO)?"
    rf"\s+({NAME}){_PARTITION}()\s*+SET\s++",
    re.IGNORECASE | re.ASCII,
)
_COPY = re.compile(
    rf"COPY\s+({NAME})(?:\s*+({NAMES}))?\s+FROM\s+stdin\b({OPTIONS}(?=\s*+;)|[^;\n]*+)\s*+;[^\n]*+\n",
    re.IGNORECASE | re.ASCII,
)
Form = Literal["values", "assignments", "copy"]
_FORMS: dict[Form, re.Pattern[str]] = {"values": _INSERT, "assignments": _ASSIGNED, "copy": _COPY}
_INSERTS: tuple[Form, ...] = ("values", "assignments")
_NO_ROWS: tuple[Form, None] = ("values", None)
_SHORT = 4096  # characters; few heads are longer
_CREATE = re.compile(
    rf"CREATE\s+(?:\w+\s+){{0,3}}?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?({NAME})\s*+(?=\()", re.IGNORECASE | re.ASCII
)
_USE = re.compile(rf"(?:USE|\\c(?:onnect)?)\s+({NAME})\s*+;?", re.IGNORECASE | re.ASCII)
_DELIMITED = re.compile(r"DELIMITER\s+(?!;\s)\S.*?^DELIMITER\s+;", re.IGNORECASE | re.DOTALL | re.MULTILINE)
_NEXT = re.compile(r"\n(?:INSERT\s+INTO|REPLACE\s+INTO|INSERT\s+\[|COPY|CREATE\s+TABLE|GO\b)", re.IGNORECASE | re.ASCII)
_DOLLARS = re.compile(r"\$(\w*+)\$.*?\$\1\$", re.DOTALL | re.ASCII)
_COMMENT = re.compile(r"--[^\n]*+|/\*.*?\*/", re.DOTALL)
_NO_COLUMN = re.compile(
    r"""(?:(?:UNIQUE|FULLTEXT|SPATIAL)\b\s*+)?(?:KEY|INDEX)\s*+[^\s(]*+\s*+(?:USING\s+\w+\s*+)?\((?!\s*\d)
      | UNIQUE\s*+\( | CHECK\s*+\( | (?:PRIMARY|FOREIGN)\s+KEY\b | (?:CONSTRAINT|EXCLUDE|LIKE|PERIOD\s+FOR)\s""",
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)
_MARK = re.compile(r"[;\n'\"$/`-]")
_FIRST = re.compile(
    rf"""{_INSERT.pattern} | {_ASSIGNED.pattern}(?={NAME}\s*=) | {_COPY.pattern} | {_CREATE.pattern}
      | PRAGMA\s+\w+ | BEGIN(?:\s+TRANSACTION)?\s*; | START\s+TRANSACTION | SET\s+[\w@.]+\s*(?:=|ON\b|OFF\b|TO\b)
      | SET\s+(?:NAMES|IDENTITY_INSERT|CHARACTER)\b | USE\s+{NAME}\s*(?:;|$) | (?:DELETE|SELECT)\s+[^,\n]*;
      | (?:DROP|LOCK|ALTER|TRUNCATE|CREATE)\s+(?:TABLES?|SCHEMA|DATABASE|TYPE|ROLE|FUNCTION|EXTENSION|SEQUENCE)\b""",
    re.IGNORECASE | re.VERBOSE | re.ASCII | re.MULTILINE,
)
_WARNING = re.compile(r"\s*(?:(?:mysqldump|mariadb-dump|pg_dump): |REM(?:ARK)?\s)[^\n]*\n")


def is_dump(text: str) -> bool:
    """Whether text that begins with *text* is a dump: whether its first statement is one of SQL."""
    before = _WARNING.match(text)
    start = before.end() if before else 0
    blank = _BLANK.match(text, start)
    return _FIRST.match(text, blank.end() if blank else start) is not None


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
    """CREATE TABLE."""

    table: Name
    columns: tuple[str, ...]


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
        self._comment = re.compile(f"({grammar.literal.pattern})|{_COMMENT.pattern}", re.DOTALL)
        self._is_batch = False
        self._known: dict[str, tuple[Name, tuple[str, ...]]] = {}

    def __iter__(self) -> Iterator[Definition | Rows]:
        while self._pass_blanks():
            found = self._rows() or self._definition()
            if found:
                yield found
            elif not self._use():
                self._pass_statement()

    def _pass_blanks(self) -> bool:
        window, self._is_batch = self._window, False
        while window.ensure():
            blank = _BLANK.match(window.text, window.at)
            if not blank:
                return True
            self._is_batch |= is_batch_mark(blank[0])
            window.at = blank.end()
        return False

    def _rows(self) -> Rows | None:
        window = self._window
        form, found = self._head()
        if not found:
            return None
        start, line = window.offset, window.line
        window.at = found.end()
        table, columns = self._named(found[1], found[2] or "")
        copying = copying_in(found[3]) if form == "copy" else TEXT
        return Rows(table, columns, form, start, found[0], line, copying)

    def _head(self) -> tuple[Form, re.Match[str] | None]:
        """How the statement at hand begins, and in which form it gives rows, if it does.

        A pattern searches all that it may look at for the words it requires. So they look at a little first: else a
        dump of statements in one form would be gone through to its end for each of them, in vain, by another's.
        """
        text, at = self._window.text, self._window.at
        for form in _INSERTS:
            found = _FORMS[form].match(text, at, at + _SHORT)
            if found and found.end() < at + _SHORT:
                return form, found
        return next(((form, found) for form, pattern in _FORMS.items() if (found := pattern.match(text, at))), _NO_ROWS)

    def _named(self, table: str, columns: str) -> tuple[Name, tuple[str, ...]]:
        key = f"{self.schema}\0{table}\0{columns}"
        if key not in self._known:
            *schemas, name = names_in(table)
            schema = ".".join(one for one in schemas if one not in ("dbo", "public")) or self.schema
            self._known[key] = Name(schema, name), tuple(names_in(columns))
        return self._known[key]

    def _definition(self) -> Definition | None:
        window = self._window
        found = _CREATE.match(window.text, window.at)
        if not found:
            return None
        table, _ = self._named(found[1], "")
        window.at = found.end()
        columns = tuple(self._columns())
        self._pass_statement()
        return Definition(table, columns)

    def _columns(self) -> Iterator[str]:
        """The columns that the definition at hand, from its `(` on, names."""
        window = self._window
        head = self._comment.sub(lambda found: found[1] or " ", window.text[window.at : window.at + ROOM])
        body = self._grammar.row.match(head)
        for part in self._grammar.values(body[0]) if body else ():
            if not _NO_COLUMN.match(part.strip()) and (names := names_in(part)):
                yield names[0]

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
        is_end = text[at] == ";" or _NEXT.match(text, at) is not None
        mark = None if is_end else _MARK.search(text, at + 1)
        window.at = at + 1 if is_end else mark.start() if mark else len(text)
        return is_end

    def _swallows(self, at: int, end: int) -> bool:
        """Whether statements stand from *at* to *end*: then what begins there is no string, but a stray quote."""
        text = self._window.text
        for found in _NEXT.finditer(text, at, end):
            head = _INSERT.match(text, found.start() + 1, end)
            if not head or self._grammar.row.match(text, head.end()):
                return True
        return False
