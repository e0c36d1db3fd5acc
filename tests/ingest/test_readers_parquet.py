"""Parquet: a warehouse's tables, every column as text."""

from pathlib import Path

import duckdb
import pytest

from breachcheck.errors import DataFileError
from ingest.readers.base import Instructions
from ingest.readers.parquet import MOST_COLUMNS, MOST_LISTS, lists_within
from tests.ingest.scans import scan, table_of


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    """One person of `mp_people_data`."""
    path = tmp_path / "mp_people_data.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            COPY (
                SELECT 17 AS distinct_id, 'a@example.com' AS mp_email, NULL::VARCHAR AS mp_name,
                       DATE '2025-01-02' AS mp_created, ['c1', 'c2'] AS company_id, 'Bonn'::BLOB AS mp_city
            ) TO '{path}' (FORMAT parquet)
            """
        )
    return path


@pytest.mark.parametrize("declared", [None, "parquet", "mixpanel-people"])
def test_every_column_is_text(parquet: Path, declared: str | None) -> None:
    table = table_of(parquet, Instructions(format=declared))

    assert table.columns == ("distinct_id", "mp_email", "mp_name", "mp_created", "company_id", "mp_city")
    assert scan(table).rows == [("17", "a@example.com", None, "2025-01-02", "c1\nc2", "Bonn")]


def test_whole_numbers_have_no_fraction(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    with duckdb.connect() as connection:
        rows = "VALUES (17::DOUBLE, 17::FLOAT), (9007199254740991, -1), (1.5, 0), ('inf', 'nan'), (NULL, NULL)"
        connection.execute(f"COPY (FROM ({rows}) AS people(id, team)) TO '{path}' (FORMAT parquet)")

    found = scan(table_of(path)).rows

    assert found == [("17", "17"), ("9007199254740991", "-1"), ("1.5", "0"), ("inf", "nan"), (None, None)]


def test_what_stands_in_structures_is_columns_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    with duckdb.connect() as connection:
        user = "{'email': 'ann@example.com', 'name': {'first': 'Ann'}, 'tags': ['a', 'b']}"
        more = "[{'value': 'bob@example.com', 'seen': [1]}, {'value': 'eve@example.com', 'seen': []}]"
        connection.execute(f"COPY (SELECT {user} AS person, {more} AS friends) TO '{path}' (FORMAT parquet)")

    table = table_of(path)

    assert table.columns == ("person.email", "person.name.first", "person.tags", "friends[].value")
    assert scan(table).rows == [("ann@example.com", "Ann", "a\nb", "bob@example.com\neve@example.com")]


def test_a_file_that_is_cut_short_is_refused(parquet: Path) -> None:
    parquet.write_bytes(parquet.read_bytes()[:-20])

    with pytest.raises(DataFileError, match=r"mp_people_data\.parquet"):
        table_of(parquet)


def test_a_column_that_is_not_there_is_refused(parquet: Path) -> None:
    with pytest.raises(DataFileError, match="no such column"):
        scan(table_of(parquet), ["email"])


@pytest.mark.parametrize(
    ("kind", "lists"),
    [
        ("VARCHAR", 0),
        ("DECIMAL(18,3)[]", 1),
        ("STRUCT(a VARCHAR[], b VARCHAR[], c VARCHAR)", 1),
        ("STRUCT(a STRUCT(b INTEGER[][], c VARCHAR)[], d VARCHAR)[]", 4),
        ("MAP(VARCHAR, STRUCT(a VARCHAR[])[])", 3),
        ('STRUCT("a[][](" VARCHAR, "b "")[]" INTEGER[])[]', 2),
    ],
)
def test_lists_are_counted_by_how_they_enclose_one_another(kind: str, lists: int) -> None:
    assert lists_within(kind) == lists


@pytest.mark.parametrize(("before", "after"), [("[", "]"), ("[{'a': ", "}]"), ("MAP {'a': ", "}")])
@pytest.mark.parametrize(("lists", "is_read"), [(MOST_LISTS, True), (60, False)])
def test_lists_in_lists_are_read_no_deeper_than_they_can_be(
    tmp_path: Path, before: str, after: str, lists: int, is_read: bool
) -> None:
    path = tmp_path / "people.parquet"
    with duckdb.connect() as connection:
        value = f"{before * lists}'ann@example.com'{after * lists}"
        connection.execute(f"COPY (SELECT 'ann@example.com' AS email, {value} AS more) TO '{path}' (FORMAT parquet)")

    if is_read:
        assert "ann@example.com" in scan(table_of(path)).rows[0][1]
    else:
        with pytest.raises(DataFileError, match="its column 2 has more than 8 lists within one another"):
            table_of(path)


def test_a_file_of_more_columns_than_any_table_has_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wide.parquet"
    with duckdb.connect() as connection:
        columns = ", ".join(f"1 AS c{number}" for number in range(MOST_COLUMNS + 1))
        connection.execute(f"COPY (SELECT {columns}) TO '{path}' (FORMAT parquet)")

    with pytest.raises(DataFileError, match=r"has 10,001 columns"):
        table_of(path)
