"""INSERT … SET, as MySQL knows it: each statement is one record, whatever its values hold and however it is torn."""

from collections.abc import Sequence
from pathlib import Path
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.readers.base import Instructions
from ingest.readers.left_out import LeftOut
from ingest.readers.sql_assignments import Assignments
from ingest.readers.sql_statements import Rows, Statements
from ingest.readers.sql_text import SMUGGLED, Dialect, Grammar
from ingest.readers.sql_window import Window
from tests.ingest.scans import scan_text

GRAMMARS = [Grammar(Dialect(has_backslashes=which)) for which in (True, False)]
TEXTS = st.text(st.sampled_from("ab'\"\\\n\t;(),=-#é`E"), max_size=12)


def written(values: Sequence[str | None]) -> str:
    quoted = [
        "NULL" if value is None else "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'" for value in values
    ]
    return ", ".join(f"`c{at}` = {value}" for at, value in enumerate(quoted))


@pytest.mark.parametrize(
    "verb",
    ["INSERT INTO", "INSERT", "REPLACE INTO", "REPLACE", "INSERT IGNORE INTO", "insert low_priority ignore into"],
)
def test_a_statement_that_assigns_is_a_record(tmp_path: Path, verb: str) -> None:
    scanned = scan_text(tmp_path, f"{verb} users SET email='a@example.com', name='A';\n", name="dump.sql")

    assert (scanned.rows, scanned.rejects) == ([("a@example.com", "A")], {})


@pytest.mark.parametrize("rest", ["SET email='a@example.com', name='A'", "(email, name) VALUES ('a@example.com', 'A')"])
@pytest.mark.parametrize("partition", ["PARTITION (p0)", "partition(`p0`, p1) "])
def test_a_statement_may_name_partitions(tmp_path: Path, partition: str, rest: str) -> None:
    scanned = scan_text(tmp_path, f"INSERT INTO users {partition} {rest};\n", name="dump.sql")

    assert (scanned.rows, scanned.rejects) == ([("a@example.com", "A")], {})


@pytest.mark.parametrize("blanks", [*range(4066, 4076), 9000])
@pytest.mark.parametrize("head", ["INSERT INTO users{} SET ", "INSERT INTO users SET{} "])
def test_a_head_may_be_of_any_length(tmp_path: Path, head: str, blanks: int) -> None:
    text = f"{head.format(' ' * blanks)}email='a@example.com', name='A';\n"

    scanned = scan_text(tmp_path, text, Instructions(format="sql"), name="dump.sql")

    assert (scanned.rows, scanned.rejects) == ([("a@example.com", "A")], {})


def test_a_dump_of_assignments_is_not_gone_through_for_each_of_them() -> None:
    def seconds(verb: str) -> float:
        window = Window(iter([f"{verb} email='a@example.com';\n" * 20_000]))
        began = process_time()
        for statement in Statements(window, GRAMMARS[0]):
            assert isinstance(statement, Rows)
            window.at = window.text.index("\n", window.at)
        return process_time() - began

    assert seconds("INSERT INTO users SET") < 5 * seconds("INSERT INTO users (email) VALUES (1); --")


def test_assignments_are_put_under_the_columns_of_the_table(tmp_path: Path) -> None:
    text = (
        "CREATE TABLE `users` (`id` int, `email` text, `name` text);\n"
        "INSERT INTO users SET `NAME`='A', users.`email`='a@example.com';\n"
        "INSERT INTO users VALUES (2, 'b@example.com', 'B');\n"
        "INSERT INTO shop.other SET id=9;\n"
        "INSERT INTO users SET id = 3 , city='C' ON DUPLICATE KEY UPDATE id=4, name='x;';\n"
    )

    scanned = scan_text(tmp_path, text, Instructions(table="users"), name="dump.sql")

    assert sorted(scanned.rows, key=str) == [
        ("2", "b@example.com", "B", None),
        ("3", None, None, "C"),
        (None, "a@example.com", "A", None),
    ]
    assert scanned.rejects == {}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("'x, y'", "x, y"),
        ("'x;\ny = (z'", "x;\ny = (z"),
        (r"'it\'s\\ so'", r"it's\ so"),
        ("'it''s'", "it's"),
        (r"'a\nb'", "a\nb"),
        ('"it\'s; , so"', "it's; , so"),
        ("_utf8mb4'x'", "x"),
        ("NULL", None),
        ("DEFAULT", None),
        ("12.5", "12.5"),
        ("-1", "-1"),
        ("0x6162", "ab"),
        ("X'6162'", "ab"),
        ("UNHEX('6162')", "ab"),
        ("CONCAT(LEFT('x;y', 3), ', ')", "x;y, "),
        ("NOW()", "NOW()"),
        ("1 + 2", "1 + 2"),
        ("''", None),
    ],
)
def test_a_value_says_what_it_says_in_a_row(tmp_path: Path, value: str, text: str | None) -> None:
    head = "INSERT INTO t SET email='a@example.com',"

    scanned = scan_text(tmp_path, f"{head} v={value}, n=1;\n{head}n=2,v = {value} ;\n", name="dump.sql")

    assert sorted(scanned.rows, key=str) == [("a@example.com", text, "1"), ("a@example.com", text, "2")]
    assert scanned.rejects == {}


@pytest.mark.parametrize("end", [";", ";\n", "\n", "\nGO\n", " ;\r\n", " AS new ON DUPLICATE KEY UPDATE e=new.e;\n"])
@pytest.mark.parametrize("value", ["5", "'x'", "NOW()"])
def test_a_statement_ends_where_the_next_begins(tmp_path: Path, end: str, value: str) -> None:
    between = end if end != ";" else ";-- next\n"
    text = between.join(f"INSERT INTO t SET e='u{number}@example.com', v={value}" for number in range(50))

    scanned = scan_text(tmp_path, text, name="dump.sql")

    assert {row[0] for row in scanned.rows} == {f"u{number}@example.com" for number in range(50)}
    assert len(scanned.rows) == 50


@pytest.mark.parametrize(
    "torn",
    ["e='a@example.com, v='x'", "e='a@example.com', v", "e=, v='x'", "", "e='a'b;\n', v=1"],
)
def test_a_statement_that_makes_no_sense_is_one_rejected_record(tmp_path: Path, torn: str) -> None:
    head = "INSERT INTO t SET "
    first, last = (f"{head}e='{number}@example.com', v='x';\n" for number in range(2))
    text = f"{first}{head}{torn};\n{last}INSERT INTO t VALUES (2, 3);"

    scanned = scan_text(tmp_path, text, name="dump.sql")

    assert sorted(scanned.rows) == [("0@example.com", "x"), ("1@example.com", "x"), ("2", "3")]
    assert scanned.rejects == {"malformed row": 1}


def test_a_statement_that_is_cut_short_is_rejected(tmp_path: Path) -> None:
    text = "INSERT INTO t SET e='a@example.com';\nINSERT INTO t SET e='b@exam"

    scanned = scan_text(tmp_path, text, name="dump.sql")

    assert (scanned.rows, scanned.rejects) == ([("a@example.com",)], {"malformed row": 1})


@pytest.mark.parametrize("rest", ["", "\n", "\nINSERT INTO t SET e='c@example.com', n='C', v=3;\n"])
@pytest.mark.parametrize("cut", ["e='b@example.com'", "e='b@example.com', n='B'", "e='b@example.com' , n=NULL "])
def test_a_statement_that_is_cut_between_its_assignments_is_rejected(tmp_path: Path, cut: str, rest: str) -> None:
    text = f"INSERT INTO t SET e='a@example.com', n='A', v=1;\nINSERT INTO t SET {cut}{rest}"

    scanned = scan_text(tmp_path, text, name="dump.sql")

    assert [row[0] for row in scanned.rows] == ["a@example.com", "c@example.com"][: 1 + ("c@" in rest)]
    assert scanned.rejects == {"malformed row": 1}


def test_a_last_statement_that_only_lacks_its_end_is_read(tmp_path: Path) -> None:
    text = "INSERT INTO t SET e='a@example.com', v=1;\nINSERT INTO t SET e='b@example.com', v=2"

    scanned = scan_text(tmp_path, text, name="dump.sql")

    assert (scanned.rows, scanned.rejects) == ([("a@example.com", "1"), ("b@example.com", "2")], {})


def test_a_table_whose_only_statement_is_torn_has_lost_one_record(tmp_path: Path) -> None:
    scanned = scan_text(tmp_path, "INSERT INTO t SET e='a@example.com, v='x';\n", name="dump.sql")

    assert (scanned.rows, scanned.rejects) == ([], {"malformed row": 1})


def test_backslashes_escape_where_only_mysql_could_have_written_the_dump(tmp_path: Path) -> None:
    text = "INSERT INTO t SET e='a@example.com', v='C:\\\\x';\nINSERT INTO t SET e='b@example.com', v='C:\\';\n"

    assert sorted(scan_text(tmp_path, text, name="dump.sql").rows) == [
        ("a@example.com", "C:\\x"),
        ("b@example.com", "C:\\"),
    ]


def test_a_value_longer_than_what_is_looked_at_is_read(tmp_path: Path) -> None:
    text = f"INSERT INTO t SET a='{'x' * 3_000_000}', b='a@example.com';\nINSERT INTO t SET b='b@example.com';\n"

    scanned = scan_text(tmp_path, text, name="dump.sql")

    assert {row[1] for row in scanned.rows} == {"a@example.com", "b@example.com"}


@given(values=st.lists(st.none() | TEXTS, min_size=1, max_size=4), size=st.integers(1, 40))
@example(values=["it's", ";\n"], size=1)
def test_values_are_read_as_they_were_written_wherever_the_text_is_split(values: list[str | None], size: int) -> None:
    text = f"{written(values)};\nINSERT".encode().decode(SMUGGLED)
    window = Window(iter([text[at : at + size] for at in range(0, len(text), size)]), room=8)
    left = LeftOut(is_numbered=True)

    [row] = Assignments(GRAMMARS).record(window, [f"c{at}" for at in range(len(values))], 7, left)

    assert [value.encode(SMUGGLED).decode() for value in row] == ["7", *(value or "" for value in values)]
    assert left == {}
    window.ensure()
    assert window.text[window.at] == ";"


@given(text=st.text(st.sampled_from("ab'\"\\\n;(),=INSERT"), max_size=60))
def test_a_record_is_read_or_rejected_whatever_is_written(text: str) -> None:
    left = LeftOut()
    window = Window(iter([text[at : at + 7] for at in range(0, len(text), 7)]), room=16)

    rows = [*Assignments(GRAMMARS).record(window, ["a"], 1, left)]

    assert len(rows) + left.total() == 1


@pytest.mark.parametrize("torn", ["e='a@example.com' v='x'", "e='a@example.com', n=1 v='x'", "n=1 e='a@example.com'"])
def test_assignments_that_no_comma_parts_lose_nothing_silently(tmp_path: Path, torn: str) -> None:
    text = f"INSERT INTO t SET e='b@example.com', v='y';\nINSERT INTO t SET {torn};\n"

    scanned = scan_text(tmp_path, text, name="dump.sql")

    assert (scanned.rows, scanned.rejects) == ([("b@example.com", "y")], {"malformed row": 1})


@given(st.lists(st.lists(st.none() | TEXTS, min_size=3, max_size=3), min_size=3, max_size=8), st.integers(1, 400))
def test_statements_that_are_alike_are_read_as_any_other(rows: list[list[str | None]], size: int) -> None:
    text = "".join(f"{written(row)};\nINSERT" for row in rows).encode().decode(SMUGGLED) + "x" * 300
    window = Window(iter([text[at : at + size] for at in range(0, len(text), size)]), room=8)
    left, read = LeftOut(), Assignments(GRAMMARS)
    names = ["c0", "c1", "c2"]

    for row in rows:
        assert [value.encode(SMUGGLED).decode() for value in next(read.record(window, names, 1, left))] == [
            value or "" for value in row
        ]
        while window.left < len(";\nINSERT") and window.more():
            continue
        window.at += len(";\nINSERT")


def test_columns_may_change_from_statement_to_statement(tmp_path: Path) -> None:
    sets = ["a=1, b='x'", "a=2, b='y'", "a=3, b='z'", "b=4, a='u'", "a=5", "b=6", "a=7, b='it''s'", "a=8, b=NOW()"]

    scanned = scan_text(tmp_path, "".join(f"INSERT INTO t SET {one};\n" for one in sets * 20), name="dump.sql")

    assert set(scanned.rows) == {
        *(("1", "x"), ("2", "y"), ("3", "z"), ("u", "4"), ("5", None), (None, "6"), ("7", "it's"), ("8", "NOW()"))
    }
    assert len(scanned.rows) == 160
