"""The character encoding that a dump says it is written in, by the names that databases give encodings."""

import codecs
from itertools import islice

import regex as re

from ingest.readers import lines

_SMUGGLED = "latin-1"
_LINES = 10_000
_DECLARED = re.compile(
    rb"^(?:/\*!\d*+\s*+)?SET\s+(?:NAMES\s*+|CLIENT_ENCODING\s*+(?:=|TO\b)\s*+|CHARACTER\s+SET\s+)['\"]?([\w-]{2,30})\b",
    re.MULTILINE | re.IGNORECASE,
)
_HEAD = 1 << 16
_OWN_NAMES = {
    "latin1": "cp1252",  # MySQL's is Microsoft's, and a superset of PostgreSQL's but for control characters
    "utf8mb3": "utf-8",
    "utf8mb4": "utf-8",
    "unicode": "utf-8",
    "ujis": "euc_jp",
    "eucjpms": "euc_jp",
    "sjis": "cp932",
    "mskanji": "cp932",
    "shiftjis": "cp932",
    "euckr": "cp949",
    "uhc": "cp949",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "euccn": "gb18030",
    "greek": "iso8859_7",
    "hebrew": "iso8859_8",
    "koi8": "koi8_r",
    "koi8r": "koi8_r",
    "koi8u": "koi8_u",
    "alt": "cp866",
    "win": "cp1251",
    "tis620": "cp874",
    "cp850": "cp850",
}
_WINDOWS = re.compile(r"win(\d{3,4})")


def encoding_of(head: bytes, told: str | None, name: str) -> str:
    """The encoding of a dump that begins with *head*: as the manifest says, as its bytes say, as itself says.

    Many a dump declares what it is not, so UTF-8 is believed where there is some, and the dump where there is none.
    """
    found = lines.encoding_of(head, told, name)
    declared = None if told or found.startswith(("utf-16", "utf-32")) else declared_in(head)
    return declared if declared and not _is_mostly_utf8(head) else found


def declared_in(head: bytes) -> str | None:
    """What the first declaration in *head* says, None where there is none, or one of an encoding unknown here."""
    found = _DECLARED.search(head, 0, _HEAD)
    return encoding_called(found[1].decode()) if found else None


def encoding_called(name: str) -> str | None:
    """The encoding that a database calls *name*; None where it is UTF-8, no encoding, or not known."""
    plain = re.sub(r"[^a-z0-9]", "", name.casefold())
    windows = _WINDOWS.fullmatch(plain)
    try:
        found = codecs.lookup(f"cp{windows[1]}" if windows else _OWN_NAMES.get(plain, name)).name
        "a".encode(found)
    except LookupError:  # or it is one like rot13
        return None
    return None if found.startswith(("utf", "ascii")) else found


def in_utf8(text: str, encoding: str) -> str:
    """*text*, whose characters are bytes, in UTF-8 if it is not: its bytes are those of *encoding*."""
    if text.isascii():
        return text
    raw = text.encode(_SMUGGLED)
    try:
        raw.decode()
    except UnicodeDecodeError:
        return raw.decode(encoding, "replace").encode(errors="replace").decode(_SMUGGLED)
    return text


def _is_mostly_utf8(head: bytes) -> bool:
    """Whether most of the lines in *head* that are not ASCII are UTF-8, and there are any."""
    telling = [*islice((line for line in head.splitlines()[:-1] or [head] if not line.isascii()), _LINES)]
    return sum(_is_utf8(line) for line in telling) * 2 > len(telling)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
