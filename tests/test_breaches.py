"""Breaches: one row a name, whatever its letter case, and a history of what was current."""

import pytest

from breachcheck.breaches import Breaches, LoadId
from breachcheck.errors import MisspeltBreach, UnknownBreach
from breachcheck.services import Services
from tests.engines import ENGINES as ENGINES


@pytest.fixture
def breaches(store: Services) -> Breaches:
    return store.breaches


def test_a_name_has_one_id_for_ever(breaches):
    first = breaches.id_of("Shop")

    assert breaches.id_of("Shop") == first
    assert breaches.id_of("Other") != first


def test_a_name_is_found_in_any_letter_case_and_entered_in_one(breaches):
    breaches.id_of("Shop")

    assert breaches.get("sHOP").name == "Shop"
    with pytest.raises(MisspeltBreach, match="called Shop here"):
        breaches.id_of("shop")
    assert [row.name for row in breaches.all()] == ["Shop"]


def test_a_name_that_is_not_there_is_said_without_being_quoted(breaches):
    with pytest.raises(UnknownBreach) as refused:
        breaches.get("ann@example.com")
    assert "ann" not in str(refused.value)


def test_what_was_current_is_told_newest_first(breaches):
    breaches.id_of("Shop")
    for load_id, at in ((LoadId(1), 100), (None, 200), (LoadId(2), 300)):
        breaches.switch_to(breaches.get("Shop"), load_id, by="ops", at=at, reason=None)
    row = breaches.get("Shop")

    assert [(one.load_id, one.switched_at) for one in breaches.history(row.id)] == [(2, 300), (None, 200), (1, 100)]
    assert (row.current_load, row.added_at, row.modified_at) == (2, 100, 300)
