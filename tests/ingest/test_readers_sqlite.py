"""SQLite databases: their tables, read without a trace, wherever they lie."""

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from breachcheck.errors import DataFileError
from ingest import formats, sources
from ingest.readers import sqlite
from ingest.readers.base import Instructions, Table
from tests.ingest.scans import scan

SCHEMA = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, "full name" TEXT);
INSERT INTO users VALUES (1, 'a@example.com', 'Al "x", Jr.' || char(10) || 'B'), (2, 'b@example.com', NULL);
CREATE TABLE orders (number REAL, user_id, PRIMARY KEY (number)) WITHOUT ROWID;
INSERT INTO orders VALUES (17.0, 1), (1.5, 2);
CREATE VIEW everybody AS SELECT * FROM users;
"""


def database(folder: Path, script: str = SCHEMA, name: str = "shop.db") -> Path:
    with closing(sqlite3.connect(folder / name)) as connection:
        connection.executescript(script)
    return folder / name


def tables_of(path: Path, told: Instructions | None = None) -> list[Table]:
    [file] = [found for found in sources.find(path.name, path.parent) if isinstance(found, sources.DataFile)]
    return list(formats.tables(file, told or Instructions()))


def packed(path: Path) -> Path:
    """The same database, compressed."""
    to = path.with_name(f"{path.name}.gz")
    to.write_bytes(gzip.compress(path.read_bytes()))
    return to


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_every_table_is_read_and_no_view(tmp_path: Path, mode: str, is_packed: bool) -> None:
    path = database(tmp_path, f"PRAGMA journal_mode = {mode};{SCHEMA}")

    users, orders = tables_of(packed(path) if is_packed else path)

    assert (users.name, users.format) == (f"shop.db{'.gz' * is_packed}#users", "sqlite")
    assert users.columns == ("id", "email", "full name")
    assert sorted(scan(users).rows, key=str) == [
        ("1", "a@example.com", 'Al "x", Jr.\nB'),
        ("2", "b@example.com", None),
    ]
    assert sorted(scan(orders).rows, key=str) == [("1.5", "2"), ("17", "1")]


def test_columns_are_read_in_the_order_asked_for(tmp_path: Path) -> None:
    users, _ = tables_of(database(tmp_path))

    assert scan(users, ["email", "id"]).rows[0] == ("a@example.com", "1")


def test_a_column_without_a_name_is_read_too(tmp_path: Path) -> None:
    script = """CREATE TABLE t ("" TEXT, email TEXT, " " TEXT); INSERT INTO t VALUES ('1', 'a@example.com', '2')"""

    [table] = tables_of(database(tmp_path, script))

    assert table.columns == ("column1", "email", "column3")
    assert scan(table).rows == [("1", "a@example.com", "2")]


def test_a_database_is_told_by_content(tmp_path: Path) -> None:
    assert len(tables_of(database(tmp_path, name="people.csv"))) == 2


def test_a_table_that_is_named_is_the_only_one(tmp_path: Path) -> None:
    assert [one.name for one in tables_of(database(tmp_path), Instructions(table="Orders"))] == ["shop.db#orders"]


def test_a_table_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="no table people; there are users, orders; check `table`"):
        tables_of(database(tmp_path), Instructions(table="people"))


def test_bytes_are_text_where_they_are_and_are_known_to_be_there_where_not(tmp_path: Path) -> None:
    script = "CREATE TABLE t (a, b, c); INSERT INTO t VALUES (x'c3a9', x'ffd8ff', CAST(x'4ae9' AS TEXT));"

    [table] = tables_of(database(tmp_path, script))

    assert scan(table).rows == [("é", "0xffd8ff", "J\ufffd")]


def test_reading_leaves_nothing_beside_the_database(tmp_path: Path) -> None:
    path = database(tmp_path, f"PRAGMA journal_mode = WAL;{SCHEMA}")
    before = path.read_bytes()

    for table in tables_of(path):
        scan(table)

    assert [found.name for found in tmp_path.iterdir()] == ["shop.db"]
    assert path.read_bytes() == before


def test_a_database_whose_log_holds_more_is_refused(tmp_path: Path) -> None:
    path = database(tmp_path)
    (tmp_path / "shop.db-wal").write_bytes(b"changes")

    with pytest.raises(DataFileError, match=r"-wal beside it holds changes"):
        tables_of(path)


def test_a_packed_database_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "IN_MEMORY", 1000)

    with pytest.raises(DataFileError, match="unpack it first"):
        tables_of(packed(database(tmp_path)))


@pytest.mark.parametrize("kept", [100, 5000])
def test_a_database_that_is_damaged_is_refused_without_what_stands_in_it(tmp_path: Path, kept: int) -> None:
    path = database(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:kept] + b"\xff" * (len(whole) - kept))

    with pytest.raises(DataFileError, match=r"shop\.db.*damaged or encrypted") as refusal:
        [scan(table) for table in tables_of(path)]

    assert "example" not in str(refusal.value)


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_database_that_is_cut_off_within_its_last_page_is_refused(tmp_path: Path, is_packed: bool) -> None:
    path = database(tmp_path)
    path.write_bytes(path.read_bytes()[:-100])

    with pytest.raises(DataFileError, match="is cut short"):
        tables_of(packed(path) if is_packed else path)
