"""Files as `mariadb-dump --tab` and `SELECT … INTO OUTFILE` write them: a backslash escapes what would end a value."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats import detect
from ingest.readers.backslashes import are_escapes, records, unescaped
from ingest.readers.left_out import NUMBER
from ingest.sources import DataFile, find
from tests.ingest.scans import scan, scan_text, table_of

ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\\t", "\n": "\\\n", "\0": "\\0"})


def outfile(*rows, end="\n"):
    """*rows* as the server writes them; None is NULL."""
    return "".join("\t".join(map(value, row)) + "\n" for row in rows).replace("\n", end)


def value(text):
    return r"\N" if text is None else text.translate(ESCAPED)


PEOPLE = [
    ("1", "ann@example.com", "Ann", "likes\ttabs", "2020-01-01"),
    ("2", "bob@example.com", "Bob", "two\nlines\nand eve@example.org\there", None),
    ("3", "cy@example.com", None, "C:\\", "2020-01-03"),
    ("4", "dee@example.com", "Dee", "ends\\\n", None),
]
PLAIN = [
    ("1", "ann@example.com", "Ann", "likes tabs", "2020-01-01"),
    ("2", "bob@example.com", "Bob", "two lines and eve@example.org here", r"\N"),
    ("3", "cy@example.com", r"\N", "C:\\", "2020-01-03"),
    ("4", "dee@example.com", "Dee", "ends\\ ", r"\N"),
]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_value_may_hold_the_tab_and_the_line_end_that_part_values(tmp_path, end):
    scanned = scan_text(tmp_path, outfile(*PEOPLE, end=end), name="people.txt")

    assert (scanned.rows, scanned.rejects) == (PLAIN, {})


def test_a_compressed_file_is_read_alike(tmp_path):
    (tmp_path / "people.txt.gz").write_bytes(gzip.compress(outfile(*PEOPLE).encode()))

    assert scan(table_of(tmp_path / "people.txt.gz")).rows == PLAIN


def test_a_header_names_the_columns_above_such_rows(tmp_path):
    scanned = scan_text(tmp_path, "id\temail\tname\tbio\tborn\n" + outfile(*PEOPLE))

    assert scanned.rows == PLAIN


def test_a_comma_may_part_values_as_well(tmp_path):
    scanned = scan_text(tmp_path, "1,ann@example.com,Ann\\, Dr.,\\N\n2,bob@example.com,Bob\\\nJr.,2020\n")

    assert scanned.rows == [
        ("1", "ann@example.com", "Ann  Dr.", r"\N"),
        ("2", "bob@example.com", "Bob Jr.", "2020"),
    ]


def test_line_ends_in_half_of_all_rows_do_not_make_it_free_text(tmp_path):
    rows = [(f"{at}", f"p{at}@example.com", "first\nof several\nlines", None) for at in range(30)]
    (tmp_path / "people.txt").write_text(outfile(*rows))

    [file] = [file for file in find("people.txt", tmp_path) if isinstance(file, DataFile)]

    assert detect(file) == "csv"
    assert len(scan(table_of(tmp_path / "people.txt")).rows) == 30


def test_such_records_are_numbered_one_by_one_for_they_are_no_lines(tmp_path):
    (tmp_path / "people.txt").write_text(outfile(*PEOPLE))

    table = table_of(tmp_path / "people.txt")

    assert scan(table, [NUMBER, "column2"]).rows == [(number, row[1]) for number, row in enumerate(PEOPLE, start=1)]
    assert table.numbered_by == "record"


@pytest.mark.parametrize(
    "text",
    [
        "1\tann@example.com\tC:\\Users\\\n2\tbob@example.com\t\\N\n3\tcy@example.com\tx\n",  # \U is no escape
        "1\tann@example.com\tC:\\new\n2\tbob@example.com\tD:\\tmp\n",  # nothing tells
        "1\tann@example.com\tdir\\\n2\tbob@example.com\tdir\\\n3\tcy@example.com\tdir\\\n",  # rows would run together
        "1\tann@example.com\tAnn\n",
    ],
)
def test_a_backslash_that_may_be_one_escapes_nothing(text):
    assert not are_escapes(text.encode(), b"\t")


def test_nobody_is_lost_where_values_merely_end_in_a_backslash(tmp_path):
    text = "".join(f"{at}\tp{at}@example.com\tdir\\\n" for at in range(1, 9))

    scanned = scan_text(tmp_path, text)

    assert [row[1] for row in scanned.rows] == [f"p{at}@example.com" for at in range(1, 9)]


VALUES = st.text(st.sampled_from("ab\\\t\n\0N0n@"), max_size=8)


@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=6), st.integers(1, 7))
def test_wherever_the_pieces_are_cut_each_record_is_one_line_of_its_values(rows, size):
    text = outfile(*rows).encode()

    found = b"".join(records([text[at : at + size] for at in range(0, len(text), size)], b"\t"))

    assert found == unescaped(text, b"\t")
    meant = [tuple(one.replace("\0", "").replace("\t", " ").replace("\n", " ") for one in row) for row in rows]
    assert [tuple(line.split("\t")) for line in found.decode().split("\n")[:-1]] == meant
