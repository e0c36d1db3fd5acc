"""A store in PostgreSQL: two schemas of one database."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext

import psycopg

from breachcheck.db import postgres_copy, postgres_schema, postgres_watch
from breachcheck.db.base import NO_PARAMS, Integers, Params, Row, Source, Told
from breachcheck.db.postgres import PATIENCE_S, PostgresDatabase
from breachcheck.db.postgres_link import Link, translated
from breachcheck.db.postgres_reach import Reach
from breachcheck.db.postgres_schema import NAMESPACES, Birth, Session, birth_of, require_this_programs, within
from breachcheck.db.schema import CATALOGUE, INDEX, Schema
from breachcheck.db.store import Databases
from breachcheck.errors import ConfigError, StoreDamaged, StoreExists, StoreNotFound

PATIENT_S = 60.0
"""How long a server may be silent for those who would have to begin again what takes hours."""

_WHICH_ARE_THERE = """
SELECT nspname AS name
FROM pg_namespace
WHERE nspname IN ('breachcheck_index', 'breachcheck_catalogue')
"""


class PostgresStore:
    """See ``store.Store`` for the promises."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._link = Link(url, "public")
        try:
            self._reach = Reach(url)
        except psycopg.ProgrammingError as error:
            raise ConfigError(
                f"The setting database is nothing that PostgreSQL takes ({self._link.why(error)}); mend it."
            ) from None

    def __str__(self) -> str:
        return str(self._link)

    def is_made(self) -> bool:
        with self._session() as session:
            return bool(self._there(session))

    def require_none(self) -> None:
        with self._session() as session:
            if self._there(session):
                raise StoreExists(f"A store exists already in {self}; nothing was changed.")
            self._require_utf8(session)

    def require(self) -> None:
        with self._session() as session:
            there = self._there(session)
        if not there:
            raise StoreNotFound(f"There is no store in {self}; make one with `breachcheck init`.")
        if missing := sorted(set(NAMESPACES.values()) - there):
            raise StoreDamaged(f"The schema {missing[0]} is gone from {self}; restore all of it from one backup.")

    def make(self, enter: Callable[[Databases], None]) -> None:
        """In one transaction: of two that begin at once, one finds that there is a store."""
        try:
            with self._session() as session, session.transaction():
                postgres_schema.make(session, INDEX)
                postgres_schema.make(session, CATALOGUE)
                enter(Databases(_Draft(session, "index"), _Draft(session, "catalogue")))
        except (psycopg.errors.UniqueViolation, psycopg.errors.DuplicateSchema):
            raise StoreExists(f"A store was made in {self} just now; nothing was changed.") from None

    def migrate(self) -> None:
        with self._session() as session:
            postgres_schema.migrate(session, INDEX)
            postgres_schema.migrate(session, CATALOGUE)

    def open(self, *, is_patient: bool = False) -> Databases:
        with self._session() as session:
            births = [self._birth(session, described) for described in (INDEX, CATALOGUE)]
        index, catalogue = births
        reach = Reach(self._url)
        silence_s = PATIENT_S if is_patient else postgres_watch.PATIENCE_S
        return Databases(
            PostgresDatabase(self._url, INDEX, index, reach, silence_s=silence_s),
            PostgresDatabase(self._url, CATALOGUE, catalogue, reach, silence_s=silence_s),
        )

    def _birth(self, session: Session, described: Schema) -> Birth:
        with session.transaction(), within(session, NAMESPACES[described.name]):
            born = birth_of(session)
        require_this_programs(born, described)
        return born

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with closing(self._connected()) as session:
            try:
                yield session
            except (psycopg.errors.UniqueViolation, psycopg.errors.DuplicateSchema):
                raise
            except psycopg.Error as error:
                raise self._link.in_words(error) from None

    def _connected(self) -> Session:
        server = self._reach.choose(time.monotonic() + PATIENCE_S)
        try:
            return self._link.open(server.host)[0]
        except psycopg.Error as error:
            self._reach.lost(server)
            raise self._link.in_words(error) from None

    def _there(self, session: Session) -> set[str]:
        return {row["name"] for row in session.execute(_WHICH_ARE_THERE)}

    def _require_utf8(self, session: Session) -> None:
        (row,) = session.execute("SHOW server_encoding").fetchall()
        if row["server_encoding"] != "UTF8":
            raise ConfigError(f"{self} is not encoded in UTF8; make one that is, with `createdb -E UTF8 -T template0`.")


class _Draft:
    """One database of a store that is being made, in the transaction that makes all of it."""

    def __init__(self, session: Session, name: str) -> None:
        self._session = session
        self._namespace = NAMESPACES[name]
        self._filled: set[str] = set()

    def query(self, sql: str, params: Params = NO_PARAMS) -> list[Row]:
        with within(self._session, self._namespace):
            return list(self._session.execute(translated(sql), params).fetchall())

    def query_numbers(self, sql: str, columns: Sequence[str], params: Params = NO_PARAMS) -> list[Integers]:
        with within(self._session, self._namespace):
            return postgres_copy.query_numbers(self._session, translated(sql), columns, params)

    def execute(self, sql: str, params: Params = NO_PARAMS) -> int:
        with within(self._session, self._namespace):
            return self._session.execute(translated(sql), params).rowcount

    def execute_many(self, sql: str, rows: Iterable[Params]) -> int:
        with within(self._session, self._namespace), self._session.cursor() as cursor:
            cursor.executemany(translated(sql), rows)
            return cursor.rowcount

    def transaction(self) -> AbstractContextManager[None]:
        return nullcontext()

    snapshot = transaction

    def read(self, reading: Callable[[], Told]) -> Told:
        return reading()

    def source(self) -> Source:
        return Source()

    def insert_new(self, table: str, columns: Sequence[str], values: Sequence[Integers]) -> None:
        with within(self._session, self._namespace):
            postgres_copy.insert_new(self._session, table, columns, values)
        self._filled.add(table)

    def settle(self) -> None:
        while self._filled:
            self.execute(f"ANALYZE {self._filled.pop()}")

    def close(self) -> None:
        """The session is not ours."""
