"""Databases: what both engines promise alike of what is durable, of what is seen, and of writers at once."""

import sqlite3
import threading
from contextlib import closing
from typing import Any

import numpy as np
import psycopg
import pytest

from breachcheck.db.base import Database
from breachcheck.errors import StoreUnavailable
from breachcheck.services import Services, open_services
from tests.engines import ENGINES as ENGINES
from tests.patience import PATIENCE_S
from tests.stores import break_index

COLUMNS = ("digest", "field_set_id")


@pytest.fixture
def db(store: Services) -> Database:
    return store.databases[0]


def rows(db: Database) -> list[tuple[int, int]]:
    found = db.query("SELECT digest, field_set_id FROM exposure ORDER BY digest")
    return [(row["digest"], row["field_set_id"]) for row in found]


def insert(db: Database, digests: range | list[int]) -> None:
    values = np.array(digests, dtype=np.int64)
    db.insert_new("exposure", COLUMNS, (values, np.ones_like(values)))


def at_once(*acts: Any) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join(PATIENCE_S)
    assert not any(one.is_alive() for one in threads)


def test_rows_of_any_number_are_inserted_and_those_that_are_there_are_kept(db):
    insert(db, range(-150, 105))
    insert(db, range(100, 110))

    assert rows(db) == [(digest, 1) for digest in range(-150, 110)]


def test_rows_that_are_there_in_part_are_completed_in_one_transaction_with_others(db):
    insert(db, [1, 2])
    with db.transaction():
        insert(db, [2, 3])
        insert(db, [3, 4])

    assert rows(db) == [(1, 1), (2, 1), (3, 1), (4, 1)]


def test_the_outermost_numbers_come_back_as_they_were(db):
    insert(db, [-(2**63), -1, 0, 2**63 - 1])

    assert [digest for digest, _ in rows(db)] == [-(2**63), -1, 0, 2**63 - 1]


def test_an_empty_insert_changes_nothing(db):
    insert(db, [])

    assert rows(db) == []


COUNT_UP = """
INSERT INTO counter (name, value)
VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value
"""


def counted(store: Services) -> dict[str, int]:
    return {row["name"]: row["value"] for row in store.databases[1].query("SELECT name, value FROM counter")}


def test_a_statement_runs_for_each_of_many_rows_one_after_the_other(store):
    before = counted(store)
    rows = ({"name": f"made up {number % 1500}", "value": 1} for number in range(3000))

    assert store.databases[1].execute_many(COUNT_UP, rows) == 3000
    assert counted(store) == before | {f"made up {number}": 2 for number in range(1500)}


def test_for_no_rows_at_all_nothing_runs(store):
    assert store.databases[1].execute_many(COUNT_UP, []) == 0


def test_of_many_rows_one_that_cannot_be_undoes_the_others(store):
    before = counted(store)

    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
        store.databases[1].execute_many(COUNT_UP, [{"name": "made up", "value": value} for value in (1, None, 2)])

    assert counted(store) == before


def insert_and_fail(db: Database, *, inside: bool) -> None:
    with db.transaction():
        if inside:
            with db.transaction():
                insert(db, [1, 2])
        else:
            insert(db, [1, 2])
        raise RuntimeError("stop")


@pytest.mark.parametrize("inside", [False, True], ids=["alone", "with one inside that ended well"])
def test_a_transaction_that_fails_leaves_nothing(db, inside):
    with pytest.raises(RuntimeError, match="stop"):
        insert_and_fail(db, inside=inside)

    assert rows(db) == []


def test_what_is_done_after_a_transaction_failed_stands_by_itself(db):
    with pytest.raises(RuntimeError, match="stop"):
        insert_and_fail(db, inside=True)
    insert(db, [3])

    assert rows(db) == [(3, 1)]


def test_what_another_thread_has_not_committed_is_not_seen(db):
    began, seen = threading.Event(), threading.Event()

    def write() -> None:
        with db.transaction():
            insert(db, [1])
            began.set()
            seen.wait(PATIENCE_S)

    writer = threading.Thread(target=write)
    writer.start()
    began.wait(PATIENCE_S)
    before = rows(db)
    seen.set()
    writer.join()

    assert (before, rows(db)) == ([], [(1, 1)])


def test_a_snapshot_sees_one_moment_and_holds_up_no_writer(db):
    insert(db, [1])
    with db.snapshot():
        before = rows(db)
        at_once(lambda: insert(db, [2]))
        during = rows(db)

    assert (before, during, rows(db)) == ([(1, 1)], [(1, 1)], [(1, 1), (2, 1)])


def test_a_writer_waits_for_the_end_of_what_another_has_begun(store):
    """What a transaction has read stays true until its end: nobody adds to a number that was read before."""
    db = store.databases[1]
    db.execute("INSERT INTO counter (name, value) VALUES ('tried', 0)")

    def add() -> None:
        for _ in range(20):
            with db.transaction():
                (row,) = db.query("SELECT value FROM counter WHERE name = 'tried'")
                db.execute("UPDATE counter SET value = :next WHERE name = 'tried'", {"next": row["value"] + 1})

    def add_at_once() -> None:
        for _ in range(20):
            db.execute("UPDATE counter SET value = value + 1 WHERE name = 'tried'")

    at_once(add, add, add_at_once)
    assert db.query("SELECT value FROM counter WHERE name = 'tried'")[0]["value"] == 60


def test_what_one_program_wrote_the_next_one_reads(db, store):
    insert(db, [1])
    with closing(open_services(store.config)) as other:
        insert(other.databases[0], [2])

    assert rows(db) == [(1, 1), (2, 1)]


def test_values_of_every_kind_come_back_as_they_were(store):
    db = store.databases[1]
    said = "Ünï % :kind 'x' \\"
    db.execute(
        "INSERT INTO mail (id, kind, state, is_urgent, sealed, queued_at, not_before)"
        " VALUES (:id, :kind, 'queued', :urgent, :sealed, 1, 2)",
        {"id": 2**62, "kind": said, "urgent": True, "sealed": bytes(range(256))},
    )
    (row,) = db.query("SELECT id, kind, is_urgent, sealed, load_id, 100 % 7 AS rest FROM mail WHERE kind <> ':x'")

    assert dict(row) == {
        "id": 2**62, "kind": said, "is_urgent": 1, "sealed": bytes(range(256)), "load_id": None, "rest": 2,
    }  # fmt: skip


def test_a_sum_is_a_whole_number(db):
    insert(db, [2**62, 2**62 - 1])

    assert repr(db.query("SELECT sum(digest) AS all_of_them FROM exposure")[0]["all_of_them"]) == str(2**63 - 1)


def test_texts_are_in_the_order_of_their_bytes(store):
    db = store.databases[1]
    for name in ("b", "B", "a", "_", "é", "Z"):
        db.execute("INSERT INTO counter (name, value) VALUES (:name, 7)", {"name": name})

    found = db.query("SELECT name FROM counter WHERE value = 7 ORDER BY name")
    assert [row["name"] for row in found] == ["B", "Z", "_", "a", "b", "é"]


def test_settling_after_an_insert_changes_nothing(db):
    insert(db, range(1000))
    db.settle()

    assert len(rows(db)) == 1000


def test_what_is_gone_is_unavailable_and_not_empty(db, store):
    insert(db, [1])
    break_index(store)

    with pytest.raises(StoreUnavailable):
        rows(db)


def test_whole_numbers_come_as_arrays_in_the_order_of_the_question(db):
    insert(db, [-(2**63), -5, 0, 2**63 - 1])
    asked = "SELECT field_set_id, digest FROM exposure WHERE digest < :most ORDER BY digest DESC"

    field_sets, digests = db.query_numbers(asked, ("field_set_id", "digest"), {"most": 2**63 - 1})

    assert (field_sets.tolist(), digests.tolist()) == ([1, 1, 1], [0, -5, -(2**63)])


def test_no_rows_are_empty_arrays(db):
    digests, field_sets = db.query_numbers("SELECT digest, field_set_id FROM exposure", COLUMNS)

    assert (len(digests), len(field_sets)) == (0, 0)
