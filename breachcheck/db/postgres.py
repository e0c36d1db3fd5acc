"""PostgreSQL behind the seam, on psycopg: one schema of one database, a few connections that the threads share."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import islice

import psycopg
from psycopg.rows import DictRow

from breachcheck.db import postgres_copy, postgres_watch
from breachcheck.db.base import NO_PARAMS, Integers, Params, Row, Source, Told
from breachcheck.db.postgres_lending import Lending, Lent
from breachcheck.db.postgres_link import Interrupted, Link, translated
from breachcheck.db.postgres_reach import Reach
from breachcheck.db.postgres_schema import NAMESPACES, Birth
from breachcheck.db.schema import Schema
from breachcheck.errors import StoreUnavailable

PATIENCE_S = 1.0
"""How long a thread waits for a session."""
ROWS_AT_ONCE = 1000
"""Few enough to be sent and done before anybody asks what takes so long."""
LEAST_S = 0.4
"""As much it waits for one with another server, where the one that it asked is lost, however late that is."""
TIMES = 3

_WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT one FROM _writer FOR UPDATE"
"""One writer at a time, as in SQLite: what a transaction has read stays true until its end. Readers never wait."""
_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class PostgresDatabase:
    """One schema of one PostgreSQL database. See ``base.Database`` for the promises.

    A store that another takes the place of cannot be asked: every new connection looks whether it is the same. Both
    databases of a store have one *reach*, and so ask the same server.
    """

    def __init__(
        self, url: str, schema: Schema, born: Birth, reach: Reach, *, silence_s: float = postgres_watch.PATIENCE_S
    ) -> None:
        """Connects when it is first asked. *born*: of the store that it is to be. *silence_s*: as of ``Lending``."""
        self._link = Link(url, NAMESPACES[schema.name])
        self._reach = reach
        self._lending = Lending(self._link, reach, born, silence_s)
        self._local = threading.local()
        self._filled: set[str] = set()

    def query(self, sql: str, params: Params = NO_PARAMS) -> list[Row]:
        return self._asked(sql, lambda lent: list(self._run(lent, sql, params).fetchall()))

    def query_numbers(self, sql: str, columns: Sequence[str], params: Params = NO_PARAMS) -> list[Integers]:
        return self._asked(sql, lambda lent: self._numbers(lent, sql, columns, params))

    def execute(self, sql: str, params: Params = NO_PARAMS) -> int:
        return self._asked(sql, lambda lent: self._run(lent, sql, params).rowcount)

    def execute_many(self, sql: str, rows: Iterable[Params]) -> int:
        coming, changed = iter(rows), 0
        with self._writing() as lent, lent.session.cursor() as cursor:
            while some := list(islice(coming, ROWS_AT_ONCE)):
                with self._lending.asking(lent):
                    cursor.executemany(translated(sql), some)
                changed += cursor.rowcount
        return changed

    def transaction(self) -> AbstractContextManager[None]:
        return self._block(_WRITE)

    def snapshot(self) -> AbstractContextManager[None]:
        return self._block(_READ)

    def read(self, reading: Callable[[], Told]) -> Told:
        def at_one_moment(patience_s: float) -> Told:
            with self._within(self._begun(_READ, patience_s)):
                return reading()

        return self._once_more_if_lost(at_one_moment) if self._lent() is None else reading()

    def source(self) -> Source:
        now = self._reach.choose(time.monotonic() + PATIENCE_S).source
        lent = self._lent()
        if lent is not None and lent.server.source != now:
            raise Interrupted(self._link.unusable("another server was chosen meanwhile"))
        return now

    def insert_new(self, table: str, columns: Sequence[str], values: Sequence[Integers]) -> None:
        with self._writing() as lent, self._lending.asking(lent) as note_progress:
            postgres_copy.insert_new(lent.session, table, columns, values, note_progress)
        self._filled.add(table)

    def settle(self) -> None:
        """Let the planner know of what was inserted. The rest is the server's own housekeeping."""
        while self._filled:
            self.execute(f"ANALYZE {self._filled.pop()}")

    def close(self) -> None:
        self._reach.close()
        self._lending.close()

    def _asked(self, sql: str, ask: Callable[[Lent], Told]) -> Told:
        """By the session of the block which this thread is in, or by one for the moment."""
        if _writes(sql):
            with self._writing() as lent:
                return ask(lent)
        if (lent_before := self._lent()) is not None:
            return ask(lent_before)
        return self._once_more_if_lost(lambda patience_s: self._asked_alone(ask, patience_s))

    def _asked_alone(self, ask: Callable[[Lent], Told], patience_s: float) -> Told:
        lent = self._lending.borrow(patience_s, to_write=False)
        try:
            return ask(lent)
        finally:
            self._lending.give_back(lent)

    def _once_more_if_lost(self, ask: Callable[[float], Told]) -> Told:
        """What *ask* gives, which is told how long it may wait for a session. Only for what changes nothing."""
        until = time.monotonic() + PATIENCE_S
        for _ in range(TIMES - 1):
            try:
                return ask(max(LEAST_S, until - time.monotonic()))
            except Interrupted:
                if self._reach.is_down:
                    raise
        return ask(LEAST_S)

    @contextmanager
    def _writing(self) -> Iterator[Lent]:
        with self._block(_WRITE):
            yield self._local.lent

    @contextmanager
    def _block(self, begin: str) -> Iterator[None]:
        if self._lent() is not None:
            yield
            return
        lent = self._once_more_if_lost(lambda patience_s: self._begun(begin, patience_s))
        with self._within(lent):
            yield

    def _begun(self, begin: str, patience_s: float) -> Lent:
        lent = self._lending.borrow(patience_s, to_write=begin == _WRITE)
        with ExitStack() as if_it_fails:
            if_it_fails.callback(self._end, lent)
            self._order(lent, begin)
            if_it_fails.pop_all()
        return lent

    @contextmanager
    def _within(self, lent: Lent) -> Iterator[None]:
        """A block that has begun."""
        try:
            self._local.lent = lent
            yield
            self._commit(lent)
        finally:
            self._local.lent = None
            self._end(lent)

    def _commit(self, lent: Lent) -> None:
        """Raises StoreUnavailable where the server could only undo what was done: an error in it was passed over."""
        if self._order(lent, "COMMIT") != "COMMIT":
            raise StoreUnavailable(f"{self._link.named} undid a transaction that had failed; try again.")

    def _end(self, lent: Lent) -> None:
        """Give the session back, with nothing begun in it."""
        try:
            if lent.session.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                self._order(lent, "ROLLBACK")
        except StoreUnavailable:
            lent.session.close()
        finally:
            self._lending.give_back(lent)

    def _lent(self) -> Lent | None:
        """The session of the block which this thread is in."""
        lent: Lent | None = getattr(self._local, "lent", None)
        return lent

    def _run(self, lent: Lent, sql: str, params: Params = NO_PARAMS) -> psycopg.Cursor[DictRow]:
        with self._lending.asking(lent):
            return lent.session.execute(translated(sql), params)

    def _numbers(self, lent: Lent, sql: str, columns: Sequence[str], params: Params) -> list[Integers]:
        with self._lending.asking(lent):
            return postgres_copy.query_numbers(lent.session, translated(sql), columns, params)

    def _order(self, lent: Lent, orders: str) -> str | None:
        """What the server says that it did, of the last of *orders*."""
        with self._lending.asking(lent):
            return lent.session.execute(orders).statusmessage


def _writes(sql: str) -> bool:
    return not sql.lstrip().upper().startswith(("SELECT", "SHOW", "ANALYZE"))
