"""The site's status: what is known and of when; nothing is made up for what was not seen."""

import pytest

from breachcheck.health.incidents import Incident
from breachcheck.health.performance import WITHIN, Noted
from breachcheck.health.site_status import FRESH_S, SiteStatus, Span
from breachcheck.services import Services
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, break_catalogue, break_index, published_breach

NOON = 1_795_003_200


class Clock:
    """Stands where it is put."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def status(store: Services, clock: Clock) -> SiteStatus:
    published_breach(store, SHOP, {"ann@example.com": ["Names"]})
    return SiteStatus(store.catalogue, store.lookup, store.performance, store.incidents, clock=clock)


def opened(store: Services) -> Incident:
    return store.incidents.open("Answers are slow", "We look into it.", by="tests", at=NOON)


def test_what_the_store_says_is_told(store, status):
    opened(store)
    now = status.now()

    assert now.can_answer
    assert now.seen is not None
    assert (now.seen.breaches, now.seen.generation, now.seen.read_at) == (1, store.catalogue.generation(), NOON)
    assert [one.title for one in now.seen.open_incidents] == ["Answers are slow"]


def test_what_was_withdrawn_a_moment_ago_is_counted_no_more(store, status):
    assert status.now().seen.breaches == 1
    store.publishing.withdraw(SHOP.name, by="tests")

    assert status.now().seen.breaches == 0


@pytest.mark.parametrize("broken", [break_index, break_catalogue])
def test_where_the_store_is_out_of_reach_what_was_last_seen_is_told_with_its_time(store, status, clock, broken):
    opened(store)
    status.seen()
    broken(store)
    clock.now += 60
    now = status.now()

    assert not now.can_answer
    assert now.at == NOON + 60
    assert [one.title for one in status.open_incidents()] == ["Answers are slow"]
    assert now.seen is not None
    assert now.seen.read_at == (NOON if broken is break_catalogue else NOON + 60)


def test_where_nothing_was_ever_seen_nothing_is_told(store, status):
    break_catalogue(store)

    assert status.now().seen is None
    assert status.open_incidents() == ()


@pytest.mark.engines("sqlite")
def test_nobody_looks_again_for_a_moment_but_where_something_was_said(store, status, clock):
    assert status.open_incidents() == ()
    opened(store)
    clock.now += FRESH_S - 1
    before = status.open_incidents()
    status.look_anew()

    assert (len(before), len(status.open_incidents())) == (0, 1)


@pytest.mark.engines("sqlite")
def test_a_store_that_fails_is_not_asked_by_every_page(store, status, clock):
    status.seen()
    clock.now += FRESH_S
    store.databases.catalogue_db.execute("ALTER TABLE incident RENAME TO away")
    first = status.seen()
    store.databases.catalogue_db.execute("ALTER TABLE away RENAME TO incident")
    clock.now += 1
    second = status.seen()
    clock.now += FRESH_S
    third = status.seen()

    assert [one.read_at for one in (first, second, third) if one] == [NOON, NOON, NOON + 2 * FRESH_S + 1]


def test_a_window_has_the_minutes_of_which_there_is_a_record(store, status, clock):
    store.performance.add({Noted(NOON - minutes * 60, "watched"): 1 for minutes in range(31)})
    store.performance.add({Noted(NOON - 120, "out of reach"): 1})
    seen = status.seen()

    assert seen is not None
    hour, day, ninety_days = seen.spans
    assert (hour.minutes, hour.watched, hour.out_of_reach) == (59, 30, 1)
    assert (day.minutes, day.watched, day.out_of_reach) == (23 * 60, 30, 1)
    assert (ninety_days.minutes, ninety_days.watched) == (89 * 24 * 60 + 12 * 60, 30)


@pytest.mark.engines("sqlite")
def test_an_answer_is_told_by_the_bound_that_holds_it():
    numbers = {f"{WITHIN}5": 50, f"{WITHIN}20": 49, f"{WITHIN}1000": 1}
    timed = Span("hour", NOON, 60, numbers)

    assert (timed.within(0.5), timed.within(0.99), timed.within(1.0)) == (5, 20, 1000)
    assert Span("hour", NOON, 60, {"slower": 1}).within(0.5) == "slower"


@pytest.mark.engines("sqlite")
def test_where_nobody_asked_nothing_was_timed_and_nothing_failed():
    nothing = Span("hour", NOON, 60, {"watched": 60, "limited": 4})

    assert (nothing.asked, nothing.failed, nothing.within(0.5)) == (0, 0, None)
