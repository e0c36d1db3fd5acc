"""Tables that refer to each other: what stands in one about a person is found by the address in another."""

import sqlite3
import zipfile
from contextlib import closing

import openpyxl
import pytest

from breachcheck.errors import DataFileError, ManifestError
from ingest import kinship
from ingest.drafting import draft
from ingest.entries import Join
from tests.engines import ENGINES as ENGINES
from tests.ingest.loads import EMAIL, NAMES, described, found, load
from tests.stores import new_store

PHONES = "Phone numbers"
USERS = [("id", "email", "name"), (1, "ann@example.com", "Ann"), (2, "bob@example.com", "Bob"), (3, "", "Cy")]
ORDERS = [("number", "user_id", "phone"), (10, 1, "+49 30 123456"), (11, 9, "+49 30 654321"), (12, 2, "")]
DUMP = """
    CREATE TABLE `users` (`id` int, `email` text, `name` text);
    CREATE TABLE `orders` (`number` int, `user_id` int, `phone` text);
    CREATE TABLE `colours` (`id` int, `colour` text);
    INSERT INTO `users` VALUES (1,'ann@example.com','Ann'),(2,'bob@example.com','Bob'),(3,'','Cy');
    INSERT INTO `orders` VALUES (10,1,'+49 30 123456'),(11,9,'+49 30 654321'),(12,2,'');
    INSERT INTO `colours` VALUES (1,'red');
    """
ENTRIES = """
    - path: {path}
      {key}: users
      mapping: {{email: Email addresses, name: Names}}
    - path: {path}
      {key}: orders
      mapping: {{phone: Phone numbers}}
      join: {{column: user_id, to: "{to}", on: id}}
    """


@pytest.fixture
def store(tmp_path):
    with closing(new_store(tmp_path / "data")) as opened:
        yield opened


def csv_of(rows):
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


def write_dump(folder):
    (folder / "shop.sql").write_text(DUMP)
    return ENTRIES.format(path="shop.sql", key="table", to="shop.sql#users")


def write_database(folder):
    with closing(sqlite3.connect(folder / "shop.db")) as connection:
        connection.executescript(DUMP)
    return ENTRIES.format(path="shop.db", key="table", to="shop.db#users")


def write_workbook(folder):
    book = openpyxl.Workbook()
    for name, rows in (("users", USERS), ("orders", ORDERS)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(folder / "shop.xlsx")
    return ENTRIES.format(path="shop.xlsx", key="sheet", to="shop.xlsx!users")


def write_archive(folder):
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        archive.writestr("users", csv_of(USERS))
        archive.writestr("orders", csv_of(ORDERS))
    return ENTRIES.format(path="all.zip", key="member", to="all.zip!users")


def write_archived_dump(folder):
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        archive.writestr("shop.sql", DUMP)
    return ENTRIES.format(path="all.zip", key="table", to="all.zip!shop.sql#users")


@pytest.mark.parametrize("write", [write_dump, write_database, write_workbook, write_archive, write_archived_dump])
def test_what_stands_in_one_table_is_told_of_the_people_of_another(tmp_path, store, write):
    outcome = load(described(tmp_path, write(tmp_path)), store)

    assert found(store, outcome.load_id, "ann@example.com") == {(frozenset({EMAIL, NAMES, PHONES}), False)}
    assert found(store, outcome.load_id, "bob@example.com") == {(frozenset({EMAIL, NAMES}), False)}
    users, orders = (one for one in outcome.tally.files if one.outcome == "read")
    assert (users.read, users.indexed, users.rejected) == (3, 2, {"no address": 1})
    assert (orders.read, orders.indexed, orders.rejected) == (3, 2, {"no matching person": 1})


def test_a_join_that_leads_to_a_table_that_is_not_there_is_refused(tmp_path, store):
    entries = write_dump(tmp_path).replace("shop.sql#users", "shop.sql#people")

    with pytest.raises(ManifestError, match=r"`join` names shop\.sql#people"):
        load(described(tmp_path, entries), store)


def test_every_table_of_a_dump_has_its_line_in_the_tally(tmp_path, store):
    write_dump(tmp_path)

    tally = load(described(tmp_path, "- path: shop.sql"), store).tally

    assert [(one.name, one.outcome, one.read) for one in tally.files] == [
        ("shop.sql#users", "read", 3),
        ("shop.sql#orders", "nothing found", 0),
        ("shop.sql#colours", "nothing found", 0),
    ]


def test_a_hidden_sheet_is_read_and_the_tally_says_so(tmp_path, store):
    write_workbook(tmp_path)
    book = openpyxl.load_workbook(tmp_path / "shop.xlsx")
    book["users"].sheet_state = book["orders"].sheet_state = "hidden"
    book.save(tmp_path / "shop.xlsx")

    tally = load(described(tmp_path, "- path: shop.xlsx"), store).tally

    assert {one.name: (one.outcome, one.why) for one in tally.files} == {
        "shop.xlsx!users": ("read", "a hidden sheet"),
        "shop.xlsx!orders": ("nothing found", "no column says whose records these are, a hidden sheet"),
    }


def test_a_mapping_holds_for_those_tables_of_a_dump_that_have_its_people(tmp_path, store):
    write_dump(tmp_path)

    outcome = load(described(tmp_path, "- {path: shop.sql, mapping: {email: Email addresses}}"), store)

    assert outcome.tally.indexed == 2


def test_a_table_that_is_not_there_stops_the_load(tmp_path, store):
    write_dump(tmp_path)

    with pytest.raises(DataFileError, match="no table people; there are users, orders, colours"):
        load(described(tmp_path, "- {path: shop.sql, table: people}"), store)


@pytest.mark.parametrize("key", ["table", "sheet"])
def test_to_choose_from_a_file_without_tables_is_refused(tmp_path, store, key):
    (tmp_path / "users.csv").write_text(csv_of(USERS))

    with pytest.raises(DataFileError, match=f"users.csv: has no tables to choose from by `{key}`"):
        load(described(tmp_path, f"- {{path: users.csv, {key}: users}}"), store)


# Drafts


@pytest.mark.parametrize(
    ("write", "path"), [(write_dump, "shop.sql"), (write_workbook, "shop.xlsx"), (write_archive, "all.zip")]
)
def test_a_draft_proposes_the_join_and_loads_as_it_stands(tmp_path, store, monkeypatch, write, path):
    write(tmp_path)
    monkeypatch.chdir(tmp_path)

    _, _, entries = draft([tmp_path.joinpath(path).relative_to(tmp_path)]).partition("files:\n")
    outcome = load(described(tmp_path, entries), store)

    told = frozenset({EMAIL, NAMES, PHONES, "Account identifiers"})
    assert found(store, outcome.load_id, "ann@example.com") == {(told, False)}
    assert outcome.tally.rejected == {"no address": 1, "no matching person": 1}


def test_a_draft_proposes_a_join_between_files(tmp_path, monkeypatch):
    (tmp_path / "users.csv").write_text(csv_of(USERS))
    (tmp_path / "orders.csv").write_text(csv_of(ORDERS))
    monkeypatch.chdir(tmp_path)

    text = draft([tmp_path.joinpath(name).relative_to(tmp_path) for name in ("orders.csv", "users.csv")])

    assert "join: {column: user_id, to: users.csv, on: id}" in text


UUID = "3f2504e0-4f89-11d3-9a0c-0305e82c330"


@pytest.mark.parametrize(
    ("here", "elsewhere"),
    [
        ("{}", "{}.0"),
        (f"{UUID}{{}}", f"{{{{{UUID.upper()}{{}}}}}}"),
        ("507f1f77bcf86cd79943901{}", "ObjectId(507f1f77bcf86cd79943901{})"),
    ],
)
def test_a_draft_proposes_a_join_by_ids_that_two_programs_spell_otherwise(tmp_path, monkeypatch, here, elsewhere):
    users = [("id", "email"), *((here.format(number), f"p{number}@example.com") for number in range(1, 6))]
    orders = [("user_id", "phone"), *((elsewhere.format(number), "+49 30 123456") for number in range(1, 6))]
    (tmp_path / "users.csv").write_text(csv_of(users))
    (tmp_path / "orders.csv").write_text(csv_of(orders))
    monkeypatch.chdir(tmp_path)

    text = draft([tmp_path.joinpath(name).relative_to(tmp_path) for name in ("orders.csv", "users.csv")])

    assert "join: {column: user_id, to: users.csv, on: id}" in text


def test_a_draft_proposes_joins_that_lead_on(tmp_path, store, monkeypatch):
    tables = {
        "users": [("id", "email"), (1, "ann@example.com")],
        "orders": [("id", "user_id", "phone"), (70, 1, "+49 30 123456")],
        "tickets": [("order_id", "first_name"), (70, "Ann")],
    }
    for name, rows in tables.items():
        (tmp_path / f"{name}.csv").write_text(csv_of(rows))
    monkeypatch.chdir(tmp_path)

    text = draft([tmp_path.joinpath(f"{name}.csv").relative_to(tmp_path) for name in ("tickets", "orders", "users")])

    assert "join: {column: order_id, to: orders.csv, on: id}" in text
    outcome = load(described(tmp_path, text.partition("files:\n")[2]), store)
    assert (NAMES in next(iter(found(store, outcome.load_id, "ann@example.com")))[0], outcome.tally.rejected) == (
        True,
        {},
    )


@pytest.mark.parametrize(
    "orders",
    [
        [("number", "colour"), (1, "red")],
        [("user_id", "colour"), (1, "red")],
        [("id", "phone"), (1, "+49 30 123456")],
        [("user_id", "phone"), ("x7", "+49 30 123456")],
    ],
    ids=["no id", "nothing to tell", "an id of its own", "another kind of id"],
)
def test_a_draft_proposes_no_join_where_there_is_none(tmp_path, monkeypatch, orders):
    (tmp_path / "users.csv").write_text(csv_of(USERS))
    (tmp_path / "orders.csv").write_text(csv_of(orders))
    monkeypatch.chdir(tmp_path)

    text = draft([tmp_path.joinpath(name).relative_to(tmp_path) for name in ("orders.csv", "users.csv")])

    assert "join: {" not in text


def test_a_draft_says_which_table_each_entry_is_of(tmp_path, monkeypatch):
    write_dump(tmp_path)
    monkeypatch.chdir(tmp_path)

    text = draft([tmp_path.joinpath("shop.sql").relative_to(tmp_path)])

    assert [line.strip() for line in text.splitlines() if "table:" in line] == ["table: users", "table: orders"]
    assert '# "shop.sql#colours": nothing found' in text


def test_a_draft_of_a_database_with_one_table_names_none(tmp_path, monkeypatch):
    (tmp_path / "shop.sql").write_text("INSERT INTO users (email) VALUES ('ann@example.com');")
    monkeypatch.chdir(tmp_path)

    assert "table:" not in draft([tmp_path.joinpath("shop.sql").relative_to(tmp_path)])


def test_a_table_whose_name_holds_an_address_is_not_drafted(tmp_path, monkeypatch):
    (tmp_path / "shop.sql").write_text(
        "INSERT INTO a (email) VALUES ('a@example.com');\nINSERT INTO `b@example.com` VALUES (1);"
    )
    monkeypatch.chdir(tmp_path)

    text = draft([tmp_path.joinpath("shop.sql").relative_to(tmp_path)])

    assert "example.com" not in text.partition("files:")[2]


IDS = {"": [], "number": ["1", "22"], "text": ["x7", "22"]}


@pytest.mark.parametrize(
    ("table", "column", "people", "own"),
    [
        ("orders.csv", "user_id", "users.csv", "id"),
        ("orders.csv", "userId", "data/Users.csv", "ID"),
        ("dump.sql#orders", "UserID", "dump.sql#wp_users", "ID"),
        ("dump.sql#meta", "shop_user_id", "dump.sql#shop_users", "id"),
        ("orders.csv", "company_uuid", "companies.csv", "uuid"),
        ("orders.csv", "customer_id", "people.csv", "customer_id"),
        ("orders.csv", "username", "people.csv", "username"),
        ("orders.csv", "owner_id", "people.csv", "id"),
        ("book.xlsx!Orders", "Customer No.", "book.xlsx!Customers", "No."),
        ("bestellungen.csv", "Kundennummer", "kunden.csv", "Kundennummer"),
        ("ordini.csv", "cod_cliente", "clienti.csv", "cod_cliente"),
        ("vb.sql#pmtext", "fromuserid", "vb.sql#user", "userid"),
        ("app.db#messages", "sender_id", "app.db#users", "id"),
        ("app.sql#users", "id", "app.sql#user_emails", "user_id"),
        ("shop.sql#customer_address_entity", "parent_id", "shop.sql#customer_entity", "entity_id"),
    ],
)
def test_ids_are_known_by_what_they_and_their_tables_are_called(table, column, people, own):
    one = kinship.relative(table, ["id", column], {})
    other = kinship.relative(people, ["email", own], {})

    assert kinship.join_of(one, [other]) == Join(column=column, to=people, on=own)


def test_those_who_work_for_a_company_are_not_who_it_is():
    one = kinship.relative("dump.sql#companies", ["id", "phone"], {})
    people = kinship.relative("dump.sql#users", ["id", "email", "company_id"], {})

    assert kinship.join_of(one, [people]) is None


@pytest.mark.parametrize(("own", "other"), [("number", "text"), ("text", "number")])
def test_ids_of_different_kinds_do_not_meet(own, other):
    one = kinship.relative("orders.csv", ["user_id"], {"user_id": IDS[own]})
    people = kinship.relative("users.csv", ["id"], {"id": IDS[other]})

    assert kinship.join_of(one, [people]) is None


def test_ids_of_which_none_is_among_those_of_the_whole_table_do_not_meet():
    one = kinship.relative("orders.csv", ["user_id"], {"user_id": ["501", "502", "503"]})
    people = kinship.relative("users.csv", ["id"], {"id": ["1", "2", "3"]})
    many = kinship.relative("users.csv", ["id"], {"id": list(map(str, range(500)))})

    assert kinship.join_of(one, [people]) is None
    assert kinship.join_of(one, [many]) is not None


def test_an_id_of_its_own_is_passed_over_for_that_of_the_parent():
    columns = {"entity_id": ["501", "502", "503"], "parent_id": ["1", "2", "2"]}
    addresses = kinship.relative("shop.sql#customer_address_entity", list(columns), columns)
    people = kinship.relative("shop.sql#customer_entity", ["entity_id"], {"entity_id": ["1", "2", "3"]})

    assert kinship.join_of(addresses, [people]) == Join(column="parent_id", to=people.name, on="entity_id")


@pytest.mark.parametrize("column", ["id", "country_id", "paid", "phone number", "a@example.com_id"])
def test_what_names_something_else_is_no_join(column):
    one = kinship.relative("orders.csv", [column], {})
    people = kinship.relative("users.csv", ["id", "country_id"], {})

    assert kinship.join_of(one, [people]) is None
