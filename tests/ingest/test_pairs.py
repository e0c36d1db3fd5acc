"""Lists of names and values: read as what they say of a record, and no list of people is taken for one."""

import json
from pathlib import Path

import pytest

from ingest.readers.base import Instructions
from ingest.readers.left_out import NUMBER
from tests.ingest.scans import scan, table_of

USERS = [
    {
        "Username": f"u{number}",
        "Attributes": [
            {"Name": "email", "Value": f"u{number}@example.com"},
            {"Name": "phone_number", "Value": f"+49301234{number}"},
        ],
    }
    for number in range(3)
]
COLUMNS = ("Username", "Attributes.email", "Attributes.phone_number")
ROWS = [(f"u{number}", f"u{number}@example.com", f"+49301234{number}") for number in range(3)]


def written(folder: Path, text: str, name: str = "users.json") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def columns_of(folder: Path, *records: object, told: Instructions | None = None) -> tuple[str, ...]:
    return table_of(written(folder, json.dumps(records)), told).columns


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(USERS),
        json.dumps({"Users": USERS, "Next": None}, indent=2),
        "".join(f"{json.dumps(one)}\n" for one in USERS),
        "".join(f"{json.dumps(one)}\r\n" for one in USERS),
        json.dumps(USERS).replace("Name", "KEY").replace("Value", "val"),
    ],
)
def test_the_names_are_columns(tmp_path: Path, text: str) -> None:
    table = table_of(written(tmp_path, text))

    found = {name.casefold() for name in table.columns}
    assert found == {name.casefold() for name in COLUMNS}
    assert sorted(scan(table, table.columns).rows) == ROWS


@pytest.mark.parametrize("is_lines", [True, False])
def test_records_keep_their_numbers(tmp_path: Path, is_lines: bool) -> None:
    text = "\n\n".join(map(json.dumps, USERS)) if is_lines else json.dumps(USERS)

    table = table_of(written(tmp_path, text))

    numbers = dict(scan(table, ["Username", NUMBER]).rows)
    assert numbers == dict(zip(("u0", "u1", "u2"), (1, 3, 5) if is_lines else (1, 2, 3), strict=True))


def test_a_line_that_is_no_json_is_one_record_and_costs_nobody_else(tmp_path: Path) -> None:
    good = [json.dumps(one) for one in USERS]

    scanned = scan(table_of(written(tmp_path, "\n".join([good[0], '{"Attributes": [', good[1]]))))

    assert (len(scanned.rows), scanned.read) == (2, 3)


def test_of_a_name_that_stands_twice_all_values_are_read(tmp_path: Path) -> None:
    values = ("a@example.com", ["b@example.com", "c@example.com"])
    pairs = [{"name": "email", "value": value} for value in values] + [{"name": "phone", "value": []}]
    path = written(tmp_path, json.dumps([{"id": 1, "details": pairs}]))

    [(found, phone)] = scan(table_of(path), ["details.email", "details.phone"]).rows
    assert (found.split("\n"), phone) == (["a@example.com", "b@example.com", "c@example.com"], None)


def test_a_dot_in_a_name_is_no_key_within_another(tmp_path: Path) -> None:
    pairs = [{"name": "work.email", "value": "a@example.com"}]
    path = written(tmp_path, json.dumps([{"id": 1, "details": pairs}]))

    assert scan(table_of(path), ["details.work_email"]).rows == [("a@example.com",)]


def test_they_are_found_however_deep_they_stand(tmp_path: Path) -> None:
    pairs = [{"field": "Email", "values": ["a@example.com"]}]
    path = written(tmp_path, json.dumps([{"mail": "b@example.com", "user": {"forms": [{"answers": pairs}]}}]))

    assert scan(table_of(path), ["mail", "user.forms[].answers.Email"]).rows == [("b@example.com", "a@example.com")]


@pytest.mark.parametrize(
    "items",
    [
        [{"name": "Ann", "value": "ann@example.com"}, {"name": "Bea", "value": "bea@example.com"}],
        [{"name": "Kettle", "value": 3}],
        [{"name": "email", "value": "a@example.com", "id": 1}],
        [{"name": 1, "value": "a@example.com"}],
        [{"name": "email", "value": "a@example.com"}, "b@example.com"],
        [{"name": "email", "text": "a@example.com"}],
    ],
)
def test_a_list_of_people_or_things_stays_a_list(tmp_path: Path, items: list[object]) -> None:
    columns = columns_of(tmp_path, {"email": "c@example.com", "contacts": items})

    assert [name for name in columns if name.startswith("contacts.")] == []


def test_as_many_names_as_people_are_no_columns(tmp_path: Path) -> None:
    items = [{"key": f"email{number}", "value": "x"} for number in range(501)]

    assert columns_of(tmp_path, {"email": "c@example.com", "contacts": items}) == (
        "email",
        "contacts[].key",
        "contacts[].value",
    )


def test_a_manifest_that_names_what_stands_in_the_list_goes_first(tmp_path: Path) -> None:
    told = Instructions(columns=("Username", "Attributes[].Value"))

    assert columns_of(tmp_path, *USERS, told=told) == ("Username", "Attributes[].Name", "Attributes[].Value")


def test_a_manifest_that_names_a_pair_goes_first_too(tmp_path: Path) -> None:
    record = {"email": "c@example.com", "more": [{"name": "Kettle", "value": "3"}, {"name": "Spoon", "value": "4"}]}

    columns = columns_of(tmp_path, record, told=Instructions(columns=("email", "more.Kettle")))

    assert columns == ("email", "more.Kettle", "more.Spoon")
