"""COPY … FROM stdin as its options say: every row below it is read, or counted as left out."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.readers.left_out import LeftOut
from ingest.readers.sql_copied_csv import CopiedCsv
from ingest.readers.sql_copying import copying_in
from ingest.readers.sql_rows import copied_fields
from ingest.readers.sql_text import SMUGGLED
from ingest.readers.sql_window import Window
from tests.ingest.scans import Scanned, scan_text

TEXTS = st.text(st.sampled_from("ab'\"\\\n\t;.,=é"), max_size=8)


def copied(folder: Path, options: str, rows: str, columns: str = " (id, email)") -> Scanned:
    text = f"SET x = 1;\nCOPY t{columns} FROM stdin{options};\n{rows}\\.\nINSERT INTO t VALUES (9, 'z@example.com');\n"
    return scan_text(folder, text, name="dump.sql")


@pytest.mark.parametrize(
    ("options", "delimiter", "has_header"),
    [
        (" WITH (FORMAT csv)", ",", False),
        (" WITH (FORMAT 'csv', HEADER)", ",", True),
        (" (format CSV, header false)", ",", False),
        (" WITH (\n  FORMAT csv,\n  HEADER true,\n  FORCE_NOT_NULL (id, email),\n  DELIMITER ';'\n)", ";", True),
        (" CSV HEADER", ",", True),
        (" WITH DELIMITER AS '|' NULL AS '' CSV HEADER QUOTE AS '\"'", "|", True),
        (" DELIMITER E'\\t' CSV", "\t", False),
    ],
)
def test_rows_of_csv_are_read(tmp_path: Path, options: str, delimiter: str, has_header: bool) -> None:
    rows = ["id,email"] * has_header + ["1,a@example.com", '2,"b,""B"";\nb@example.com"', ",c@example.com"]

    scanned = copied(tmp_path, options, "".join(f"{row}\n" for row in rows).replace(",", delimiter))

    assert sorted(scanned.rows, key=str) == [
        ("1", "a@example.com"),
        ("2", f'b{delimiter}"B";\nb@example.com'),
        ("9", "z@example.com"),
        (None, "c@example.com"),
    ]
    assert scanned.rejects == {}


def test_a_quote_and_an_escape_of_its_own_are_honoured(tmp_path: Path) -> None:
    options = " WITH (FORMAT csv, QUOTE '''', ESCAPE '\\', NULL 'N/A')"

    scanned = copied(tmp_path, options, "1,'it\\'s, \\\\ \\x'\r\nN/A,'N/A'\r\n")

    assert sorted(scanned.rows, key=str) == [("1", "it's, \\ \\x"), ("9", "z@example.com"), (None, "N/A")]
    assert scanned.rejects == {}


@pytest.mark.parametrize("options", [" DELIMITER ','", " WITH (DELIMITER ',', NULL '-')", " WITH DELIMITER AS ','"])
def test_text_with_a_delimiter_of_its_own_is_read(tmp_path: Path, options: str) -> None:
    scanned = copied(tmp_path, options, "1,a\\,b\\\\\n2,\\\\,3\n3,x\n")

    assert sorted(scanned.rows) == [("1", "a,b\\"), ("3", "x"), ("9", "z@example.com")]
    assert scanned.rejects == {"too many columns": 1}


def test_a_header_names_columns_that_nothing_else_does(tmp_path: Path) -> None:
    text = "COPY t FROM stdin CSV HEADER;\nid,e mail\n1,a@example.com\n\\.\n"

    assert scan_text(tmp_path, text, name="dump.sql").rows == [("1", "a@example.com")]


@pytest.mark.parametrize(
    "torn", ['2,"b@example.com', '2,b@example.com,"x', '2,"b"b@example.com', '"2,b@example.com\n3,"",x', "2,b,c"]
)
def test_a_torn_row_of_csv_costs_nobody_else(tmp_path: Path, torn: str) -> None:
    scanned = copied(tmp_path, " CSV", f'0,"x"\n{torn}\n1,"y"\n')

    assert {("0", "x"), ("1", "y"), ("9", "z@example.com")} <= set(scanned.rows)
    assert len(scanned.rows) + sum(scanned.rejects.values()) == 4 + torn.count("\n")


def test_a_torn_header_hides_no_row(tmp_path: Path) -> None:
    scanned = copied(tmp_path, " CSV HEADER", 'id,"email\n1,a@example.com\n')

    assert sorted(scanned.rows) == [("1", "a@example.com"), ("9", "z@example.com")]


@pytest.mark.parametrize("options", [" BINARY", " WITH (FORMAT binary)", " WITH (FORMAT json)", " CSV DELIMITER '||'"])
def test_rows_that_cannot_be_made_out_are_counted(tmp_path: Path, options: str) -> None:
    scanned = copied(tmp_path, options, "1,a@example.com\n2,b@example.com\n")

    assert (scanned.rows, scanned.rejects) == ([("9", "z@example.com")], {"malformed row": 2})


def test_a_row_of_csv_that_is_cut_short_is_rejected(tmp_path: Path) -> None:
    text = 'COPY t (id, email) FROM stdin CSV;\n1,a@example.com\n2,"b@exam'

    scanned = scan_text(tmp_path, text, name="dump.sql")

    assert (scanned.rows, scanned.rejects) == ([("1", "a@example.com")], {"malformed row": 1})


@given(rows=st.lists(st.lists(TEXTS, min_size=3, max_size=3), max_size=6), size=st.integers(1, 40))
@example(rows=[['"', "\n", "x"]], size=1)
def test_csv_is_read_as_it_was_written_wherever_the_text_is_split(rows: list[list[str]], size: int) -> None:
    rows = [[value.replace("\n\\.\n", "") for value in row] for row in rows]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    smuggled = f"{text.getvalue()}\\.\n;".encode().decode(SMUGGLED)
    window = Window(iter([smuggled[at : at + size] for at in range(0, len(smuggled), size)]), room=8)
    left = LeftOut()

    read = [*CopiedCsv(window, copying_in(" CSV")).rows(3, [0, 1, 2], left)]

    assert [[value.encode(SMUGGLED).decode() for value in row] for row in read] == rows
    assert (window.text[window.at :].strip(), left) == (";", {})


@pytest.mark.parametrize("options", ["", " WHERE (a > (b + (c * (d))))"])
def test_a_table_that_is_copied_without_its_columns_is_read(tmp_path: Path, options: str) -> None:
    scanned = copied(tmp_path, options, "1\ta@example.com\n", columns="")

    assert sorted(scanned.rows) == [("1", "a@example.com"), ("9", "z@example.com")]


def test_zeros_and_escapes_are_part_of_a_value_with_a_delimiter_of_its_own() -> None:
    assert copied_fields("a\0\0b\\,c\0\1,\\\\,d\\", ",") == ["a\0\0b\\,c\0\1", "\\\\", "d\\"]


def test_a_delimiter_that_is_escaped_parts_no_values(tmp_path: Path) -> None:
    assert copied(tmp_path, "", "1\ta\\\tb\\\\\n").rows[0] == ("1", "a\tb\\")


def test_bytes_may_be_written_by_their_numbers(tmp_path: Path) -> None:
    assert copied(tmp_path, "", "1\t\\x61\\142\\xc3\\xa9\\7\\\n").rows[0] == ("1", "abé\x07\\")


@pytest.mark.parametrize(
    "options", [" (ENCODING 'LATIN1')", " WITH (FORMAT text, ENCODING latin1)", " ENCODING 'win1252'"]
)
@pytest.mark.parametrize(("form", "mark"), [("", "\t"), (" CSV", ",")])
def test_rows_in_an_encoding_of_their_own_are_read_by_it(tmp_path: Path, options: str, form: str, mark: str) -> None:
    around = "INSERT INTO t VALUES (8, 'Zoë');\n" * 3
    rows = f"1{mark}josé\n".encode("latin-1") + f"2{mark}Zoë\n".encode()
    options = options.replace("WITH (FORMAT text,", "(") if form else options
    options = options.replace("(", "(FORMAT csv, ") if form and "(" in options else options + form

    scanned = scan_text(tmp_path, f"{around}COPY t FROM stdin{options};\n".encode() + rows + b"\\.\n", name="dump.sql")

    assert set(scanned.rows) == {("8", "Zoë"), ("1", "josé"), ("2", "Zoë")}
