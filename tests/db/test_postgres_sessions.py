"""Sessions with one server: who waits for one is told as soon as there is none to wait for."""

import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg.rows import dict_row

from breachcheck.db.postgres_link import Interrupted
from breachcheck.db.postgres_schema import Session
from breachcheck.db.postgres_sessions import NoneInTime, Sessions, _Opening
from tests.engines import Postgres

LONG_S = 60.0


@pytest.fixture
def opened(postgres: Postgres) -> Iterator[Callable[[], Session]]:
    """Opens one session; for a second there is no place."""
    only = psycopg.connect(postgres.server.url("postgres"), autocommit=True, row_factory=dict_row)
    left = [only]

    def opened() -> Session:
        if not left:
            raise psycopg.OperationalError("FATAL:  sorry, too many clients already")
        return left.pop()

    yield opened
    only.close()


def later(act: Callable[[], None]) -> None:
    threading.Timer(0.1, act).start()


def soon() -> float:
    return time.monotonic() + LONG_S


def test_who_finds_no_place_for_another_waits_for_one_that_is_given_back(opened):
    sessions = Sessions(opened, most=2)
    first = sessions.take(soon())
    later(lambda: sessions.give_back(first))

    assert sessions.take(soon()) is first


class TestWhileOneIsOpenedSlowly:
    @pytest.fixture
    def may_come(self) -> threading.Event:
        return threading.Event()

    @pytest.fixture
    def sessions(self, postgres: Postgres, may_come: threading.Event) -> Iterator[Sessions]:
        """The first comes at once, all others when they may."""
        made: list[Session] = []

        def opened() -> Session:
            if made:
                may_come.wait()
            made.append(psycopg.connect(postgres.server.url("postgres"), autocommit=True, row_factory=dict_row))
            return made[-1]

        yield Sessions(opened, most=2)
        may_come.set()
        for thread in threading.enumerate():
            if isinstance(thread, _Opening):
                thread.join()
        for one in made:
            one.close()

    def test_one_that_is_given_back_is_taken(self, sessions):
        first = sessions.take(soon())
        later(lambda: sessions.give_back(first))

        assert sessions.take(soon()) is first

    def test_it_is_there_for_the_next_who_needs_one(self, sessions, may_come):
        first = sessions.take(soon())
        later(lambda: sessions.give_back(first))
        sessions.take(soon())
        later(may_come.set)

        assert sessions.take(soon()) is not first

    def test_who_must_wait_for_it_alone_is_told_that_the_server_is_silent(self, sessions):
        sessions.take(soon())

        with pytest.raises(NoneInTime) as told:
            sessions.take(time.monotonic())
        assert told.value.is_silent

    def test_whoever_left_it_behind_counts_no_more(self, sessions, may_come):
        first = sessions.take(soon())
        with pytest.raises(NoneInTime):
            sessions.take(time.monotonic())
        may_come.set()

        assert sessions.take(soon()) is not first


def test_nobody_waits_for_sessions_that_are_lost(opened):
    sessions, began = Sessions(opened, most=2), time.monotonic()
    first = sessions.take(soon())
    first.close()
    later(lambda: sessions.give_back(first))

    with pytest.raises(psycopg.OperationalError, match="too many clients"):
        sessions.take(soon())
    assert time.monotonic() - began < LONG_S / 2


def test_nobody_waits_where_another_server_is_asked_by_now(opened):
    sessions, began = Sessions(opened, most=1), time.monotonic()
    sessions.take(soon())
    later(sessions.close)

    with pytest.raises(Interrupted):
        sessions.take(soon())
    assert time.monotonic() - began < LONG_S / 2


def test_a_session_that_comes_too_late_is_closed(postgres):
    begin, made = threading.Event(), []

    def slow() -> Session:
        begin.wait()
        made.append(psycopg.connect(postgres.server.url("postgres"), autocommit=True, row_factory=dict_row))
        return made[0]

    with pytest.raises(NoneInTime):
        Sessions(slow, most=1).take(time.monotonic())
    begin.set()
    while not (made and made[0].closed):
        time.sleep(0.01)
