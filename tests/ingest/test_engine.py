"""DuckDB's connections, and that its errors never say what they failed on."""

import os
import signal
from contextlib import suppress
from pathlib import Path
from threading import Timer

import duckdb
import pytest

from breachcheck.errors import DataFileError
from breachcheck.interruption import stoppable
from ingest import engine
from ingest.batches import batches
from ingest.engine import Engine
from ingest.readers.base import Table

CANARY = "canary@example.com"
QUOTES = """'one' and "two\""""


def test_names_and_texts_are_quoted() -> None:
    with duckdb.connect() as connection:
        found = connection.sql(f"SELECT {engine.literal(QUOTES)} AS {engine.quoted(QUOTES)}")

        assert (found.columns, found.fetchall()) == ([QUOTES], [(QUOTES,)])


def test_what_is_spilled_is_encrypted_and_lies_in_the_given_folder(tmp_path: Path) -> None:
    with engine.connect(tmp_path) as connection:
        names = ["temp_directory", "temp_file_encryption", "preserve_insertion_order", "autoload_known_extensions"]
        values = [connection.execute("SELECT current_setting(?)", [name]).fetchone() for name in names]

    assert values == [(str(tmp_path),), (True,), (False,), (False,)]


def test_an_engine_is_confined_from_when_it_is_told_whether_or_not_it_was_asked_by_then(tmp_path: Path) -> None:
    allowed, other = tmp_path / "allowed.csv", tmp_path / "other.csv"
    allowed.write_text("a\n1\n")
    other.write_text("a\n1\n")
    with Engine(tmp_path / "spill") as asked, Engine(tmp_path / "spill") as unasked:
        assert asked.connection.sql(f"FROM read_csv({engine.literal(str(other))})").fetchall() == [(1,)]
        for one in (asked, unasked):
            one.confine([allowed])

            assert one.connection.sql(f"FROM read_csv({engine.literal(str(allowed))})").fetchall() == [(1,)]
            with pytest.raises(duckdb.PermissionException):
                one.connection.sql(f"FROM read_csv({engine.literal(str(other))})")


def test_an_engine_that_is_at_nothing_tells_of_no_progress(tmp_path: Path) -> None:
    with Engine(tmp_path) as unasked:
        assert unasked.progress() == 0.0
        unasked.connection.execute("SELECT 1")
        assert unasked.progress() == 0.0


def table(sql: str) -> Table:
    return Table("people.csv", ("email",), "csv", "utf-8", lambda _: sql, lambda _: {})


def test_an_error_of_the_engine_is_told_without_its_text(tmp_path: Path) -> None:
    failing = table(f"(SELECT '{CANARY}'::INTEGER AS email, false AS broken)")

    with engine.connect(tmp_path) as connection, pytest.raises(DataFileError) as caught, failing.scan(["email"]) as sql:
        connection.execute(f"SELECT * FROM {sql}")

    assert CANARY not in str(caught.value)
    assert caught.value.__suppress_context__
    assert "people.csv" in str(caught.value)


def test_the_line_of_an_error_is_told() -> None:
    error = duckdb.InvalidInputException(f"CSV Error on Line: 17\nOriginal Line: {CANARY}")

    assert str(engine.fault(error, "people.csv")).startswith("people.csv, line 17: ")


def test_what_is_spilled_is_never_in_clear(tmp_path: Path) -> None:
    rows = f"SELECT i::VARCHAR || repeat('{CANARY}', 10) AS email, false AS broken FROM range(4000000) t(i)"
    greedy = table(f"({rows} ORDER BY email DESC LIMIT 3000000)")

    with engine.connect(tmp_path) as connection:
        with suppress(DataFileError), greedy.scan([]) as sql:
            connection.execute(f"SELECT max(email) FROM {sql}")
        written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]

    assert not any(CANARY.encode() in content for content in written)


def test_a_lack_of_memory_is_told_as_one() -> None:
    error = duckdb.OutOfMemoryException(f"failed to allocate, {CANARY}")

    assert str(engine.fault(error, "people.csv")).startswith("people.csv: needs more memory")


def count_until_told_to_stop() -> None:
    with stoppable(), engine.connect(Path("unused")) as connection:
        Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM)).start()
        list(batches(connection, "SELECT sum(range) FROM range(100000000000000)"))


def test_what_takes_for_ever_is_broken_off_when_the_process_is_told_to_stop() -> None:
    with pytest.raises(KeyboardInterrupt):
        count_until_told_to_stop()


@pytest.mark.parametrize(("said", "raised"), [("Query interrupted", KeyboardInterrupt), ("another", RuntimeError)])
def test_what_duckdb_makes_of_being_told_to_stop_is_put_right(said: str, raised: type[BaseException]) -> None:
    with pytest.raises(raised), engine.connect(Path("unused")):
        raise RuntimeError(said)
