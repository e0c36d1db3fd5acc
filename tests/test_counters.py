"""Counters: an id is given out once, whoever asks and whatever fails."""

import threading

import pytest

from breachcheck.counters import next_ids, value_of
from breachcheck.db.base import Database
from breachcheck.services import Services, open_services
from tests.engines import ENGINES as ENGINES


@pytest.fixture
def db(store: Services) -> Database:
    return store.databases[1]


def test_a_series_begins_at_one_and_goes_up(db):
    assert value_of(db, "tests") == 0
    assert [next_ids(db, "tests") for _ in range(3)] == [1, 2, 3]
    assert value_of(db, "tests") == 3


def test_several_ids_are_given_out_together_and_the_first_is_named(db):
    next_ids(db, "tests")

    assert next_ids(db, "tests", 10) == 2
    assert next_ids(db, "tests") == 12


def test_series_know_nothing_of_each_other(db):
    next_ids(db, "tests", 10)

    assert next_ids(db, "others") == 1


def test_ids_of_a_transaction_that_failed_were_never_given_out(db):
    with pytest.raises(ZeroDivisionError):
        _ask_and_fail(db)

    assert next_ids(db, "tests") == 1


def _ask_and_fail(db: Database) -> None:
    with db.transaction():
        next_ids(db, "tests", 10)
        raise ZeroDivisionError


def test_many_who_ask_at_once_get_ids_of_their_own(store):
    stores = [open_services(store.config) for _ in range(4)]
    ids: list[int] = []

    def ask(db: Database) -> None:
        ids.extend(next_ids(db, "tests") for _ in range(25))

    askers = [threading.Thread(target=ask, args=(one.databases[1],)) for one in stores]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    for one in stores:
        one.close()

    assert sorted(ids) == list(range(1, 101))
