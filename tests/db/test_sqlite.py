"""SQLite behind the seam: what is durable, what is refused, what may run at once."""

import resource
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from breachcheck import folders
from breachcheck.db import sqlite, sqlite_schema
from breachcheck.db.schema import INDEX
from breachcheck.db.sqlite import SqliteDatabase
from breachcheck.errors import SchemaMismatch, StoreDamaged, StoreExists, StoreFull, StoreNotFound, StoreUnavailable

COLUMNS = ("digest", "field_set_id")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "index.db"
    sqlite.create(path, INDEX)
    return path


@pytest.fixture
def db(path: Path):
    database = SqliteDatabase(path, INDEX)
    yield database
    database.close()


def rows(db: SqliteDatabase) -> list[tuple[int, int]]:
    return [tuple(row) for row in db.query("SELECT digest, field_set_id FROM exposure ORDER BY digest")]


def insert(db: SqliteDatabase, digests: range | list[int]) -> None:
    values = np.array(digests, dtype=np.int64)
    db.insert_new("exposure", COLUMNS, (values, np.ones_like(values)))


def test_a_store_file_is_for_its_owner_alone(path):
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_store_that_is_there_is_never_made_again(path):
    with pytest.raises(StoreExists):
        sqlite.create(path, INDEX)


def test_opening_makes_no_file(tmp_path):
    with pytest.raises(StoreNotFound):
        SqliteDatabase(tmp_path / "none.db", INDEX)
    assert not (tmp_path / "none.db").exists()


def test_commits_wait_for_the_disk_and_the_log_is_write_ahead(db):
    assert [tuple(row) for row in db.query("PRAGMA synchronous")] == [(2,)]
    assert [tuple(row) for row in db.query("PRAGMA journal_mode")] == [("wal",)]


def test_a_file_that_is_no_database_is_unavailable_and_not_empty(db, path):
    db.close()
    for file in path.parent.glob("index.db*"):
        file.unlink()
    path.write_bytes(b"no database" * 100)

    with pytest.raises(StoreUnavailable):
        db.query("SELECT digest FROM exposure")


def test_a_file_that_was_taken_away_is_unavailable_though_it_is_still_open(db, path):
    insert(db, [1])
    path.rename(path.with_name("elsewhere.db"))

    with pytest.raises(StoreUnavailable, match="out of reach"):
        rows(db)


@pytest.mark.parametrize("put_there", [shutil.copyfile, shutil.move], ids=["over its content", "in its place"])
def test_a_file_that_another_stands_in_for_is_unavailable_and_not_empty(db, path, tmp_path, put_there):
    insert(db, [1])
    db.settle()
    sqlite.create(tmp_path / "other.db", INDEX)
    put_there(tmp_path / "other.db", path)

    with pytest.raises(StoreUnavailable, match="start the program again"):
        rows(db)


def test_a_file_that_another_program_writes_to_is_the_same_file(db, path):
    with closing(SqliteDatabase(path, INDEX)) as other:
        insert(other, [1])
        other.settle()

    assert rows(db) == [(1, 1)]


def test_a_full_store_says_so_and_keeps_what_it_had(db):
    insert(db, range(1000))
    db.query("PRAGMA max_page_count = 1")

    with pytest.raises(StoreFull, match="free some space"), db.transaction():
        insert(db, range(1000, 200_000))
    assert len(rows(db)) == 1000


def test_a_store_of_a_newer_program_is_refused(path):
    with sqlite3.connect(path) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('index', 'm9999_later', 'x')"
        )
    connection.close()

    with pytest.raises(SchemaMismatch, match="newer"):
        SqliteDatabase(path, INDEX)


def test_a_store_that_lacks_a_change_is_refused_until_it_is_migrated(tmp_path):
    path = tmp_path / "index.db"
    latest = [*INDEX.migrations][-1]
    with closing(sqlite3.connect(path)) as connection:
        sqlite_schema.apply(connection, INDEX, stop_before=latest)

    with pytest.raises(SchemaMismatch, match="lacks"):
        SqliteDatabase(path, INDEX)
    assert sqlite.migrate(path, INDEX) == [latest]
    SqliteDatabase(path, INDEX).close()


def test_an_emptied_file_is_never_made_into_a_store_that_finds_nobody(path):
    path.write_bytes(b"")

    with pytest.raises(StoreDamaged, match="backup"):
        sqlite.migrate(path, INDEX)
    assert path.read_bytes() == b""


def test_what_is_no_database_is_said_to_be_unusable_when_it_is_migrated(path):
    path.write_bytes(b"not a database, but longer than a header of one hundred bytes " * 4)

    with pytest.raises(StoreUnavailable, match=r"index\.db"):
        sqlite.migrate(path, INDEX)


def error_with(code):
    """As SQLite raises it. Where a write failed it calls it an I/O error, unless the disk itself said it was full."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    return error


UNWRITTEN = [sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE]


@pytest.mark.parametrize("code", UNWRITTEN)
def test_a_write_that_fails_on_a_disk_with_room_is_said_to_be_a_fault_of_the_disk(path, code):
    said = sqlite.meant_for_people(error_with(code), path)

    assert isinstance(said, StoreUnavailable)
    assert not isinstance(said, StoreFull)
    assert "index.db could not be written to (disk I/O error), though there is room" in str(said)
    assert [one.name for one in path.parent.iterdir() if not one.name.startswith(path.name)] == []


@pytest.mark.parametrize("code", [sqlite3.SQLITE_FULL, *UNWRITTEN])
def test_a_write_that_fails_for_want_of_room_says_so(path, code):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, hard))
    try:
        said = sqlite.meant_for_people(error_with(code), path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert isinstance(said, StoreFull)
    assert "No room is left for index.db" in str(said)


def test_room_is_looked_for_where_a_linked_file_lies(path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with path.open("rb") as file:
        linked = Path(f"/proc/self/fd/{file.fileno()}")  # in a folder in which nothing can be made
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, hard))
        try:
            lacks_room = folders.lacks_room(linked)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert lacks_room
