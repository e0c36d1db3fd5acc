"""Headcounts: numbers by field set, each once, gone with their load."""

import numpy as np
import pytest

from breachcheck.addresses import Domain, canonical_domain, domain_of
from breachcheck.addresses import canonical as canonical_address
from breachcheck.digests import Digest, Digester, Kind
from breachcheck.errors import InvalidAccount, StoreUnavailable
from breachcheck.headcounts import Headcounts
from breachcheck.index import FieldSetId
from breachcheck.services import Services
from tests.engines import ENGINES as ENGINES
from tests.stores import break_index, facts, held_breach

LOWEST, HIGHEST = -(2**63), 2**63 - 1


@pytest.fixture
def headcounts(store: Services) -> Headcounts:
    return store.headcounts


def enter(headcounts: Headcounts, *rows: tuple[int, int, int]) -> None:
    columns = np.array(sorted(rows), np.int64).reshape(-1, 3).T
    headcounts.insert(*(column.copy() for column in columns))


def test_a_digest_has_its_numbers_by_field_set(headcounts):
    enter(headcounts, (5, 1, 40), (5, 2, 3), (6, 1, 7))

    assert headcounts.of(Digest(5)) == {1: 40, 2: 3}
    assert headcounts.of(Digest(7)) == {}


def test_entered_twice_is_counted_once(headcounts):
    for _ in range(2):
        enter(headcounts, (5, 1, 40))

    assert headcounts.of(Digest(5)) == {1: 40}


@pytest.mark.parametrize("digest", [LOWEST, -1, 0, 1, HIGHEST])
def test_only_the_field_sets_named_are_deleted(headcounts, digest):
    enter(headcounts, *((digest, field_set, 1) for field_set in range(1, 8)))

    assert headcounts.delete([FieldSetId(number) for number in (2, 3, 6)]) == 3
    assert list(headcounts.of(Digest(digest))) == [1, 4, 5, 7]


def test_a_pruned_load_leaves_no_numbers(store):
    load_id = held_breach(store, facts(), {"alice@example.com": ["Names"]})
    field_set = store.field_sets.of_load(load_id)[0].id
    enter(store.headcounts, (5, field_set, 1), (5, field_set + 1, 1))

    store.publishing.prune(load_id, by="tests")

    assert list(store.headcounts.of(Digest(5))) == [field_set + 1]


def test_numbers_that_cannot_be_read_are_no_answer(store):
    break_index(store)

    with pytest.raises(StoreUnavailable):
        store.headcounts.of(Digest(5))


def test_no_person_has_the_digest_of_a_domain():
    digester = Digester(bytes(32))

    of_people = {digester.of(kind, "example.com", "Shop") for kind in Kind if kind not in (Kind.EMAIL, Kind.PHONE)}

    assert digester.of_domain(Domain("example.com")) not in of_people
    assert digester.key_of(Kind.EMAIL) != digester.domain_key


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("example.com", "example.com"),
        (" Example.COM ", "example.com"),
        ("B\u00dcCHER.example", "xn--bcher-kva.example"),
        ("googlemail.com", "gmail.com"),
    ],
)
def test_a_domain_has_one_spelling(text, domain):
    assert canonical_domain(text) == domain
    assert domain_of(canonical_address(f"someone@{text.strip()}")) == domain


@pytest.mark.parametrize("text", ["", "example", "alice@example.com", "a b.example", "https://example.com/", "@"])
def test_what_is_no_domain_is_refused(text):
    with pytest.raises(InvalidAccount):
        canonical_domain(text)
