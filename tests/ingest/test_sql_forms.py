"""Statements as other tools and people write them: none of their records is lost, and none is made up."""

from pathlib import Path
from time import process_time

import pytest

from ingest.readers.base import Instructions
from ingest.readers.sql_text import Dialect, Grammar, dialect_of
from tests.ingest.scans import scan, scan_text
from tests.ingest.test_readers_sql import tables_of

PEOPLE = [(str(at), f"u{at}@example.com") for at in range(3)]


def written(template: str, between: str = "") -> str:
    return between.join(template.format(*person) for person in PEOPLE)


@pytest.mark.parametrize(
    "text",
    [
        "INSERT ALL\n" + written("  INTO users (id, email) VALUES ({}, '{}')\n") + "SELECT * FROM dual;\n",
        "INSERT INTO users (id, email)\n" + written("SELECT {}, '{}' FROM dual", "\nUNION ALL\n") + ";\n",
        "INSERT users (id, email) " + written("SELECT {}, N'{}'", "\nUNION ALL ") + "\nGO\n",
        written("INSERT INTO users (id, email) SELECT {} AS id, '{}' AS email;\n"),
        written("INSERT INTO users (id, email) SELECT * FROM (SELECT {}, '{}') AS t WHERE NOT EXISTS (SELECT 1);\n"),
        written("INSERT INTO users (id, email) SELECT {}, '{}' FROM users WHERE id = 9 LIMIT 1;\n"),
        "INSERT INTO users (id, email) VALUES " + written("ROW({}, '{}')", ",\n") + ";\n",
        "INSERT INTO users AS u (id, email) VALUES " + written("({},'{}')", ",") + " ON CONFLICT DO NOTHING;\n",
        "INSERT INTO TABLE users (id, email) VALUES " + written("({},'{}')", ",") + ";\n",
        "IF NOT EXISTS (SELECT 1 FROM users) INSERT INTO users (id, email) VALUES " + written("({},'{}')", ",") + ";\n",
        "SET IDENTITY_INSERT users ON\n" + written("INSERT users (id, email) VALUES ({}, '{}')\n"),
        "IF 1 = 1\nBEGIN\n" + written("    INSERT INTO users (id, email) VALUES ({}, '{}')\n") + "END\n",
        "prompt Loading users\nset feedback off\n" + written("insert into users (id, email)\nvalues ({}, '{}');\n"),
        "PROMPT it's loaded\nCONNECT x\n" + written("insert into users (id, email) values ({}, '{}');\n"),
        "SET SQL DIALECT 3;\n" + written("INSERT INTO users (id, email)\n  VALUES ({}, '{}');\n"),
    ],
)
def test_records_are_read_however_a_statement_gives_them(tmp_path: Path, text: str) -> None:
    scanned = scan_text(tmp_path, text, name="dump.txt")

    assert (sorted(scanned.rows), scanned.rejects) == (PEOPLE, {})


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO users (id, email) VALUES /* it's */ " + written("({} /* it's, ) */, -- it's\n '{}')", ",") + ";",
        "INSERT INTO users (id, email) VALUES " + written("({}, '{}') /* it's */", ", -- it's\n") + ";",
        "INSERT INTO users (id, email) VALUES " + written("(/* ( */ {}, '{}'/* it's */)", ",") + ";",
        "INSERT /* it's */ INTO users -- (here)\n (id, email) VALUES " + written("({}, '{}')", ",") + ";",
        written("INSERT INTO users SET id={} /* it's */, -- it's\n email='{}' /* so */;\n"),
    ],
)
def test_comments_are_no_part_of_a_record(tmp_path: Path, text: str) -> None:
    scanned = scan_text(tmp_path, text, name="dump.sql")

    assert (sorted(scanned.rows), scanned.rejects) == (PEOPLE, {})


@pytest.mark.parametrize(
    ("value", "said"),
    [("NULL /* none */", None), ("/* a */ 5 -- b\n", "5"), ("'a' /* 'b' */", "a"), ("'--a /* b */'", "--a /* b */")],
)
def test_a_value_says_nothing_that_stands_in_a_comment(tmp_path: Path, value: str, said: str | None) -> None:
    assert scan_text(tmp_path, f"INSERT INTO t (a, b) VALUES ({value},1);", name="dump.sql").rows == [(said, "1")]


def test_a_comment_that_hides_rows_is_a_torn_row(tmp_path: Path) -> None:
    text = "INSERT INTO t (a, b) VALUES (1 /* it's, 'x'),\n(2, 'y'),\n(3, 'z' */ ),\n(4, 'c');"

    scanned = scan_text(tmp_path, text, name="dump.sql")

    assert {("2", "y"), ("4", "c")} <= set(scanned.rows)
    assert scanned.rejects["malformed row"] >= 1


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO t (id) SELECT id FROM others;\n",
        "INSERT INTO t SELECT * FROM others;\n",
        "INSERT INTO t (id) (SELECT id FROM others);\n",
        "INSERT INTO t DEFAULT VALUES;\n",
        "INSERT INTO t EXEC p;\n",
        "MERGE INTO t USING s ON (t.a = s.a) WHEN NOT MATCHED THEN\nINSERT (a) VALUES (s.a);\n",
        "GRANT INSERT ON t TO x;\n",
    ],
)
def test_what_brings_no_record_of_its_own_is_none(tmp_path: Path, text: str) -> None:
    scanned = scan_text(tmp_path, f"INSERT INTO t (id) VALUES (1);\n{text}", name="dump.sql")

    assert (scanned.rows, scanned.rejects) == ([("1",)], {})


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO t (a, b) VALUES",
        "INSERT INTO t (a, b",
        "INSERT INTO t (a, b) OUTPUT inserted.a VALUES (1, 2);\n",
        "INSERT INTO t WITH (TABLOCK) (a, b) VALUES (1, 2);\n",
        "INSERT INTO t (a, b) SELECT 1, 'x;\n",
        "INSERT INTO t (a, b) SELECT 'x' b 'c', 'y;\n",
    ],
)
def test_a_statement_that_cannot_be_made_out_is_a_rejected_record(tmp_path: Path, text: str) -> None:
    first = "INSERT INTO t (a, b) VALUES (0, 'x');\n"

    scanned = scan_text(tmp_path, first + text, name="dump.sql")

    assert (scanned.rows, scanned.rejects) == ([("0", "x")], {"malformed row": 1})


HEADS = [
    "INSERT INTO [t] ([a], [b]) VALUES ",
    "INSERT INTO t (a, b) SELECT 1, ",
    "Insert t SET b=",
]


@pytest.mark.parametrize("at", [1, 9, 15])
@pytest.mark.parametrize("head", HEADS)
def test_a_dump_that_ends_within_a_statements_head_has_lost_a_record(tmp_path: Path, head: str, at: int) -> None:
    value = "'x'" if head.endswith(("=", ", ")) else "(1, 'x')"

    scanned = scan_text(tmp_path, f"{head}{value};\n{head[:at]}", name="dump.sql")

    assert (len(scanned.rows), scanned.rejects) == (1, {"malformed row": 1})


@pytest.mark.parametrize("rest", ["SELECT 1, 'x'", "VALUES (1, 'x') /* y */"])
def test_a_dump_of_statements_is_not_gone_through_for_each_of_them(tmp_path: Path, rest: str) -> None:
    def seconds(statements: int) -> float:
        [table] = tables_of(tmp_path, f"INSERT INTO t (a, b) {rest};\n" * statements)
        began = process_time()
        assert len(scan(table).rows) == statements
        return process_time() - began

    seconds(10)  # compiles
    assert seconds(8_000) < 10 * seconds(2_000)


def test_a_selected_record_of_too_many_columns_is_rejected(tmp_path: Path) -> None:
    text = "INSERT INTO t (a) SELECT 1 UNION ALL SELECT 2, 3 UNION SELECT 4;"

    scanned = scan_text(tmp_path, text, Instructions(format="sql"), name="dump.sql")

    assert (sorted(scanned.rows), scanned.rejects) == ([("1",), ("4",)], {"too many columns": 1})


@pytest.mark.parametrize(
    ("definition", "columns"),
    [
        ('CREATE TABLE t (`a,(b` int, "c)" text, [d,] int)', ("a,(b", "c)", "d,")),
        ("CREATE TABLE t (a int, -- it's (\n b text /* , c int */ DEFAULT 'x, (y')", ("a", "b")),
        ('CREATE TABLE t (a INT8, family text, FAMILY "primary" (a, family))', ("a", "family")),
        ("CREATE TABLE p (a int);\nCREATE TABLE t (b int)\nINHERITS (p)", ("a", "b")),
        ("CREATE TABLE p (a int);\nCREATE TABLE t PARTITION OF p FOR VALUES IN (1)", ("a",)),
        ("CREATE TABLE p (a int);\nCREATE TABLE t (LIKE p INCLUDING ALL, b int)", ("a", "b")),
        ("CREATE TABLE p (a int);\nCREATE TABLE t LIKE p", ("a",)),
    ],
)
def test_the_columns_of_a_definition_are_those_of_its_table(
    tmp_path: Path, definition: str, columns: tuple[str, ...]
) -> None:
    row = ",".join(str(at) for at, _ in enumerate(columns))
    text = f"{definition};\nINSERT INTO t VALUES ({row});\n"

    table = tables_of(tmp_path, text, Instructions(table="t"))[0]

    assert table.columns == columns


@pytest.mark.parametrize(
    ("head", "has_backslashes"),
    [
        ("INSERT INTO `t` VALUES (1);", True),
        ("-- MySQL dump 10.13\n", True),
        (r"INSERT INTO t VALUES ('it\'s');", True),
        ("INSERT INTO t VALUES ('back`tick');", False),
        ("INSERT INTO t SET a='\nGO\n';", True),
        ("REM INSERTING into T\nInsert into T (A) values ('\n`');", False),
        ("SET IDENTITY_INSERT t ON;\nINSERT INTO t VALUES ('\n`');", False),
        ("INSERT INTO t VALUES ('C:\\','x');", False),
        ("PRAGMA x;\nINSERT INTO `t` VALUES (1);", False),
    ],
)
def test_whether_backslashes_escape_is_told_by_what_only_one_dialect_writes(head: str, has_backslashes: bool) -> None:
    assert dialect_of(head) == Dialect(has_backslashes)


@pytest.mark.parametrize("written", ["replace(replace('a\\r\\nb','\\r',char(13)),'\\n',char(10))"])
def test_what_sqlite_replaces_twice_is_one_value(written: str) -> None:
    grammar = Grammar(Dialect(has_backslashes=False))
    found = grammar.row_of(2, (0,)).fullmatch(f"({written},1)")

    assert found
    assert grammar.said(found[1]) == "a\r\nb"
