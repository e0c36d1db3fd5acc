"""Sessions: a few connections to one server, which threads borrow in turn."""

import threading
import time
from collections.abc import Callable

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
    """Opens *most* sessions at most, each when nobody has given one back. For any number of threads.

    One that comes is for whoever waits, as one that is given back is: opening may take long where answering does not.
    """

    def __init__(self, opened: Callable[[], Session], most: int) -> None:
        self._opened = opened
        self._most = most
        self._idle: list[Session] = []
        self._coming: set[_Opening] = set()
        self._number = 0
        self._is_closed = False
        self._changed = threading.Condition()

    def take(self, until: float) -> Session:
        """One of them. Raises NoneInTime, Interrupted once they are closed, and whatever opening one raises.

        *until* is on the monotonic clock.
        """
        opening: _Opening | None = None
        with self._changed:
            while not self._idle:
                if self._is_closed:
                    raise Interrupted("The database is asked elsewhere by now; ask again.")
                if opening is not None and opening.error is not None:
                    self._require_others(opening.error)
                elif opening not in self._coming:  # there was none yet, or another took what came
                    opening = self._one_more()
                self._wait(until, opening)
            return self._idle.pop()

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

    def _one_more(self) -> "_Opening | None":
        """One that is on its way; None where there are as many as may be."""
        if self._number >= self._most:
            return None
        opening = _Opening(self._opened, self._note_end)
        opening.start()
        self._coming.add(opening)
        self._number += 1
        return opening

    def _note_end(self, opening: "_Opening") -> None:
        session = opening.session
        with self._changed:
            if opening in self._coming:
                self._coming.remove(opening)
                if session is None:
                    self._number -= 1
                    self._changed.notify_all()
                else:
                    self.give_back(session)
            elif session is not None:
                session.close()

    def _require_others(self, error: psycopg.Error | BreachcheckError) -> None:
        """Raises *error*, unless it has no place for another and ours go on."""
        if not (isinstance(error, psycopg.OperationalError) and "FATAL" in str(error) and self._number):
            raise error

    def _wait(self, until: float, opening: "_Opening | None") -> None:
        if not self._changed.wait(max(0.0, until - time.monotonic())) and not self._idle:
            raise NoneInTime(is_silent=self._is_given_up(opening))

    def _is_given_up(self, opening: "_Opening | None") -> bool:
        """Whether *opening* was under way, and counts no more."""
        if opening is None or opening not in self._coming:
            return False
        self._coming.remove(opening)
        self._number -= 1
        return True


class _Opening(threading.Thread):
    """Opens a session. May hang as the server does, and is then left behind: connecting gives up by itself."""

    def __init__(self, opened: Callable[[], Session], note_end: "Callable[[_Opening], None]") -> None:
        super().__init__(name="way to the database", daemon=True)
        self._opened = opened
        self._note_end = note_end
        self.session: Session | None = None
        self.error: psycopg.Error | BreachcheckError | None = None

    def run(self) -> None:
        try:
            self.session = self._opened()
        except (psycopg.Error, BreachcheckError) as error:
            self.error = error
        self._note_end(self)
