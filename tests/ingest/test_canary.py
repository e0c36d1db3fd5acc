"""An address that was loaded is nowhere: not in the data folder, not in a temporary file, not in anything printed."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stores import new_store

ROOT = Path(__file__).parents[2]
CANARY = "canary.bird"
ADDRESS = f"{CANARY}@example.com"
MAPPING = "mapping: {email: Email addresses, name: Names}"


def gz(text, cut=0):
    packed = gzip.compress(text.encode())
    return packed[: len(packed) - cut]


ROWS = "".join(f"person{number}@example.com,Name\n" for number in range(3000))
GOOD = f"email,name\n{ADDRESS},Ann\n{ADDRESS.upper()},{ADDRESS}\n{CANARY}+x@gmail.com,Bo\n"
FILES = {
    "as it should be": (f"{{path: people.csv, {MAPPING}}}", "people.csv", GOOD.encode()),
    "too many columns": (f"{{path: people.csv, {MAPPING}}}", "people.csv", f"{GOOD}{ADDRESS},x,{ADDRESS}\n".encode()),
    "not UTF-8": (
        f"{{path: people.csv, {MAPPING}}}",
        "people.csv",
        GOOD.encode() + f"{ADDRESS},".encode() + b"\xff\xfe\n",
    ),
    "a quote that never ends": (
        f"{{path: people.csv, {MAPPING}}}",
        "people.csv",
        f'{GOOD}"{ADDRESS},Ann\n{ROWS}'.encode(),
    ),
    "a zero byte": (f"{{path: people.csv, {MAPPING}}}", "people.csv", f"{GOOD}{ADDRESS}\0,Ann\n".encode()),
    "a column that is not there": ("{path: people.csv, mapping: {mail: Email addresses}}", "people.csv", GOOD.encode()),
    "a header that is a person": (f"{{path: people.csv, {MAPPING}}}", "people.csv", f"{ADDRESS},Ann\n".encode()),
    "gzip cut short": (f"{{path: people.csv.gz, {MAPPING}}}", "people.csv.gz", gz(GOOD + ROWS, cut=200)),
    "another format than declared": (f"{{path: people.csv, format: parquet, {MAPPING}}}", "people.csv", GOOD.encode()),
    "broken Parquet": (f"{{path: p.parquet, {MAPPING}}}", "p.parquet", b"PAR1" + GOOD.encode() + b"\x10\0\0\0PAR1"),
    "malformed JSON lines": (
        "{path: people.jsonl, mapping: {email: Email addresses}}",
        "people.jsonl",
        (json.dumps({"email": ADDRESS}) + f'\n{{"email": "{ADDRESS}\n[["{ADDRESS}"]]\n"{ADDRESS}"\n').encode(),
    ),
    "malformed JSON": (
        f"{{path: people.json, {MAPPING}}}",
        "people.json",
        f'[{{"email": "{ADDRESS}"}}, {{"em'.encode(),
    ),
    "a file that is called so": (f"{{path: '*.csv', {MAPPING}}}", f"letter to {ADDRESS}.csv", GOOD.encode()),
}


@pytest.mark.parametrize("what", FILES)
def test_a_loaded_address_is_nowhere_afterwards(tmp_path, what):
    entry, name, content = FILES[what]
    source, data, temporary = tmp_path / "source", tmp_path / "data", tmp_path / "temporary"
    source.mkdir()
    temporary.mkdir()
    (source / name).write_bytes(content)
    head = "manifest: 1\nname: Shop\ntitle: Shop\nbreach_date: 2026-03-14\ndescription: A breach.\nfiles:\n  - "
    (source / "breach.yaml").write_text(f"{head}{entry}\n", encoding="utf-8")
    new_store(data).close()

    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "breachcheck.cli",
            "ingest",
            source / "breach.yaml",
            "--data",
            data,
            "--max-rejected",
            "1",
        ],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        check=False,
    )

    written = {"output": ran.stdout + ran.stderr}
    written |= {
        str(path): path.read_bytes() for folder in (data, temporary) for path in folder.rglob("*") if path.is_file()
    }
    assert [where for where, content in written.items() if holds_canary(content)] == []
    assert b"Traceback" not in ran.stderr


def holds_canary(content):
    spellings = (CANARY, CANARY.replace(".", ""))
    return any(one.encode(form) in content.lower() for one in spellings for form in ("utf-8", "utf-16-le"))


def test_the_search_for_the_canary_finds_it():
    assert holds_canary(GOOD.encode())
    assert holds_canary(ADDRESS.encode("utf-16-le"))
    assert not holds_canary(ROWS.encode())
