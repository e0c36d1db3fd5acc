"""SQLite behind the seam: one file, a connection a thread, every commit on the disk."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from functools import cache
from itertools import chain
from pathlib import Path

import numpy as np

from breachcheck import folders
from breachcheck.db import sqlite_schema
from breachcheck.db.base import NO_PARAMS, Integers, Params, Row, Source, Told
from breachcheck.db.schema import Schema
from breachcheck.errors import (
    BreachcheckError,
    SchemaMismatch,
    StoreDamaged,
    StoreExists,
    StoreFull,
    StoreNotFound,
    StoreUnavailable,
)

PAGE_SIZE = 8192
BUSY_TIMEOUT_S = 10.0
ROWS_A_STATEMENT = 1000
ITSELF = Source()
FileState = tuple[int, int, int, int]
"""Of a file: device, inode, time of the last change, size. While it stands, nobody wrote to the file."""

_UNWRITTEN = (sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE)
"""A write failed, or what readers share could not grow: for want of room where a quota or a limit says so, too."""


def create(path: Path, schema: Schema) -> None:
    """Make the store file *path*, readable by its owner alone. Raises StoreExists where there is one."""
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise StoreExists(f"{path} exists already; nothing was changed.") from None
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            sqlite_schema.apply(connection, schema)
    except sqlite3.Error as error:
        raise meant_for_people(error, path) from error


def migrate(path: Path, schema: Schema) -> list[str]:
    """Bring *path* to this program's schema; the names of the migrations that ran. For one program at a time.

    Raises StoreDamaged where *path* is no store: an emptied file must not become an index that finds nobody.
    """
    with closing(connect(path)) as connection:
        try:
            before = sqlite_schema.applied(connection, schema)
            if not before:
                raise StoreDamaged(f"{path} is not a store that `breachcheck init` made; put it back from its backup.")
            names = [name for name in schema.migrations if name not in before]
            if names:
                sqlite_schema.apply(connection, schema)
        except sqlite3.Error as error:
            raise meant_for_people(error, path) from error
        return names


class SqliteDatabase:
    """One SQLite file. See ``base.Database`` for the promises.

    A file that is taken away, or that another takes the place of, cannot be asked: an open connection would go on
    with what is no longer there, and a new one would find nobody.
    """

    def __init__(self, path: Path, schema: Schema) -> None:
        """Raises StoreNotFound where there is no file, SchemaMismatch where its schema is not this program's."""
        self._path = path
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        if not path.is_file():
            raise StoreNotFound(f"There is no store at {path}; make one with `breachcheck init`.")
        self._file = _state_of(path)[:2]
        self._born: frozenset[tuple[str, str]] = frozenset()
        try:
            self._born = _birth_of(self._thread_connection(), path)
            self._check_schema(schema)
        except BreachcheckError:
            self.close()
            raise

    def query(self, sql: str, params: Params = NO_PARAMS) -> list[Row]:
        lists = {name: value for name, value in params.items() if isinstance(value, list)}
        if lists:
            sql, params = _spread(sql, params, lists)
        try:
            return self._thread_connection().execute(sql, params).fetchall()
        except sqlite3.Error as error:
            raise meant_for_people(error, self._path) from error

    def query_numbers(self, sql: str, columns: Sequence[str], params: Params = NO_PARAMS) -> list[Integers]:
        try:
            with closing(self._thread_connection().cursor()) as cursor:
                cursor.row_factory = None
                rows = cursor.execute(sql, params).fetchall()
        except sqlite3.Error as error:
            raise meant_for_people(error, self._path) from error
        return list(
            np.fromiter(chain.from_iterable(rows), np.int64, len(rows) * len(columns)).reshape(-1, len(columns)).T
        )

    def execute(self, sql: str, params: Params = NO_PARAMS) -> int:
        try:
            return self._thread_connection().execute(sql, params).rowcount
        except sqlite3.Error as error:
            raise meant_for_people(error, self._path) from error

    def execute_many(self, sql: str, rows: Iterable[Params]) -> int:
        with self.transaction():
            try:
                return self._thread_connection().executemany(sql, rows).rowcount
            except sqlite3.Error as error:
                raise meant_for_people(error, self._path) from error

    def transaction(self) -> AbstractContextManager[None]:
        return self._block("BEGIN IMMEDIATE")

    def snapshot(self) -> AbstractContextManager[None]:
        return self._block("BEGIN DEFERRED")

    def read(self, reading: Callable[[], Told]) -> Told:
        with self.snapshot():
            return reading()

    def source(self) -> Source:
        return ITSELF

    @contextmanager
    def _block(self, begin: str) -> Iterator[None]:
        connection = self._thread_connection()
        if connection.in_transaction:
            yield
            return
        self.execute(begin)
        try:
            yield
            self.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.rollback()

    def insert_new(self, table: str, columns: Sequence[str], values: Sequence[Integers]) -> None:
        rows = np.stack(values, axis=1)
        whole = len(rows) // ROWS_A_STATEMENT * ROWS_A_STATEMENT
        many = map(np.ndarray.tolist, rows[:whole].reshape(-1, ROWS_A_STATEMENT * len(columns)))
        one_by_one = rows[whole:].tolist()
        connection = self._thread_connection()
        try:
            connection.executemany(_insert_sql(table, columns, ROWS_A_STATEMENT), many)
            connection.executemany(_insert_sql(table, columns, 1), one_by_one)
        except sqlite3.Error as error:
            raise meant_for_people(error, self._path) from error

    def settle(self) -> None:
        self.query("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
            self._local = threading.local()

    def _thread_connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None and connection.in_transaction:
            return connection
        state = _state_of(self._path)
        if connection is None or state != self._local.state:
            # A new one even where there is one: that may still hold pages of what the file was before.
            connection = self._reconnected(connection, state)
        return connection

    def _reconnected(self, previous: sqlite3.Connection | None, state: FileState) -> sqlite3.Connection:
        self._local.connection = None
        connection = connect(self._path)
        try:
            self._require_same_file(connection, state)
        except StoreUnavailable:
            connection.close()
            raise
        with self._lock:
            if previous in self._connections:
                self._connections.remove(previous)
                previous.close()
            self._connections.append(connection)
        self._local.connection, self._local.state = connection, state
        return connection

    def _require_same_file(self, connection: sqlite3.Connection, state: FileState) -> None:
        if state[:2] != self._file or not self._born <= _birth_of(connection, self._path):
            raise StoreUnavailable(f"{self._path.name} is not the file that was opened; start the program again.")

    def _check_schema(self, schema: Schema) -> None:
        if missing := require_known(self._thread_connection(), schema, self._path):
            raise SchemaMismatch(f"{self._path} lacks the change {missing[0]}; any breachcheck command upgrades it.")


def require_known(connection: sqlite3.Connection, schema: Schema, path: Path) -> list[str]:
    """What the file *path* lacks of *schema*. Raises SchemaMismatch where it has changes that *schema* does not."""
    try:
        applied = sqlite_schema.applied(connection, schema)
    except sqlite3.Error as error:
        raise meant_for_people(error, path) from error
    if newer := sorted(set(applied) - set(schema.migrations)):
        raise SchemaMismatch(f"{path} was made by a newer breachcheck ({newer[-1]}); use that version.")
    return sorted(set(schema.migrations) - set(applied))


def connect(path: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw",
            uri=True,
            isolation_level=None,
            timeout=BUSY_TIMEOUT_S,
            check_same_thread=False,
            cached_statements=256,
        )
    except sqlite3.Error as error:
        raise meant_for_people(error, path) from error
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
    except sqlite3.Error as error:
        connection.close()
        raise meant_for_people(error, path) from error
    return connection


def _state_of(path: Path) -> FileState:
    try:
        found = path.stat()
    except OSError as error:
        raise StoreUnavailable(f"The store file {path.name} is out of reach ({error.strerror}).") from error
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size


def _birth_of(connection: sqlite3.Connection, path: Path) -> frozenset[tuple[str, str]]:
    """When each change of its schema was made, which no two store files share; grows where one is upgraded."""
    try:
        rows = connection.execute("SELECT name, applied_at FROM _sqlite_migrations").fetchall()
    except sqlite3.Error as error:
        raise meant_for_people(error, path) from error
    return frozenset((row["name"], row["applied_at"]) for row in rows)


def _spread(sql: str, params: Params, lists: Mapping[str, list[object]]) -> tuple[str, Params]:
    """*sql* with a parameter for each member of the *lists*, and those.

    The last member fills them up to a power of two, so that there are few such statements, which are prepared once.
    """
    members: dict[str, object] = {}
    for name, values in lists.items():
        count = 1 << (len(values) - 1).bit_length()
        filled = values + values[-1:] * (count - len(values))
        members |= {f"{name}_{place}": value for place, value in enumerate(filled)}
        sql = sql.replace(f"IN :{name}", _members(name, count))
    return sql, {**params, **members}


@cache
def _members(name: str, count: int) -> str:
    return f"IN ({', '.join(f':{name}_{place}' for place in range(count))})"


def _insert_sql(table: str, columns: Sequence[str], rows: int) -> str:
    marks = ",".join(chain.from_iterable([[f"({','.join('?' * len(columns))})"] * rows]))
    return f"INSERT OR IGNORE INTO {table} ({','.join(columns)}) VALUES {marks}"  # noqa: S608 - names are the program's


def meant_for_people(error: sqlite3.Error, path: Path) -> Exception:
    """SQLite's *error* in the house's words; mistakes of the program itself stay what they are."""
    if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
        return error
    code = getattr(error, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_FULL or (code in _UNWRITTEN and folders.lacks_room(path)):
        return StoreFull(f"No room is left for {path.name}; free some space and try again. Nothing stored was lost.")
    if code in _UNWRITTEN:
        return StoreUnavailable(
            f"The store file {path.name} could not be written to ({error}), though there is room; its disk may have a"
            " fault: look at it and at the system's log, and try again."
        )
    return StoreUnavailable(f"The store file {path.name} cannot be used ({error}); look at its disk and permissions.")
