"""Sessions: a few connections to one server, which threads borrow in turn."""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack

import psycopg

from breachcheck.db.postgres_link import Interrupted
from breachcheck.db.postgres_schema import Session
from breachcheck.errors import BreachcheckError


class NoneInTime(Exception):
    """Neither was a session given back nor a new one opened in time. *is_silent*: the server did not answer."""

    def __init__(self, *, is_silent: bool) -> None:
        super().__init__()
        self.is_silent = is_silent


class Sessions:
    """Opens *most* sessions at most, each when nobody has given one back. For any number of threads."""

    def __init__(self, opened: Callable[[], Session], most: int) -> None:
        self._opened = opened
        self._most = most
        self._idle: list[Session] = []
        self._number = 0
        self._is_closed = False
        self._changed = threading.Condition()

    def take(self, until: float) -> Session:
        """One of them. Raises NoneInTime, Interrupted once they are closed, and whatever opening one raises.

        *until* is on the monotonic clock.
        """
        if (idle := self._idle_one(until)) is not None:
            return idle
        try:
            return self._one_more(until)
        except psycopg.OperationalError as error:
            if "FATAL" not in str(error):
                raise
            return self._given_back(until, error)  # it has no place for another: ours go on

    def give_back(self, session: Session) -> None:
        """Let another have it; one that is closed is forgotten."""
        with self._changed:
            if self._is_closed:
                session.close()
            if session.closed:
                self._number -= 1
            else:
                self._idle.append(session)
            self._changed.notify_all()

    def close(self) -> None:
        """Close what nobody uses, and what is used when it is given back."""
        with self._changed:
            self._is_closed = True
            for session in self._idle:
                session.close()
            self._number -= len(self._idle)
            self._idle.clear()
            self._changed.notify_all()

    def _idle_one(self, until: float) -> Session | None:
        """None where the caller may open one."""
        with self._changed:
            while not self._idle and self._number >= self._most:
                self._wait(until)
            if self._idle:
                return self._idle.pop()
            self._number += 1
            return None

    def _given_back(self, until: float, error: psycopg.OperationalError) -> Session:
        """One of the others. Raises *error* where there are none any more."""
        with self._changed:
            while not self._idle:
                if not self._number:
                    raise error
                self._wait(until)
            return self._idle.pop()

    def _wait(self, until: float) -> None:
        if self._is_closed:
            raise Interrupted("The database is asked elsewhere by now; ask again.")
        if not self._changed.wait(max(0.0, until - time.monotonic())):
            raise NoneInTime(is_silent=False)

    def _one_more(self, until: float) -> Session:
        """A new one, which was counted already; it counts no more where it cannot be opened."""
        with ExitStack() as if_it_fails:
            if_it_fails.callback(self._forget_one)
            session = _Opening(self._opened).outcome(until)
            if_it_fails.pop_all()
        return session

    def _forget_one(self) -> None:
        with self._changed:
            self._number -= 1
            self._changed.notify()


class _Opening(threading.Thread):
    """Opens a session. May hang as the server does, and is then left behind: connecting gives up by itself."""

    def __init__(self, opened: Callable[[], Session]) -> None:
        super().__init__(name="way to the database", daemon=True)
        self._opened = opened
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._error: psycopg.Error | BreachcheckError | None = None
        self._is_too_late = False

    def run(self) -> None:
        try:
            session = self._opened()
        except (psycopg.Error, BreachcheckError) as error:
            self._error = error
            return
        with self._lock:
            self._session = session
            if self._is_too_late:
                session.close()

    def outcome(self, until: float) -> Session:
        """What was opened by *until*, on the monotonic clock. Raises NoneInTime, or why there is none."""
        self.start()
        with ExitStack() as if_it_fails:
            if_it_fails.callback(self._give_up)
            self.join(max(0.0, until - time.monotonic()))
            if self._error is not None:
                raise self._error
            if (session := self._session) is None:
                raise NoneInTime(is_silent=True)
            if_it_fails.pop_all()
        return session

    def _give_up(self) -> None:
        with self._lock:
            self._is_too_late = True
            if self._session is not None:
                self._session.close()
