"""What a load would change in place of another is told exactly, person by person, and by what each said."""

import pytest

from breachcheck.comparisons import People, compare, compare_people
from breachcheck.errors import UnknownLoad
from breachcheck.web.app import create_app
from tests.cli.commands import breachcheck
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, facts, held_breach, published_breach
from tests.web.test_pages_admin import PASSWORD, sign_in

EMAIL, NAMES, PHONES = "Email addresses", "Names", "Phone numbers"
OLD = {
    "ann@example.com": [EMAIL],
    "bob@example.com": [EMAIL, NAMES],
    "cy+x@example.com": [EMAIL],
    "di@example.com": [EMAIL],
}
NEW = {
    "ann@example.com": [EMAIL],
    "bob@example.com": [EMAIL],
    "eve@example.com": [EMAIL, PHONES],
    "cy@example.com": [EMAIL],
}


@pytest.fixture
def two(store):
    """A published load, another breach's in between, and a held one that would replace it."""
    before = published_breach(store, SHOP, OLD)
    published_breach(store, facts(name="Other"), {"ann@example.com": [NAMES], "eve@example.com": [EMAIL]})
    after = held_breach(store, facts(title="Shop again", affected=9), NEW, rejected={"no address": 2})
    return store.loads.get(before), store.loads.get(after)


def test_people_are_compared_one_by_one_and_aliases_are_none(store, two):
    assert compare_people(*two, store.field_sets, store.index) == People(added=2, gone=2, changed=1, same=1)


def test_who_got_and_who_lost_each_class_is_counted(store, two):
    moved = compare_people(*two, store.field_sets, store.index).classes

    assert {name: (one.added, one.gone) for name, one in moved.items()} == {
        EMAIL: (2, 2),
        NAMES: (0, 1),
        PHONES: (1, 0),
    }


def test_a_load_compared_with_itself_has_the_same_people(store, two):
    before, _ = two

    assert compare_people(before, before, store.field_sets, store.index) == People(added=0, gone=0, changed=0, same=4)


def test_counts_classes_and_facts_are_compared(two):
    comparison = compare(*two)

    assert {name: (one.before, one.after) for name, one in comparison.classes.items()} == {
        EMAIL: (4, 4),
        NAMES: (1, 0),
        PHONES: (0, 1),
    }
    assert comparison.counts["rejected: no address"].by == 2
    assert comparison.facts == ("title", "affected")


def test_a_load_without_rows_is_not_compared_by_person(store, two):
    before, after = two
    store.publishing.publish(after.id, by="tests")
    store.publishing.prune(before.id, by="tests")

    with pytest.raises(UnknownLoad, match="pruned"):
        compare_people(store.loads.get(before.id), after, store.field_sets, store.index)


def test_the_command_compares_the_held_load_with_the_published_one(store, two):
    before, after = two

    told = breachcheck("breaches", "compare", "Shop", "--json", data=store.config.data)
    words = breachcheck("breaches", "compare", "Shop", data=store.config.data)

    assert (told.json["before"], told.json["after"]) == (before.id, after.id)
    assert told.json["people"] == {"added": 2, "gone": 2, "changed": 1, "same": 1}
    assert "People: 2 added, 2 gone, 1 with other classes, 1 as before." in words.out
    assert "Said otherwise: title, affected." in words.out


def test_a_held_load_that_a_newer_one_overtook_is_not_what_is_compared(store, two):
    before, overtaken = two
    newest = published_breach(store, SHOP, OLD)

    told = breachcheck("breaches", "compare", "Shop", "--json", data=store.config.data).json

    assert (told["before"], told["after"]) == (before.id, newest)
    assert store.loads.get(overtaken.id).state == "complete"


def test_one_load_alone_cannot_be_compared(store):
    published_breach(store, SHOP, OLD)

    refused = breachcheck("breaches", "compare", "Shop", data=store.config.data)

    assert (refused.status, "no two such loads" in refused.err) == (2, True)


def test_operators_see_what_a_held_load_would_change(store, two):
    store.operators.add("olga", PASSWORD)
    client = create_app(store).test_client()
    sign_in(client)

    page = client.get(f"/admin/loads/{two[1].id}").text

    assert f"In place of load {two[0].id}" in page
    assert "Said otherwise: title, affected." in page


def test_a_manifest_is_kept_word_for_word(store, two):
    shown = breachcheck("breaches", "show", "Shop", "--manifest", str(two[0].id), data=store.config.data)
    other = breachcheck("breaches", "show", "Other", "--manifest", str(two[0].id), data=store.config.data)

    assert shown.out == "manifest: 1\n"
    assert (other.status, "not one of Other" in other.err) == (2, True)
