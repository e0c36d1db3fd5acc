"""The watch over a server that has fallen silent: nothing it promises about time holds then, so we let go ourselves."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from breachcheck.db.postgres_hosts import CONNECT_S, Host
from breachcheck.db.postgres_link import has_something_to_read
from breachcheck.db.postgres_reach import Chosen

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
    server: Chosen
    began_at: float
    quiet_at: float

    def note_progress(self) -> None:
        self.quiet_at = time.monotonic()


class Watch:
    """Frees whoever waits for a server that does not answer, by shutting the connection: in about a second, or in as
    much as it was told to wait.

    Asks, over a connection of its own, whether the server knows of the statement: one that is slow is left alone, one
    that was never begun, or of which nobody can tell, is not.
    """

    def __init__(self, silent: Callable[[Chosen], None], patience_s: float = PATIENCE_S) -> None:
        """*silent* is told of a server that does not answer. *patience_s*: how long it may not, before we let go."""
        self._silent = silent
        self._patience_s = patience_s
        self._running: dict[int, _Statement] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def over(self, connection: psycopg.Connection[object], server: Chosen) -> Iterator[Callable[[], None]]:
        """Watch what *server* is asked by *connection* in the block, which may say that the server gets on with it."""
        now = time.monotonic()
        statement = _Statement(connection, server, now, now)
        with self._lock:
            self._running[id(connection)] = statement
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="watch over the database", daemon=True)
                self._thread.start()
        try:
            yield statement.note_progress
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
        asked_at = time.monotonic()
        for inquiry in self._inquired(statements):
            is_known = inquiry.end()
            now = time.monotonic()
            for one in inquiry.statements:
                if is_known and is_known.get(id(one)) and now - one.began_at < MOST_S:
                    one.quiet_at = now
                elif one.quiet_at < asked_at and now - one.quiet_at > self._patience_s:
                    self._let_go(one, is_silent=is_known is None)

    def _inquired(self, statements: list[_Statement]) -> "list[_Inquiry]":
        """One at each server, over by now or not to be waited for any more."""
        hosts = {one.server.host for one in statements}
        inquiries = [_Inquiry(host, [one for one in statements if one.server.host == host]) for host in hosts]
        until = time.monotonic() + ANSWER_S
        for inquiry in inquiries:
            inquiry.start()
        for inquiry in inquiries:
            inquiry.join(max(0.0, until - time.monotonic()))
        return inquiries

    def _let_go(self, statement: _Statement, *, is_silent: bool) -> None:
        with self._lock:
            if self._running.get(id(statement.connection)) is not statement or _has_answer(statement.connection):
                return
            if is_silent:
                self._silent(statement.server)
            _shut(statement.connection)


class _Inquiry(threading.Thread):
    """Asks the server what it does. May hang as the server does, and is then left behind: connecting gives up alone."""

    def __init__(self, host: Host, statements: list[_Statement]) -> None:
        super().__init__(name="inquiry at the database", daemon=True)
        self.statements = statements
        self._host = host
        self._known: dict[int, bool] | None = None
        self._lock = threading.Lock()
        self._connection: psycopg.Connection[object] | None = None
        self._is_over = False

    def run(self) -> None:
        try:
            with psycopg.connect(self._host.url, autocommit=True, connect_timeout=CONNECT_S) as connection:
                if self._may_ask(connection):
                    self._ask(connection)
        except psycopg.Error as error:
            if "FATAL" in str(error):  # it has no place for another connection: nobody who has fallen silent says so
                self._known = {id(one): True for one in self.statements}

    def end(self) -> dict[int, bool] | None:
        """Which statements the server works on; None where it has not said so by now, and then it is not heard."""
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
        for one in self.statements:
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
