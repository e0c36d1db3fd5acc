"""Changes: everything that happens to the catalogue is noted once, in order, and told as far as it may be."""

import sqlite3
from contextlib import closing
from threading import Thread

import pytest

from breachcheck.breaches import Facts
from breachcheck.change_feed import as_json
from breachcheck.changes import Changes
from breachcheck.db import sqlite, sqlite_schema
from breachcheck.db.schema import CATALOGUE
from breachcheck.errors import LowersSensitivity, UnknownCursor
from breachcheck.listings import Entry
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, facts, published_breach

PEOPLE = {"ann@example.com": ["Email addresses"]}

BEFORE_THE_FEED = """
INSERT INTO breach (id, name, current_load) VALUES (1, 'Shop', 2), (2, 'Bank', 4);
INSERT INTO load
    (id, breach_id, state, facts, manifest, manifest_sha256, program, loaded_by, started_at, contents)
VALUES
    (1, 1, 'complete', '{"title":"Shop listed"}', '', '', '', '', 0, '{"mapped":[],"kinds":[]}'),
    (2, 1, 'complete', '{"title":"Shop"}', '', '', '', '', 0, '{"mapped":[],"kinds":["email"]}'),
    (3, 1, 'complete', '{"title":"Shop anew"}', '', '', '', '', 0, '{"mapped":[],"kinds":["email"]}'),
    (4, 2, 'complete', '{"title":"Bank"}', '', '', '', '', 0, '{"mapped":[],"kinds":["email"]}');
INSERT INTO switch (id, breach_id, load_id, switched_at, switched_by, reason) VALUES
    (1, 1, 1, 10, 'x', NULL), (2, 1, 2, 20, 'x', NULL), (3, 2, 4, 30, 'x', NULL), (4, 1, 3, 40, 'x', NULL),
    (5, 1, NULL, 50, 'x', 'Not theirs.'), (6, 1, 2, 60, 'x', NULL);
INSERT INTO correction (id, load_id, facts, corrected_at, corrected_by) VALUES (1, 2, '{"title":"Shop"}', 25, 'x');
"""


def told(store, cursor=0):
    return [(one.kind, name) for name, one in store.changes.after(cursor, 1000).changes]


def list_breach(store, about: Facts = SHOP) -> None:
    store.listings.enter([Entry(facts=about, text=repr(about))], by="tests")


def test_nothing_happened_in_a_new_store(store):
    page = store.changes.after(0, 10)

    assert (page.changes, page.cursor, page.has_more) == ((), 0, False)


def test_each_switch_and_each_correction_is_a_change(store):
    published_breach(store, SHOP, PEOPLE)
    published_breach(store, SHOP, PEOPLE)
    store.publishing.roll_back("Shop", by="tests")
    store.publishing.update(facts(title="The Corner Shop"), by="tests")
    store.publishing.withdraw("Shop", by="tests", reason="It was not theirs.")
    published_breach(store, SHOP, PEOPLE)

    kinds = [kind for kind, _ in told(store)]
    assert kinds == ["published", "replaced", "replaced", "corrected", "withdrawn", "published"]


def test_a_change_says_what_the_breach_was_called_then_and_why_it_was_withdrawn(store):
    published_breach(store, SHOP, PEOPLE)
    store.publishing.update(facts(title="The Corner Shop"), by="tests")
    store.publishing.withdraw("Shop", by="tests", reason="It was not theirs.")

    said = [(one["breach"]["title"], one["reason"]) for one in as_json(store.changes.after(0, 10))["changes"]]
    assert said == [
        ("Corner Shop", None),
        ("The Corner Shop", None),
        ("The Corner Shop", "It was not theirs."),
    ]


def test_a_listing_is_listed_then_corrected_and_the_first_people_in_its_place_are_published(store):
    list_breach(store)
    list_breach(store)
    list_breach(store, facts(title="The Corner Shop"))
    published_breach(store, SHOP, PEOPLE)

    assert [kind for kind, _ in told(store)] == ["listed", "corrected", "published"]


def test_what_was_refused_is_no_change(store):
    published_breach(store, facts(is_sensitive=True), PEOPLE)
    with pytest.raises(LowersSensitivity):
        published_breach(store, SHOP, PEOPLE)

    assert told(store) == [("published", "Shop")]


def test_pages_follow_one_another_without_a_gap(store):
    for _ in range(5):
        published_breach(store, SHOP, PEOPLE)
    first = store.changes.after(0, 2)
    second = store.changes.after(first.cursor, 2)
    third = store.changes.after(second.cursor, 2)

    numbers = [one.number for page in (first, second, third) for _, one in page.changes]
    assert numbers == [1, 2, 3, 4, 5]
    assert [page.has_more for page in (first, second, third)] == [True, True, False]
    assert store.changes.after(third.cursor, 2).cursor == third.cursor


def test_a_sensitive_breach_is_told_of_while_it_is_shown_and_then_no_more(store):
    published_breach(store, facts(is_sensitive=True), PEOPLE)
    before = told(store)
    store.publishing.withdraw("Shop", by="tests")
    page = store.changes.after(0, 10)

    assert before == [("published", "Shop")]
    assert (page.changes, page.cursor) == ((), 2)


def test_two_writers_at_once_make_a_reader_skip_and_repeat_nothing(store):
    def publish(name: str) -> None:
        for _ in range(6):
            published_breach(store, facts(name=name), PEOPLE)

    writers = [Thread(target=publish, args=(name,)) for name in ("Shop", "Bank")]
    for one in writers:
        one.start()
    read, cursor = [], 0
    while any(one.is_alive() for one in writers) or cursor < 12:
        page = store.changes.after(cursor, 3)
        read += [one.number for _, one in page.changes]
        cursor = page.cursor

    assert read == list(range(1, 13))


def test_a_cursor_of_the_future_is_refused(store):
    with pytest.raises(UnknownCursor):
        store.changes.after(1, 10)


def test_what_happened_before_there_was_a_feed_is_in_it(tmp_path):
    path = tmp_path / "catalogue.db"
    with closing(sqlite3.connect(path)) as connection:
        sqlite_schema.apply(connection, CATALOGUE, stop_before="m0007_changes")
        connection.executescript(BEFORE_THE_FEED)
    sqlite.migrate(path, CATALOGUE)
    db = sqlite.SqliteDatabase(path, CATALOGUE)
    found = Changes(db).after(0, 100)
    last = Changes(db).last()
    db.close()

    assert [(one.kind, one.breach_id, one.title, one.reason) for one in found] == [
        ("listed", 1, "Shop listed", None),
        ("published", 1, "Shop", None),
        ("corrected", 1, "Shop", None),
        ("published", 2, "Bank", None),
        ("replaced", 1, "Shop anew", None),
        ("withdrawn", 1, "Shop anew", "Not theirs."),
        ("published", 1, "Shop", None),
    ]
    assert [one.number for one in found] == list(range(1, last + 1))
