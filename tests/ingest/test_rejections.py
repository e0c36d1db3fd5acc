"""Rejected records are listed by number and reason, in every format, and the list changes nothing else."""

import csv
import gzip
import json
import sqlite3
import stat

import duckdb
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breachcheck.errors import LoadError
from ingest import rejections
from ingest.pipeline import LoadRefused
from tests.engines import ENGINES as ENGINES
from tests.ingest.loads import Silent, described, load
from tests.ingest.test_suppressed import ANN, forget
from tests.stores import new_store

ONE_FILE = """
    - path: {name}
      mapping: {{email: Email addresses, name: Names}}
      address: [email]
    """


TWO_ROWS = {"people.csv": "email,name\na@example.com,\n,Al\n"}


def listed(path):
    """(file, line, record, reason) of each rejected record."""
    with path.open(newline="", encoding="utf-8") as file:
        heading, *rows = csv.reader(file)
    assert heading == ["file", "line", "record", "reason"]
    return [tuple(row) for row in rows]


def lines_of(path):
    return [(int(line), reason) for _, line, _, reason in listed(path)]


def records_of(path):
    return [(int(record), reason) for _, line, record, reason in listed(path) if not line]


@pytest.fixture
def rejects(tmp_path):
    return tmp_path / "rejects.csv"


# What may stand in a table of three columns: its text, which takes a number, and why it is rejected, if it is.
PIECES = {
    "a person": ("u{0}@example.com,Al,x\n", None),
    "over three lines": ('u{0}@example.com,"Al\nBe\nCy",x\n', None),
    "a stray quote": ('u{0}@example.com,Al "Be,x\n', None),
    "a quote never closed": ('u{0}@example.com,"Al,x\n', None),
    "a short row": ("u{0}@example.com\n", None),
    "a blank line": ("\n", None),
    "no address": (",Al,x\n", "no address"),
    "no address over two lines": (',"Al\nBe",x\n', "no address"),
    "no address and a stray quote": (',Al "Be,x\n', "no address"),
    "no mailbox": ("nobody {0},Al,x\n", "not an address"),
    "too long": ("u{0}@example.com,Al,x,y\n", "too many columns"),
    "too long, with a stray quote": ('u{0}@example.com,A "B,x,y\n', "too many columns"),
    "too long, over two lines": ('u{0}@example.com,"A\nB",x,y\n', "too many columns"),
    "a name that is not UTF-8": ("u{0}@example.com,\udcff,x\n", None),
    "an address that is not UTF-8": ("u{0}\udcff@example.com,Al,x\n", "not an address"),
}


def ugly(kinds):
    """A table of *kinds* of pieces, with a person between them, and the lines on which records are rejected."""
    text, rejected = "email,name,note\n", []
    for number, kind in enumerate(kinds):
        piece, reason = PIECES[kind]
        if reason:
            rejected.append((text.count("\n") + 1, reason))
        text += piece.format(number) + f"p{number}@example.com,Di,z\n"
    return text, rejected


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kinds=st.lists(st.sampled_from(list(PIECES)), min_size=1, max_size=30),
    ends=st.sampled_from(["\n", "\r\n"]),
    is_packed=st.booleans(),
)
def test_the_line_of_every_rejected_row_is_listed_whatever_stands_around_it(tmp_path_factory, kinds, ends, is_packed):
    folder = tmp_path_factory.mktemp("ugly")
    text, rejected = ugly(kinds)
    raw = text.replace("\n", ends).encode(errors="surrogateescape")
    name = "people.csv.gz" if is_packed else "people.csv"
    (folder / name).write_bytes(gzip.compress(raw, 1) if is_packed else raw)
    manifest = described(folder, ONE_FILE.format(name=name))
    store = new_store(folder / "data")

    plain = load(manifest, store, max_rejected=1, dry_run=True)
    outcome = load(manifest, store, max_rejected=1, dry_run=True, rejects=folder / "rejects.csv")
    store.close()

    assert sorted(lines_of(folder / "rejects.csv")) == rejected
    assert outcome.tally == plain.tally


def test_lines_of_json_are_numbered_and_elements_of_a_list_counted(store, tmp_path, rejects):
    people = [
        {"email": "a@example.com"},
        {"email": ""},
        {"name": "Al"},
        {"email": "no one"},
        {"email": "b@example.com"},
    ]
    rows = [json.dumps(one) for one in people]
    (tmp_path / "lines.json").write_text("\n".join([rows[0], "", rows[1], "{broken", *rows[2:], ""]))
    (tmp_path / "list.json").write_text("[" + ",\n\n".join(rows[:2]) + ",\n" + ", ".join(rows[2:]) + "]")
    manifest = described(tmp_path, ONE_FILE.format(name="lines.json") + ONE_FILE.format(name="list.json"))

    load(manifest, store, max_rejected=1, rejects=rejects)

    assert listed(rejects) == [
        ("lines.json", "3", "", "no address"),
        ("lines.json", "4", "", "malformed JSON"),
        ("lines.json", "5", "", "no address"),
        ("lines.json", "6", "", "not an address"),
        ("list.json", "", "2", "no address"),
        ("list.json", "", "3", "no address"),
        ("list.json", "", "4", "not an address"),
    ]


def test_an_element_that_is_no_json_counts_among_the_elements(store, tmp_path, rejects):
    text = '[{"email": "a@example.com", "name": "Al"}, {"email": oops}, {"email": "b@example.com"}, {"email": "-"}]'
    (tmp_path / "list.json").write_text(text)

    load(described(tmp_path, ONE_FILE.format(name="list.json")), store, max_rejected=1, rejects=rejects)

    assert records_of(rejects) == [(2, "malformed JSON"), (4, "no address")]


def test_lines_of_lists_with_secrets_are_numbered(store, tmp_path, rejects):
    people = "\n".join(f"u{number}@example.com:secret{number}" for number in range(20))
    (tmp_path / "list.txt").write_text(f"{people}\n\nnobody:hunter2\n   \n:alone\n")
    stolen = "\n".join(f"https://shop.example/login:u{number}@example.com:secret" for number in range(20))
    (tmp_path / "stolen.txt").write_text(f"{stolen}\n\nhttps://shop.example/:nobody:hunter2\n")
    manifest = described(tmp_path, "- path: list.txt\n  format: combo\n- path: stolen.txt\n  format: stealer\n")

    load(manifest, store, rejects=rejects)

    assert listed(rejects) == [
        ("list.txt", "22", "", "not an address"),
        ("list.txt", "24", "", "no address"),
        ("stolen.txt", "22", "", "not an address"),
    ]


def test_a_labelled_block_is_listed_where_it_begins(store, tmp_path, rejects):
    blocks = [f"Email: u{number}@example.com\nName: Al\n" for number in range(5)]
    (tmp_path / "blocks.txt").write_text("\n".join([*blocks[:3], "\n===\nName: Nobody\nEmail: nowhere\n", *blocks[3:]]))

    load(described(tmp_path, "- path: blocks.txt\n  format: blocks\n"), store, rejects=rejects)

    assert lines_of(rejects) == [(12, "not an address")]


DUMP = """\
-- a dump
CREATE TABLE `people` (`id` int, `email` text, `name` text);
INSERT INTO `people` VALUES (1,'a@example.com','Al'),(2,'','Be'),
(3,'b@example.com','C
y'),(4,'nobody','Di'),
(5,'c@example.com','Ed',6);
INSERT INTO `people` VALUES (6,'d@example.com','Fi'),
(7 oops),
(8,NULL,'Gi');
"""
COPIED = "COPY people (email, name) FROM stdin;\na@example.com\tAl\n\\N\tBe\nb@example.com\tC\tD\nx\tEd\n\\.\n"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            DUMP,
            {
                (3, "no address"),
                (5, "not an address"),
                (6, "too many columns"),
                (8, "no address"),
                (9, "no address"),
            },
        ),
        (COPIED, {(3, "no address"), (4, "too many columns"), (5, "not an address")}),
    ],
    ids=["INSERT", "COPY"],
)
@pytest.mark.parametrize("is_packed", [False, True], ids=["as it is", "packed"])
def test_the_lines_of_rows_of_a_dump_are_listed(store, tmp_path, rejects, text, lines, is_packed):
    name = "dump.sql.gz" if is_packed else "dump.sql"
    (tmp_path / name).write_bytes(gzip.compress(text.encode()) if is_packed else text.encode())
    manifest = described(tmp_path, ONE_FILE.format(name=name))

    plain = load(manifest, store, max_rejected=1, dry_run=True)
    outcome = load(manifest, store, max_rejected=1, dry_run=True, rejects=rejects)

    assert set(lines_of(rejects)) == lines
    assert outcome.tally == plain.tally


ROWS = [("a@example.com", "Al"), ("", "Be"), ("b@example.com", "Cy"), ("nobody", "Di")]


def parquet(path):
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE people (email VARCHAR, name VARCHAR)")
        connection.executemany("INSERT INTO people VALUES (?, ?)", ROWS)
        connection.execute(f"COPY people TO '{path}' (FORMAT parquet)")


def database(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE people (email TEXT, name TEXT)")
        connection.executemany("INSERT INTO people VALUES (?, ?)", ROWS)
    connection.close()


def workbook(path):
    book = openpyxl.Workbook()
    for row in [("email", "name"), *ROWS]:
        book.active.append(row)
    book.save(path)


@pytest.mark.parametrize(
    ("name", "write", "first"),
    [("people.parquet", parquet, 1), ("people.sqlite", database, 1), ("people.xlsx", workbook, 2)],
    ids=["Parquet", "SQLite", "a workbook, whose rows are counted with its header"],
)
def test_where_there_are_no_lines_records_are_counted(store, tmp_path, rejects, name, write, first):
    write(tmp_path / name)

    load(described(tmp_path, ONE_FILE.format(name=name)), store, max_rejected=1, rejects=rejects)

    assert records_of(rejects) == [(first + 1, "no address"), (first + 3, "not an address")]


def test_records_that_find_no_person_are_listed_too(store, tmp_path, rejects):
    entries = """
        - path: people.csv
          mapping: {email: Email addresses}
        - path: orders.csv
          mapping: {phone: Phone numbers}
          join: {to: people.csv, on: id, column: person}
        """
    files = {
        "people.csv": "id,email\n1,a@example.com\n2,b@example.com\n",
        "orders.csv": "person,phone\n1,555\n9,556\n2,557\n,558\n9,559\n",
    }

    tally = load(described(tmp_path, entries, files), store, max_rejected=1, rejects=rejects).tally

    assert (tally.read, tally.indexed) == (7, 4)
    assert listed(rejects) == [
        ("orders.csv", "3", "", "no matching person"),
        ("orders.csv", "5", "", "no identifier"),
        ("orders.csv", "6", "", "no matching person"),
    ]


def test_a_refused_load_lists_what_it_was_refused_for(store, tmp_path, rejects):
    manifest = described(tmp_path, ONE_FILE.format(name="people.csv"), {"people.csv": "email,name\n,Al\n,Be\n"})

    with pytest.raises(LoadRefused):
        load(manifest, store, rejects=rejects)

    assert lines_of(rejects) == [(2, "no address"), (3, "no address")]


def test_the_list_is_its_owners_alone_and_names_no_address(store, tmp_path, rejects):
    name = "bob@example.com.csv"
    manifest = described(tmp_path, ONE_FILE.format(name="'*.csv'"), {name: "email,name\na@example.com,Al\n,Be\n"})
    rejects.write_text("an older list")
    elsewhere = tmp_path / "lists"
    elsewhere.mkdir()

    load(manifest, store, rejects=elsewhere / "rejects.csv")

    assert stat.S_IMODE((elsewhere / "rejects.csv").stat().st_mode) == 0o600
    assert "bob@" not in (elsewhere / "rejects.csv").read_text()
    assert [one.name for one in elsewhere.iterdir()] == ["rejects.csv"]


def test_a_data_file_is_not_overwritten_by_the_list(store, tmp_path):
    manifest = described(tmp_path, ONE_FILE.format(name="people.csv"), {"people.csv": "email,name\n,Al\n"})

    with pytest.raises(LoadError, match="one of the data files"):
        load(manifest, store, rejects=tmp_path / "people.csv")

    assert (tmp_path / "people.csv").read_text() == "email,name\n,Al\n"


def test_a_data_file_that_is_gone_is_no_fault_of_the_list(tmp_path, rejects):
    rejects.write_text("file,line,record,reason\nof,before,,\n")

    rejections.require_place(rejects, [tmp_path / "gone.csv"])

    assert rejects.read_text() == "file,line,record,reason\nof,before,,\n"


@pytest.mark.parametrize("name", ["breach.yaml", "index.db", "people.key"])
def test_no_other_file_is_overwritten_by_the_list(store, tmp_path, name):
    manifest = described(tmp_path, ONE_FILE.format(name="people.csv"), TWO_ROWS)
    path = tmp_path / name
    if not path.exists():
        path.write_bytes(b"something else")
    before = path.read_bytes()

    with pytest.raises(LoadError, match="is there already, and is no list of rejected records"):
        load(manifest, store, rejects=path)

    assert path.read_bytes() == before


@pytest.mark.parametrize("target", ["nowhere.csv", "rejects-of-before.csv", "/dev/full", "."])
def test_a_link_or_a_device_is_not_replaced_by_the_list(store, tmp_path, rejects, target):
    manifest = described(tmp_path, ONE_FILE.format(name="people.csv"), TWO_ROWS)
    (tmp_path / "rejects-of-before.csv").write_text("file,line,record,reason\n")
    rejects.symlink_to(target)  # as /dev/stdout is one

    with pytest.raises(LoadError, match="a link, a folder, a pipe or a device"):
        load(manifest, store, rejects=rejects)

    assert str(rejects.readlink()) == target


def test_what_takes_the_place_of_the_list_meanwhile_stays(store, tmp_path, rejects):
    manifest = described(tmp_path, ONE_FILE.format(name="people.csv"), TWO_ROWS)

    with pytest.raises(LoadError, match="is there already"):
        load(manifest, store, rejects=rejects, progress=Silent(lambda: rejects.write_text("of another")))

    assert rejects.read_text() == "of another"
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".rejects")] == []


def test_a_list_of_before_is_replaced_by_that_of_now(store, tmp_path, rejects):
    manifest = described(tmp_path, ONE_FILE.format(name="people.csv"), TWO_ROWS)

    for _ in range(2):
        load(manifest, store, rejects=rejects)

    assert lines_of(rejects) == [(3, "no address")]


def test_a_list_that_cannot_be_written_stops_the_load_before_it_reads(store, tmp_path):
    manifest = described(tmp_path, ONE_FILE.format(name="people.csv"), {"people.csv": "email,name\na@example.com,Al\n"})

    with pytest.raises(LoadError, match="--rejects"):
        load(manifest, store, rejects=tmp_path / "nowhere" / "rejects.csv")


def test_whoever_had_themselves_forgotten_is_not_pointed_out(store, tmp_path, rejects):
    forget(store)
    text = f"email,name\n{ANN},Ann\n,Be\nb@example.com,Bo\n"

    load(described(tmp_path, ONE_FILE.format(name="people.csv"), {"people.csv": text}), store, rejects=rejects)

    assert lines_of(rejects) == [(3, "no address")]
