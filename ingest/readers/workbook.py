"""Workbooks: a table for each sheet, hidden ones too, with the header found below whatever titles stand above it.

Whole numbers have no fraction, dates are written as in ISO 8601, empty rows are no records. Each scan reads the
workbook anew, in a process of its own (see `ingest.workbooks`).
"""

import io
import subprocess
import sys
import zipfile
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec

from breachcheck.addresses import mask_addresses
from breachcheck.errors import DataFileError
from ingest import workbooks
from ingest.archives.compression import Limits, refuse_bomb
from ingest.readers import headers
from ingest.readers.base import Instructions, Table
from ingest.readers.left_out import LeftOut
from ingest.readers.lines import UTF8
from ingest.readers.rows import table
from ingest.sources import DataFile

IN_MEMORY = 256 << 20
LIMITS = Limits(total=16 << 30)
_PIECE = 1 << 16
_DAMAGED = "this is no workbook, or a damaged one; save its sheets as CSV and name those"


class _Sheet(msgspec.Struct, frozen=True):
    number: int
    name: str
    is_hidden: bool
    rows: list[tuple[int, list[str]]]  # the first ones, with their numbers


@dataclass(frozen=True, slots=True)
class _Layout:
    columns: tuple[str, ...]
    header: int  # the number of its row; 0 where there is none
    alike: headers.Alike
    note: str


def tables(file: DataFile, told: Instructions) -> Iterator[Table]:
    """The sheets of a workbook that are not empty. Raises DataFileError where it is encrypted, damaged or too large."""
    book = _Book(file)
    sheets = msgspec.json.decode(b"".join(book.output("sheets")), type=list[_Sheet])
    chosen = [sheet for sheet in sheets if told.sheet is None or _folded(sheet.name) == _folded(told.sheet)]
    if told.sheet is not None and not chosen:
        there = ", ".join(sheet.name for sheet in sheets)
        raise DataFileError(
            mask_addresses(f"{file.name}: there is no sheet {told.sheet}; there are {there}; check `sheet`")
        )
    for sheet in chosen:
        name = f"{file.name}!{mask_addresses(sheet.name)}"
        if sheet.rows:
            layout = _layout_of(sheet.rows, _header_row(sheet, told, is_only=len(chosen) == 1), name)
            note = ", ".join(filter(None, ["a hidden sheet" if sheet.is_hidden else "", layout.note]))
            blocks = partial(book.blocks, sheet.number, layout.header)
            yield table(name, layout.columns, "xlsx", UTF8, blocks, note, layout.alike)


def _folded(name: str) -> str:
    return name.strip().casefold()


def _header_row(sheet: _Sheet, told: Instructions, *, is_only: bool) -> int | None:
    """The row that the manifest says; of several sheets, those without such a row have their header elsewhere."""
    is_there = is_only or not told.header_row or told.header_row in dict(sheet.rows)
    return told.header_row if is_there else None


def _layout_of(rows: Sequence[tuple[int, list[str]]], declared: int | None, name: str) -> _Layout:
    at = headers.header_at([cells for _, cells in rows]) if declared is None else _declared_at(rows, declared, name)
    below = [cells for _, cells in rows[0 if at is None else at + 1 :]]
    named = rows[at][1] if at is not None else []
    columns = headers.names(named, below)
    note = headers.unread_above([cells for _, cells in rows[: at or 0]])
    return _Layout(columns, rows[at][0] if at is not None else 0, headers.alike(named, columns), note)


def _declared_at(rows: Sequence[tuple[int, list[str]]], declared: int, name: str) -> int | None:
    if declared == 0:
        return None
    found = next((at for at, (number, _) in enumerate(rows) if number == declared), None)
    if found is None:
        raise DataFileError(f"{name}: row {declared} is empty and cannot be the header; check `header_row`")
    return found


class _Book:
    """One file's way through the process that reads workbooks."""

    def __init__(self, file: DataFile) -> None:
        self._file = file

    def blocks(
        self,
        sheet: int,
        header: int,
        numbers: Sequence[int],
        left_out: LeftOut,  # nothing is: a row of a sheet is always whole
    ) -> Generator[bytes]:
        """The rows of one sheet, as `rows.Blocks` says."""
        columns = ["number"] if left_out.is_numbered else []
        yield from self.output("rows", str(sheet), str(header), ",".join([*columns, *map(str, numbers)]))

    def output(self, task: str, *arguments: str) -> Generator[bytes]:
        """What the process prints. Raises DataFileError where it fails."""
        path = self._file.path
        raw = b"" if path else self._in_memory()
        _refuse_bomb(path or io.BytesIO(raw), self._file.name)
        command = [sys.executable, "-P", str(Path(workbooks.__file__)), task, str(path.absolute()) if path else "-"]
        with subprocess.Popen(  # noqa: S603 - our own program
            [*command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            try:
                _feed(process, raw)
                while process.stdout and (piece := process.stdout.read(_PIECE)):
                    yield piece
                self._check(process.wait())
            finally:
                process.kill()

    def _in_memory(self) -> bytes:
        raw = bytearray()
        for piece in self._file.chunks():
            raw += piece
            if len(raw) > IN_MEMORY:
                raise DataFileError(f"{self._file.name}: a workbook of more than {IN_MEMORY >> 20} MiB is not read")
        return bytes(raw)

    def _check(self, status: int) -> None:
        name = self._file.name
        if status == workbooks.ENCRYPTED:
            raise DataFileError(f"{name}: the workbook is encrypted; save it without a password")
        if status == workbooks.UNREADABLE:
            raise DataFileError(f"{name}: {_DAMAGED}")
        if status:
            raise DataFileError(f"{name}: the workbook takes too much memory; save its sheets as CSV and name those")


def _refuse_bomb(packed: Path | io.BytesIO, name: str) -> None:
    """Raise DataFileError where a workbook, if it is an archive, says that it unpacks to too much."""
    if zipfile.is_zipfile(packed):
        try:
            with zipfile.ZipFile(packed) as archive:
                parts = archive.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            raise DataFileError(f"{name}: {_DAMAGED}") from None
        refuse_bomb(sum(part.file_size for part in parts), sum(part.compress_size for part in parts), name, LIMITS)


def _feed(process: subprocess.Popen[bytes], raw: bytes) -> None:
    """Everything the process reads; it reads all before it prints anything."""
    if process.stdin:
        try:
            process.stdin.write(raw)
            process.stdin.close()
        except BrokenPipeError:
            return
