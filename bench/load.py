"""How fast a load is: `breachcheck ingest` of a generated CSV beside what sqlite3's shell and DuckDB take for theirs.

The others do less: they neither validate, unite, count, find aliases nor commit durably. Rounds are interleaved, so
that whatever else the machine does meets all three alike; medians are printed, with memory and bytes an exposure.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[1]
GOALS = "goals: 1.5 times the shell, under 700 MB, at most 18 bytes an exposure"

PICK = "CREATE MACRO pick(number, choices) AS choices[1 + (number % len(choices))::BIGINT]"
GENERATE = """
COPY (
    SELECT
        'user-' || md5(i::VARCHAR)[:22] AS "$distinct_id",
        CASE
            WHEN h % 1000 < 5 THEN NULL
            WHEN h % 1000 < 15 THEN 'n.a. ' || i
            ELSE person || k || CASE WHEN h % 100 < 4 THEN '+news' ELSE '' END || '@'
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
            SELECT i, CASE WHEN hash(i * 11) % 10 = 0 THEN hash(i * 13) % {records} ELSE i END AS k
            FROM range({records}) AS numbers(i)
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


@dataclass(frozen=True, slots=True)
class Ran:
    seconds: float
    megabytes: float


def run(command: Sequence[str], folder: Path, text: str = "") -> Ran:
    """Run *command*, fed *text*, and wait; its memory is the most that it or a child of it held at once."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(text.encode())
    process.stdin.close()
    said = process.stderr.read()
    process.stderr.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} failed:\n{said.decode()}")
    return Ran(time.perf_counter() - began, usage.ru_maxrss / 1024)


def ingest(folder: Path) -> Ran:
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    breachcheck = (sys.executable, "-m", "breachcheck.cli")
    os.environ["PYTHONPATH"] = str(ROOT)
    run((*breachcheck, "init", "--data", str(data)), folder)
    return run((*breachcheck, "ingest", "breach.yaml", "--data", str(data)), folder)


def sqlite_shell(folder: Path) -> Ran:
    (folder / "shell.db").unlink(missing_ok=True)
    return run(("sqlite3", "shell.db"), folder, SHELL)


def duckdb_ctas(folder: Path) -> Ran:
    (folder / "ctas.db").unlink(missing_ok=True)
    return run((sys.executable, "-c", CTAS), folder)


CONTENDERS: dict[str, Callable[[Path], Ran]] = {
    "breachcheck ingest": ingest,
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


def measure(folder: Path, records: int, rounds: int) -> None:
    with duckdb.connect() as connection:
        connection.execute(PICK)
        connection.execute(GENERATE.format(records=records, path=folder / "people.csv"))
    (folder / "breach.yaml").write_text(MANIFEST, encoding="utf-8")
    ran: dict[str, list[Ran]] = {name: [] for name in CONTENDERS}
    for _ in range(rounds):
        for name, contender in CONTENDERS.items():
            ran[name].append(contender(folder))
    medians = {name: statistics.median(one.seconds for one in all_of) for name, all_of in ran.items()}
    ours = medians["breachcheck ingest"]
    print(f"{records:,} records of 10 columns, medians of {rounds} interleaved rounds")
    for name, seconds in medians.items():
        peak = max(one.megabytes for one in ran[name])
        print(f"{name:32}{seconds:8.2f} s{records / seconds:12,.0f} records/s{peak:8,.0f} MB   x{seconds / ours:.2f}")
    print(f"{bytes_an_exposure(folder):.1f} bytes an exposure; {GOALS}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    if shutil.which("sqlite3") is None:
        sys.exit("The sqlite3 shell is not here; install the package sqlite3 to compare with it.")
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), chosen.records, chosen.rounds)


if __name__ == "__main__":
    main()
