"""Sessions with the server that is asked just now, lent to threads in turn, and watched while something is asked."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

import psycopg

from breachcheck.db.postgres_hosts import Sighting
from breachcheck.db.postgres_link import Interrupted, Link, has_something_to_read, is_gone
from breachcheck.db.postgres_reach import Chosen, Reach
from breachcheck.db.postgres_schema import Birth, Session, birth_of
from breachcheck.db.postgres_sessions import NoneInTime, Sessions
from breachcheck.db.postgres_watch import Watch
from breachcheck.errors import StoreUnavailable

MOST_CONNECTIONS = 8
"""Of one process to one schema. The thread that finds none free waits for one, a second at most."""


class Lent(NamedTuple):
    """A session that a thread uses, and the server at its other end."""

    session: Session
    server: Chosen


class Lending:
    """Lends sessions in the store of *born*. May be used by any number of threads.

    Every new session looks whether it is with the server that was chosen, and in that store. Raises Interrupted where
    the server is lost, after which another may be chosen.
    """

    def __init__(self, link: Link, reach: Reach, born: Birth, silence_s: float) -> None:
        """*silence_s*: how long a server may be silent in the midst of a statement."""
        self._link = link
        self._reach = reach
        self._born = born
        self._watch = Watch(lambda server: reach.lost(server, is_silent=True), silence_s)
        self._lock = threading.Lock()
        self._sessions: dict[int, Sessions] = {}

    def borrow(self, patience_s: float, *, to_write: bool) -> Lent:
        """Raises StoreUnavailable where there is none in time."""
        until = time.monotonic() + patience_s
        server = self._reach.choose(until, to_write=to_write)
        try:
            return Lent(self._living(self._with(server), until), server)
        except NoneInTime as none:
            raise self._too_late(server, none) from None
        except psycopg.Error as error:
            if is_gone(error):
                self._reach.lost(server)
            raise self._link.in_words(error) from None

    def give_back(self, lent: Lent) -> None:
        with self._lock:
            sessions = self._sessions.get(lent.server.source.number)
        if sessions is None:
            lent.session.close()
        else:
            sessions.give_back(lent.session)

    @contextmanager
    def asking(self, lent: Lent) -> Iterator[Callable[[], None]]:
        """What is asked in the block is watched, and what goes wrong with it raised in the house's words.

        The block gets what it may call whenever it sees that the server gets on.
        """
        try:
            with self._watch.over(lent.session, lent.server) as note_progress:
                yield note_progress
        except psycopg.Error as error:
            if lent.session.closed or is_gone(error):
                lent.session.close()
                self._reach.lost(lent.server)
            raise self._link.in_words(error) from error

    def close(self) -> None:
        self._let_go_before(None)
        self._watch.close()

    def _with(self, server: Chosen) -> Sessions:
        """The sessions with *server*. Those with others are let go: none is asked again once another was chosen."""
        number = server.source.number
        self._let_go_before(number)
        with self._lock:
            if any(newer > number for newer in self._sessions):
                raise Interrupted(self._link.unusable("another server was chosen meanwhile"))
            if number not in self._sessions:
                self._sessions[number] = Sessions(lambda: self._opened(server), MOST_CONNECTIONS)
            return self._sessions[number]

    def _let_go_before(self, number: int | None) -> None:
        with self._lock:
            old = [one for one in self._sessions if number is None or one < number]
            for one in old:
                self._sessions.pop(one).close()

    def _living(self, sessions: Sessions, until: float) -> Session:
        """One that nobody has cut off: those that a server's end left are sorted out without asking it."""
        for _ in range(MOST_CONNECTIONS + 1):
            session = sessions.take(until)
            if not has_something_to_read(session):
                return session
            session.close()
            sessions.give_back(session)
        raise StoreUnavailable(f"{self._link.named} closes every connection; see to the server.")

    def _too_late(self, server: Chosen, none: NoneInTime) -> StoreUnavailable:
        said = f"{self._link.named} gave no connection in time; see to the server."
        if not none.is_silent:
            return StoreUnavailable(said)
        self._reach.lost(server, is_silent=True)
        return Interrupted(said)

    def _opened(self, server: Chosen) -> Session:
        session, sighting = self._link.open(server.host)
        with ExitStack() as if_it_fails:
            if_it_fails.callback(session.close)
            self._require_same(session, sighting, server)
            if_it_fails.pop_all()
        return session

    def _require_same(self, session: Session, sighting: Sighting, server: Chosen) -> None:
        if not server.is_run(sighting):
            self._reach.lost(server)
            raise Interrupted(self._link.unusable("it was started again, or promoted"))
        if not self._born <= birth_of(session):
            raise StoreUnavailable(f"{self._link.named} is not the store that was opened; start the program again.")
