"""Text as a stream of whole lines: character encodings, byte order marks, line ends."""

import codecs
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path

from breachcheck.errors import DataFileError
from ingest import disk_files
from ingest.readers import cleaning, encodings
from ingest.readers.left_out import LeftOut

UTF8 = "utf-8"
TOO_LONG = "line too long"
LONGEST = 16 << 20
_WIDE_SAMPLE = 4096
_MARKS = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARKED = frozenset({"utf-16", "utf-32"})  # of which the mark alone says in which order the bytes stand
_UNSHIFTED = b"\x1b(B\n"  # a line feed where ASCII stands for itself, as it must: what is torn ends with its line
_OF_OBJECT = re.compile(rb"\s*(?:\"|[\[\]{}]|[-\d]|true|false|null|\Z)")  # begins a line of JSON with many to a record
_LETTERS = re.compile(rb"[A-Za-z][\x80-\xfd]|[\x80-\xfd][A-Za-z]|[\x80-\xfd]{2}")  # in most encodings but UTF-8


def encoding_of(head: bytes, declared: str | None, name: str) -> str:
    """The encoding to read by, declared, told or guessed from *head*; DataFileError where none is called so."""
    if declared:
        try:
            found = codecs.lookup(declared).name
        except LookupError:
            raise DataFileError(f"{name}: the encoding given is not known here; try utf-8, utf-16 or cp1252") from None
        if found in _MARKED and not head.startswith(tuple(mark for mark, encoding in _MARKS if encoding == found)):
            return _unmarked(head, found, name)
        return UTF8 if found in {"ascii", "utf-8-sig"} else found
    marked = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)
    if marked:
        return marked
    return _wide_without_mark(head) or _guessed(head) or UTF8


def _unmarked(head: bytes, declared: str, name: str) -> str:
    told = _wide_without_mark(head)
    if told is None or not told.startswith(declared):
        raise DataFileError(
            f"{name}: begins with no byte order mark; give `encoding` as {declared}-le or {declared}-be"
        )
    return told


def _wide_without_mark(head: bytes) -> str | None:
    return _utf32_without_mark(head) or _utf16_without_mark(head)


def _utf32_without_mark(head: bytes) -> str | None:
    """Hardly any four bytes of what is not UTF-32 are a character of it."""
    sample = head[:_WIDE_SAMPLE]
    sample = sample[: len(sample) & ~3]
    if len(sample) < 8:
        return None
    return next((encoding for encoding in ("utf-32-le", "utf-32-be") if _is_text_in(sample, encoding)), None)


def _is_text_in(sample: bytes, encoding: str) -> bool:
    return encodings.can_be_read(sample, encoding) and _reads_as_text(sample.decode(encoding))


def _utf16_without_mark(head: bytes) -> str | None:
    """Every other byte of ASCII is zero in UTF-16, and delimiters, line ends and addresses are ASCII in any file."""
    sample = head[: _WIDE_SAMPLE & ~1]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if len(sample) < 8 or (even + odd) * 20 < len(sample) or cleaning.begins_in_utf8(sample):
        return None
    encoding = "utf-16-le" if odd > even * 4 else "utf-16-be" if even > odd * 4 else None
    return encoding if encoding and _reads_as_text(sample.decode(encoding, "replace")) else None


def _reads_as_text(sample: str) -> bool:
    """Whether it has lines, or is one: JSON may be written without any line end."""
    return "\n" in sample or sample.replace("\t", "").replace("\r", "").isprintable()


def _guessed(head: bytes) -> str | None:
    """A line or two that are not UTF-8 are rejected records; where that is how the file is written, it is guessed."""
    if head.isascii():
        return encodings.SHIFTED if encodings.has_shifts(head) else None
    lines = head[: head.rfind(b"\n") + 1].splitlines() or head.splitlines()
    telling = [line for line in lines if not line.isascii()]
    wrong = [line for line in telling if not encodings.can_be_read(line, UTF8)]
    written_otherwise = sum(_LETTERS.search(line) is not None for line in wrong)
    if written_otherwise * 2 > len(telling) and written_otherwise * 10 > _records_in(lines):
        return encodings.guessed(b"\n".join(wrong))
    return None


def _records_in(lines: Sequence[bytes]) -> int:
    """How many records *lines* hold: as many as there are, but in JSON with a line for each value."""
    objects = sum(line.rstrip().endswith(b"{") for line in lines)
    return objects if objects and all(map(_OF_OBJECT.match, lines)) else len(lines)


def said(encoding: str, declared: str | None) -> str:
    """What the tally calls an encoding: whether it was guessed stands with it."""
    return encoding if declared or not encoding or encodings.is_unicode(encoding) else f"{encoding} (guessed)"


def decoded_head(head: bytes, encoding: str) -> str:
    """*head* as clean text of lines; what does not decode is replaced, and a character that is cut left out."""
    if encoding == UTF8:
        text = cleaning.clean(head[: cleaning.end_of_whole(head)])
    else:
        *whole, _ = as_utf8([head], encoding)
        text = b"".join(whole)
    return (text.replace(b"\r", b"\n") if has_only_cr(text) else text).decode()


def needs_a_look(path: Path, *characters: bytes) -> bool:
    """Whether any of *characters* stands anywhere in the file at *path*, it is not clean, or a line may be longer than
    half a MiB."""
    piece = bytearray(1 << 18)  # read into again and again: fresh memory costs more than the search
    check = cleaning.Check()
    with disk_files.opened(path) as file:
        while size := file.readinto(piece):
            if any(piece.find(character, 0, size) >= 0 for character in characters):
                return True
            if size == len(piece) and piece.find(b"\n") < 0:
                return True
            if not check.is_clean(piece if size == len(piece) else piece[:size]):
                return True
    return not check.is_whole()


def as_text(pieces: Iterable[bytes]) -> Iterator[str]:
    """UTF-8 decoded; what is none becomes U+FFFD."""
    decoder = codecs.getincrementaldecoder(UTF8)("replace")
    yield from map(decoder.decode, pieces)
    yield decoder.decode(b"", final=True)


def as_utf8(
    pieces: Iterable[bytes], encoding: str, left_out: LeftOut | None = None, *, keeps_bytes: bool = False
) -> Generator[bytes]:
    """The same text in UTF-8, clean as `cleaning` says. What *encoding* cannot say becomes U+FFFD: *left_out* notes it.

    *keeps_bytes*: where it is UTF-8 already, bytes that are not stay.
    """
    replaced = left_out.note_replaced if left_out is not None else cleaning.unheard
    if encoding == encodings.SHIFTED:
        pieces = (piece.replace(b"\n", _UNSHIFTED) for piece in pieces)
    if encoding == UTF8:
        yield from cleaning.cleaned(pieces, keeps_bytes=keeps_bytes, replaced=replaced)
    else:
        yield from cleaning.transcoded(pieces, encoding, replaced=replaced)


def _never(_: Sequence[bytes]) -> bool:
    return False


def mark_of(head: bytes) -> bytes:
    """The byte order mark of UTF-8 that *head* begins with, if it does."""
    return codecs.BOM_UTF8 if head.startswith(codecs.BOM_UTF8) else b""


def has_only_cr(head: bytes) -> bool:
    """Whether lines end in a carriage return alone, as on old Macintoshes."""
    return b"\r" in head and b"\n" not in head


def blocks(
    pieces: Iterable[bytes],
    left_out: LeftOut,
    *,
    only_cr: bool,
    longest: int = LONGEST,
    are_lines: Callable[[Sequence[bytes]], bool] = _never,
) -> Generator[bytes]:
    """Blocks of whole lines, every one ended by a line feed alone.

    A carriage return within a line becomes a space, or ends it where *are_lines* says so of what it parts. A line of
    more than *longest* bytes is counted in *left_out*.
    """
    rest, is_dropping, line = b"", False, 1
    for piece in line_feeds(pieces, only_cr=only_cr):
        if is_dropping:
            _, feed, piece = piece.partition(b"\n")
            is_dropping = not feed
        end = piece.rfind(b"\n") + 1
        if end:
            whole = b"".join((rest, memoryview(piece)[:end])) if rest or end < len(piece) else piece
            block = _without_returns(whole, are_lines)
            line += block.count(b"\n") if left_out.is_numbered else 0
            yield block
        rest = piece[end:] if end else rest + piece
        if len(rest) > longest or is_dropping:
            if not is_dropping:
                left_out.drop(TOO_LONG, line)
                line += 1
            rest, is_dropping = b"", True
    if rest:
        yield _without_returns(rest, are_lines) + b"\n"


def line_feeds(pieces: Iterable[bytes], *, only_cr: bool) -> Iterator[bytes]:
    """*pieces* of which no line ends in two characters; with *only_cr*, each in a line feed."""
    held = b""
    for piece in pieces:
        text, held = held + piece, b""
        if b"\r" in text:
            if text.endswith(b"\r"):
                text, held = text[:-1], b"\r"
            text = text.replace(b"\r\n", b"\n")
            text = text.replace(b"\r", b"\n") if only_cr else text
        yield text
    if held:
        yield b"\n"


def _without_returns(block: bytes, are_lines: Callable[[Sequence[bytes]], bool]) -> bytes:
    if b"\r" not in block:
        return block
    return b"\n".join(_parted(line, are_lines) if b"\r" in line else line for line in block.split(b"\n"))


def _parted(line: bytes, are_lines: Callable[[Sequence[bytes]], bool]) -> bytes:
    parts = [part for part in line.split(b"\r") if part.strip()]
    return b"\n".join(parts) if len(parts) > 1 and are_lines(parts) else line.replace(b"\r", b" ")


def are_rows(parts: Sequence[bytes], delimiters: Sequence[bytes]) -> bool:
    """Whether one of *delimiters* divides all of *parts* alike, and no quoted value reaches from one to the next."""
    is_open = any(part.count(b'"') & 1 for part in parts)
    counts = ({part.count(mark) for part in parts} for mark in delimiters)
    return not is_open and any(len(count) == 1 and count != {0} for count in counts)
