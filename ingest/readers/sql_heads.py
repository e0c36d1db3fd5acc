"""How statements that bring rows begin, and how a dump does."""

from typing import Literal

import regex as re

from ingest.readers.sql_copying import OPTIONS
from ingest.readers.sql_definitions import CREATE
from ingest.readers.sql_text import GAP, NAME, NAMES

BLANK = re.compile(
    r"(?:\s|;|\xef\xbb\xbf|--[^\n]*+(?:\n|\Z)|/\*.*?\*/"
    r"|(?<![^\n])(?:\#|(?:REM(?:ARK)?|PROMPT|SPOOL|WHENEVER)\b|\\(?!c(?:onnect)?\s)\w|(?:GO|/)[ \t\r]*+$)[^\n]*+)++",
    re.DOTALL | re.MULTILINE | re.IGNORECASE | re.ASCII,
)
_MODES = rf"(?:{GAP}++(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE|ALL|OR\s+\w+))*+"
_VERB = rf"(?:(?:INSERT|REPLACE){_MODES}(?:{GAP}++INTO(?:\s+TABLE)?)?|INTO){GAP}++"
_PARTITION = r"(?:\s*+PARTITION\s*+\([^()]*+\))?"
_TABLE = rf"{_VERB}({NAME})(?:\s+AS\s+{NAME})?{_PARTITION}"
_INSERT = re.compile(
    rf"{_TABLE}{GAP}*+({NAMES})?{GAP}*+(?:OVERRIDING\s+\w+\s+VALUE\s*+)?VALUES?{GAP}*+(?=(?:ROW\s*+)?\()",
    re.IGNORECASE | re.ASCII,
)
_ASSIGNED = re.compile(rf"{_TABLE}(){GAP}*+SET{GAP}++", re.IGNORECASE | re.ASCII)
_SELECTED = re.compile(
    rf"{_TABLE}{GAP}*+({NAMES})?{GAP}*+(?:OVERRIDING\s+\w+\s+VALUE\s*+)?(?:SELECT\s+\*\s+FROM\s*+\(\s*+)?(?=SELECT\b)",
    re.IGNORECASE | re.ASCII,
)
_COPY = re.compile(
    rf"COPY\s+({NAME})(?:\s*+({NAMES}))?\s+FROM\s+stdin\b({OPTIONS}(?=\s*+;)|[^;\n]*+)\s*+;[^\n]*+\n",
    re.IGNORECASE | re.ASCII,
)
_UNREAD = re.compile(
    rf"(?:INSERT|REPLACE){_MODES}(?:{GAP}++INTO|(?={GAP}++\[)){GAP}++(?>({NAME}))(?!\s*+(?:{NAMES}\s*+)?\(?(?:DEFAULT|SELECT|EXEC\w*+|WITH(?!\s*+\()|TABLE)\b)()",
    re.IGNORECASE | re.ASCII,
)
Form = Literal["values", "assignments", "selected", "copy", "unread"]
_FORMS: dict[Form, re.Pattern[str]] = {
    "values": _INSERT,
    "assignments": _ASSIGNED,
    "selected": _SELECTED,
    "copy": _COPY,
    "unread": _UNREAD,
}
_INSERTS: tuple[Form, ...] = ("values", "assignments", "selected")
_WORDS = re.compile(r"(?:INSERT|REPLACE|INTO|COPY)\s", re.IGNORECASE | re.ASCII)
_SHORT = 4096  # characters; few heads are longer
_FIRST = re.compile(
    rf"""{_INSERT.pattern} | {_ASSIGNED.pattern}(?={NAME}\s*=) | {_COPY.pattern} | {CREATE.pattern}
      | INSERT\s+ALL\s+INTO\s | {_SELECTED.pattern}SELECT\s+['\dNE]
      | PRAGMA\s+\w+ | BEGIN(?:\s+TRANSACTION)?\s*; | START\s+TRANSACTION | SET\s+[\w@.]+\s*(?:=|ON\b|OFF\b|TO\b)
      | SET\s+(?:NAMES|IDENTITY_INSERT|CHARACTER|SQL\s+DIALECT)\b | USE\s+{NAME}\s*(?:;|$)
      | (?:DELETE|SELECT)\s+[^,\n]*;
      | (?:DROP|LOCK|ALTER|TRUNCATE|CREATE)\s+(?:TABLES?|SCHEMA|DATABASE|TYPE|ROLE|FUNCTION|EXTENSION|SEQUENCE)\b""",
    re.IGNORECASE | re.VERBOSE | re.ASCII | re.MULTILINE,
)
_PERHAPS = re.compile(
    r"(?:IF|EXEC(?:UTE)?|PRINT|DECLARE|CONNECT|COMMENT|GRANT|REVOKE|COMMIT|ROLLBACK|BEGIN|CREATE|DROP|ALTER|ANALYZE"
    r"|DELIMITER|DO|CALL|RESET|SET|UPDATE|MERGE|VACUUM|FLUSH|DISABLE|SAVEPOINT|DBCC|RAISERROR|UNLOCK|LOCK)\b",
    re.IGNORECASE,
)
_BELOW = re.compile(
    rf"(?:^[ \t]*+|\)\s++)(?:{_INSERT.pattern}|{_COPY.pattern})", re.IGNORECASE | re.ASCII | re.MULTILINE
)
_WARNING = re.compile(r"\s*(?:(?:mysqldump|mariadb-dump|pg_dump): |(?:REM(?:ARK)?|PROMPT)\s)[^\n]*\n", re.IGNORECASE)


def is_dump(text: str) -> bool:
    """Whether text that begins with *text* is a dump: whether its first statement is one of SQL.

    It may be a statement that other texts begin with as well, if one that brings rows begins a line below.
    """
    before = _WARNING.match(text)
    start = before.end() if before else 0
    blank = BLANK.match(text, start)
    at = blank.end() if blank else start
    return _FIRST.match(text, at) is not None or (_PERHAPS.match(text, at) and _BELOW.search(text, at)) is not None


def head_of(text: str, at: int) -> tuple[Form, re.Match[str]] | None:
    """In which form the statement at *at* gives rows, and its head: the table's name, its columns, options.

    A pattern searches all that it may look at for the words it requires. So they look at a little first: else a
    dump of statements in one form would be gone through to its end for each of them, in vain, by another's.
    """
    if not _WORDS.match(text, at):
        return None
    for form in _INSERTS:
        found = _FORMS[form].match(text, at, at + _SHORT)
        if found and found.end() < at + _SHORT:
            return form, found
    return next(((form, found) for form, pattern in _FORMS.items() if (found := pattern.match(text, at))), None)
