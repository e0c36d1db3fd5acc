"""Formats of data files, each with its reader: `tables` picks one by content."""

import re
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module

from breachcheck.errors import DataFileError
from ingest.archives.kinds import PARQUET, SQLITE, is_workbook
from ingest.readers import lines, mixpanel, shell
from ingest.readers.base import Instructions, Table
from ingest.readers.shape import is_json
from ingest.sources import DataFile

Reader = Callable[[DataFile, Instructions], Iterator[Table]]

READERS: Mapping[str, str] = {
    "csv": "csv",
    "jsonl": "json",
    "json": "json",
    "parquet": "parquet",
    "xlsx": "workbook",
    "sql": "sql",
    "sqlite": "sqlite",
    "combo": "combo",
    "stealer": "stealer",
    "blocks": "blocks",
    "text": "text",
    mixpanel.EVENTS: "json",
    mixpanel.PEOPLE: "json",
}
"""The module in `ingest.readers` that reads each format, imported when there is a file of it: some take long."""

LINE_FORMS = ("combo", "stealer", "blocks", "text")
"""Those that only the sense of their lines tells apart."""

_BY_CONTENT = {mixpanel.EVENTS, mixpanel.PEOPLE}  # these are exported in several formats
_BY_MAGIC: Mapping[str, Callable[[bytes], bool]] = {
    "parquet": lambda head: head.startswith(PARQUET),
    "sqlite": lambda head: head.startswith(SQLITE),
    "xlsx": is_workbook,
}
_MORE_THAN_ONCE = {"xlsx", "sql", "sqlite"}  # what one scan needs may stand behind what it gives
STREAMED = frozenset({"csv", "json", "jsonl", "combo", "stealer", "blocks", "text"})
"""Formats of which the beginning is a file of its own."""

_GLANCE = 1 << 16
_LIKE_A_DUMP = re.compile(
    r"""[\s;]*(?: -- | [#/\\\xef] | (?:mysqldump|mariadb-dump|pg_dump): | (?:REM|REMARK|PROMPT|SPOOL|WHENEVER|GO)\b
      | (?:INSERT|REPLACE|COPY|CREATE|PRAGMA|BEGIN|START|SET|USE|DELETE|SELECT|DROP|LOCK|ALTER|TRUNCATE)\b
      | (?:IF|EXEC|EXECUTE|PRINT|DECLARE|CONNECT|COMMENT|GRANT|REVOKE|COMMIT|ROLLBACK|ANALYZE|DELIMITER|DO|CALL|RESET
        |UPDATE|MERGE|VACUUM|FLUSH|DISABLE|SAVEPOINT|DBCC|RAISERROR|UNLOCK)\b )""",
    re.IGNORECASE | re.VERBOSE,
)
"""How every dump begins, and a few other texts: a remark, a message of the program that wrote it, or a statement."""


def detect(file: DataFile, encoding: str | None = None) -> str:
    """The format that the content of *file* has: a key of `READERS`. DataFileError where it is not UTF-8."""
    found = _told_apart(file, encoding)
    if found:
        return found
    from ingest.readers.forms import form_of  # which brings all the readers along that tell lines apart

    return form_of(_glance(file, encoding), is_whole=len(file.head()) <= _GLANCE)


def _told_apart(file: DataFile, encoding: str | None) -> str | None:
    """The format of *file*, if it is none whose lines only their sense tells apart."""
    head = file.head()
    binary = next((form for form, is_form in _BY_MAGIC.items() if is_form(head)), None)
    if binary:
        return binary
    first = _glance(file, encoding)
    return "json" if is_json(first) or shell.is_printed(first) else "sql" if _is_dump(first) else None


def _is_dump(first: str) -> bool:
    if not _LIKE_A_DUMP.match(first):
        return False
    from ingest.readers.sql_heads import is_dump  # its patterns take long to compile

    return is_dump(first)


def _glance(file: DataFile, encoding: str | None) -> str:
    head = file.head()
    return lines.decoded_head(head[:_GLANCE], lines.encoding_of(head, encoding, file.name))


def tables(file: DataFile, told: Instructions) -> Iterator[Table]:
    """The tables of *file*; none where it holds no record. Raises DataFileError where it cannot be read as told."""
    form = told.format
    if form is None or form in _BY_CONTENT:
        form = _detected(file, told)
    elif form in READERS:
        _refuse_other_format(file, told)
    else:
        raise DataFileError(f"{file.name}: this version does not read {form}; it reads {', '.join(READERS)}")
    for key, named, forms in (("table", told.table, ("sql", "sqlite", "json")), ("sheet", told.sheet, ("xlsx",))):
        if named is not None and form not in forms:
            raise DataFileError(f"{file.name}: has no tables to choose from by `{key}`; leave it out")
    if form in _MORE_THAN_ONCE and file.source is None:
        raise DataFileError(f"{file.name}: {form} cannot be read from there; save it to a file and name that file")
    return _reader(form)(file, told)


def _reader(form: str) -> Reader:
    reader: Reader = import_module(f"ingest.readers.{READERS[form]}").tables
    return reader


def _detected(file: DataFile, told: Instructions) -> str:
    """The format of *file*; where the manifest speaks of columns, of text that could be either it is a table."""
    found = detect(file, told.encoding)
    is_table = told.columns or told.delimiter or told.header_row is not None or told.format
    return "csv" if found in LINE_FORMS and is_table else found


def _refuse_other_format(file: DataFile, told: Instructions) -> None:
    """JSON read as CSV, or CSV as JSON, would give records that are none."""
    found = _told_apart(file, told.encoding)
    if found not in _BY_MAGIC and told.format in {*LINE_FORMS, "sql"}:
        return
    if READERS[found or "csv"] != READERS[told.format or ""]:
        raise DataFileError(f"{file.name} is not {told.format}; leave `format` out or correct it")
