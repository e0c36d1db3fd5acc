"""How fast a load is: `breachcheck ingest` of a generated CSV beside what sqlite3's shell and DuckDB take for theirs.

The others do less: they neither validate, unite, count, find aliases nor commit durably. Rounds are interleaved, so
that whatever else the machine does meets all three alike; medians are printed, with memory and bytes an exposure.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from bench import contest
from bench.contest import Ran

BIG = 10_000_000
_ALWAYS = "600 MB, 18 bytes an exposure"
GOALS = f"goals: 2.5 times the shell, 0.75 of DuckDB, {_ALWAYS}"
GOALS_OF_BIG = f"goals: 4 times the shell, 1.2 times DuckDB, {_ALWAYS}"

PICK = "CREATE MACRO pick(number, choices) AS choices[1 + (number % len(choices))::BIGINT]"
GENERATE = """
COPY (
    SELECT
        'user-' || md5(i::VARCHAR)[:22] AS "$distinct_id",
        CASE
            WHEN h % 1000 < 5 THEN NULL
            WHEN h % 1000 < 15 THEN 'n.a. ' || i
            ELSE person || (k * 61803399) % 100000000 || CASE WHEN h % 100 < 4 THEN '+news' ELSE '' END || '@'
                || pick(hash(k), ['example.com', 'example.org', 'Example.NET', 'mail.example.co.uk', 'gmail.com'])
        END AS "$email",
        pick(h // 7, ['Alice Mueller', 'Bob Smith', 'Carol Rossi', 'Fatima Silva', NULL]) AS "$name",
        pick(h // 11, ['Berlin', 'San Francisco', 'Paris', 'London', 'N/A', NULL]) AS "$city",
        pick(h // 13, ['Berlin', 'California', 'unknown', 'England', 'Bavaria']) AS "$region",
        pick(h // 17, ['DE', 'US', 'FR', 'GB', 'JP', NULL]) AS "$country_code",
        pick(h // 19, ['Mac OS X', 'Windows', 'Linux', 'iOS', 'Android', NULL]) AS "$os",
        pick(h // 23, ['Chrome', 'Safari', 'Firefox', 'Edge']) AS "$browser",
        pick(h // 29, ['$direct', '$direct', 'https://www.example.com/search?q=' || h % 1000]) AS "$initial_referrer",
        strftime(TIMESTAMP '2025-01-01' + INTERVAL (h % 20000000) SECOND, '%Y-%m-%dT%H:%M:%S') AS "$last_seen"
    FROM (
        SELECT i, k, hash(i) AS h, pick(hash(k * 3), ['alice.smith', 'bob.rossi', 'carol', 'ivan.silva']) AS person
        FROM (
            SELECT i, CASE WHEN hash(i * 11) % 10 = 0 THEN {first} + hash(i * 13) % {records} ELSE i END AS k
            FROM range({first}, {first} + {records}) AS numbers(i)
        )
    )
) TO '{path}' (HEADER)
"""
MANIFEST = """
manifest: 1
name: Bench
title: Bench
breach_date: 2025-11-09
description: Nobody in it is real.
files:
  - path: people.csv
    format: csv
    mapping:
      $distinct_id: Account identifiers
      $email: Email addresses
      $name: Names
      $city: Geographic locations
      $region: Geographic locations
      $country_code: Geographic locations
      $os: Device information
      $browser: Browser user agent details
      $initial_referrer: Referring websites
"""
SHELL = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
.mode csv
.import people.csv people
CREATE INDEX people_by_email ON people ("$email");
"""
CTAS = """
import duckdb
with duckdb.connect("ctas.db") as connection:
    connection.execute('''
        CREATE TABLE people AS
        SELECT sha256(lower("$email")) AS digest, * EXCLUDE ("$email")
        FROM read_csv('people.csv', all_varchar = true)
        ORDER BY digest
    ''')
"""


def ingest(folder: Path) -> Ran:
    contest.init(folder)
    return contest.ingest(folder)


def sqlite_shell(folder: Path) -> Ran:
    (folder / "shell.db").unlink(missing_ok=True)
    return contest.run(("sqlite3", "shell.db"), folder, SHELL)


def duckdb_ctas(folder: Path) -> Ran:
    (folder / "ctas.db").unlink(missing_ok=True)
    return contest.run((sys.executable, "-c", CTAS), folder)


CONTENDERS: dict[str, Callable[[Path], Ran]] = {
    contest.OURS: ingest,
    "sqlite3 .import + CREATE INDEX": sqlite_shell,
    "DuckDB CTAS sha256 ORDER BY": duckdb_ctas,
}


def bytes_an_exposure(folder: Path) -> float:
    import sqlite3

    path = folder / "data" / "index.db"
    with sqlite3.connect(path) as connection:
        [rows] = connection.execute("SELECT count(*) FROM exposure").fetchone()
    connection.close()
    return float(path.stat().st_size / rows)


def write_records(path: Path, records: int, first: int = 0) -> None:
    """Records of *records* made-up people, from number *first* on; a tenth of them stand twice or more."""
    with duckdb.connect() as connection:
        connection.execute(PICK)
        connection.execute(GENERATE.format(first=first, records=records, path=path))


def measure(folder: Path, records: int, rounds: int) -> None:
    write_records(folder / "people.csv", records)
    (folder / "breach.yaml").write_text(MANIFEST, encoding="utf-8")
    contest.contest(CONTENDERS, folder, rounds, records, f"{records:,} records of 10 columns")
    print(f"{bytes_an_exposure(folder):.1f} bytes an exposure; {GOALS if records < BIG else GOALS_OF_BIG}")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args(arguments)
    contest.require_shell()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), chosen.records, chosen.rounds)


if __name__ == "__main__":
    main()
