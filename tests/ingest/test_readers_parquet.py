"""Parquet: a warehouse's tables, every column as text."""

from pathlib import Path

import duckdb
import pytest

from breachcheck.errors import DataFileError
from ingest.readers.base import Instructions
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


def test_a_file_that_is_cut_short_is_refused(parquet: Path) -> None:
    parquet.write_bytes(parquet.read_bytes()[:-20])

    with pytest.raises(DataFileError, match=r"mp_people_data\.parquet"):
        table_of(parquet)


def test_a_column_that_is_not_there_is_refused(parquet: Path) -> None:
    with pytest.raises(DataFileError, match="no such column"):
        scan(table_of(parquet), ["email"])
