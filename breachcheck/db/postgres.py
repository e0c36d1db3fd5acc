"""PostgreSQL behind the seam, on psycopg: one schema of one database, a few connections that the threads share."""

import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

import psycopg
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool, PoolTimeout

from breachcheck.db import postgres_copy
from breachcheck.db.base import NO_PARAMS, Integers, Params, Row
from breachcheck.db.postgres_link import OPTIONS, Link, has_something_to_read, translated
from breachcheck.db.postgres_schema import NAMESPACES, Birth, Session, birth_of
from breachcheck.db.postgres_watch import Watch
from breachcheck.db.schema import Schema
from breachcheck.errors import StoreUnavailable

MOST_CONNECTIONS = 8
"""Of one process to one schema. The thread that finds none free waits for one, a second at most."""
PATIENCE_S = 1.0

_WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT one FROM _writer FOR UPDATE"
"""One writer at a time, as in SQLite: what a transaction has read stays true until its end. Readers never wait."""
_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class PostgresDatabase:
    """One schema of one PostgreSQL database. See ``base.Database`` for the promises.

    A store that another takes the place of cannot be asked: every new connection looks whether it is the same.
    """

    def __init__(self, url: str, schema: Schema, born: Birth) -> None:
        """Connects when it is first asked. *born*: of the store that it is to be."""
        logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)  # what it would say is raised where it matters
        self._link = Link(url, NAMESPACES[schema.name])
        self._local = threading.local()
        self._born = born
        self._is_another = False
        self._filled: set[str] = set()
        self._watch = Watch(self._link.probe)
        self._pool: ConnectionPool[Session] = ConnectionPool(
            url,
            kwargs=dict(OPTIONS),
            min_size=0,
            max_size=MOST_CONNECTIONS,
            timeout=PATIENCE_S,
            reconnect_timeout=0,
            configure=self._begin,
            num_workers=1,
            open=True,
        )

    def query(self, sql: str, params: Params = NO_PARAMS) -> list[Row]:
        with self._session(_writes(sql)) as session:
            return list(self._run(session, sql, params).fetchall())

    def execute(self, sql: str, params: Params = NO_PARAMS) -> int:
        with self._session(_writes(sql)) as session:
            return self._run(session, sql, params).rowcount

    def execute_many(self, sql: str, rows: Iterable[Params]) -> int:
        with self._session(writes=True) as session, self._asking(session), session.cursor() as cursor:
            cursor.executemany(translated(sql), rows)
            return cursor.rowcount

    def transaction(self) -> AbstractContextManager[None]:
        return self._block(_WRITE)

    def snapshot(self) -> AbstractContextManager[None]:
        return self._block(_READ)

    def insert_new(self, table: str, columns: Sequence[str], values: Sequence[Integers]) -> None:
        with self._session(writes=True) as session, self._asking(session):
            postgres_copy.insert_new(session, table, columns, values)
        self._filled.add(table)

    def settle(self) -> None:
        """Let the planner know of what was inserted. The rest is the server's own housekeeping."""
        while self._filled:
            self.execute(f"ANALYZE {self._filled.pop()}")

    def close(self) -> None:
        self._pool.close()
        self._watch.close()

    @contextmanager
    def _block(self, begin: str) -> Iterator[None]:
        if self._open_session() is not None:
            yield
            return
        with self._borrowed() as session:
            try:
                self._order(session, begin)
                self._local.session = session
                yield
                self._commit(session)
            finally:
                self._local.session = None
                self._roll_back(session)

    def _commit(self, session: Session) -> None:
        """Raises StoreUnavailable where the server could only undo what was done: an error in it was passed over."""
        if self._order(session, "COMMIT") != "COMMIT":
            raise StoreUnavailable(f"{self._link.named} undid a transaction that had failed; try again.")

    def _roll_back(self, session: Session) -> None:
        if session.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
            return
        try:
            self._order(session, "ROLLBACK")
        except StoreUnavailable:
            session.close()

    @contextmanager
    def _session(self, writes: bool = False) -> Iterator[Session]:
        """That of the block which this thread is in, or one for the moment."""
        if writes:
            with self._block(_WRITE):
                yield self._local.session
        elif (session := self._open_session()) is not None:
            yield session
        else:
            with self._borrowed() as session:
                yield session

    def _open_session(self) -> Session | None:
        session: Session | None = getattr(self._local, "session", None)
        return session

    @contextmanager
    def _borrowed(self) -> Iterator[Session]:
        session = self._living()
        try:
            yield session
        finally:
            self._pool.putconn(session)

    def _living(self) -> Session:
        """A connection that nobody has cut off: those that a server's end left are sorted out without asking it."""
        for _ in range(MOST_CONNECTIONS + 1):
            session = self._from_pool()
            if not has_something_to_read(session):
                return session
            session.close()
            self._pool.putconn(session)
        raise StoreUnavailable(f"{self._link.named} closes every connection; see to the server.")

    def _from_pool(self) -> Session:
        try:
            return self._pool.getconn()
        except PoolTimeout:
            if self._is_another:
                raise StoreUnavailable(
                    f"{self._link.named} is not the store that was opened; start the program again."
                ) from None
            raise StoreUnavailable(f"{self._link.named} gave no connection in time; see to the server.") from None
        except psycopg.Error as error:
            raise self._link.in_words(error) from None

    def _run(self, session: Session, sql: str, params: Params = NO_PARAMS) -> psycopg.Cursor[DictRow]:
        with self._asking(session):
            return session.execute(translated(sql), params)

    def _order(self, session: Session, orders: str) -> str | None:
        """What the server says that it did, of the last of *orders*."""
        with self._asking(session):
            return session.execute(orders).statusmessage

    @contextmanager
    def _asking(self, session: Session) -> Iterator[None]:
        try:
            with self._watch.over(session):
                yield
        except psycopg.Error as error:
            raise self._link.in_words(error) from error

    def _begin(self, session: Session) -> None:
        """For a new connection of the pool."""
        self._link.begin(session)
        self._is_another = not self._born <= birth_of(session)
        if self._is_another:
            raise psycopg.OperationalError("another store stands in the place of the one that was opened")


def _writes(sql: str) -> bool:
    return not sql.lstrip().upper().startswith(("SELECT", "SHOW", "ANALYZE"))
