"""What a file is, told by its first bytes, and why some kinds hold no records that can be read."""

import codecs

PARQUET = b"PAR1"
SQLITE = b"SQLite format 3\x00"
SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c"
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_FOREIGN = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x7fELF": "a program",
    b"MZ\x90\x00": "a program, or an archive that unpacks itself, whose content is to be named",
    b"PGDMP": "a PostgreSQL dump in its own format, which pg_restore writes as SQL",
    b"ARROW1\0": "an Arrow file, which its own programs write as Parquet",
    b"FEA1\0": "an Arrow file, which its own programs write as Parquet",
    b"Obj\x01": "an Avro file, which its own programs write as JSON",
    b"Rar!": "a rar archive",
    b"MSCF\0\0\0\0": "a cabinet, an archive of Windows",
    b"\x04\x22\x4d\x18": "a file that lz4 packed",
    b"LZIP\x01": "a file that lzip packed",
    b"\x1f\x9d": "a file that compress packed",
    b"\xff\x06\0\0sNaPpY": "a file that Snappy packed",
    b"{\\rtf": "a text document",
}
PAGE = "a web page or XML document"
_PAGES = (b"<!doctype html", b"<html", b"<?xml")
_SHORTEST_BSON, _BSON_KINDS = 8, range(1, 0x14)  # bsonspec.org
_CONTROLS = bytes({*range(32)} - set(b"\t\n\f\r\x1b\x01\x1f"))  # of these, some stand between columns
_NAME_AT = 30  # of the first member, in a zip archive
_OFFICE = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/", b"customXml/")
_SHEETS = (b"xl/workbook", b"xl/worksheets")
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument"
_OPEN_SHEET = _OPEN_DOCUMENT + b".spreadsheet"


def is_archive(head: bytes) -> bool:
    """Whether a file that begins with *head* is a zip archive, and not an office document, which is one too."""
    return head.startswith(_ZIP) and not head[_NAME_AT : _NAME_AT + 64].startswith((*_OFFICE, _OPEN_DOCUMENT))


def is_workbook(head: bytes) -> bool:
    """Whether a file that begins with *head* is a workbook: Excel's in any of its forms, or OpenDocument's.

    Of old ones only their container can be told, which other office documents have too.
    """
    first = head[_NAME_AT : _NAME_AT + 64]
    if head.startswith(b"PK\x03\x04") and first.startswith(_OPEN_SHEET):
        return True
    is_office = head.startswith(b"PK\x03\x04") and first.startswith(_OFFICE)
    return head.startswith(OLD_OFFICE) or (is_office and any(part in head for part in _SHEETS))


def why_unreadable(head: bytes, *, as_text: bool = False) -> str | None:
    """What a file that begins with *head* is, where that cannot hold records; None where it may hold some.

    *as_text*: it is to be read as free text, which web pages and XML are too.
    """
    if not head:
        return "an empty file"
    if is_workbook(head) or head.startswith((PARQUET, SQLITE)):
        return None
    if head.startswith(_ZIP):
        return "an office document that holds no sheets"
    if is_page(head):
        return None if as_text else PAGE
    if _is_bson(head):
        return "a MongoDB dump in its own format (BSON), which bsondump writes as JSON"
    return next((what for magic, what in _FOREIGN.items() if head.startswith(magic)), _why_not_text(head[:4096]))


def is_page(head: bytes) -> bool:
    """Whether a file that begins with *head* is a web page or XML."""
    return head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGES)


def _is_bson(head: bytes) -> bool:
    """Whether a document of BSON stands at the beginning: its length, a value's kind and name, NUL at its end."""
    length = int.from_bytes(head[:4], "little")
    return (
        len(head) > _SHORTEST_BSON
        and _SHORTEST_BSON <= length <= len(head)
        and head[4] in _BSON_KINDS
        and head[5] > 0
        and not head[length - 1]
    )


def _why_not_text(sample: bytes) -> str | None:
    is_wide = sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or sample.count(0) * 3 > len(sample)
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return None if is_wide or (controls - sample.count(0)) * 20 < len(sample) else "not text"
