"""Sealed accounts: every box of a domain comes back, and goes with its owner's wish or its load."""

import pytest

from breachcheck import sealed_accounts
from breachcheck.addresses import canonical
from breachcheck.digests import Digest
from breachcheck.errors import StoreUnavailable
from breachcheck.index import FieldSetId
from breachcheck.sealed_accounts import SealedAccount, SealedAccounts
from breachcheck.services import Services
from breachcheck.suppressions import Level
from tests.engines import ENGINES as ENGINES
from tests.stores import break_index, facts, held_breach

HERE, THERE = Digest(10), Digest(11)


@pytest.fixture
def accounts(store: Services) -> SealedAccounts:
    return store.sealed_accounts


def account(digest: int, field_set: int = 1, *, domain: Digest = HERE, base: int | None = None) -> SealedAccount:
    base_digest = Digest(digest if base is None else base)
    return SealedAccount(domain, Digest(digest), FieldSetId(field_set), base_digest, b"box of %d" % digest)


def test_everyone_of_a_domain_comes_back_in_order(accounts, monkeypatch):
    monkeypatch.setattr(sealed_accounts, "PAGE", 3)
    here = [account(digest, field_set) for digest in (-(2**63), -4, 0, 7, 2**63 - 1) for field_set in (1, 2)]
    accounts.insert([*reversed(here), account(5, domain=THERE)])

    assert list(accounts.of_domain(HERE)) == here
    assert list(accounts.of_domain(THERE)) == [account(5, domain=THERE)]
    assert list(accounts.of_domain(Digest(12))) == []


def test_entered_twice_is_there_once(accounts):
    for _ in range(2):
        accounts.insert([account(5)])

    assert list(accounts.of_domain(HERE)) == [account(5)]


def test_who_is_forgotten_is_gone_from_every_load_with_all_aliases(accounts):
    accounts.insert([account(5), account(5, 2), account(6, base=5), account(7), account(8, base=7)])

    assert accounts.forget([Digest(5)]) == 3
    assert [one.digest for one in accounts.of_domain(HERE)] == [7, 8]


def test_an_alias_can_be_forgotten_by_itself(accounts):
    accounts.insert([account(5), account(6, base=5)])

    assert accounts.forget([Digest(6)]) == 1
    assert [one.digest for one in accounts.of_domain(HERE)] == [5]


def test_only_the_field_sets_named_are_deleted(accounts):
    accounts.insert([account(5, field_set) for field_set in range(1, 8)])

    assert accounts.delete([FieldSetId(number) for number in (2, 3, 6)]) == 3
    assert [one.field_set_id for one in accounts.of_domain(HERE)] == [1, 4, 5, 7]


def test_a_pruned_load_leaves_no_boxes(store):
    load_id = held_breach(store, facts(), {"alice@example.com": ["Names"]})
    field_set = store.field_sets.of_load(load_id)[0].id
    store.sealed_accounts.insert([account(5, field_set), account(5, field_set + 1)])

    store.publishing.prune(load_id, by="tests")

    assert [one.field_set_id for one in store.sealed_accounts.of_domain(HERE)] == [field_set + 1]


@pytest.mark.parametrize(("level", "left"), [(Level.HIDE, 2), (Level.FORGET, 0), (Level.ERASE, 0)])
def test_an_opt_out_deletes_the_boxes_as_far_as_it_goes(store, level, left):
    ann = store.digester.of_address(canonical("ann@example.com"))
    store.sealed_accounts.insert([account(ann), account(6, base=ann)])

    store.opt_outs.opt_out(ann, level)

    assert len(list(store.sealed_accounts.of_domain(HERE))) == left


def test_boxes_that_cannot_be_read_are_no_answer(store):
    break_index(store)

    with pytest.raises(StoreUnavailable):
        list(store.sealed_accounts.of_domain(HERE))
