"""Ended sessions: kept for as long as a copy of the cookie could work, and no longer."""

import pytest

from breachcheck.ended_sessions import LIFE_S, EndedSessions
from tests.engines import ENGINES as ENGINES


class Clock:
    now = 1_800_000_000

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ended(store, clock):
    return EndedSessions(store.databases[1], clock=clock)


def test_what_was_ended_is_known_and_nothing_else(ended):
    ended.add("a" * 32)

    assert ended.has("a" * 32)
    assert not ended.has("b" * 32)


def test_to_end_one_twice_changes_nothing(ended):
    ended.add("a" * 32)
    ended.add("a" * 32)

    assert ended.has("a" * 32)


def test_once_its_hour_is_over_it_is_forgotten(ended, clock):
    ended.add("a" * 32)
    clock.now += LIFE_S
    ended.add("b" * 32)

    assert not ended.has("a" * 32)
    assert ended.has("b" * 32)
