"""Mail as it is stored, made text: what was encoded to be transferred is decoded (RFC 2045, 6; RFC 2047).

Only where a part's headers say so: a text that is no mail is left as it is, and so is a part that is no text.
"""

import codecs
import re
from binascii import Error, a2b_base64, a2b_qp
from collections.abc import Generator, Iterable
from dataclasses import dataclass

_HEAD = 1 << 12
_KEPT = 1 << 14  # bytes in which a part's headers have room
_LONGEST = 1 << 20  # of lines that are kept until their end is seen
_BEGINS = re.compile(
    rb"\s*(?:From \S|(?:Return-Path|Delivered-To|Envelope-To|Received|Authentication-Results|DKIM-Signature|From|Sender"
    rb"|Reply-To|To|Cc|Subject|Date|Message-ID|MIME-Version|Content-[A-Za-z-]+|(?:X|ARC)-[A-Za-z0-9-]+):)",
    re.IGNORECASE,
)
_ENCODED = re.compile(
    rb"\n[Cc][Oo][Nn][Tt][Ee][Nn][Tt]-[Tt][Rr][Aa][Nn][Ss][Ff][Ee][Rr]-[Ee][Nn][Cc][Oo][Dd][Ii][Nn][Gg]:[ \t]*\"?"
    rb"(?i:(quoted-printable)|base64)\b"
)
_BLANK_LINE = re.compile(rb"\n\r?(?=\n)")
_TYPE = re.compile(rb"\nContent-Type:\s*\"?([a-z]+)/", re.IGNORECASE)
_CHARSET = re.compile(rb"""\bcharset\s*=\s*["']?([\w.:+-]+)""", re.IGNORECASE)
_DELIMITER = re.compile(rb"\n--\S[^\r\n]*")
_MAY_END = re.compile(rb"\n(?:--|From \S|Return-Path:|Received: )")  # a delimiter, or the next mail
_NO_BASE64 = re.compile(rb"\n(?=[A-Za-z0-9+/= \t\r]*[^A-Za-z0-9+/=\s])")
_WORD = re.compile(rb"=\?([\w.:+-]+)(?:\*[\w-]*)?\?(?:([Qq])|[Bb])\?([^?\s]*)\?=")
_BETWEEN_WORDS = re.compile(rb"(?<=\?=)\s+(?==\?)")
_OF_TEXT = (b"text", b"message")
_FAMILIES = ("utf-8", "utf-16", "ascii", "iso8859", "cp", "koi8", "gb", "big5", "euc", "shift_jis", "iso2022", "mac")
"""How the names of encodings begin in which mail is written; Python knows others, that are no encodings of text."""


def texts(blocks: Iterable[bytes]) -> Generator[bytes]:
    """The same text, in UTF-8, cut at other places. If it begins as mail does, what is encoded in it is decoded."""
    some, head = iter(blocks), b""
    for block in some:
        head += block
        if len(head) >= _HEAD:
            break
    if not _BEGINS.match(head):
        yield head
        yield from some
        return
    mail = _Mail()
    yield mail.read(head)
    for block in some:
        yield mail.read(block)
    yield mail.read(b"", is_last=True)


@dataclass(slots=True)
class _Body:
    """A part's body that is being decoded. *delimiter*: the line before its headers, which stands behind it as well."""

    is_quoted: bool
    delimiter: bytes
    decoder: codecs.IncrementalDecoder
    _left: bytes = b""  # of base64, what makes no whole octets yet

    def end(self, text: bytes, start: int) -> int:
        """Where in *text*, from *start*, the line feed is that ends the body; -1 where it goes on."""
        if not self.is_quoted:
            found = _NO_BASE64.search(text, start)
            return found.start() if found else -1
        ends = (found.start() for found in _MAY_END.finditer(text, start) if self._is_end(found))
        return next(ends, -1)

    def _is_end(self, found: re.Match[bytes]) -> bool:
        if found[0] != b"\n--":
            return True
        return bool(self.delimiter) and found.string.startswith(self.delimiter, found.start())

    def cut(self, text: bytes, start: int) -> int:
        """Where the lines of the body end that are whole in *text*, before a line feed that is no soft break."""
        if len(text) - start > _LONGEST:
            return len(text)
        at = text.rfind(b"\n", start)
        while at > start and (text.endswith(b"=", start, at) or text.endswith(b"=\r", start, at)):
            at = text.rfind(b"\n", start, at)
        return max(at, start)

    def text(self, raw: bytes, *, is_last: bool) -> bytes:
        """What *raw*, some of the body, says, in UTF-8."""
        octets = a2b_qp(raw) if self.is_quoted else self._of_base64(raw, is_last=is_last)
        return self.decoder.decode(octets, final=is_last).encode(errors="replace")

    def _of_base64(self, raw: bytes, *, is_last: bool) -> bytes:
        digits = self._left + raw.translate(None, b" \t\r\n")
        whole = len(digits) // 4 * 4
        self._left = digits[whole:]
        try:
            return a2b_base64(_padded(digits) if is_last else digits[:whole])
        except Error:  # it is not what its headers say
            return digits


@dataclass(slots=True)
class _Mail:
    """Mail that is being read, of one message or many."""

    _text: bytes = b"\n"  # what is still to be read, from the line feed before it
    _at: int = 0
    _body: _Body | None = None

    def read(self, block: bytes, *, is_last: bool = False) -> bytes:
        """What is certain of the text as soon as *block* is known; all of it, if that *is_last*."""
        self._text, self._at = self._text[self._at :] + block, 0
        done, goes_on = [], True
        while goes_on:
            some, goes_on = self._of(self._body, is_last) if self._body else self._before_body(is_last)
            done.append(some)
        return b"".join(done)

    def _before_body(self, is_last: bool) -> tuple[bytes, bool]:
        """Text up to the next body that is to be decoded, and whether its beginning was reached."""
        found = _ENCODED.search(self._text, self._at)
        blank = _BLANK_LINE.search(self._text, found.end()) if found else None
        if not found or not blank:
            end = len(self._text) if is_last else self._text.rfind(b"\n", self._at, -_KEPT)
            return _with_words(self._taken(max(end, self._at))), False
        before = [self._text.rfind(line, self._at, found.start()) for line in (b"\n\n", b"\n\r\n")]
        self._body = _body(self._text[max(self._at, *before) : blank.end()], is_quoted=found[1] is not None)
        return _with_words(self._taken(blank.end())), True

    def _of(self, body: _Body, is_last: bool) -> tuple[bytes, bool]:
        """Text of *body*, and whether its end was reached."""
        end = body.end(self._text, self._at)
        is_done = end >= 0
        if is_done:
            self._body = None
        else:
            end = len(self._text) if is_last else body.cut(self._text, self._at)
        return body.text(self._taken(end), is_last=is_done or is_last), is_done

    def _taken(self, end: int) -> bytes:
        some, self._at = self._text[self._at : end], end
        return some


def _body(headers: bytes, *, is_quoted: bool) -> _Body | None:
    """The body behind *headers*, if it is of text."""
    of = _TYPE.search(headers)
    if of and of[1].lower() not in _OF_TEXT:
        return None
    delimiters, charset = _DELIMITER.findall(headers), _CHARSET.search(headers)
    encoding = _encoding(charset[1] if charset else b"")
    return _Body(is_quoted, delimiters[-1] if delimiters else b"", codecs.getincrementaldecoder(encoding)("replace"))


def _padded(digits: bytes) -> bytes:
    """*digits* of base64 to be decoded as far as they go, where their end is missing."""
    odd = len(digits) % 4
    return digits[:-1] if odd == 1 else digits + b"=" * (-odd % 4)


def _with_words(text: bytes) -> bytes:
    """*text* with its encoded words as they are read."""
    return _WORD.sub(_of_word, _BETWEEN_WORDS.sub(b"", text)) if b"=?" in text else text


def _encoding(charset: bytes) -> str:
    """Python's name of *charset*; UTF-8's where it knows none, or none that mail is written in."""
    try:
        name = codecs.lookup(charset.decode("latin-1")).name
    except LookupError:
        return "utf-8"
    return name if name.startswith(_FAMILIES) else "utf-8"


def _of_word(found: re.Match[bytes]) -> bytes:
    charset, quoted, written = found.groups()
    try:
        octets = a2b_qp(written, header=True) if quoted else a2b_base64(_padded(written))
    except Error:
        return found[0]
    return octets.decode(_encoding(charset), "replace").encode(errors="replace")
