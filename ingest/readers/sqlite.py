"""SQLite databases: a table for each of theirs. The one reader that knows sqlite3, for which this is a data format.

A database that is a file by itself is opened in place and never written to. One out of an archive is taken into
memory, where there is room for it.
"""

import sqlite3
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from breachcheck.addresses import mask_addresses
from breachcheck.errors import DataFileError
from ingest import disk_files
from ingest.engine import quoted
from ingest.readers import headers
from ingest.readers.base import Instructions, Table
from ingest.readers.left_out import LeftOut
from ingest.readers.lines import UTF8
from ingest.readers.rows import AT_ONCE, LONGEST_VALUE, as_csv, table
from ingest.sources import DataFile

IN_MEMORY = 128 << 20
_TABLES = r"""
SELECT written.name
FROM sqlite_schema AS written
JOIN pragma_table_list AS listed ON listed.name = written.name
WHERE listed.schema = 'main' AND listed.type = 'table' AND written.name NOT LIKE 'sqlite\_%' ESCAPE '\'
ORDER BY written.rowid
"""
_VERSIONS = slice(18, 20)  # of the file format: 2 is a write-ahead log, which a database in memory cannot have
_SHOWN_BYTES = 32

Opener = Callable[[], sqlite3.Connection]


def tables(file: DataFile, told: Instructions) -> Iterator[Table]:
    """The tables of a database; views and virtual tables hold nothing of their own, and are left out.

    Raises DataFileError where it is damaged, too large to be read out of an archive, or lacks what is in its log.
    """
    opener = _opener(file)
    try:
        with closing(opener()) as connection:
            names = [str(name) for (name,) in connection.execute(_TABLES)]
            columns = {name: _columns(connection, name) for name in names}
    except sqlite3.Error as error:
        raise _fault(error, file.name) from None
    chosen = [name for name in names if told.table is None or name.casefold() == told.table.casefold()]
    if told.table is not None and not chosen:
        there = ", ".join(names[:20]) or "none"
        raise DataFileError(
            mask_addresses(f"{file.name}: there is no table {told.table}; there are {there}; check `table`")
        )
    for name in chosen:
        shown = f"{file.name}#{mask_addresses(name)}"
        called = headers.names(columns[name], [])
        yield table(shown, called, "sqlite", UTF8, partial(_blocks, opener, name, columns[name], shown))


def _opener(file: DataFile) -> Opener:
    if file.path is None:
        raw = _in_memory(file)
        _refuse_short(raw, len(raw), file.name)
        return partial(_deserialized, raw)
    for suffix in ("-wal", "-journal"):
        beside = file.path.with_name(file.path.name + suffix)
        if beside.exists() and beside.stat().st_size:
            raise DataFileError(
                f"{file.name}: the file ending in {suffix} beside it holds changes that are not in it yet; "
                "open a copy of both once with sqlite3, run PRAGMA wal_checkpoint(TRUNCATE), and name the copy"
            )
    _refuse_short(file.head(), disk_files.size_of(file.path), file.name)
    return partial(_opened, file.path)


def _refuse_short(head: bytes, size: int, name: str) -> None:
    """SQLite takes what is missing of the last page for zeros, and its rows for none (its file format, 1.3)."""
    page = int.from_bytes(head[16:18], "big")
    pages = int.from_bytes(head[28:32], "big") if head[24:28] == head[92:96] else 0
    if size < pages * (0x10000 if page == 1 else page):
        raise DataFileError(f"{name}: the database is cut short; fetch or copy it again")


def _in_memory(file: DataFile) -> bytes:
    raw = bytearray()
    for piece in file.chunks():
        raw += piece
        if len(raw) > IN_MEMORY:
            raise DataFileError(
                f"{file.name}: a database of more than {IN_MEMORY >> 20} MiB is not read out of an archive or a "
                "stream; unpack it first"
            )
    raw[_VERSIONS] = b"\x01\x01"
    return bytes(raw)


def _opened(path: Path) -> sqlite3.Connection:
    return _guarded(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True))


def _deserialized(raw: bytes) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.deserialize(raw)
    return _guarded(connection)


def _guarded(connection: sqlite3.Connection) -> sqlite3.Connection:
    """The database is a stranger's: nothing in its schema is run that could do more than compute."""
    connection.text_factory = partial(str, encoding=UTF8, errors="replace")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA query_only = ON")
    return connection


def _columns(connection: sqlite3.Connection, name: str) -> tuple[str, ...]:
    described = connection.execute(f"SELECT * FROM main.{quoted(name)} LIMIT 0").description  # noqa: S608 - quoted
    return tuple(str(column) for column, *_ in described)


def _blocks(
    opener: Opener,
    name: str,
    columns: Sequence[str],
    shown: str,
    numbers: Sequence[int],
    left_out: LeftOut,  # nothing is: a row of a database is always whole
) -> Generator[bytes]:
    """The rows of one table, as `rows.Blocks` says."""
    chosen = ", ".join(quoted(columns[number]) for number in numbers)
    try:
        with closing(opener()) as connection:
            rows = connection.execute(f"SELECT {chosen} FROM main.{quoted(name)}")  # noqa: S608 - quoted
            while some := rows.fetchmany(AT_ONCE):
                texts = [[_text(value) for value in row] for row in some]
                yield as_csv(left_out.numbered(texts) if left_out.is_numbered else texts)
    except sqlite3.Error as error:
        raise _fault(error, shown) from None


def _text(value: object) -> str:
    """A value as text: a whole number without a fraction, bytes as UTF-8 or by their first few."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        return _of_bytes(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e18:
        value = int(value)
    return str(value)[:LONGEST_VALUE]


def _of_bytes(raw: bytes) -> str:
    try:
        return raw.decode()[:LONGEST_VALUE]
    except UnicodeDecodeError:
        return f"0x{raw[:_SHOWN_BYTES].hex()}"


def _fault(error: sqlite3.Error, name: str) -> DataFileError:
    """What may be said of *error*: SQLite's own texts may quote what they fail on."""
    kind = getattr(error, "sqlite_errorname", type(error).__name__)
    return DataFileError(f"{name}: the database cannot be read ({kind}); it is damaged or encrypted, fetch it again")
