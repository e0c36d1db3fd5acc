"""Publishing: a breach appears whole or not at all, is replaced whole, and can be withdrawn."""

import time

import pytest

from breachcheck.breaches import LoadId
from breachcheck.disclosure import PUBLIC
from breachcheck.errors import HoldsAddress, LowersSensitivity, MisspeltBreach, NothingToAsk, UnknownBreach, UnknownLoad
from breachcheck.publishing import REST_S
from breachcheck.services import Services
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, facts, held_breach, published_breach

ANN = "ann@example.com"
BOB = "bob@example.com"
EMAIL = "Email addresses"
NAMES = "Names"


def leaked(store: Services, account: str = ANN) -> list[tuple[str, ...]]:
    return [exposure.leaked for exposure in store.lookup.ask(account, PUBLIC).exposures]


def test_a_load_is_invisible_until_its_breach_names_it(store):
    published_breach(store, facts(name="Other"), {BOB: [EMAIL]})
    load_id = held_breach(store, SHOP, {ANN: [EMAIL]})
    before = leaked(store)
    store.publishing.publish(load_id, by="tests")

    assert (before, leaked(store)) == ([], [(EMAIL,)])


def test_a_replaced_breach_shows_only_its_new_load(store):
    published_breach(store, SHOP, {ANN: [EMAIL, NAMES]})
    published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})

    assert leaked(store) == [(EMAIL,)]


def test_the_facts_switch_and_roll_back_with_the_data(store):
    published_breach(store, facts(title="First"), {ANN: [EMAIL]})
    published_breach(store, facts(title="Second", is_sensitive=True), {BOB: [EMAIL]})
    second = store.catalogue.published().breaches[0]
    store.publishing.roll_back("Shop", by="tests", lower_sensitivity=True)
    first = store.catalogue.published().breaches[0]

    assert (second.title, second.facts.is_sensitive) == ("Second", True)
    assert (first.title, first.facts.is_sensitive) == ("First", False)
    assert leaked(store) == [(EMAIL,)]


def test_a_withdrawn_breach_is_shown_to_nobody_and_can_come_back(store):
    load_id = published_breach(store, SHOP, {ANN: [EMAIL]})
    store.publishing.withdraw("shop", by="tests", reason="wrong file")

    with pytest.raises(NothingToAsk):
        leaked(store)
    store.publishing.publish(load_id, by="tests")
    assert leaked(store) == [(EMAIL,)]


def test_the_day_a_breach_was_added_outlives_its_loads(store):
    published_breach(store, SHOP, {ANN: [EMAIL]})
    added = store.catalogue.published().breaches[0].added_at
    published_breach(store, SHOP, {ANN: [EMAIL]})

    assert store.catalogue.published().breaches[0].added_at == added


@pytest.mark.parametrize("state", ["running", "failed"])
def test_only_a_complete_load_is_published(store, state):
    load_id = store.loads.start(
        store.breaches.id_of("Shop"), SHOP, manifest="", sha256="", program="test", by="tests", at=0
    )
    if state == "failed":
        store.loads.fail(load_id, "disk full", 1)

    with pytest.raises(UnknownLoad, match=state):
        store.publishing.publish(load_id, by="tests")


def test_the_newest_held_load_is_the_one_that_is_published_by_name(store):
    published_breach(store, SHOP, {ANN: [EMAIL]})
    newest = held_breach(store, SHOP, {ANN: [EMAIL, NAMES]})

    assert store.publishing.publish(store.publishing.held_load("Shop"), by="tests").id == newest
    with pytest.raises(UnknownLoad, match="waits"):
        store.publishing.publish(store.publishing.held_load("Shop"), by="tests")


def test_a_load_of_another_breach_is_not_published_under_this_name(store):
    held_breach(store, SHOP, {ANN: [EMAIL]})
    other = held_breach(store, facts(name="Other"), {ANN: [EMAIL]})

    with pytest.raises(UnknownLoad, match="not one of Shop"):
        store.publishing.publish(store.publishing.load_of("Shop", other), by="tests")


def test_names_are_found_in_any_case_and_unknown_ones_are_said(store):
    published_breach(store, SHOP, {ANN: [EMAIL]})

    assert store.catalogue.published().get("SHOP").name == "Shop"
    with pytest.raises(UnknownBreach):
        store.publishing.withdraw("nothing", by="tests")


def test_one_cannot_roll_back_where_there_is_no_earlier_load(store):
    published_breach(store, SHOP, {ANN: [EMAIL]})

    with pytest.raises(UnknownLoad, match="no earlier load"):
        store.publishing.roll_back("Shop", by="tests")


def test_rolling_back_again_goes_further_back_and_never_to_what_was_gone_back_from(store):
    first, second, _ = (published_breach(store, SHOP, {ANN: [EMAIL]}) for _ in range(3))

    assert [store.publishing.roll_back("Shop", by="tests").id for _ in range(2)] == [second, first]
    with pytest.raises(UnknownLoad, match="no earlier load"):
        store.publishing.roll_back("Shop", by="tests")


def test_what_was_gone_back_from_can_be_published_again_by_its_number(store):
    first, second = (published_breach(store, SHOP, {ANN: [EMAIL]}) for _ in range(2))
    store.publishing.roll_back("Shop", by="tests")
    store.publishing.publish(second, by="tests")

    assert store.publishing.roll_back("Shop", by="tests").id == first


def test_an_update_changes_words_with_history_and_without_a_read(store):
    load_id = published_breach(store, SHOP, {ANN: [EMAIL]})
    store.publishing.update(facts(title="Corner Shop Ltd"), by="tests")

    assert store.catalogue.published().breaches[0].title == "Corner Shop Ltd"
    assert [one.facts.title for one in store.loads.corrections_of(load_id)] == ["Corner Shop Ltd"]
    assert leaked(store) == [(EMAIL,)]


def test_a_breach_says_when_it_was_corrected(store):
    published_breach(store, SHOP, {ANN: [EMAIL]})
    store.breaches.touch(store.breaches.get("Shop").id, 1)
    store.publishing.update(facts(title="Corner Shop Ltd"), by="tests")

    assert store.breaches.get("Shop").modified_at > 1


def test_every_switch_is_audited_with_who_made_it(store):
    published_breach(store, SHOP, {ANN: [EMAIL]})
    store.publishing.withdraw("Shop", by="cli:ops")

    newest = store.audit.latest(1)[0]
    assert (newest.actor, newest.action, newest.subject) == ("cli:ops", "withdraw", "Shop")


class TestPruning:
    """What nobody can see any more is deleted, and nothing else."""

    LATER = int(time.time()) + 2 * REST_S

    def test_a_former_load_rests_for_an_hour(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL]})
        published_breach(store, SHOP, {ANN: [EMAIL]})

        assert store.publishing.prunable(now=int(time.time()), keep=0) == []

    def test_the_newest_former_load_is_kept_to_roll_back_to(self, store):
        first, second, _ = (published_breach(store, SHOP, {ANN: [EMAIL]}) for _ in range(3))

        assert store.publishing.prunable(now=self.LATER) == [first]
        assert store.publishing.prunable(now=self.LATER, keep=0) == [second, first]

    def test_the_load_to_roll_back_to_is_kept_before_one_that_was_gone_back_from(self, store):
        first = published_breach(store, SHOP, {ANN: [EMAIL]})
        worse = published_breach(store, SHOP, {ANN: [EMAIL]})
        store.publishing.roll_back("Shop", by="tests")
        published_breach(store, SHOP, {ANN: [EMAIL]})

        assert store.publishing.prunable(now=self.LATER) == [worse]
        assert store.publishing.roll_back("Shop", by="tests").id == first

    def test_a_held_load_is_never_pruned(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL]})
        held_breach(store, SHOP, {ANN: [EMAIL]})

        assert store.publishing.prunable(now=self.LATER, keep=0) == []

    def test_pruning_deletes_the_exposures_of_that_load_alone(self, store):
        first = published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
        published_breach(store, SHOP, {ANN: [EMAIL, NAMES]})

        assert store.publishing.prune(first, by="tests") == 2
        assert leaked(store) == [(EMAIL, NAMES)]
        assert store.loads.get(first).state == "pruned"

    def test_a_pruned_load_cannot_be_published(self, store):
        first = published_breach(store, SHOP, {ANN: [EMAIL]})
        published_breach(store, SHOP, {ANN: [EMAIL]})
        store.publishing.prune(first, by="tests")

        with pytest.raises(UnknownLoad, match="pruned"):
            store.publishing.publish(first, by="tests")
        with pytest.raises(UnknownLoad):
            store.publishing.roll_back("Shop", by="tests")

    def test_a_load_in_use_is_not_pruned(self, store):
        shown = published_breach(store, SHOP, {ANN: [EMAIL]})
        running = store.loads.start(
            store.breaches.id_of("Shop"), SHOP, manifest="", sha256="", program="test", by="tests", at=1
        )

        for load_id in (shown, running):
            with pytest.raises(UnknownLoad, match="in use"):
                store.publishing.prune(load_id, by="tests")
        assert leaked(store) == [(EMAIL,)]

    def test_a_prune_that_was_cut_off_is_named_again(self, store):
        first = published_breach(store, SHOP, {ANN: [EMAIL]})
        published_breach(store, SHOP, {ANN: [EMAIL]})
        store.loads.mark_pruned(first)  # and the power went before the exposures did

        assert store.publishing.prunable(now=self.LATER) == [first]
        assert store.publishing.prune(first, by="tests") == 1
        assert store.publishing.prunable(now=self.LATER) == []

    def test_switching_leaves_a_job_to_prune_when_the_rest_is_over(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL]})

        assert store.jobs.claim(int(time.time())) is None
        job = store.jobs.claim(self.LATER)
        assert job is not None
        assert job.kind == "prune"


class TestSensitivity:
    """A breach that was sensitive is shown as anything else only when somebody means it."""

    @pytest.fixture
    def sensitive(self, store) -> Services:
        published_breach(store, facts(title="Open"), {ANN: [EMAIL]})
        published_breach(store, facts(is_sensitive=True), {ANN: [EMAIL]})
        return store

    ACTS = pytest.mark.parametrize(
        "act",
        [
            lambda publishing, **how: publishing.publish(publishing.held_load("Shop"), by="tests", **how),
            lambda publishing, **how: publishing.publish(LoadId(3), by="tests", **how),
            lambda publishing, **how: publishing.roll_back("Shop", by="tests", **how),
            lambda publishing, **how: publishing.update(facts(title="Open"), by="tests", **how),
        ],
        ids=["publish by name", "publish", "roll back", "update"],
    )

    @ACTS
    def test_it_is_never_lowered_by_leaving_it_out(self, sensitive, act):
        held_breach(sensitive, SHOP, {ANN: [EMAIL]})

        with pytest.raises(LowersSensitivity, match="--lower-sensitivity"):
            act(sensitive.publishing)
        assert sensitive.catalogue.published().breaches[0].facts.is_sensitive

    @ACTS
    def test_it_is_lowered_when_that_is_said(self, sensitive, act):
        held_breach(sensitive, SHOP, {ANN: [EMAIL]})
        act(sensitive.publishing, lower_sensitivity=True)

        assert not sensitive.catalogue.published().breaches[0].facts.is_sensitive

    def test_withdrawing_is_no_way_around_it(self, sensitive):
        sensitive.publishing.withdraw("Shop", by="tests")
        load_id = held_breach(sensitive, SHOP, {ANN: [EMAIL]})

        with pytest.raises(LowersSensitivity):
            sensitive.publishing.publish(load_id, by="tests")

    def test_it_is_raised_by_saying_so(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL]})
        store.publishing.update(facts(is_sensitive=True), by="tests")

        assert store.catalogue.published().breaches[0].facts.is_sensitive


def test_a_name_in_other_letter_case_is_refused_since_ids_are_digested_with_it(store):
    published_breach(store, SHOP, {ANN: [EMAIL]})

    with pytest.raises(MisspeltBreach, match="called Shop here"):
        held_breach(store, facts(name="SHOP"), {ANN: [EMAIL]})
    with pytest.raises(MisspeltBreach, match="called Shop here"):
        store.publishing.update(facts(name="shop"), by="tests")


def test_a_reason_that_holds_an_address_is_refused_and_nothing_is_withdrawn(store):
    published_breach(store, SHOP, {ANN: [EMAIL]})

    with pytest.raises(HoldsAddress) as refused:
        store.publishing.withdraw("Shop", by="tests", reason=f"{ANN} asked for it")
    assert ANN not in str(refused.value)
    assert leaked(store) == [(EMAIL,)]


def test_what_is_said_already_is_no_correction(store):
    load_id = published_breach(store, SHOP, {ANN: [EMAIL]})
    generation = store.catalogue.generation()
    store.publishing.update(facts(), by="tests")

    assert store.loads.corrections_of(load_id) == []
    assert store.catalogue.generation() == generation
