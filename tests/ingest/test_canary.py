"""An address that was loaded is nowhere: not in the data folder, not in a temporary file, not in anything printed."""

import gzip
import io
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

from ingest import manifest as manifests
from ingest import pipeline
from tests.cli.commands import environment
from tests.ingest.loads import Silent
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
DUMP = f"""INSERT INTO people (email, name) VALUES ('{ADDRESS}', 'Ann'), ('{ADDRESS}, 'x'), ('{ADDRESS}', 1, 2);
CREATE TABLE `{ADDRESS}` (`{ADDRESS}` text); INSERT INTO `{ADDRESS}` VALUES ('{ADDRESS}'"""


def database(cut=0):
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"CREATE TABLE people (email, name, `{ADDRESS}`)")
        connection.execute(f"CREATE TABLE `{ADDRESS}` (email)")
        connection.executemany("INSERT INTO people VALUES (?, 'Ann', ?)", [(ADDRESS, ADDRESS)] * 1000)
        connection.commit()
        raw = connection.serialize()
        return raw[: len(raw) - cut]


def workbook():
    book = openpyxl.Workbook()
    for name in ("people", ADDRESS):
        sheet = book.create_sheet(name)
        for row in (("email", "name"), (ADDRESS, ADDRESS), (f"{ADDRESS},", "x")):
            sheet.append(row)
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


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
    "a dump": (f"{{path: dump.sql, {MAPPING}}}", "dump.sql", DUMP.encode()),
    "a dump in another encoding than said": (
        f"{{path: dump.sql, encoding: utf-16, {MAPPING}}}",
        "dump.sql",
        DUMP.encode(),
    ),
    "a table that is not there": (f"{{path: dump.sql, table: nobody, {MAPPING}}}", "dump.sql", DUMP.encode()),
    "a database": (f"{{path: people.db, {MAPPING}}}", "people.db", database()),
    "a database, packed": (f"{{path: people.db.gz, {MAPPING}}}", "people.db.gz", gzip.compress(database())),
    "a database cut short": (f"{{path: people.db, {MAPPING}}}", "people.db", database(cut=9000)),
    "a workbook": (f"{{path: people.xlsx, {MAPPING}}}", "people.xlsx", workbook()),
    "a workbook, packed": (f"{{path: people.xlsx.gz, {MAPPING}}}", "people.xlsx.gz", gzip.compress(workbook())),
    "a workbook cut short": (f"{{path: people.xlsx, {MAPPING}}}", "people.xlsx", workbook()[:3000]),
    "a sheet that is not there": (f"{{path: people.xlsx, sheet: nobody, {MAPPING}}}", "people.xlsx", workbook()),
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
        env=environment(TMPDIR=str(temporary), BREACHCHECK_OWN_DOMAINS="example.com"),
        capture_output=True,
        check=False,
    )

    written = {"output": ran.stdout + ran.stderr}
    written |= {
        str(path): path.read_bytes() for folder in (data, temporary) for path in folder.rglob("*") if path.is_file()
    }
    assert [where for where, content in written.items() if holds_canary(content)] == []
    assert b"Traceback" not in ran.stderr


def test_a_loaded_domain_is_nowhere_afterwards_but_for_an_own_one(tmp_path):
    strange = "canary-domain"
    (tmp_path / "people.csv").write_text(
        f"email,name\nann@{strange}.example,Ann\nbo@mail.{strange}.example,Bo\ncy@{strange}.test,\ndi@example.com,\n"
    )
    path = tmp_path / "breach.yaml"
    head = "manifest: 1\nname: Shop\ntitle: Shop\nbreach_date: 2026-03-14\ndescription: A breach.\nfiles:\n  - "
    path.write_text(f"{head}{{path: people.csv, {MAPPING}}}\n", encoding="utf-8")
    store = new_store(tmp_path / "data", own_domains="example.com")

    tally = pipeline.run(manifests.read(path), store, progress=Silent(), by="tests").tally
    store.close()

    kept = {file.name: file.read_bytes() for file in (tmp_path / "data").rglob("*") if file.is_file()}
    assert (tally.domains, tally.sealed) == (4, {"example.com": 1})
    assert strange not in str(tally)
    assert [name for name, content in kept.items() if strange.encode() in content.lower()] == []


def holds_canary(content):
    spellings = (CANARY, CANARY.replace(".", ""))
    return any(one.encode(form) in content.lower() for one in spellings for form in ("utf-8", "utf-16-le"))


def test_the_search_for_the_canary_finds_it():
    assert holds_canary(GOOD.encode())
    assert holds_canary(ADDRESS.encode("utf-16-le"))
    assert not holds_canary(ROWS.encode())
