r"""Delimited text in which a backslash escapes delimiters and line ends, as MySQL's INTO OUTFILE and `--tab` write it.

A value's own delimiter or line feed stands there as it is, behind a backslash; `\N` alone is a missing value.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

_END = re.compile(rb"\\(?:\t|\r?\n)")


def are_escapes(text: bytes, delimiter: bytes) -> bool:
    """Whether the backslashes in the whole lines *text* are escapes, as far as it tells.

    None of them stands where no escape would; a tab or a line end stands behind one, and the rows agree more on a
    number of fields for it, or a value is missing, and they do not agree less.
    """
    if b"\\" not in text or b"\\" in _any_escape(delimiter).sub(b"", text):
        return False
    gain = _evenness(unescaped(text, delimiter), delimiter) - _evenness(text, delimiter)
    is_missing = _missing(delimiter).search(text) is not None
    return gain >= 0 if is_missing else gain > 0 and _END.search(text) is not None


def _missing(delimiter: bytes) -> re.Pattern[bytes]:
    mark = re.escape(delimiter)
    return re.compile(rb"(?:^|%s)\\N(?=%s|\r?$)" % (mark, mark), re.MULTILINE)


def _any_escape(delimiter: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"\\(?:%s|[\\N0nrtbfvZ\"'.\r\n])" % re.escape(delimiter))


def _evenness(text: bytes, delimiter: bytes) -> float:
    """The share of lines that have as many fields as the most have."""
    widths = Counter(line.count(delimiter) for line in text.split(b"\n") if line)
    return max(widths.values()) / widths.total() if widths else 0.0


def unescaped(text: bytes, delimiter: bytes) -> bytes:
    r"""*text*, which no escape reaches beyond, a record a line; for what would end a value or a record, blanks stand.

    `\N` stays, and what is escaped in quotes.
    """
    return _resolving(delimiter).sub(_said, text)


def _resolving(delimiter: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"\\(?:%s|[\\0nrtbfv\n]|\r\n?)" % re.escape(delimiter))


def _said(found: re.Match[bytes]) -> bytes:
    return {b"\\\\": b"\\", b"\\0": b""}.get(found[0], b" ")


def records(pieces: Iterable[bytes], delimiter: bytes) -> Iterator[bytes]:
    """*pieces*, which may be cut anywhere, each `unescaped`."""
    held = b""
    for piece in pieces:
        text = held + piece
        held = _begun(text)
        yield unescaped(text.removesuffix(held), delimiter)
    if held:
        yield held


def _begun(text: bytes) -> bytes:
    """The escape that *text* ends within, if any."""
    before = text.removesuffix(b"\r")
    is_open = (len(before) - len(before.rstrip(b"\\"))) & 1
    return text[len(before) - 1 :] if is_open else b""
