"""Cleaning: text that is said to be UTF-8 as UTF-8 throughout, without what no text has.

A zero byte, a mark of byte order within, where files were put together, and bytes that are no character must not cost
anybody their record. What another program appended in UTF-16 is read so, as far as its characters are Latin-1's.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator

import numpy as np

UNREAD = "\ufffd".encode()
_MARK = codecs.BOM_UTF8
_MARK_AS_1252 = _MARK.decode("cp1252").encode()  # of a program that took UTF-8 for cp1252, and wrote it as UTF-8
_WIDE_MARK = re.compile(rb"\xff\xfe(?=[^\0]\0)|\xfe\xff(?=\0[^\0])")
_WIDE = re.compile(rb"(?:[^\0]\0){4,}")
_LEADS = ((0xF0, 4), (0xE0, 3), (0xC0, 2))  # the least first byte of a character of so many
_LONGEST = 4
_FEWEST_NARROW = 64
_CHARACTER = rb"[\t\n\r -~]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
_NARROW = re.compile(rb"(?:%s){%d,}" % (_CHARACTER, _FEWEST_NARROW))
_NARROW_BEFORE_LE = re.compile(rb"%s(?!\0)" % _NARROW.pattern)  # else the first byte of what follows is taken for it


def unheard() -> None:
    """Nobody wants to hear of what was replaced."""


def cleaned(
    pieces: Iterable[bytes], *, keeps_bytes: bool = False, replaced: Callable[[], None] = unheard
) -> Iterator[bytes]:
    """*pieces*, which may be cut anywhere, as clean text, of which no character is cut.

    *keeps_bytes*: those that are no character stay as they are. *replaced* hears of others that became U+FFFD.
    """
    held = b""
    for piece in pieces:
        text = held + piece if held else piece
        end = end_of_whole(text)
        held = text[end:]
        yield _clean(text if end == len(text) else text[:end], replaced, keeps_bytes=keeps_bytes)
    if held:
        yield _clean(held, replaced, keeps_bytes=keeps_bytes)


def _clean(text: bytes, replaced: Callable[[], None], *, keeps_bytes: bool) -> bytes:
    found = clean(text, keeps_bytes=keeps_bytes)
    if found is not text and found.count(UNREAD) > text.count(UNREAD):
        replaced()
    return found


def end_of_whole(text: bytes | bytearray) -> int:
    """Where the last character of *text* ends that is not cut."""
    for back in range(1, min(_LONGEST, len(text) + 1)):
        byte = text[-back]
        if byte < 0x80:
            break
        length = next((length for least, length in _LEADS if byte >= least), 0)
        if length:
            return len(text) - back if length > back else len(text)
    return len(text)


def clean(text: bytes, *, keeps_bytes: bool = False) -> bytes:
    """*text*, all of it. What is no character becomes U+FFFD, or stays with *keeps_bytes*."""
    if not has_marks(text) if keeps_bytes else is_clean(text):
        return text
    if b"\0" in text:
        text = _WIDE.sub(_narrowed, _WIDE_MARK.sub(b"", text)).replace(b"\0", b"")
    text = text.replace(_MARK_AS_1252, b"").replace(_MARK, b"")
    return text if keeps_bytes else text.decode(errors="replace").encode()


def is_clean(text: bytes | bytearray) -> bool:
    """Whether *text*, of whole characters, is clean already."""
    if len(text) and np.frombuffer(text, np.int8).min() > 0:  # ASCII without zeros, which is asked at once: it is fast
        return True
    if b"\0" in text:
        return False
    try:
        said = text.decode()
    except UnicodeDecodeError:
        return False
    return _MARK.decode() not in said and _MARK_AS_1252.decode() not in said  # faster than among the bytes


def has_marks(text: bytes | bytearray) -> bool:
    """Whether zero bytes or marks of byte order stand in *text*."""
    return b"\0" in text or (not text.isascii() and (_MARK in text or _MARK_AS_1252 in text))


class Check:
    """Looks whether the pieces of a file, cut anywhere, are clean, but for a mark of byte order at its beginning."""

    def __init__(self) -> None:
        self._cut = b""
        self._is_first = True

    def is_clean(self, piece: bytes | bytearray) -> bool:
        """Whether the next piece is."""
        text = (
            self._cut + piece.removeprefix(_MARK if self._is_first else b"") if self._cut or self._is_first else piece
        )
        self._is_first = False
        end = end_of_whole(text)
        self._cut = bytes(text[end:])
        return is_clean(text if end == len(text) else text[:end])

    def is_whole(self) -> bool:
        """Whether the last character was not cut."""
        return not self._cut


def _narrowed(found: re.Match[bytes]) -> bytes:
    return found[0].replace(b"\0", b"").decode("latin-1").encode()


def begins_in_utf8(text: bytes) -> bool:
    """Whether what *text* begins with is UTF-8 for longer than UTF-16 ever reads as it."""
    return _NARROW.match(text) is not None


def transcoded(pieces: Iterable[bytes], encoding: str, *, replaced: Callable[[], None] = unheard) -> Iterator[bytes]:
    """*pieces* in another *encoding* as clean text. What it cannot say becomes U+FFFD, of which *replaced* hears."""
    found = _from_wide(pieces, _Wide(encoding)) if encoding.startswith("utf-16") else _from_narrow(pieces, encoding)
    for text in found:
        if UNREAD in text:
            replaced()
        yield text


def _from_narrow(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for piece in pieces:
        yield _encoded(decoder.decode(piece))
    yield _encoded(decoder.decode(b"", final=True))


def _from_wide(pieces: Iterable[bytes], wide: _Wide) -> Iterator[bytes]:
    for piece in pieces:
        for part, is_narrow in _parts(piece, wide.encoding):
            if is_narrow:
                yield _encoded(wide.finished()) + clean(part)
            else:
                yield _encoded(wide.decoded(part))
    yield _encoded(wide.finished())


class _Wide:
    """Decodes UTF-16, and goes on in the other order of bytes where a mark of it says so: where files were joined."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._cut = b""

    def decoded(self, part: bytes) -> str:
        """*part*, which may be cut anywhere."""
        text = self._cut + part
        self._cut = text[len(text) & ~1 :]
        return "".join(self._in_order(text[: len(text) & ~1]))

    def finished(self) -> str:
        """What was still to come of a character, which does not come."""
        cut, self._cut = self._cut, b""
        return self._decoder.decode(cut, final=True)

    def _in_order(self, text: bytes) -> Iterator[str]:
        if self.encoding == "utf-16" and text:
            self.encoding = "utf-16-be" if text.startswith(codecs.BOM_UTF16_BE) else "utf-16-le"
        while (turn := _turn_in(text, self.encoding)) >= 0:
            yield self._decoder.decode(text[:turn], final=True)
            self.encoding = "utf-16-be" if self.encoding == "utf-16-le" else "utf-16-le"
            self._decoder = codecs.getincrementaldecoder(self.encoding)("replace")
            text = text[turn:]
        yield self._decoder.decode(text)


def _turn_in(text: bytes, encoding: str) -> int:
    """Where whole characters *text* hold the mark of the other order than theirs, which is no character; else -1."""
    mark = codecs.BOM_UTF16_BE if encoding == "utf-16-le" else codecs.BOM_UTF16_LE
    turn = text.find(mark)
    while turn & 1 and turn > 0:
        turn = text.find(mark, turn + 1)
    return turn


def _encoded(text: str) -> bytes:
    return text.replace("\0", "").replace("\ufeff", "").encode(errors="replace")


def _parts(piece: bytes, encoding: str) -> Iterator[tuple[bytes, bool]]:
    """*piece* of UTF-16, and what another program appended to it in UTF-8, each with whether it is that."""
    zeros = np.flatnonzero(np.frombuffer(piece, np.uint8) == 0)
    gaps = np.diff(zeros, prepend=-1, append=len(piece))
    at = 0
    if gaps.max() > _FEWEST_NARROW:
        pattern = _NARROW if encoding.endswith("be") else _NARROW_BEFORE_LE
        for run in pattern.finditer(piece):
            yield piece[at : run.start()], False
            yield run[0], True
            at = run.end()
    yield piece[at:], False
