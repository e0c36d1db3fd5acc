"""The look-up: an answer only after the whole published index was asked, at one moment."""

import threading
import time
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from breachcheck.catalog import move
from breachcheck.digests import Kind
from breachcheck.disclosure import KEY, OPERATOR, PUBLIC
from breachcheck.errors import IndexMoved, InvalidAccount, NothingToAsk, StoreUnavailable, UnknownBreach
from breachcheck.loads import Contents
from breachcheck.lookup import Reach
from breachcheck.tallies import Tally
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, break_catalogue, break_index, facts, held_breach, published_breach

ANN = "ann@example.com"
BOB = "bob@example.com"
EMAIL = "Email addresses"
NAMES = "Names"
PHONES = "Phone numbers"


def test_a_person_is_told_which_of_their_own_fields_leaked(store):
    published_breach(store, SHOP, {ANN: [EMAIL, NAMES], BOB: [EMAIL, PHONES]})

    exposure = store.lookup.ask(ANN, PUBLIC).exposures[0]

    assert exposure.leaked == (EMAIL, NAMES)
    assert exposure.not_leaked == (PHONES,)


def test_every_spelling_of_an_address_is_the_same_person(store):
    published_breach(store, SHOP, {"invented.person@gmail.com": [EMAIL]})

    for spelling in ("InventedPerson@Gmail.com", " invented.person@googlemail.com\n", "i.n.ventedperson@gmail.com"):
        assert store.lookup.ask(spelling, PUBLIC).status == "exposed"


def test_an_answer_says_how_many_breaches_were_asked_and_how_fresh_they_are(store):
    published_breach(store, SHOP, {ANN: [EMAIL]})
    published_breach(store, facts(name="Other"), {BOB: [EMAIL]})
    before = int(time.time())

    checked = store.lookup.ask("nobody@example.com", PUBLIC).checked

    assert checked.breaches == 2
    assert before <= checked.as_of <= before + 5
    assert checked.newest_added == max(one.added_at for one in store.catalogue.published().breaches)


def test_the_breach_that_was_added_last_says_how_fresh_an_answer_is(store):
    published_breach(store, SHOP, {ANN: [EMAIL]})
    (breach,) = store.catalogue.published().breaches
    older = replace(breach, added_at=breach.added_at - 100)

    assert Reach((older, breach, older)).newest_added == breach.added_at


def test_what_happened_last_is_told_first(store):
    for name, day in (("First", date(2019, 5, 1)), ("Last", date(2025, 5, 1)), ("Second", date(2022, 5, 1))):
        published_breach(store, facts(name=name, breach_date=day), {ANN: [EMAIL]})

    assert [one.breach.name for one in store.lookup.ask(ANN, PUBLIC).exposures] == ["Last", "Second", "First"]


def test_an_empty_index_has_no_answer(store):
    with pytest.raises(NothingToAsk):
        store.lookup.ask(ANN, PUBLIC)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.EMAIL])
def test_a_kind_that_no_breach_carries_has_no_answer(store, kind):
    published_breach(store, SHOP, {ANN: [EMAIL]})

    with pytest.raises(NothingToAsk):
        store.lookup.ask("17", OPERATOR, kind=kind)


def test_one_breach_can_be_asked_alone(store):
    published_breach(store, SHOP, {ANN: [EMAIL]})
    published_breach(store, facts(name="Other"), {ANN: [EMAIL]})

    answer = store.lookup.ask(ANN, PUBLIC, breach="shop")

    assert [one.breach.name for one in answer.exposures] == ["Shop"]
    assert answer.checked.breaches == 1
    with pytest.raises(UnknownBreach):
        store.lookup.ask(ANN, PUBLIC, breach="None")


@pytest.mark.parametrize(
    "account", ["", "ann", "@secret.example", "ann@", "ann@x.example bob@x.example", "\0@x.example"]
)
def test_what_is_no_address_is_refused_without_being_quoted(store, account):
    published_breach(store, SHOP, {ANN: [EMAIL]})

    with pytest.raises(InvalidAccount) as refused:
        store.lookup.ask(account, PUBLIC)
    assert "secret" not in str(refused.value)
    assert "x.example" not in str(refused.value)


@pytest.mark.parametrize("break_it", [break_index, break_catalogue])
def test_a_broken_store_is_never_reported_as_no_breach(store, break_it):
    published_breach(store, SHOP, {ANN: [EMAIL]})
    break_it(store)

    with pytest.raises(StoreUnavailable):
        store.lookup.ask("nobody@example.com", PUBLIC)


def test_a_held_load_can_be_asked_before_anyone_sees_it(store):
    load_id = held_breach(store, SHOP, {ANN: [EMAIL]})

    assert store.lookup.ask_load(ANN, load_id, OPERATOR).status == "exposed"
    assert store.lookup.ask_load(BOB, load_id, OPERATOR).status == "not_found"


class _Between:
    """An index during whose every question something else happens."""

    def __init__(self, index, happens):
        self._index = index
        self._happens = happens

    def field_sets_of(self, digest):
        self._happens()
        return self._index.field_sets_of(digest)


def test_a_breach_replaced_and_pruned_during_a_look_up_is_asked_again(store):
    first = published_breach(store, SHOP, {ANN: [EMAIL]})
    second = held_breach(store, SHOP, {ANN: [EMAIL, NAMES]})
    pending = [second]

    def replace_and_prune():
        if pending:
            store.publishing.publish(pending.pop(), by="tests")
            store.publishing.prune(first, by="tests")

    store.lookup._index = _Between(store.index, replace_and_prune)

    assert [one.leaked for one in store.lookup.ask(ANN, PUBLIC).exposures] == [(EMAIL, NAMES)]


def test_an_index_that_never_stands_still_has_no_answer(store):
    published_breach(store, SHOP, {ANN: [EMAIL]})
    store.lookup._index = _Between(store.index, lambda: move(store.databases[1]))

    with pytest.raises(IndexMoved):
        store.lookup.ask(ANN, PUBLIC)


def test_no_look_up_misses_a_person_while_loads_are_switched_and_pruned(store):
    published_breach(store, SHOP, {ANN: [EMAIL]})
    stop, wrong = threading.Event(), []

    def keep_asking():
        while not stop.is_set():
            try:
                if store.lookup.ask(ANN, KEY).status != "exposed":
                    wrong.append("not found")
            except IndexMoved:
                continue

    askers = [threading.Thread(target=keep_asking) for _ in range(2)]
    for asker in askers:
        asker.start()
    for _ in range(15):
        former = store.breaches.get("Shop").current_load
        published_breach(store, SHOP, {ANN: [EMAIL]})
        store.publishing.prune(former, by="tests")
    stop.set()
    for asker in askers:
        asker.join()

    assert wrong == []


class TestIdentifiers:
    """What else than an address one may be looked up by, where a breach carries it."""

    @pytest.fixture
    def store(self, store):
        for name in ("Shop", "Other"):
            load_id = store.loads.start(
                store.breaches.id_of(name), facts(name=name), manifest="", sha256="", program="test", by="tests", at=0
            )
            (field_set,) = store.field_sets.add(load_id, [(frozenset({EMAIL, NAMES}), False)])
            mine = [store.digester.of(Kind.USERNAME, "john", name)] if name == "Shop" else []
            digests = np.array(sorted([*mine, store.digester.of(Kind.PHONE, "+15550100")]), dtype=np.int64)
            store.index.insert(load_id, 0, digests, np.full_like(digests, field_set))
            contents = Contents(mapped=(EMAIL, NAMES), kinds=("email", "phone", "username"))
            store.loads.complete(load_id, contents, Tally(coverage={EMAIL: 2, NAMES: 2}), {field_set: 2}, 1)
            store.publishing.publish(load_id, by="tests")
        return store

    def test_a_user_name_is_someone_else_in_every_breach(self, store):
        answer = store.lookup.ask(" john\n", KEY, kind=Kind.USERNAME)

        assert [one.breach.name for one in answer.exposures] == ["Shop"]
        assert answer.checked.breaches == 2

    def test_a_phone_number_is_the_same_person_everywhere(self, store):
        answer = store.lookup.ask("+15550100", KEY, kind=Kind.PHONE)

        assert {one.breach.name for one in answer.exposures} == {"Shop", "Other"}

    def test_what_is_no_phone_number_is_refused(self, store):
        with pytest.raises(InvalidAccount):
            store.lookup.ask("5550100", KEY, kind=Kind.PHONE)

    def test_without_a_key_only_addresses_can_be_asked(self, store):
        with pytest.raises(NothingToAsk):
            store.lookup.ask("john", PUBLIC, kind=Kind.USERNAME)
