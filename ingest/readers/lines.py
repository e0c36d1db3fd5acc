"""Text as a stream of whole lines: character encodings, byte order marks, line ends."""

import codecs
import re
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path

from breachcheck.errors import DataFileError
from ingest import disk_files
from ingest.readers import encodings
from ingest.readers.left_out import LeftOut

UTF8 = "utf-8"
TOO_LONG = "line too long"
LONGEST = 16 << 20
_UTF16_SAMPLE = 4096
_MARKS = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARKED = frozenset({"utf-16", "utf-32"})  # of which the mark alone says in which order the bytes stand
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
    return _utf16_without_mark(head) or _guessed(head) or UTF8


def _unmarked(head: bytes, declared: str, name: str) -> str:
    told = _utf16_without_mark(head)
    if told is None or not told.startswith(declared):
        raise DataFileError(
            f"{name}: begins with no byte order mark; give `encoding` as {declared}-le or {declared}-be"
        )
    return told


def _utf16_without_mark(head: bytes) -> str | None:
    """Every other byte of ASCII is zero in UTF-16, and delimiters, line ends and addresses are ASCII in any file."""
    sample = head[: _UTF16_SAMPLE & ~1]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if len(sample) < 8 or (even + odd) * 20 < len(sample):
        return None
    encoding = "utf-16-le" if odd > even * 4 else "utf-16-be" if even > odd * 4 else None
    return encoding if encoding and _reads_as_text(sample.decode(encoding, "replace")) else None


def _reads_as_text(sample: str) -> bool:
    """Whether it has lines, or is one: JSON may be written without any line end."""
    return "\n" in sample or sample.replace("\t", "").rstrip("\r").isprintable()


def _guessed(head: bytes) -> str | None:
    """A line or two that are not UTF-8 are rejected records; where that is how the file is written, it is guessed."""
    if head.isascii():
        return None
    lines = head[: head.rfind(b"\n") + 1].splitlines() or head.splitlines()
    telling = [line for line in lines if not line.isascii()]
    wrong = [line for line in telling if not _is_utf8(line)]
    written_otherwise = sum(_LETTERS.search(line) is not None for line in wrong)
    if written_otherwise * 2 > len(telling) and written_otherwise * 10 > len(lines):
        return encodings.guessed(b"\n".join(wrong))
    return None


def said(encoding: str, declared: str | None) -> str:
    """What the tally calls an encoding: whether it was guessed stands with it."""
    return encoding if declared or not encoding or encodings.is_unicode(encoding) else f"{encoding} (guessed)"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def decoded_head(head: bytes, encoding: str) -> str:
    """*head* as text, without a byte order mark; what does not decode is replaced."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    return decoder.decode(head).removeprefix("\ufeff")


def needs_a_look(path: Path, *characters: bytes) -> bool:
    """Whether any of *characters* stands anywhere in the file at *path*, or a line may be longer than half a MiB."""
    piece = bytearray(1 << 18)  # read into again and again: fresh memory costs more than the search
    with disk_files.opened(path) as file:
        while size := file.readinto(piece):
            if any(piece.find(character, 0, size) >= 0 for character in characters):
                return True
            if size == len(piece) and piece.find(b"\n") < 0:
                return True
    return False


def as_text(pieces: Iterable[bytes]) -> Iterator[str]:
    """UTF-8 decoded; what is none becomes U+FFFD."""
    decoder = codecs.getincrementaldecoder(UTF8)("replace")
    yield from map(decoder.decode, pieces)
    yield decoder.decode(b"", final=True)


def as_utf8(pieces: Iterable[bytes], encoding: str) -> Generator[bytes]:
    """The same text in UTF-8, without a byte order mark. What *encoding* cannot say becomes U+FFFD; UTF-8 is left."""
    decoded = pieces if encoding == UTF8 else _transcoded(pieces, encoding)
    is_first = True
    for piece in decoded:
        if piece:
            yield piece.removeprefix(codecs.BOM_UTF8) if is_first else piece
            is_first = False


def _transcoded(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for piece in pieces:
        yield decoder.decode(piece).encode(errors="replace")
    yield decoder.decode(b"", final=True).encode(errors="replace")


def has_only_cr(head: bytes) -> bool:
    """Whether lines end in a carriage return alone, as on old Macintoshes."""
    return b"\r" in head and b"\n" not in head


def blocks(pieces: Iterable[bytes], left_out: LeftOut, *, only_cr: bool, longest: int = LONGEST) -> Generator[bytes]:
    """Blocks of whole lines, every one ended by a line feed alone; a stray carriage return becomes a space.

    A line of more than *longest* bytes is counted in *left_out*.
    """
    rest, is_dropping, line = b"", False, 1
    for piece in _line_feeds(pieces, only_cr=only_cr):
        if is_dropping:
            _, feed, piece = piece.partition(b"\n")
            is_dropping = not feed
        end = piece.rfind(b"\n") + 1
        if end:
            line += piece.count(b"\n") if left_out.is_numbered else 0
            yield b"".join((rest, memoryview(piece)[:end]))
        rest = piece[end:] if end else rest + piece
        if len(rest) > longest or is_dropping:
            if not is_dropping:
                left_out.drop(TOO_LONG, line)
                line += 1
            rest, is_dropping = b"", True
    if rest:
        yield rest + b"\n"


def _line_feeds(pieces: Iterable[bytes], *, only_cr: bool) -> Iterator[bytes]:
    held = b""
    for piece in pieces:
        text, held = held + piece, b""
        if b"\r" in text:
            if text.endswith(b"\r"):
                text, held = text[:-1], b"\r"
            text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n" if only_cr else b" ")
        yield text
    if held:
        yield b"\n"
