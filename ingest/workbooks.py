"""Workbooks, read in a process of their own, which this file is the program of.

A workbook is read whole, and a small one may say that it is huge: so the memory of the process is limited, and its
end is not that of the load. `sheets` prints what the workbook holds as JSON, `rows` a sheet's rows as CSV.
"""

import csv
import io
import json
import resource
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path

import python_calamine as calamine

MEMORY = 2 << 30
PROCESSOR_S = 1800
SAMPLE = 200
ENCRYPTED, UNREADABLE = 3, 4

_AT_ONCE = 1000
_LONGEST_VALUE = 1 << 14
_MIDNIGHT = time()
_FAULTS = frozenset({"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA"})
_REFUSED = (
    calamine.CalamineError,
    calamine.ZipError,
    calamine.XmlError,
    calamine.WorksheetNotFound,
    OSError,
    ValueError,
)

Numbered = Iterator[tuple[int, list[str]]]


def main(arguments: Sequence[str]) -> int:
    """The exit status."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    task, path, *rest = arguments
    try:
        with closing(_opened(path)) as book:
            if task == "sheets":
                json.dump([*_sheets(book)], sys.stdout)
            else:
                number, after, columns = rest
                _print_rows(book, int(number), int(after), columns.split(","))
    except calamine.PasswordError:
        return ENCRYPTED
    except _REFUSED:
        return UNREADABLE
    return 0


def _opened(path: str) -> calamine.CalamineWorkbook:
    """The workbook at *path*, or on standard input; of one whose name promises another kind, by its content."""
    if path == "-":
        return calamine.load_workbook(io.BytesIO(sys.stdin.buffer.read()))
    try:
        return calamine.load_workbook(path)
    except calamine.PasswordError:
        raise
    except _REFUSED:
        return calamine.load_workbook(io.BytesIO(Path(path).read_bytes()))


def _sheets(book: calamine.CalamineWorkbook) -> Iterator[dict[str, object]]:
    """The sheets that hold cells, with the first rows of each."""
    for number, sheet in enumerate(book.sheets_metadata):
        if sheet.typ is not calamine.SheetTypeEnum.WorkSheet:
            continue
        rows = _first(_rows(book.get_sheet_by_index(number)))
        is_hidden = sheet.visible is not calamine.SheetVisibleEnum.Visible
        yield {"number": number, "name": sheet.name, "is_hidden": is_hidden, "rows": rows}


def _first(rows: Numbered) -> list[tuple[int, list[str]]]:
    return [row for row, _ in zip(rows, range(SAMPLE), strict=False)]


def _rows(sheet: calamine.CalamineSheet) -> Numbered:
    """The rows that are not empty, with their numbers, counted from 1."""
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [_text(cell) for cell in row]
        if any(cells):
            yield number, cells


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return "" if cell in _FAULTS else cell[:_LONGEST_VALUE]
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == _MIDNIGHT:
        return cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def _print_rows(book: calamine.CalamineWorkbook, sheet: int, after: int, columns: Sequence[str]) -> None:
    """*columns* are their numbers; `number` is that of the row."""
    numbered = ((number, cells) for number, cells in _rows(book.get_sheet_by_index(sheet)) if number > after)
    rows = ([str(number) if at == "number" else cells[int(at)] for at in columns] for number, cells in numbered)
    out = io.StringIO()
    for count, row in enumerate(rows, start=1):
        csv.writer(out, lineterminator="\n").writerow(row)
        if count % _AT_ONCE == 0:
            _flush(out)
    _flush(out)


def _flush(out: io.StringIO) -> None:
    text = out.getvalue().replace("\r\n", "\n").replace("\r", " ").replace("\0", "")
    sys.stdout.buffer.write(text.encode(errors="replace"))
    out.seek(0)
    out.truncate()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
