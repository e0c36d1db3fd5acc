"""Suppressions: an address that opted out is found by nobody, and cannot be told from an absent one."""

from contextlib import closing

import pytest

from breachcheck import addresses
from breachcheck.digests import Digest
from breachcheck.disclosure import KEY, KEY_WITHOUT_ALIASES, OPERATOR, OWNER, PUBLIC
from breachcheck.errors import StoreUnavailable
from breachcheck.services import Services, open_services
from breachcheck.suppressions import Level, Suppressions
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, break_catalogue, break_index, facts, held_breach, published_breach

ANN, TAGGED = "ann@example.com", "ann+shop@example.com"
BOB = "bob@example.com"
EMAIL = "Email addresses"
VIEWERS = [PUBLIC, OWNER, KEY, KEY_WITHOUT_ALIASES, OPERATOR]


@pytest.fixture
def store(store: Services) -> Services:
    published_breach(store, SHOP, {ANN: [EMAIL], TAGGED: [EMAIL], BOB: [EMAIL]})
    return store


@pytest.fixture
def suppressions(store: Services) -> Suppressions:
    return store.suppressions


def digest_of(store: Services, account: str) -> Digest:
    return store.digester.of_address(addresses.canonical(account))


@pytest.mark.engines("sqlite")
def test_a_store_of_before_there_were_suppressions_gains_them_when_it_is_opened(store):
    for statement in ("DROP TABLE suppression", "DELETE FROM _sqlite_migrations WHERE name = 'm0002_suppressions'"):
        store.databases[1].execute(statement)
    store.close()

    with closing(open_services(store.config)) as upgraded:
        assert upgraded.suppressions.all() == {}
        assert upgraded.lookup.ask(ANN, PUBLIC).status == "exposed"


class TestTable:
    """What is remembered of an opt-out: a digest, a level, a time."""

    def test_a_suppression_is_kept_with_its_level(self, suppressions):
        suppressions.add(Digest(-5), Level.HIDE, at=7)
        suppressions.add(Digest(6), Level.FORGET, at=8)

        assert suppressions.all() == {Digest(-5): Level.HIDE, Digest(6): Level.FORGET}
        assert suppressions.level_of(Digest(-5)) is Level.HIDE
        assert suppressions.level_of(Digest(7)) is None
        assert suppressions.counts() == {Level.HIDE: 1, Level.FORGET: 1, Level.ERASE: 0}

    @pytest.mark.parametrize("before", Level)
    @pytest.mark.parametrize("asked", Level)
    def test_a_level_is_raised_and_never_lowered(self, suppressions, before, asked):
        suppressions.add(Digest(5), before, at=7)
        further = max(before, asked, key=lambda level: level.reach)

        assert suppressions.add(Digest(5), asked, at=8) is further
        assert suppressions.level_of(Digest(5)) is further

    def test_what_no_load_may_hold_is_told_since_a_time(self, suppressions):
        suppressions.add(Digest(9), Level.FORGET, at=10)
        suppressions.add(Digest(-9), Level.ERASE, at=20)
        suppressions.add(Digest(1), Level.HIDE, at=20)

        assert suppressions.to_forget() == [Digest(-9), Digest(9)]
        assert suppressions.to_forget(since=20) == [Digest(-9)]
        assert suppressions.to_erase() == [Digest(-9)]

    def test_raising_a_level_counts_from_the_time_it_was_raised(self, suppressions):
        suppressions.add(Digest(9), Level.HIDE, at=10)
        suppressions.add(Digest(9), Level.FORGET, at=30)

        assert suppressions.to_forget(since=20) == [Digest(9)]

    def test_a_suppression_is_dropped_at_its_own_level_alone(self, suppressions):
        suppressions.add(Digest(5), Level.FORGET, at=7)

        assert not suppressions.drop(Digest(5), Level.HIDE)
        assert suppressions.drop(Digest(5), Level.FORGET)
        assert suppressions.all() == {}


class TestLookUps:
    """What a look-up says of an address that opted out."""

    @pytest.mark.parametrize("viewer", VIEWERS, ids=lambda viewer: f"{viewer.role}-{viewer.sees_aliases}")
    @pytest.mark.parametrize("level", [Level.HIDE, Level.FORGET])
    def test_nobody_is_told_but_at_the_first_level_the_owner(self, store, viewer, level):
        store.opt_outs.opt_out(digest_of(store, ANN), level)
        is_told = viewer is OWNER and level is Level.HIDE

        assert store.lookup.ask(ANN, viewer).status == ("exposed" if is_told else "not_found")

    @pytest.mark.parametrize("viewer", [PUBLIC, KEY, OPERATOR], ids=lambda viewer: viewer.role)
    def test_the_answer_is_that_of_an_absent_address(self, store, viewer):
        store.opt_outs.opt_out(digest_of(store, ANN), Level.HIDE)
        hidden, absent = (store.lookup.ask(one, viewer) for one in (ANN, "nobody@example.com"))

        assert hidden.exposures == absent.exposures == ()
        assert hidden.checked.breaches == absent.checked.breaches
        assert hidden.checked.newest_added == absent.checked.newest_added

    @pytest.mark.parametrize("level", [Level.HIDE, Level.FORGET])
    def test_it_covers_the_aliases_of_the_address(self, store, level):
        store.opt_outs.opt_out(digest_of(store, ANN), level)

        assert store.lookup.ask(TAGGED, OPERATOR).status == "not_found"
        assert store.lookup.ask("Ann+Another@Example.com", OPERATOR).status == "not_found"

    def test_the_owner_of_a_hidden_address_sees_its_aliases(self, store):
        store.opt_outs.opt_out(digest_of(store, ANN), Level.HIDE)

        assert store.lookup.ask(TAGGED, OWNER).status == "exposed"

    def test_an_alias_that_opted_out_leaves_its_base_address_as_it_was(self, store):
        store.opt_outs.opt_out(digest_of(store, TAGGED), Level.FORGET)

        assert store.lookup.ask(TAGGED, OPERATOR).status == "not_found"
        assert store.lookup.ask("ann+other@example.com", OPERATOR).status == "not_found"
        assert store.lookup.ask(ANN, OPERATOR).status == "exposed"

    def test_the_further_of_two_levels_holds_for_an_alias(self, store):
        store.opt_outs.opt_out(digest_of(store, TAGGED), Level.HIDE)
        store.opt_outs.opt_out(digest_of(store, ANN), Level.FORGET)

        assert store.lookup.ask(TAGGED, OWNER).status == "not_found"

    def test_nobody_else_is_covered(self, store):
        store.opt_outs.opt_out(digest_of(store, ANN), Level.FORGET)

        assert store.lookup.ask(BOB, PUBLIC).status == "exposed"

    def test_one_breach_and_a_held_load_are_asked_under_the_same_rule(self, store):
        load_id = held_breach(store, facts(name="Other"), {ANN: [EMAIL]})
        store.opt_outs.opt_out(digest_of(store, ANN), Level.HIDE)

        assert store.lookup.ask(ANN, OPERATOR, breach="Shop").status == "not_found"
        assert store.lookup.ask_load(ANN, load_id, OPERATOR).status == "not_found"
        assert store.lookup.ask_load(ANN, load_id, OWNER).status == "exposed"

    def test_it_counts_at_once_in_every_process(self, store):
        other = open_services(store.config)
        seen_before = other.lookup.ask(ANN, PUBLIC).status
        store.opt_outs.opt_out(digest_of(store, ANN), Level.HIDE)
        seen_after = other.lookup.ask(ANN, PUBLIC).status
        other.close()

        assert (seen_before, seen_after) == ("exposed", "not_found")

    def test_an_opt_out_in_the_middle_of_a_look_up_is_not_missed(self, store):
        class OptsOutMeanwhile:
            def field_sets_of(self, digest):
                found = store.index.field_sets_of(digest)
                store.opt_outs.opt_out(digest, Level.HIDE)
                store.lookup._index = store.index
                return found

        store.lookup._index = OptsOutMeanwhile()

        assert store.lookup.ask(ANN, PUBLIC).status == "not_found"

    @pytest.mark.parametrize("break_it", [break_index, break_catalogue])
    def test_a_broken_store_is_not_reported_as_no_breach_for_one_who_opted_out(self, store, break_it):
        store.opt_outs.opt_out(digest_of(store, ANN), Level.FORGET)
        break_it(store)

        with pytest.raises(StoreUnavailable):
            store.lookup.ask(ANN, PUBLIC)
