"""Zip archives: their members, which of them may hold records, and why the others are left alone."""

import codecs
import zipfile
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import IO

from breachcheck.errors import DataFileError
from ingest.compression import Limits, refuse_bomb

_MOST_MEMBERS = 100_000
_IS_ENCRYPTED = 0x1
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
PARQUET = b"PAR1"
SQLITE = b"SQLite format 3\x00"
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_FOREIGN = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x7fELF": "a program",
    b"MZ\x90\x00": "a program",
    b"PGDMP": "a PostgreSQL dump in its own format, which pg_restore writes as SQL",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!": "a rar archive",
    b"{\\rtf": "a text document",
}
_PAGES = (b"<!doctype html", b"<html", b"<?xml")
_CONTROLS = bytes({*range(32)} - set(b"\t\n\f\r\x1b"))
_NAME_AT = 30  # of the first member, in a zip archive
_OFFICE = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/", b"customXml/")
_SHEETS = (b"xl/workbook", b"xl/worksheets")
_OPEN_SHEET = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
_LITTER = {".ds_store", "thumbs.db", "desktop.ini"}


def is_zip(head: bytes) -> bool:
    """Whether a file that begins with *head* is a zip archive."""
    return head.startswith(_ZIP)


def is_workbook(head: bytes) -> bool:
    """Whether a file that begins with *head* is a workbook: Excel's in any of its forms, or OpenDocument's.

    Of old ones only their container can be told, which other office documents have too.
    """
    first = head[_NAME_AT : _NAME_AT + 64]
    if head.startswith(b"PK\x03\x04") and first.startswith(_OPEN_SHEET):
        return True
    is_office = head.startswith(b"PK\x03\x04") and first.startswith(_OFFICE)
    return head.startswith(OLD_OFFICE) or (is_office and any(part in head for part in _SHEETS))


def why_unreadable(head: bytes) -> str | None:
    """What a file that begins with *head* is, where that cannot hold records; None where it may hold some."""
    if not head:
        return "an empty file"
    if is_workbook(head) or head.startswith((PARQUET, SQLITE)):
        return None
    if is_zip(head):
        return "an archive or an office document"
    if head[257:262] == b"ustar":
        return "a tar archive"
    if head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGES):
        return "a web page or XML document"
    return next((what for magic, what in _FOREIGN.items() if head.startswith(magic)), _why_not_text(head[:4096]))


def _why_not_text(sample: bytes) -> str | None:
    is_wide = sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or sample.count(0) * 3 > len(sample)
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return None if is_wide or controls * 20 < len(sample) else "not text"


def members(path: Path, name: str) -> list[zipfile.ZipInfo]:
    """What the archive at *path* lists; DataFileError where the list is damaged or too long."""
    try:
        with zipfile.ZipFile(path) as archive:
            listed = archive.infolist()
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError):
        raise DataFileError(f"{name}: the zip archive is cut short or damaged; fetch or copy it again") from None
    if len(listed) > _MOST_MEMBERS:
        raise DataFileError(f"{name}: holds more than {_MOST_MEMBERS:,} members; split it")
    if any(part.filename == "[Content_Types].xml" for part in listed):
        raise DataFileError(f"{name} is an office document that holds no sheets; save its tables as CSV and name those")
    return listed


def why_skipped(info: zipfile.ZipInfo, member: str | None) -> str | None:
    """Why a member is left alone, by its name; None where it is to be read."""
    parts = PurePosixPath(info.filename.replace("\\", "/")).parts
    if ".." in parts or info.filename.startswith(("/", "\\")):
        return "its name leads out of the archive"
    if info.is_dir():
        return "a folder"
    if "__MACOSX" in parts or parts[-1].lower() in _LITTER or parts[-1].startswith("._"):
        return "added by the operating system"
    if member is not None and not fnmatchcase(info.filename, member):
        return "not selected by `member`"
    return None


def refuse(info: zipfile.ZipInfo, name: str, limits: Limits) -> None:
    """Raise DataFileError where a member that is to be read is encrypted, unknown to us, or a bomb."""
    if info.flag_bits & _IS_ENCRYPTED:
        raise DataFileError(f"{name} is encrypted; decrypt the archive yourself and name what was in it")
    if info.compress_type not in _METHODS:
        raise DataFileError(
            f"{name} is packed by method {info.compress_type}, which is not known here; unpack it first"
        )
    refuse_bomb(info.file_size, info.compress_size, name, limits)


def open_member(path: Path, info: zipfile.ZipInfo) -> IO[bytes]:
    """The bytes of one member; closing them closes the archive."""
    with zipfile.ZipFile(path) as archive:
        return archive.open(info)
