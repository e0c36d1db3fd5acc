"""How fast a second breach merges into a store of ten times its size, beside the sqlite3 shell's append to a table.

The shell's table is what `bench.load` lets it make, with its index; journal and synchronous are off. Half of the
second breach's people are in the first. Each round adds another breach of the same size to both.
"""

import argparse
import tempfile
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from bench import contest, load
from bench.contest import Ran

TIMES = 10
APPEND = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
.mode csv
.import --skip 1 people.csv people
"""


def measure(folder: Path, records: int, rounds: int) -> None:
    _write_breach(folder, "Base", TIMES * records)
    contest.init(folder)
    contest.ingest(folder)
    load.sqlite_shell(folder)
    numbers = count(1)

    def merge(folder: Path) -> Ran:
        number = next(numbers)
        _write_breach(folder, f"Bench{number}", records, first=int((TIMES - 1.5 + number) * records))
        return contest.ingest(folder)

    def append(folder: Path) -> Ran:
        return contest.run(("sqlite3", "shell.db"), folder, APPEND)

    title = f"{records:,} records into a store of {TIMES * records:,}"
    contenders = {contest.OURS: merge, "sqlite3 .import into an indexed table": append}
    contest.contest(contenders, folder, rounds, records, title)
    print("goal: 5 times the shell")


def _write_breach(folder: Path, name: str, records: int, first: int = 0) -> None:
    load.write_records(folder / "people.csv", records, first)
    (folder / "breach.yaml").write_text(load.MANIFEST.replace("Bench", name), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args(arguments)
    contest.require_shell()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), chosen.records, chosen.rounds)


if __name__ == "__main__":
    main()
