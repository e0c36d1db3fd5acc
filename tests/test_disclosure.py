"""Disclosure: who may be told what, at every door by one rule."""

import pytest

from breachcheck.digests import Digest
from breachcheck.disclosure import (
    ANY_OWNER,
    KEY,
    KEY_WITHOUT_ALIASES,
    OPERATOR,
    OWNER,
    PUBLIC,
    Role,
    at_least_fewest,
    may_be_shown,
    may_be_told,
    people_json,
)
from breachcheck.errors import NothingToAsk
from breachcheck.suppressions import Level
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, facts, published_breach

ANN = "ann@example.com"
EMAIL = "Email addresses"
NAMES = "Names"
PRIVATE = "Religions"
EVERYONE = {"public": PUBLIC, "owner": OWNER, "key": KEY, "operator": OPERATOR}


def told(store, viewer, account=ANN):
    return [one.breach.name for one in store.lookup.ask(account, viewer).exposures]


@pytest.mark.parametrize(
    ("flags", "who_may"),
    [
        ({}, {"public", "owner", "key", "operator"}),
        ({"is_sensitive": True}, {"owner", "operator"}),
        ({"is_retired": True}, {"operator"}),
        ({"disclosure": "owner"}, {"owner", "key", "operator"}),
        ({"disclosure": "closed"}, {"key", "operator"}),
        ({"is_verified": False}, {"public", "owner", "key", "operator"}),
    ],
)
def test_a_breach_answers_to_those_whom_its_flags_allow(store, flags, who_may):
    published_breach(store, facts(**flags), {ANN: [EMAIL]})
    breach = store.catalogue.published().breaches[0]

    assert {name for name, viewer in EVERYONE.items() if may_be_told(viewer, breach, "open")} == who_may


EVERY_RULE = {
    ("open", "open"): {"public", "owner", "key", "operator"},
    ("open", "owner"): {"owner", "key", "operator"},
    ("open", "closed"): {"key", "operator"},
    ("owner", "open"): {"owner", "key", "operator"},
    ("owner", "owner"): {"owner", "key", "operator"},
    ("owner", "closed"): {"key", "operator"},
    ("closed", "open"): {"key", "operator"},
    ("closed", "owner"): {"key", "operator"},
    ("closed", "closed"): {"key", "operator"},
}
"""What the site says, and what the breach says -> who may be told."""


@pytest.mark.parametrize("rules", EVERY_RULE, ids="-".join)
def test_the_stricter_of_site_and_breach_holds(store, rules):
    site, breach = rules
    published_breach(store, facts(disclosure=breach), {ANN: [EMAIL]})
    shown = store.catalogue.published().breaches[0]

    assert {name for name, viewer in EVERYONE.items() if may_be_told(viewer, shown, site)} == EVERY_RULE[rules]


def test_a_withheld_breach_is_neither_told_nor_counted(store):
    published_breach(store, SHOP, {"bob@example.com": [EMAIL]})
    published_breach(store, facts(name="Private", is_sensitive=True), {ANN: [EMAIL]})

    answer = store.lookup.ask(ANN, PUBLIC)

    assert (answer.status, answer.checked.breaches) == ("not_found", 1)
    assert told(store, OPERATOR) == ["Private"]


def test_what_is_checked_never_varies_by_account(store):
    published_breach(store, SHOP, {ANN: [EMAIL]})
    published_breach(store, facts(name="Private", is_sensitive=True), {ANN: [EMAIL]})

    asked = {store.lookup.ask(account, PUBLIC).checked.breaches for account in (ANN, "nobody@example.com")}
    assert asked == {1}


def test_a_site_with_only_withheld_breaches_has_no_answer_for_the_public(store):
    published_breach(store, facts(is_sensitive=True), {ANN: [EMAIL]})

    with pytest.raises(NothingToAsk):
        store.lookup.ask(ANN, PUBLIC)


@pytest.mark.parametrize("viewer", [PUBLIC, KEY])
def test_private_classes_tell_a_stranger_nothing_about_one_person(store, viewer):
    published_breach(store, SHOP, {ANN: [EMAIL, PRIVATE], "bob@example.com": [EMAIL, NAMES]})

    ann = store.lookup.ask(ANN, viewer).exposures[0]
    bob = store.lookup.ask("bob@example.com", viewer).exposures[0]

    assert ann.owner_only == bob.owner_only == (PRIVATE,)
    assert PRIVATE not in {*ann.leaked, *ann.not_leaked, *ann.unknown, *bob.leaked, *bob.not_leaked, *bob.unknown}
    assert ann.severity == 30


def test_a_private_class_that_this_copy_cannot_show_stands_in_one_list_alone(store):
    about = facts(disclosed_classes=(EMAIL, PRIVATE))
    published_breach(store, about, {ANN: [EMAIL]}, mapped=[EMAIL])

    exposure = store.lookup.ask(ANN, PUBLIC).exposures[0]

    assert (exposure.unknown, exposure.owner_only) == ((), (PRIVATE,))


def test_a_home_address_is_private_in_a_breach_that_holds_beliefs(store):
    published_breach(store, SHOP, {ANN: [EMAIL, "Physical addresses"], "bob@example.com": [EMAIL, PRIVATE]})

    exposure = store.lookup.ask(ANN, PUBLIC).exposures[0]

    assert set(exposure.owner_only) == {PRIVATE, "Physical addresses"}
    assert exposure.leaked == (EMAIL,)


@pytest.mark.parametrize("viewer", [OWNER, OPERATOR])
def test_the_owner_and_the_operator_see_private_classes_as_any_other(store, viewer):
    published_breach(store, SHOP, {ANN: [EMAIL, PRIVATE]})

    exposure = store.lookup.ask(ANN, viewer).exposures[0]

    assert PRIVATE in exposure.leaked
    assert exposure.owner_only == ()


def test_what_was_mapped_and_is_not_yours_is_not_leaked_and_the_rest_is_unknown(store):
    about = facts(disclosed_classes=(EMAIL, NAMES, "IP addresses"))
    published_breach(store, about, {ANN: [EMAIL], "bob@example.com": [EMAIL, NAMES]}, mapped=[EMAIL, NAMES])

    exposure = store.lookup.ask(ANN, PUBLIC).exposures[0]

    assert (exposure.leaked, exposure.not_leaked, exposure.unknown) == ((EMAIL,), (NAMES,), ("IP addresses",))


def test_a_class_that_was_mapped_and_is_in_no_record_is_not_said_to_be_in_the_file(store):
    published_breach(store, SHOP, {ANN: [EMAIL]}, mapped=[EMAIL, NAMES])

    exposure = store.lookup.ask(ANN, PUBLIC).exposures[0]

    assert (exposure.not_leaked, exposure.unknown) == ((), ())


class TestAliases:
    """A plus tag's base address is entered as an alias, which proves little."""

    TAGGED = "ann+news@example.com"

    @pytest.mark.parametrize(
        ("viewer", "is_told"), [(PUBLIC, False), (KEY_WITHOUT_ALIASES, False), (KEY, True), (OWNER, True)]
    )
    def test_an_alias_is_shown_to_those_alone_who_may_see_it(self, store, viewer, is_told):
        published_breach(store, SHOP, {self.TAGGED: [EMAIL]})

        assert bool(told(store, viewer)) is is_told

    def test_a_record_under_an_alias_proves_nothing_absent(self, store):
        published_breach(store, SHOP, {self.TAGGED: [EMAIL], "bob@example.com": [EMAIL, NAMES]})

        exposure = store.lookup.ask(ANN, OPERATOR).exposures[0]

        assert (exposure.via_alias, exposure.leaked, exposure.not_leaked) == (True, (EMAIL,), ())
        assert exposure.unknown == (NAMES,)

    def test_a_direct_record_stands_alone(self, store):
        published_breach(store, SHOP, {self.TAGGED: [EMAIL, NAMES], ANN: [EMAIL]})

        exposures = store.lookup.ask(ANN, OPERATOR).exposures

        assert [(one.via_alias, one.leaked, one.not_leaked) for one in exposures] == [(False, (EMAIL,), (NAMES,))]

    def test_the_tagged_address_itself_is_direct(self, store):
        published_breach(store, SHOP, {self.TAGGED: [EMAIL]})

        assert told(store, PUBLIC, self.TAGGED) == ["Shop"]


OWN, BASE = Digest(5), Digest(6)


@pytest.mark.parametrize(
    ("suppressed", "who"),
    [
        ({}, set(Role)),
        ({Digest(7): Level.FORGET}, set(Role)),
        ({OWN: Level.HIDE}, {Role.OWNER}),
        ({BASE: Level.HIDE}, {Role.OWNER}),
        ({OWN: Level.HIDE, BASE: Level.HIDE}, {Role.OWNER}),
        ({OWN: Level.FORGET}, set()),
        ({OWN: Level.HIDE, BASE: Level.FORGET}, set()),
        ({BASE: Level.ERASE}, set()),
    ],
)
def test_an_opt_out_is_kept_against_everyone_but_the_owner_of_a_hidden_address(suppressed, who):
    viewers = (PUBLIC, OWNER, KEY, OPERATOR)

    assert {viewer.role for viewer in viewers if may_be_shown(viewer, suppressed, OWN, BASE)} == who


def test_who_tries_out_what_owners_see_is_no_owner():
    assert may_be_shown(ANY_OWNER, {}, OWN, BASE)
    assert not may_be_shown(ANY_OWNER, {OWN: Level.HIDE}, OWN, BASE)


def test_one_to_four_people_are_few_and_their_number_is_not_told():
    told = [people_json(number) for number in (None, 0, 1, 4, 5)]

    assert [one["people"] for one in told] == [None, 0, None, None, 5]
    assert [one["fewer_than"] for one in told] == [None, None, 5, 5, None]
    assert [at_least_fewest(number) for number in (0, 1, 4, 5)] == [0, None, None, 5]


def test_an_address_without_a_tag_has_no_base_to_ask_for():
    assert may_be_shown(PUBLIC, {BASE: Level.FORGET}, OWN, None)
