"""Several collections in one JSON file, as databases without tables export them: each is a table."""

import json

import pytest

from breachcheck.errors import DataFileError
from ingest import formats, sources
from ingest.drafting import draft
from ingest.readers.base import Instructions
from tests.ingest.loads import described, found, load
from tests.ingest.scans import scan

USERS = {f"u{number}": {"email": f"u{number}@example.com", "name": "x"} for number in range(3)}
ORDERS = {f"o{number}": {"userId": f"u{number}", "phone": "+44 1632 960111"} for number in range(2)}
STAFF = [{"mail": "eve@example.com"}, {"mail": "kim@example.com"}]
BESIDE = "beside the records that are read"


def tables_of(folder, value, told=None):
    text = value if isinstance(value, str) else json.dumps(value)
    (folder / "export.json").write_text(text, encoding="utf-8")
    [file] = sources.find("export.json", folder)
    return {table.name.removeprefix("export.json"): table for table in formats.tables(file, told or Instructions())}


def rows_of(tables):
    return {name: sorted(scan(table).rows) for name, table in tables.items()}


@pytest.mark.parametrize("around", [lambda inner: inner, lambda inner: {"db": inner, "version": 3}], ids=["top", "in"])
def test_each_collection_is_a_table(tmp_path, around):
    tables = tables_of(tmp_path, around({"users": USERS, "staff": STAFF}))

    assert rows_of(tables) == {
        "#users": [(f"u{number}", f"u{number}@example.com", "x") for number in range(3)],
        "#staff": [("eve@example.com",), ("kim@example.com",)],
    }


def test_a_collection_that_begins_behind_the_beginning_of_a_large_file_is_found(tmp_path):
    many = {f"u{number}": {"email": f"u{number}@example.com", "about": "x" * 1000} for number in range(5000)}

    tables = tables_of(tmp_path, {"users": many, "staff": STAFF})

    assert [len(rows) for rows in rows_of(tables).values()] == [5000, 2]


def test_what_is_beside_all_collections_and_holds_an_address_is_told_of_once(tmp_path):
    mixed = {"owner": {"email": "root@example.com"}, "tags": ["x"]}

    tables = tables_of(tmp_path, {"users": USERS, "mixed": mixed, "staff": STAFF})

    assert [scan(table).rejects for table in tables.values()] == [{BESIDE: 1}, {}]


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize(
    "export",
    [
        {"exported_by": "root@example.com", "users": list(USERS.values())},
        {"meta": {"contact": "root@example.com"}, "data": {"page": 1, "items": list(USERS.values())}},
        {"exported_by": "root@example.com", "users": USERS},
        {"by": "root@example.com", "kunden": [{"email": f"u{number % 3}@example.com"} for number in range(10)]},
    ],
    ids=["list", "nested", "ids", "any key"],
)
def test_who_made_an_export_is_not_its_only_record(tmp_path, export, indent):
    [table] = tables_of(tmp_path, json.dumps(export, indent=indent)).values()

    scanned = scan(table)

    assert {row[table.columns.index("email")] for row in scanned.rows} == {
        f"u{number}@example.com" for number in range(3)
    }
    assert scanned.rejects == {BESIDE: 1}


@pytest.mark.parametrize("around", ["{}", "[{}, {}]", "{}\n{}"])
def test_a_person_who_knows_others_is_a_record(tmp_path, around):
    friends = [{"email": f"f{number}@example.com"} for number in range(20 if around != "{}" else 5)]
    person = json.dumps({"email": "ann@example.com", "friends": friends}, indent=1)

    [table] = tables_of(tmp_path, around.format(person, person)).values()

    assert {row[table.columns.index("email")] for row in scan(table).rows} == {"ann@example.com"}


def test_a_torn_record_costs_its_own_collection_one_record(tmp_path):
    text = json.dumps({"users": USERS, "staff": STAFF, "more": STAFF}).replace('"eve@example.com"}', '"eve@exam', 1)

    tables = tables_of(tmp_path, text)

    scanned = {name: scan(table) for name, table in tables.items()}
    assert {name: (len(one.rows), one.rejects) for name, one in scanned.items()} == {
        "#users": (3, {}),
        "#staff": (1, {"malformed JSON": 1}),
        "#more": (2, {}),
    }


def test_settings_beside_records_are_no_collection(tmp_path):
    value = {"users": USERS, "settings": {"colour": "red", "shop": {"name": "x"}}}

    assert list(tables_of(tmp_path, value)) == [""]


def test_a_list_with_what_belongs_to_its_page_is_one_table(tmp_path):
    value = {"page": 0, "session_id": "s", "results": [{"$distinct_id": 1, "$properties": {"$email": "a@example.com"}}]}

    assert list(tables_of(tmp_path, value)) == [""]


def test_a_table_is_chosen_by_its_name(tmp_path):
    tables = tables_of(tmp_path, {"users": USERS, "staff": STAFF}, Instructions(table="staff"))

    assert list(tables) == ["#staff"]


def test_a_table_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    with pytest.raises(DataFileError, match=r"there is no table clients; there are users, staff; check `table`"):
        tables_of(tmp_path, {"users": USERS, "staff": STAFF}, Instructions(table="clients"))


def test_a_load_reads_every_collection_that_names_people(tmp_path, store):
    (tmp_path / "export.json").write_text(json.dumps({"users": USERS, "staff": STAFF, "orders": ORDERS}))

    outcome = load(described(tmp_path, "- path: export.json"), store)

    assert outcome.tally.people == 5
    assert [(one.name, one.outcome) for one in outcome.tally.files] == [
        ("export.json#users", "read"),
        ("export.json#staff", "read"),
        ("export.json#orders", "nothing found"),
    ]


def test_a_draft_joins_a_collection_to_the_people_under_their_ids(tmp_path, store, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "export.json").write_text(json.dumps({"users": USERS, "orders": ORDERS}))
    entries = (
        draft([tmp_path / "export.json"]).partition("files:\n")[2].replace(str(tmp_path / "export.json"), "export.json")
    )

    outcome = load(described(tmp_path, entries.replace("\n  ", "\n").removeprefix("  ")), store)

    assert found(store, outcome.load_id, "u1@example.com") == {
        (frozenset({"Account identifiers", "Email addresses", "Names", "Phone numbers"}), False)
    }


def test_a_control_character_in_a_record_ends_nothing(tmp_path):
    text = json.dumps({"users": USERS, "staff": STAFF}).replace('"x"', '"x\x1b[0m"', 1)

    assert [len(rows) for rows in rows_of(tables_of(tmp_path, text)).values()] == [3, 2]
