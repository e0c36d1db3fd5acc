"""The watch over a server that has fallen silent: nothing it promises about time holds then, so we let go ourselves."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from breachcheck.db.postgres_link import has_something_to_read

PATIENCE_S = 0.6
"""How long a statement runs before anybody asks how it is."""
ANSWER_S = 0.4
"""How long the server has to say so."""
TICK_S = 0.2
MOST_S = 600.0
"""No statement runs longer; those of a load are the longest, and take seconds."""

_STATE = "SELECT state FROM pg_stat_activity WHERE pid = %s"


@dataclass
class _Statement:
    """One that runs on *connection*. *quiet_at*: when somebody last knew that it gets on."""

    connection: psycopg.Connection[object]
    began_at: float
    quiet_at: float


class Watch:
    """Frees whoever waits for a server that does not answer, in about a second, by shutting the connection.

    Asks, over a connection of its own, whether the server knows of the statement: one that is slow is left alone, one
    that was never begun, or of which nobody can tell, is not.
    """

    def __init__(self, connect: Callable[[], psycopg.Connection[object]]) -> None:
        self._connect = connect
        self._running: dict[int, _Statement] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def over(self, connection: psycopg.Connection[object]) -> Iterator[None]:
        """Watch what *connection* is asked in the block."""
        now = time.monotonic()
        with self._lock:
            self._running[id(connection)] = _Statement(connection, now, now)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="watch over the database", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                del self._running[id(connection)]

    def close(self) -> None:
        """End the watch."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        while not self._closed.wait(TICK_S):
            now = time.monotonic()
            with self._lock:
                long = [one for one in self._running.values() if now - one.quiet_at > PATIENCE_S]
            if long:
                self._look_after(long)

    def _look_after(self, statements: list[_Statement]) -> None:
        is_known = self._known(statements)
        now = time.monotonic()
        for one in statements:
            if is_known.get(id(one)) and now - one.began_at < MOST_S:
                one.quiet_at = now
            else:
                self._let_go(one)

    def _known(self, statements: list[_Statement]) -> dict[int, bool]:
        """Which of them the server works on; empty where it does not answer in time."""
        inquiry = _Inquiry(self._connect, statements)
        inquiry.start()
        inquiry.join(ANSWER_S)
        return inquiry.end()

    def _let_go(self, statement: _Statement) -> None:
        with self._lock:
            if self._running.get(id(statement.connection)) is statement and not _has_answer(statement.connection):
                _shut(statement.connection)


class _Inquiry(threading.Thread):
    """Asks the server what it does. May hang as the server does, and is then left behind: connecting gives up alone."""

    def __init__(self, connect: Callable[[], psycopg.Connection[object]], statements: list[_Statement]) -> None:
        super().__init__(name="inquiry at the database", daemon=True)
        self._connect = connect
        self._statements = statements
        self._known: dict[int, bool] = {}
        self._lock = threading.Lock()
        self._connection: psycopg.Connection[object] | None = None
        self._is_over = False

    def run(self) -> None:
        try:
            with self._connect() as connection:
                if self._may_ask(connection):
                    self._ask(connection)
        except psycopg.Error as error:
            if "FATAL" in str(error):  # it has no place for another connection: nobody who has fallen silent says so
                self._known = {id(one): True for one in self._statements}

    def end(self) -> dict[int, bool]:
        """What was learned by now; nothing more is."""
        with self._lock:
            self._is_over = True
            if self._connection is not None and self.is_alive():
                _shut(self._connection)
        return self._known

    def _may_ask(self, connection: psycopg.Connection[object]) -> bool:
        with self._lock:
            self._connection = connection
            return not self._is_over

    def _ask(self, connection: psycopg.Connection[object]) -> None:
        known: dict[int, bool] = {}
        for one in self._statements:
            row = connection.cursor(row_factory=psycopg.rows.tuple_row).execute(
                _STATE, [one.connection.info.backend_pid]
            ).fetchone()  # fmt: skip
            known[id(one)] = row is None or not str(row[0]).startswith("idle")
        self._known = known


def _has_answer(connection: psycopg.Connection[object]) -> bool:
    """Whether something came that was not read yet: its reader is about to."""
    try:
        return has_something_to_read(connection)
    except (OSError, psycopg.Error):
        return True  # closed: there is nobody to free


def _shut(connection: psycopg.Connection[object]) -> None:
    try:
        with socket.socket(fileno=os.dup(connection.fileno())) as ours:
            ours.shutdown(socket.SHUT_RDWR)
    except (OSError, psycopg.Error):
        return  # it is gone already
