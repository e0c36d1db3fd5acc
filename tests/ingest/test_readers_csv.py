"""Delimited text: how it is laid out, and that no dirt loses anyone."""

import codecs
import csv
import gzip
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breachcheck.errors import DataFileError
from ingest.readers.base import Instructions
from ingest.readers.csv import quote_of
from ingest.readers.left_out import LeftOut
from ingest.readers.lines import blocks
from ingest.readers.repair import Grammar, Repair
from tests.ingest.scans import Row, Scanned, scan, scan_text, table_of

HEADER = "id,email,name\n"


def file_of(folder: Path, text: str | bytes, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def columns_of(folder: Path, text: str | bytes, told: Instructions | None = None) -> tuple[str, ...]:
    return table_of(file_of(folder, text), told).columns


# Layout


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", "^", "~"])
def test_the_delimiter_is_told_by_content(tmp_path: Path, mark: str) -> None:
    text = f"id{mark}email{mark}name\n1{mark}a@example.com{mark}Al, B.\n2{mark}b@example.com{mark}Bo\n".replace(
        "Al, B.", "Al B." if mark == "," else "Al, B."
    )

    assert columns_of(tmp_path, text) == ("id", "email", "name")


def test_a_declared_delimiter_holds(tmp_path: Path) -> None:
    scanned = scan_text(tmp_path, "id:email\n1:a@example.com\n", Instructions(delimiter=":"))

    assert scanned.rows == [("1", "a@example.com")]


def test_the_first_line_may_name_the_delimiter(tmp_path: Path) -> None:
    scanned = scan_text(tmp_path, "sep=|\nid|email\n1|a@example.com\n")

    assert scanned.rows == [("1", "a@example.com")]


def test_the_first_person_of_a_headerless_file_is_a_person(tmp_path: Path) -> None:
    table = table_of(file_of(tmp_path, "1,a@example.com,Al\n2,b@example.com,Bo\n"))

    assert table.columns == ("column1", "column2", "column3")
    assert len(scan(table).rows) == 2


def test_a_single_person_without_a_header_is_a_person(tmp_path: Path) -> None:
    assert scan_text(tmp_path, "a@example.com").rows == [("a@example.com",)]


@pytest.mark.parametrize("first", ["17,Alice,Berlin", "Alice,2001-02-03,Berlin", "Alice,+49 30 1234567,Berlin"])
def test_a_first_row_that_reads_as_values_is_no_header(tmp_path: Path, first: str) -> None:
    assert columns_of(tmp_path, f"{first}\n18,Bob,Paris\n")[0] == "column1"


def test_a_first_row_whose_values_recur_is_no_header(tmp_path: Path) -> None:
    text = "Alice,Berlin,Windows\nBob,Paris,Windows\nCarol,Berlin,macOS\n"

    assert columns_of(tmp_path, text) == ("column1", "column2", "column3")


def test_a_header_that_stands_again_behind_a_byte_order_mark_is_a_header(tmp_path: Path) -> None:
    text = "email,name\nann@example.com,Ann\n\ufeffemail,name\nbob@example.com,Bob\n"

    assert columns_of(tmp_path, text) == ("email", "name")


def test_a_declared_header_row_holds(tmp_path: Path) -> None:
    text = "exported on Monday\n\n" + HEADER + "1,a@example.com,Al\n"

    scanned = scan_text(tmp_path, text, Instructions(header_row=3))

    assert scanned.rows == [("1", "a@example.com", "Al")]


@pytest.mark.parametrize(
    "titles",
    [
        "Export of our customers\n",
        "Export of our customers\n\nMade on Monday\n",
        "Customers;2026-01-31;;\n",
        "Exported by admin@example.com, on Monday;;;\n\n",
        "Report\tof\tusers\n",
    ],
)
def test_the_header_is_found_below_titles(tmp_path: Path, titles: str) -> None:
    scanned = scan_text(tmp_path, titles + "id;email;name\n1;a@example.com;Al\n2;b@example.com;Bo\n")

    assert sorted(scanned.rows) == [("1", "a@example.com", "Al"), ("2", "b@example.com", "Bo")]


def test_a_header_of_known_names_is_found_below_wide_titles(tmp_path: Path) -> None:
    table = table_of(file_of(tmp_path, "Report,2026-01-31\nid,email,name\n1,a@example.com,Al\n2,b@example.com,Bo\n"))

    assert table.columns == ("id", "email", "name")


@pytest.mark.parametrize("first", ["17,Alice,Berlin", "a@example.com", "17,a@example.com,Al", "x,a@example.com"])
def test_a_record_that_names_nothing_is_no_title(tmp_path: Path, first: str) -> None:
    table = table_of(file_of(tmp_path, f"{first}\nid,email,name\n1,b@example.com,Bo\n2,c@example.com,Cy\n"))

    assert table.columns[0] == "column1"
    assert len(scan(table).rows) == 4


@pytest.mark.parametrize(
    "titles",
    [
        "Contact,ops@example.com,,\n",
        "Report of members,,,\n,,,\nOwner,,ops@example.com,\n",
        "Contact,ops@example.com\nCopy to,eve@example.com\n",
        "Exported by ops@example.com on Monday\n",
    ],
)
def test_a_header_of_known_names_is_found_below_whom_to_ask(tmp_path: Path, titles: str) -> None:
    file = file_of(tmp_path, f"{titles}email,name,city,phone\nann@example.com,Ann,Rome,\nbea@example.com,Bea,Oslo,\n")

    table = table_of(file)

    assert (table.columns, table.note) == (
        ("email", "name", "city", "phone"),
        "an address above the header is not read",
    )
    assert len(scan(table).rows) == 2


@pytest.mark.parametrize(
    "people",
    [
        "a@example.com\nb@example.com\n",
        "Al,a@example.com\nBo,b@example.com\nCy,c@example.com\n",
        "17,a@example.com\n",
        "a@example.com,Al,Rome,1\n",
    ],
)
def test_people_above_the_header_of_others_are_people(tmp_path: Path, people: str) -> None:
    others = "".join(f"d{number}@example.com,Dee,Rome,\n" for number in range(5))
    file = file_of(tmp_path, f"{people}email,name,city,phone\n{others}")

    table = table_of(file, Instructions(delimiter=","))

    assert (table.columns[0], table.note) == ("column1", "")
    assert len(scan(table).rows) == people.count("\n") + 6


def test_an_address_above_a_declared_header_is_told_of(tmp_path: Path) -> None:
    table = table_of(file_of(tmp_path, "a@example.com,Al\nemail,name\nb@example.com,Bo\n"), Instructions(header_row=2))

    assert table.note == "an address above the header is not read"


def test_a_header_narrower_than_its_rows_is_no_title(tmp_path: Path) -> None:
    people = "".join(f"u{number}@example.com,Al,x,y,z\n" for number in range(3))

    assert columns_of(tmp_path, f"email,name\n{people}")[:2] == ("email", "name")


def test_titles_alone_make_no_header(tmp_path: Path) -> None:
    scanned = scan_text(tmp_path, "Customers\n1,a@example.com,Al\n2,b@example.com,Bo\n")

    assert [row for row in sorted(scanned.rows) if row[1]] == [
        ("1", "a@example.com", "Al"),
        ("2", "b@example.com", "Bo"),
    ]


def test_a_declared_absence_of_a_header_holds(tmp_path: Path) -> None:
    scanned = scan_text(tmp_path, "Al,Bo\nCy,Di\n", Instructions(header_row=0))

    assert sorted(scanned.rows) == [("Al", "Bo"), ("Cy", "Di")]


def test_a_header_row_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="header_row"):
        columns_of(tmp_path, HEADER, Instructions(header_row=7))


def test_headers_that_stand_twice_are_numbered_and_empty_ones_named(tmp_path: Path) -> None:
    columns = columns_of(tmp_path, "email,name,,Email,name\na@example.com,Al,x,b@example.com,Bo\n")

    assert columns == ("email", "name", "column3", "Email (2)", "name (2)")


def test_columns_of_one_name_are_told_together(tmp_path: Path) -> None:
    table = table_of(file_of(tmp_path, "email,name,, Email,name\na@example.com,Al,x,b@example.com,Bo\n"))

    assert table.alike == {"email": (" Email",), "name": ("name (2)",)}


def test_columns_that_the_header_does_not_name_are_columns(tmp_path: Path) -> None:
    columns = columns_of(tmp_path, "id,email\n1,a@example.com,Al\n2,b@example.com,Bo\n")

    assert columns == ("id", "email", "column3")


def test_a_header_alone_is_a_table_without_records(tmp_path: Path) -> None:
    assert scan_text(tmp_path, HEADER).read == 0


def test_a_column_that_is_not_there_is_refused_without_its_name(tmp_path: Path) -> None:
    table = table_of(file_of(tmp_path, HEADER))

    with pytest.raises(DataFileError, match="no such column"):
        scan(table, ["a@example.com"])


# Encodings and line ends


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_told_by_content(tmp_path: Path, encoding: str) -> None:
    text = HEADER + "1,a@example.com,José\n2,b@example.com,Bo\n"

    assert sorted(scan_text(tmp_path, text.encode(encoding)).rows)[0] == ("1", "a@example.com", "José")


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_utf16_is_told_by_its_mark(tmp_path: Path, mark: bytes) -> None:
    encoding = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"

    assert columns_of(tmp_path, mark + HEADER.encode(encoding)) == ("id", "email", "name")


def test_a_declared_encoding_holds(tmp_path: Path) -> None:
    text = (HEADER + "1,a@example.com,Жанна\n").encode("cp1251")

    assert scan_text(tmp_path, text, Instructions(encoding="cp1251")).rows == [("1", "a@example.com", "Жанна")]


def test_an_encoding_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="encoding"):
        columns_of(tmp_path, HEADER, Instructions(encoding="utf-9"))


def test_an_encoding_that_is_not_unicode_is_guessed(tmp_path: Path) -> None:
    text = (HEADER + "1,a@example.com,José\n2,b@example.com,Zoë\n").encode("cp1252")

    assert scan_text(tmp_path, text).rows == [("1", "a@example.com", "José"), ("2", "b@example.com", "Zoë")]


def test_a_single_line_that_is_not_utf8_loses_nobody(tmp_path: Path) -> None:
    good = "".join(f"{number},u{number}@example.com,Zoë\n" for number in range(50)).encode()

    scanned = scan_text(tmp_path, HEADER.encode() + good + b"50,u50@example.com,Jos\xe9\n" + good)

    assert (len(scanned.rows), scanned.rejects) == (101, {})
    assert ("50", "u50@example.com", "Jos\ufffd") in scanned.rows


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_lines_end_in_any_of_three_ways(tmp_path: Path, end: str, last: bool) -> None:
    text = end.join(["id,email", "1,a@example.com", "", '2,"b@example.com"']) + end * last

    assert sorted(scan_text(tmp_path, text).rows) == [("1", "a@example.com"), ("2", "b@example.com")]


def test_lines_may_end_in_different_ways(tmp_path: Path) -> None:
    scanned = scan_text(tmp_path, "id,email\r\n1,a@example.com\n2,b@example.com\r\n3,c@\rexample.com\n")

    assert sorted(scanned.rows) == [("1", "a@example.com"), ("2", "b@example.com"), ("3", "c@ example.com")]


# Rows


def test_short_rows_are_padded_and_long_ones_rejected(tmp_path: Path) -> None:
    scanned = scan_text(tmp_path, HEADER + "1,a@example.com\n2,b@example.com,Bo,x\n3,c@example.com,Cy,\n")

    assert sorted(scanned.rows) == [("1", "a@example.com", None), ("3", "c@example.com", "Cy")]
    assert scanned.rejects == {"too many columns": 1}


@pytest.mark.parametrize("more", ["x", ",x", ",,,x", ",,,,x", "x,,", "x" + ",x" * 50])
def test_a_row_is_too_long_wherever_the_rest_of_it_stands(tmp_path: Path, more: str) -> None:
    people = "".join(f"{number},u{number}@example.com,Al\n" for number in range(10))

    scanned = scan_text(tmp_path, HEADER + people + f"10,u10@example.com,Al,{more}\n")

    assert (len(scanned.rows), scanned.rejects) == (10, {"too many columns": 1})


def test_empty_columns_at_the_end_do_not_make_a_row_too_long(tmp_path: Path) -> None:
    assert scan_text(tmp_path, HEADER + "1,a@example.com,Al,\n2,b@example.com,Bo,,\n").rows == [
        ("1", "a@example.com", "Al"),
        ("2", "b@example.com", "Bo"),
    ]


def test_rows_that_are_all_too_long_are_counted_all(tmp_path: Path) -> None:
    people = "".join(f"{number},u{number}@example.com,Al\n" for number in range(600))

    scanned = scan_text(tmp_path, HEADER + people + "1,a@example.com,Al,more,and more\n" * 300_000)

    assert (len(scanned.rows), scanned.rejects) == (600, {"too many columns": 300_000})


def test_a_file_that_stops_being_utf8_after_megabytes_loses_nobody(tmp_path: Path) -> None:
    people = "".join(f"{number},u{number}@example.com,Al\n" for number in range(50_000))

    scanned = scan_text(tmp_path, HEADER.encode() + people.encode() + b"1,a@example.com,Jos\xe9\n" * 5000)

    assert (len(scanned.rows), scanned.rejects) == (55_000, {})


def test_blank_lines_are_no_records(tmp_path: Path) -> None:
    assert scan_text(tmp_path, "email\n\na@example.com\n\n\nb@example.com\n\n").read == 2


def test_quoted_values_hold_delimiters_quotes_and_newlines(tmp_path: Path) -> None:
    row = ("1", "a@example.com", 'Al "the cat", Sr.\r\nline two')
    out = io.StringIO()
    csv.writer(out).writerows([("id", "email", "name"), row])

    assert scan_text(tmp_path, out.getvalue()).rows == [(*row[:2], row[2].replace("\r\n", "\n"))]


def test_a_quoted_newline_is_no_reason_to_split_a_record(tmp_path: Path) -> None:
    scanned = scan_text(
        tmp_path, HEADER + '1,a@example.com,"x\nwrite to b@example.com, please\ny"\n2,c@example.com,z\n'
    )

    assert sorted(row[1] for row in scanned.rows if row[1]) == ["a@example.com", "c@example.com"]


def test_a_quote_that_is_never_closed_swallows_nobody(tmp_path: Path) -> None:
    people = "".join(f"{number},u{number}@example.com,Al\n" for number in range(2, 1000))

    scanned = scan_text(tmp_path, HEADER + '1,u1@example.com,"Al\n' + people)

    assert {row[1] for row in scanned.rows} == {f"u{number}@example.com" for number in range(1, 1000)}
    assert scanned.read == 999


def test_values_of_many_lines_are_read_whole_in_a_long_file(tmp_path: Path) -> None:
    people = "".join(f'{number},u{number}@example.com,"Al\nthe {number}th"\n' for number in range(60_000))

    scanned = scan_text(tmp_path, HEADER + people)

    assert set(scanned.rows) == {
        (str(number), f"u{number}@example.com", f"Al\nthe {number}th") for number in range(60_000)
    }


def test_two_stray_quotes_swallow_nobody_between_them(tmp_path: Path) -> None:
    people = "".join(f"{number},u{number}@example.com,Al\n" for number in range(2, 1000))

    scanned = scan_text(tmp_path, HEADER + '1,u1@example.com,"Al\n' + people + '1000,u1000@example.com,Bo"\n')

    assert {row[1] for row in scanned.rows} == {f"u{number}@example.com" for number in range(1, 1001)}
    assert scanned.read == 1000


@pytest.mark.parametrize("name", ["5'10\"", 'Bob "Bobby" Smith', '"Bob" Smith', '"Bob"by', 'B"b'])
def test_a_quote_within_a_value_is_a_character(tmp_path: Path, name: str) -> None:
    scanned = scan_text(tmp_path, HEADER + f"1,a@example.com,{name}\n2,b@example.com,Al\n")

    assert sorted(row[:2] for row in scanned.rows) == [("1", "a@example.com"), ("2", "b@example.com")]


def test_quotes_may_stand_after_a_space_or_be_escaped_by_a_backslash(tmp_path: Path) -> None:
    scanned = scan_text(tmp_path, HEADER + '1, "a@example.com", "Al, Sr."\n2,b@example.com,"the \\"cat\\", he said"\n')

    assert sorted(scanned.rows) == [("1", "a@example.com", "Al, Sr."), ("2", "b@example.com", 'the "cat", he said')]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("header", ["id,email,name", '"id,email,name"'])
def test_a_record_that_was_quoted_as_a_whole_is_its_fields(tmp_path: Path, header: str, end: str) -> None:
    written = [header, '"1,a@example.com,Al"', '"2,b@example.com,""Bo, Sr."""', '3,"c@example.com",Cy', ""]

    scanned = scan_text(tmp_path, end.join(written))

    assert sorted(scanned.rows) == [
        ("1", "a@example.com", "Al"),
        ("2", "b@example.com", "Bo, Sr."),
        ("3", "c@example.com", "Cy"),
    ]


@pytest.mark.parametrize("line", ['"a@example.com, b@example.com"', '"a, b, c, d"', '"ab"'])
def test_a_short_row_of_one_quoted_value_is_left_as_it_is(tmp_path: Path, line: str) -> None:
    scanned = scan_text(tmp_path, f"email,name\n{line}\nc@example.com,Cy\n")

    assert (line.strip('"'), None) in scanned.rows


def test_a_column_of_quoted_values_with_commas_is_one_column(tmp_path: Path) -> None:
    assert columns_of(tmp_path, 'name\n"Smith, Ann"\n"Jones, Bob"\n') == ("name",)


def test_a_delimiter_behind_a_backslash_is_text_where_the_row_would_be_too_long(tmp_path: Path) -> None:
    rows = [r"1,a@example.com,Al\, B.\, Sr.", r"2,b@example.com\,Bo", r"3,c@example.com,C:\,x", "4,d@example.com,D,x"]

    scanned = scan_text(tmp_path, HEADER + person(5) * 5 + "\n".join(rows) + "\n")

    assert sorted(set(scanned.rows))[:3] == [
        ("1", "a@example.com", "Al, B., Sr."),
        ("2", "b@example.com\\", "Bo"),
        ("3", "c@example.com", "C:,x"),
    ]
    assert scanned.rejects == {"too many columns": 1}


def test_a_line_that_is_much_too_long_is_one_rejected_record(tmp_path: Path) -> None:
    scanned = scan_text(tmp_path, HEADER + f"1,a@example.com,{'x' * 3_000_000}\n2,b@example.com,Bo\n")

    assert ([row[1] for row in scanned.rows], scanned.rejects) == (["b@example.com"], {"line too long": 1})


def test_a_line_longer_than_memory_should_hold_is_one_rejected_record(tmp_path: Path) -> None:
    line = f'1,a@example.com,"{"x" * 18_000_000}\n'
    path = tmp_path / "people.csv.gz"
    path.write_bytes(gzip.compress((HEADER + line + "2,b@example.com,Bo\n").encode(), 1))

    scanned = scan(table_of(path))

    assert ([row[1] for row in scanned.rows], scanned.rejects) == (["b@example.com"], {"line too long": 1})


@pytest.mark.parametrize("size", [17, 40])
def test_a_line_longer_than_the_engines_buffer_is_rejected_and_not_lost(tmp_path: Path, size: int) -> None:
    line = f"1,a@example.com,{'x' * (size << 20)}\n"

    scanned = scan_text(tmp_path, HEADER + line + "2,b@example.com,Bo\n")

    assert ([row[1] for row in scanned.rows], scanned.rejects) == (["b@example.com"], {"line too long": 1})


def test_a_first_line_that_is_much_too_long_is_no_header_and_hides_nobody(tmp_path: Path) -> None:
    scanned = scan_text(tmp_path, "x" * (17 << 20) + "\na@example.com\nb@example.com\n")

    assert (sorted(scanned.rows), scanned.rejects) == (
        [("a@example.com",), ("b@example.com",)],
        {"line too long": 1},
    )


def test_a_table_can_be_scanned_again(tmp_path: Path) -> None:
    table = table_of(file_of(tmp_path, HEADER + '1,a@example.com,"Al\n2,b@example.com,Bo,x\n'))

    assert scan(table) == scan(table)


def test_a_file_in_order_is_scanned_by_path(tmp_path: Path) -> None:
    plain = file_of(tmp_path, HEADER + "1,a@example.com,Al\n", "plain.csv")
    quoted = file_of(tmp_path, HEADER + '1,a@example.com,"Al, ""Sr."""\n', "quoted.csv")
    stray = file_of(tmp_path, HEADER + '1,a@example.com,"Al\n', "stray.csv")
    whole = file_of(tmp_path, HEADER + '"1,a@example.com,Al"\n', "whole.csv")
    escaped = file_of(tmp_path, HEADER + "1,a@example.com,Al\\, B.\n", "escaped.csv")

    found = [quote_of(path, b",") for path in (plain, quoted, stray, whole, escaped)]
    assert found == ["", '"', None, None, None]


# Properties

values = st.text(st.sampled_from("ab \"',;\n\r|é"), max_size=8)
dirt = st.text(st.sampled_from('ab,""" \n\r'), max_size=12)


@given(st.lists(st.text(st.sampled_from('ab,""\n'), max_size=20), max_size=6), st.integers(1, 30))
def test_rows_do_not_depend_on_how_the_text_arrives(lines_of_dirt: list[str], size: int) -> None:
    text = "".join(f"{line}\n{person(number)}" for number, line in enumerate(lines_of_dirt)).encode()

    assert repaired(text, size) == repaired(text, len(text) or 1)


def repaired(text: bytes, size: int) -> list[list[str]]:
    left_out = LeftOut()
    repair = Repair(Grammar(b","), 3, (1,), left_out)
    pieces = (text[at : at + size] for at in range(0, len(text), size))
    written = b"".join(repair(blocks(pieces, left_out, only_cr=False))).decode()
    rows = [row[:-1] if row[3:] == [""] else row for row in csv.reader(io.StringIO(written, newline=""), strict=True)]
    return [row for row in rows if 0 < len(row) <= 3]


def person(number: int) -> str:
    return f"{number},u{number}@example.com,Al {number}\n"


def found_in(scanned: Scanned) -> set[str | None]:
    return {row[1] for row in scanned.rows}


@given(st.lists(dirt, max_size=8))
def test_no_dirt_between_rows_loses_anyone(tmp_path_factory: pytest.TempPathFactory, between: list[str]) -> None:
    text = HEADER + person(0) + person(1)
    for number, garbage in enumerate(between, start=2):
        text += garbage + "\n" + person(number) + person(1000 + number)
    folder = tmp_path_factory.mktemp("dirty")

    scanned = scan_text(folder, text)

    numbers = [0, 1, *range(2, 2 + len(between)), *range(1002, 1002 + len(between))]
    assert found_in(scanned) >= {f"u{number}@example.com" for number in numbers}
    assert scanned.read <= len(re.findall(r"[^\r\n]+", text)) - 1


@given(st.lists(st.tuples(values, values), min_size=1, max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_what_a_csv_writer_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]], end: str
) -> None:
    rows = [(f"u{number}@example.com", *pair) for number, pair in enumerate(pairs)]
    out = io.StringIO(newline="")
    # Quoted throughout: Python 3.11 leaves a lone CR bare, where it would end the line.
    csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([("email", "one", "two"), *rows])

    scanned = scan_text(tmp_path_factory.mktemp("written"), out.getvalue())

    assert sorted(scanned.rows, key=str) == sorted(map(as_read, rows), key=str)


def as_read(row: tuple[str, ...]) -> Row:
    """Line ends within a value become line feeds, stray ones spaces; what is empty is NULL."""
    return tuple(value.replace("\r\n", "\n").replace("\r", " ") or None for value in row)


def test_people_behind_megabytes_of_zero_bytes_are_read(tmp_path: Path) -> None:
    scanned = scan_text(tmp_path, bytes(5 << 20) + b"a@example.com\nb@example.com\n")

    assert scanned.rows == [("a@example.com",), ("b@example.com",)]
