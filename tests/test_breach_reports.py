"""Breach reports: what an authority's form asks, from what the store knows, and nothing about a handful of people."""

import pytest

from breachcheck.breach_reports import as_json, report_of
from breachcheck.breaches import NotExposed
from breachcheck.errors import UnknownLoad
from breachcheck.tallies import LEFT_OUT
from tests.cli.commands import breachcheck
from tests.engines import ENGINES as ENGINES
from tests.mails import after_this_test, mailing
from tests.stores import SHOP, facts, held_breach, published_breach

EMAIL, NAMES, PHONES = "Email addresses", "Names", "Phone numbers"
PEOPLE = {f"invented{number}@example.com": [EMAIL, NAMES] for number in range(6)} | {
    "ann@example.com": [EMAIL],
    "bob@example.com": [EMAIL, PHONES],
}
TOLD = facts(
    held_by="Tally",
    on_behalf_of="Chatter",
    affected=None,
    disclosed_classes=(EMAIL, "Organisation identifiers"),
    not_exposed=NotExposed(classes=("Passwords", NAMES), also=("chats",), source="https://chatter.example/notice"),
)


def report(store, name="Shop", load_id=None, written=()):
    row, notifications = store.breaches.get(name), store.post.notifications
    return report_of(
        row,
        load_id,
        breaches=store.breaches,
        loads=store.loads,
        field_sets=store.field_sets,
        notifications=notifications,
        written=written,
    )


@pytest.fixture
def made(store):
    published_breach(store, TOLD, PEOPLE, rejected={"no address": 3, LEFT_OUT: 2})
    return as_json(report(store))


def test_people_and_records_are_counted_and_what_was_not_disclosed_is_not_zero(made):
    assert made["numbers"]["people"] == 8
    assert made["numbers"]["affected_as_disclosed"] is None
    assert made["breach"]["held_by"] == "Tally"
    assert made["breach"]["on_behalf_of"] == "Chatter"


def test_nothing_says_how_many_had_themselves_forgotten(made):
    assert made["numbers"]["records_left_out"] == {"no address": 3}
    assert made["numbers"]["records"] == 11


def test_of_a_handful_of_people_neither_number_nor_combination_is_told(made):
    assert made["field_sets"] == [{"classes": [EMAIL, NAMES], "people": 6, "severity": 30, "level": "low"}]
    assert made["rare_field_sets"] == 2
    by_name = {one["data_class"]: one for one in made["classes"]}
    assert (by_name[PHONES]["people"], by_name[PHONES]["fewer_than"]) == (None, 5)
    assert (by_name[NAMES]["people"], by_name[NAMES]["fewer_than"]) == (6, None)


def test_what_was_not_in_it_says_who_says_so_and_leaves_out_what_people_have(made):
    assert made["not_in_it"] == {
        "classes": ["Passwords"],
        "also": ["chats"],
        "says": "Chatter",
        "source": "https://chatter.example/notice",
    }
    assert made["not_known"] == ["Organisation identifiers"]


def test_every_file_has_its_hash_and_so_has_the_manifest(made):
    (file,) = made["provenance"]["files"]
    assert (file["name"], file["sha256"]) == ("people.csv", "cd" * 32)
    assert made["provenance"]["manifest_sha256"] == "ab" * 32


def test_dates_are_those_of_the_load_and_a_withdrawal_is_one(store, made):
    assert made["dates"]["breach"] == "2026-03-14"
    assert made["dates"]["loaded"] == "2026-11-15T00:00:00Z"
    assert made["dates"]["published"] is not None
    assert made["dates"]["withdrawn"] is None

    store.publishing.withdraw("Shop", by="tests")
    later = as_json(report(store))
    assert later["dates"]["withdrawn"] is not None
    assert later["provenance"]["is_published"] is False


def test_a_correction_of_the_words_is_in_it(store, made):
    store.publishing.update(facts(TOLD, title="Chatter"), by="tests")

    (correction,) = as_json(report(store))["provenance"]["corrections"]
    assert correction["said_otherwise"] == ["title"]


def test_a_held_load_can_be_reported_before_it_is_published(store):
    load_id = held_breach(store, SHOP, PEOPLE)

    assert report(store).load.id == report(store, load_id=load_id).load.id == load_id
    assert report(store).is_published is False


def test_a_load_of_another_breach_is_none(store, made):
    other = held_breach(store, facts(name="Other"), PEOPLE)

    with pytest.raises(UnknownLoad, match="breaches show Shop"):
        report(store, load_id=other)


def test_who_was_only_written_to_is_not_counted_as_told(tmp_path):
    for it in mailing(tmp_path / "data"):
        it.clock.now = after_this_test()
        it.subscribed("ann@example.com")
        published_breach(it.store, SHOP, PEOPLE)
        it.post.notify.tell("Shop", by="tests")
        it.rounds()

        told = as_json(report(it.store, written=it.post.outbox.written()))["told"]
        assert (told["subscribers"], told["only_written"]) == (0, 1)
        assert as_json(report(it.store))["told"]["subscribers"] == 1
        words = breachcheck("breaches", "report", "Shop", data=it.store.config.data).out
        assert "subscribers told         0" in words
        assert "mails only written       1, to the outbox folder, where nobody gets them" in words


def test_the_command_prints_it_in_words_and_for_programs(store, made):
    data = store.config.data
    words = breachcheck("breaches", "report", "Shop", data=data).out

    assert breachcheck("breaches", "report", "shop", "--json", data=data).json["numbers"] == made["numbers"]
    assert "people, as disclosed     not disclosed" in words
    assert "2 more, of fewer than 5 people each, which are not told." in words
    assert "was not in it            Passwords; chats" in words
    assert "Organisation identifiers  not known" in words
    assert "@" not in words
