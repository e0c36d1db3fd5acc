"""How fast JSON lines are read: Mixpanel events, five to a person, beside DuckDB's own parse-and-group of the file.

DuckDB is told every name and type, as nobody who meets a file can, and what it keeps are addresses in clear.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb

from bench import contest
from bench.contest import Ran

TO_A_PERSON = 5
GENERATE = """
COPY (
    SELECT
        ['Sign up', 'Page view', 'API call'][1 + (hash(i) % 3)::BIGINT] AS event,
        {{
            'time': 1762000000 + i,
            'distinct_id': 'user-' || md5(person::VARCHAR)[:22],
            '$insert_id': md5(i::VARCHAR)[:16],
            '$email': 'alice.smith' || person || '@' || ['example.com', 'Example.NET', 'gmail.com'][1 + person % 3],
            '$city': CASE WHEN hash(person) % 5 > 0 THEN 'Berlin' ELSE '' END,
            '$os': CASE WHEN hash(i) % 5 > 0 THEN 'Mac OS X' END,
            '$browser': 'Firefox',
            '$referrer': CASE WHEN hash(i) % 3 > 0 THEN '$direct' ELSE 'https://www.example.com/' || i % 1000 END
        }} AS properties
    FROM (SELECT i, i // {to_a_person} AS person FROM range({records}) AS numbers(i))
) TO '{path}' (FORMAT json)
"""
MANIFEST = """
manifest: 1
name: Bench
title: Bench
breach_date: 2025-11-09
description: Nobody in it is real.
files:
  - path: events.jsonl
    format: mixpanel-events
"""
GROUP = """
import duckdb
with duckdb.connect("events.db") as connection:
    connection.execute('''
        CREATE TABLE people AS
        SELECT
            lower(properties."$email") AS email,
            bool_or(coalesce(properties."distinct_id", '') <> '') AS id,
            bool_or(coalesce(properties."$city", '') <> '') AS city,
            bool_or(coalesce(properties."$os", '') <> '') AS os,
            bool_or(coalesce(properties."$browser", '') <> '') AS browser,
            bool_or(coalesce(properties."$referrer", '') <> '') AS referrer
        FROM read_json('events.jsonl', format = 'newline_delimited', columns = {
            event: 'VARCHAR',
            properties: 'STRUCT("time" BIGINT, distinct_id VARCHAR, "$insert_id" VARCHAR, "$email" VARCHAR,
                "$city" VARCHAR, "$os" VARCHAR, "$browser" VARCHAR, "$referrer" VARCHAR)'
        })
        GROUP BY ALL
    ''')
"""


def load(folder: Path) -> Ran:
    contest.init(folder)
    return contest.ingest(folder)


def duckdb_group(folder: Path) -> Ran:
    (folder / "events.db").unlink(missing_ok=True)
    return contest.run((sys.executable, "-c", GROUP), folder)


def measure(folder: Path, records: int, rounds: int) -> None:
    path = folder / "events.jsonl"
    with duckdb.connect() as connection:
        connection.execute(GENERATE.format(records=records, to_a_person=TO_A_PERSON, path=path))
    (folder / "breach.yaml").write_text(MANIFEST, encoding="utf-8")
    title = f"{records:,} Mixpanel events, {path.stat().st_size / 1e6:.0f} MB"
    contenders = {contest.OURS: load, "DuckDB read_json GROUP BY": duckdb_group}
    contest.contest(contenders, folder, rounds, records, title)
    print("goal: 0.6 of DuckDB")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), chosen.records, chosen.rounds)


if __name__ == "__main__":
    main()
