"""Makes a small store with the program that is on the path, as SQL, to be upgraded by every later one.

``python tests/upgrades/make.py NAME`` before a change of the schema lands; to make one with an older program, set
PYTHONPATH to where that lies. Works with every version, so that it uses nothing but the command line and one name.
"""

import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

STORES = Path(__file__).parent / "stores"
KEY = bytes(range(32))
"""Every key of every store that is kept: they hold nobody but ANN and BOB, and CLEO, who opted out."""

ANN, BOB, CLEO = "ann@example.com", "bob@example.com", "cleo@example.com"
MANIFEST = """
manifest: 1
name: Shop
title: Corner Shop
breach_date: 2026-03-14
description: Someone copied the customer list.
files: [{path: people.csv, mapping: {email: Email addresses, name: Names}}]
"""
RUN = """
import sys
from breachcheck import key_files
key_files.new_key = lambda: bytes(range(32))
from breachcheck.cli import main
main(sys.argv[1:])
"""


def make(name: str) -> None:
    """The store *name*, in place of one that was there."""
    with tempfile.TemporaryDirectory() as folder:
        data, manifest = Path(folder, "data"), Path(folder, "breach.yaml")
        manifest.write_text(MANIFEST, encoding="utf-8")
        Path(folder, "people.csv").write_text(f"email,name\n{ANN},Ann\n{BOB},\n{CLEO},Cleo\n", encoding="utf-8")
        _run("init", data)
        _run("ingest", data, str(manifest))
        _run("suppressions", data, "add", CLEO, "--level", "forget", must=False)  # the first versions have none
        _run("keys", data, "create", "--name", "siem", "--scope", "lookup")
        for part in ("index", "catalogue"):
            _dump(data / f"{part}.db", STORES / f"{name}.{part}.sql")


def _run(command: str, data: Path, *arguments: str, must: bool = True) -> None:
    subprocess.run(
        [sys.executable, "-c", RUN, command, *arguments, "--data", str(data)],
        check=must, stdout=subprocess.DEVNULL, stderr=None if must else subprocess.DEVNULL,
    )  # fmt: skip


def _dump(database: Path, text: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        text.write_text("\n".join(connection.iterdump()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    make(sys.argv[1])
