"""Workbooks: every sheet is a table, and a person's row is found wherever it stands in it."""

import gzip
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from breachcheck.errors import DataFileError
from ingest import formats, sources
from ingest.archives.compression import Limits
from ingest.readers import workbook
from ingest.readers.base import Instructions, Table
from tests.ingest.scans import Row, scan

HEADER = ("id", "email", "name")
PEOPLE = [HEADER, (1, "a@example.com", "Al"), (2, "b@example.com", "Bo")]
Cells = Iterable[Sequence[object]]


def bytes_of(sheets: Mapping[str, Cells], hidden: Sequence[str] = ()) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    for name in hidden:
        book[name].sheet_state = "veryHidden" if name == "Secret" else "hidden"
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def tables_of(folder: Path, raw: bytes, told: Instructions | None = None, name: str = "people.xlsx") -> list[Table]:
    (folder / name).write_bytes(raw)
    files = [file for file in sources.find(name, folder) if isinstance(file, sources.DataFile)]
    return [table for file in files for table in formats.tables(file, told or Instructions())]


def sheet_of(folder: Path, rows: Cells, told: Instructions | None = None) -> tuple[tuple[str, ...], list[Row]]:
    """The columns and the rows of a sheet."""
    [table] = tables_of(folder, bytes_of({"Sheet1": rows}), told)
    return table.columns, scan(table).rows


def test_every_sheet_is_a_table_and_hidden_ones_are_said_to_be(tmp_path: Path) -> None:
    sheets = {"People": PEOPLE, "Old": PEOPLE, "Secret": PEOPLE, "Empty": []}

    tables = tables_of(tmp_path, bytes_of(sheets, hidden=["Old", "Secret"]))

    assert [(table.name, table.note, table.format) for table in tables] == [
        ("people.xlsx!People", "", "xlsx"),
        ("people.xlsx!Old", "a hidden sheet", "xlsx"),
        ("people.xlsx!Secret", "a hidden sheet", "xlsx"),
    ]
    assert [scan(table).rows for table in tables] == [[("1", *PEOPLE[1][1:]), ("2", *PEOPLE[2][1:])]] * 3


def test_the_header_stands_below_titles(tmp_path: Path) -> None:
    titles = [("Report of customers",), (), ("made on", date(2024, 1, 2)), ()]

    columns, rows = sheet_of(tmp_path, [*titles, *PEOPLE])

    assert (columns, len(rows)) == (HEADER, 2)


def test_the_header_stands_below_whom_to_ask_which_is_told(tmp_path: Path) -> None:
    people = [("Contact", "", "ops@example.com"), *PEOPLE]

    _, table = tables_of(tmp_path, bytes_of({"Shop": PEOPLE, "People": people}, hidden=["People"]))

    assert (table.columns, table.note) == (HEADER, "a hidden sheet, an address above the header is not read")


def test_a_sheet_without_a_header_is_people_from_the_first_row_on(tmp_path: Path) -> None:
    columns, rows = sheet_of(tmp_path, [(), *PEOPLE[1:]])

    assert columns == ("column1", "column2", "column3")
    assert [row[1] for row in rows] == ["a@example.com", "b@example.com"]


def test_a_title_above_a_sheet_without_a_header_loses_nobody(tmp_path: Path) -> None:
    _, rows = sheet_of(tmp_path, [("Customers",), *PEOPLE[1:]])

    assert {"a@example.com", "b@example.com"} <= {row[1] for row in rows}


def test_a_single_column_of_addresses_is_people(tmp_path: Path) -> None:
    assert sheet_of(tmp_path, [("a@example.com",), ("b@example.com",)]) == (
        ("column1",),
        [("a@example.com",), ("b@example.com",)],
    )


def test_a_declared_header_row_is_counted_as_the_sheet_does(tmp_path: Path) -> None:
    rows = [("title", "of", "it"), (), (), *PEOPLE]

    assert sheet_of(tmp_path, rows, Instructions(header_row=4))[0] == HEADER
    assert sheet_of(tmp_path, rows, Instructions(header_row=1))[0] == ("title", "of", "it")
    assert len(sheet_of(tmp_path, PEOPLE, Instructions(header_row=0))[1]) == 3


def test_of_several_sheets_those_without_the_header_row_have_it_elsewhere(tmp_path: Path) -> None:
    raw = bytes_of({"People": [("title", "of", "it"), (), (), *PEOPLE], "Few": PEOPLE})

    tables = tables_of(tmp_path, raw, Instructions(header_row=4))

    assert [table.columns for table in tables] == [HEADER, HEADER]


def test_a_header_row_that_is_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="row 9 is empty"):
        sheet_of(tmp_path, PEOPLE, Instructions(header_row=9))


def test_cells_are_text_as_a_person_reads_them(tmp_path: Path) -> None:
    second = datetime.fromisoformat("2000-01-02T03:04:05")
    cells = (17.0, 1.5, 491701234567, True, date(2000, 1, 2), second, ' a "b",\r\nc\td', "#N/A")

    _, rows = sheet_of(tmp_path, [[f"column {at}" for at in range(8)], cells], Instructions(header_row=1))

    assert rows == [("17", "1.5", "491701234567", "true", "2000-01-02", "2000-01-02T03:04:05", ' a "b",\nc\td', None)]


def test_empty_rows_are_no_records(tmp_path: Path) -> None:
    _, rows = sheet_of(tmp_path, [HEADER, (), PEOPLE[1], (None, "", None), PEOPLE[2], ()])

    assert len(rows) == 2


def test_many_rows_are_read(tmp_path: Path) -> None:
    _, rows = sheet_of(tmp_path, [HEADER, *((n, f"u{n}@example.com", "x") for n in range(5000))])

    assert {row[1] for row in rows} == {f"u{n}@example.com" for n in range(5000)}


def test_a_sheet_that_is_named_is_the_only_one(tmp_path: Path) -> None:
    raw = bytes_of({"People": PEOPLE, "Other": PEOPLE})

    assert [table.name for table in tables_of(tmp_path, raw, Instructions(sheet="other "))] == ["people.xlsx!Other"]
    with pytest.raises(DataFileError, match="no sheet More; there are People, Other; check `sheet`"):
        tables_of(tmp_path, raw, Instructions(sheet="More"))


def test_a_sheet_whose_name_holds_an_address_is_masked(tmp_path: Path) -> None:
    [table] = tables_of(tmp_path, bytes_of({"a@example.com": PEOPLE}))

    assert "example.com" not in table.name


@pytest.mark.parametrize("name", ["people.csv", "people.dat", "people.xls", "people.ods", "people.xlsb", "people"])
def test_a_workbook_is_told_by_content(tmp_path: Path, name: str) -> None:
    assert len(tables_of(tmp_path, bytes_of({"People": PEOPLE}), name=name)) == 1


def test_a_workbook_is_read_in_an_archive_and_compressed(tmp_path: Path) -> None:
    raw = bytes_of({"People": PEOPLE})
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("data/people.xlsx", raw)

    [member] = tables_of(tmp_path, archive.getvalue(), name="all.zip")
    [packed] = tables_of(tmp_path, gzip.compress(raw), name="people.xlsx.gz")

    assert (member.name, packed.name) == ("all.zip!data/people.xlsx!People", "people.xlsx.gz!People")
    assert scan(member).rows == scan(packed).rows


def test_another_office_document_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="no workbook, or a damaged one"):
        tables_of(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), name="letter.doc")


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    raw = bytes_of({"People": PEOPLE})

    with pytest.raises(DataFileError, match=r"people\.xlsx: this is no workbook, or a damaged one"):
        tables_of(tmp_path, raw[: len(raw) // 2])


def test_a_workbook_that_says_it_is_huge_is_refused(tmp_path: Path) -> None:
    first, last = ('<row r="{0}"><c r="{1}{0}"><v>1</v></c></row>'.format(*at) for at in ((1, "A"), (1048576, "XFD")))
    sheet = f"<sheetData>{first}{last}</sheetData>"
    raw = io.BytesIO(bytes_of({"People": [(1,)]}))
    bomb = io.BytesIO()
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(bomb, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                start, end = text.index(b"<sheetData>"), text.index(b"</sheetData>") + 12
                text = text[:start] + sheet.encode() + text[end:]
            new.writestr(name, text)

    with pytest.raises(DataFileError, match="takes too much memory"):
        tables_of(tmp_path, bomb.getvalue())


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "LIMITS", Limits(ratio=3, ratio_from=1000))

    with pytest.raises(DataFileError, match="unpacks to more than 3 times its size"):
        tables_of(tmp_path, bytes_of({"People": [HEADER, *([(1, "a@example.com", "Al")] * 1000)]}))
