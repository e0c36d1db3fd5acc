"""The addresses of free text, in blocks: the plain ones all at once, and `prose` for pieces that are not plain.

What is spotted at once is what `prose` would find, no more and no less: whatever could make a difference, an escape, a
URL, an apostrophe, a letter beyond ASCII, sends the whole piece it stands in to `prose`.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ingest.columns import TextColumn
from ingest.readers import prose, top_level
from ingest.readers.escapes import LONGEST_ENTITY
from ingest.readers.plain import Plain
from ingest.readers.plain_domains import PlainDomains

_BEFORE, _BEHIND = 32, 31
"""Bytes looked at before and behind an @: with it a window, of as many bytes as a word of masks has bits."""

_WINDOW = _BEFORE + 1 + _BEHIND
_HEAD, _TAIL = (1 << _BEFORE) - 1, (1 << _BEHIND) - 1  # masks of the bytes before and behind
_LONGEST_LABEL = 8  # of top-level domains that are looked up at once, as words
_SMALL = np.uint64(0x2020202020202020)
_TWO_CASES, _CAPITAL_FIRST = np.uint64(0x2020), np.uint64(0x2000)  # of a word's first two letters
_MARGIN = b" " * _WINDOW  # around every block, so that a window fits around each of its @s
_PIECE, _LONGEST_PIECE = 2 << 20, 6 << 20  # of smaller ones more time goes by with beginning than with reading
_CUTS = (b"\n", b" ", b'"', b",", b">", b"\t")
_AT_ONCE = 1 << 14  # @s, around each of which a few hundred bytes of memory are needed
_SPARSE_LOG2 = 15  # one byte in so many
_FEW_LOG2 = 11
_LONG_LINE = 1 << 12
_LONGEST_ENTITY = _BEFORE + 2 * LONGEST_ENTITY
_NEAR_END = 1 << 12  # bytes in which a block has a place to be cut at, in all likelihood

Positions = NDArray[np.int64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
Masks = NDArray[np.int64]


def _among(characters: bytes) -> Bools:
    table = np.zeros(256, np.bool_)
    table[list(characters)] = True
    return table


_SEPARATOR = re.compile(rb"[%s]" % re.escape(prose.SEPARATORS))
_MAY_PRECEDE = _among(prose.SEPARATORS + b";:=")
_MAY_END_A_KEY = _among(b"='")
_MAY_END_AN_ESCAPE = _among(b"=;[")
_MAY_END_AN_INTRODUCER = _among(b"\x1bBbEe3[")  # of control sequences, as prose knows them
_MAY_BE_HEX = _among(b"0123456789ABCDEF")
_MAY_FOLLOW = _among(bytes(set(range(0x80)) - set(b"@%&\\")))


def addresses(blocks: Iterable[bytes], piece: int = _PIECE) -> Generator[bytes]:
    """Lines of addresses, as they are written in *blocks* of text, which may be cut anywhere."""
    for block in whole_pieces(blocks, piece):
        yield from addresses_of(block)


def whole_pieces(blocks: Iterable[bytes], piece: int = _PIECE) -> Generator[bytes]:
    """The same text in pieces of *piece* bytes and more, with blanks around, cut only where something separates.

    Unless nothing does for megabytes.
    """
    some, size = [_MARGIN], 0
    for block in blocks:
        size += len(block)
        end = 0 if size < piece else _last_cut(block)
        if end or size > _LONGEST_PIECE:
            rest = block[end:] if end else b""
            yield b"".join((*some, memoryview(block)[: len(block) - len(rest)], _MARGIN))
            some, size = [_MARGIN, rest], len(rest)
        else:
            some.append(block)
    yield b"".join((*some, _MARGIN))


def _last_cut(block: bytes) -> int:
    """Where *block* can be cut last, or as good as last; 0 where nowhere."""
    for start in (max(len(block) - _NEAR_END, 0), 0):
        if end := max(block.rfind(mark, start) for mark in _CUTS) + 1:
            return end
    return 0


def addresses_of(block: bytes) -> Iterator[bytes]:
    """Lines of the addresses in *block*, one of `whole_pieces`, in no order."""
    spots, others = _found(block)
    yield spots.lines() + others


class PlainText:
    """Takes the plain addresses out of whole pieces of text, and leaves the others as lines. For one thread alone."""

    def __init__(self) -> None:
        self._domains = PlainDomains()

    def __call__(self, block: bytes) -> Plain:
        """What *block* holds, one of `whole_pieces`."""
        spots, others = _found(block)
        locals, domains = spots.columns()
        places = self._domains.places(domains)
        is_plain = self._domains.are_delivered_so(places, locals) & ~spots.have_tags()
        distinct, domain_of = self._domains.distinct(places[is_plain])
        addresses = TextColumn(locals.data, locals.starts, locals.lengths + 1 + domains.lengths)
        rest = spots.take(~is_plain).lines() + others
        return Plain(addresses.take(np.flatnonzero(is_plain)), distinct, domain_of, {}, rest)


def _found(block: bytes) -> tuple[_Spots, bytes]:
    """The plain addresses in *block*, and lines of the others."""
    text = np.frombuffer(block, np.uint8)
    escaped = _escaped_ats(block, text)
    ats = _places(block, text, b"@")
    if not len(ats) + len(escaped):
        return _NO_SPOTS, b""
    some = [ats[at : at + _AT_ONCE] for at in range(0, len(ats), _AT_ONCE)]
    seen = [_plain_spots(text, few, _Line(block, text, few)) for few in some]
    is_plain = np.concatenate([plain for _, plain in seen]) if seen else np.empty(0, np.bool_)
    unclear = np.concatenate((ats[~is_plain], escaped))
    pieces = list(_pieces(block, np.sort(unclear).tolist()))
    is_kept = is_plain
    if pieces:
        starts = np.array([start for start, _ in pieces])
        ends = np.array([end for _, end in pieces])
        at = np.searchsorted(starts, ats, "right") - 1
        is_kept = is_plain & ((at < 0) | (ats >= ends[at]))
    found = [one for start, end in pieces for one in prose.addresses_in(block[start:end])]
    return _Spots.joined([spots for spots, _ in seen]).take(is_kept[is_plain]), "".join(
        [f"{one}\n" for one in found]
    ).encode()


def _places(block: bytes, text: Bytes, character: bytes) -> Positions:
    """Where *character* stands in *block*, which *text* is a view of; at the speed of memchr where it hardly does."""
    places: list[int] = []
    at = block.find(character)
    while at >= 0:
        places.append(at)
        if len(places) > len(block) >> _SPARSE_LOG2:
            return np.flatnonzero(text == character[0])
        at = block.find(character, at + 1)
    return np.array(places, np.int64)


def _escaped_ats(block: bytes, text: Bytes) -> Positions:
    """Where an escape stands that may be an @."""
    signs, ampersands, strokes, wide = (_places(block, text, mark) for mark in (b"%", b"&", b"\\", b"\xef"))
    if not len(signs) + len(ampersands) + len(strokes) + len(wide):
        return signs
    entities = ampersands + 4 * (_stands(text, ampersands, b"a") & _stands(text, ampersands + 3, b";"))
    found = (
        signs[_stands(text, signs, b"40") | _stands(text, signs, b"25")],
        ampersands[_stands(text, entities, b"#") | _stands(text, entities, b"c")],
        strokes[_stands(text, strokes, b"u") | _stands(text, strokes, b"x")],
        wide[_stands(text, wide, b"\xbc\xa0") | _stands(text, wide, b"\xb9\xab")],
    )
    return np.concatenate(found)


def _pieces(block: bytes, ats: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where the pieces between separators begin and end that hold *ats*, each once, with angle brackets around them."""
    end = -1
    for at in ats:
        if at >= end:
            found = _SEPARATOR.search(block, at)
            start, end = _start_of_piece(block, at), found.start() if found else len(block)
            start = prose.behind_style(block, start)
            yield start - block.endswith(b"<", 0, start), end + block.startswith(b">", end)


def _start_of_piece(block: bytes, at: int) -> int:
    distance = 128
    while True:
        start = max(at - distance, 0)
        found = _SEPARATOR.search(block[start:at][::-1])
        if found or not start:
            return at - found.start() if found else 0
        distance *= 8


def _stands(text: Bytes, at: Positions, characters: bytes) -> Bools:
    """Whether *characters*, in lower case or as they are, stand behind each of the positions."""
    is_there = np.ones(len(at), np.bool_)
    for distance, character in enumerate(characters, start=1):
        seen = text[at + distance]
        is_there &= (
            (seen == character) | (seen == ord(chr(character).upper())) if character < 0x80 else seen == character
        )
    return is_there


@dataclass(frozen=True, slots=True)
class _Line:
    """What stands before @s on their lines."""

    block: bytes
    text: Bytes
    ats: Positions

    def may_hold_url(self, rows: Positions) -> Bools:
        """Whether anything before the @s of *rows* could be of a URL."""
        if self._are_few(rows):
            return np.array([self._is_behind_mark(at) for at in self.ats[rows].tolist()], np.bool_)
        marks = [self._last(rows, mark) for mark in (b"&", b"\\", b"/" if b"://" in self.block else b"&")]
        is_held: Bools = np.greater(np.max(marks, axis=0), self._last(rows, b"\n"))
        return is_held

    def has_entity(self, rows: Positions) -> Bools:
        """Whether an & stands so shortly before the @s of *rows* that what lies between could be an entity."""
        if self._are_few(rows):
            ats = self.ats[rows].tolist()
            return np.array([self.block.rfind(b"&", max(at - _LONGEST_ENTITY, 0), at) >= 0 for at in ats], np.bool_)
        ampersands = self._last(rows, b"&")
        return (ampersands >= 0) & (self.ats[rows] - ampersands <= _LONGEST_ENTITY)

    def _are_few(self, rows: Positions) -> bool:
        """Whether to look before each by itself is faster than through the whole block once."""
        return len(rows) <= len(self.block) >> _FEW_LOG2

    def _is_behind_mark(self, at: int) -> bool:
        """Whether what URLs are written with stands on the line of *at* before it; so it is taken of a long line."""
        start = self.block.rfind(b"\n", max(at - _LONG_LINE, 0), at)
        before = self.block[start:at]
        return start < 0 or b"&" in before or b"\\" in before or b"/" in before

    def _last(self, rows: Positions, character: bytes) -> Positions:
        return _last_before(self.text, self.ats[rows], character, self.block)


def _last_before(text: Bytes, ats: Positions, character: bytes, block: bytes) -> Positions:
    """Where *character* stands last before each of *ats*; -1 where it does not."""
    if character not in block:
        return np.full(len(ats), -1, np.int64)
    places = np.concatenate(([-1], _places(block, text, character)))
    found: Positions = places[np.searchsorted(places, ats) - 1]
    return found


@dataclass(frozen=True, slots=True)
class _Spots:
    """What stands around some @s of a block, each in the middle of one of *windows*."""

    windows: Bytes
    before: Positions  # bytes of the local part
    after: Positions  # bytes of the domain

    @classmethod
    def joined(cls, parts: list[_Spots]) -> _Spots:
        if len(parts) == 1:
            return parts[0]
        columns = [(part.windows, part.before, part.after) for part in [_NO_SPOTS, *parts]]
        return cls(*(np.concatenate(column) for column in zip(*columns, strict=True)))

    def take(self, chosen: Bools) -> _Spots:
        return _Spots(self.windows[chosen], self.before[chosen], self.after[chosen])

    def lines(self) -> bytes:
        """The addresses, one a line."""
        before, after = self.before[:, None], self.after[:, None]
        place = np.arange(-_BEFORE, _BEHIND + 1)
        windows = self.windows.copy()
        windows[np.arange(len(windows)), self.after + (_BEFORE + 1)] = ord("\n")
        return windows[(place >= -before) & (place <= after + 1)].tobytes()

    def columns(self) -> tuple[TextColumn, TextColumn]:
        """Local parts and domains in lower case."""
        room = np.zeros(_WINDOW, np.uint8)
        middle = np.arange(len(self.windows)) * _WINDOW + _BEFORE
        whole = TextColumn(np.concatenate((self.windows.ravel(), room)), middle - self.before, self.before).lowered()
        return whole, TextColumn(whole.data, middle + 1, self.after)

    def have_tags(self) -> Bools:
        """Which have a plus sign in the local part."""
        have_tags: Bools = (_mask(self.windows == ord("+")) & _HEAD) >> (_BEFORE - self.before) != 0
        return have_tags


_NO_SPOTS = _Spots(np.empty((0, _WINDOW), np.uint8), np.empty(0, np.int64), np.empty(0, np.int64))


def _plain_spots(text: Bytes, ats: Positions, line: _Line) -> tuple[_Spots, Bools]:
    """What stands around those of *ats* that are of plain addresses, and which these are."""
    rows = np.ndarray((len(text) - _WINDOW + 1,), f"V{_WINDOW}", text, 0, (1,))
    windows = rows[ats - _BEFORE].view(np.uint8).reshape(len(ats), _WINDOW)
    are_words = _are_in(windows | np.uint8(0x20), "az") | _are_in(windows, "09")
    are_of_domains = are_words | _are_in(windows, "-.")
    are_local = are_of_domains | _are_in(windows, "*+") | _are_in(windows, "^_")
    before, is_local = _local_parts(windows, are_words, _mask(are_local), line)
    after, is_domain = _domains(windows, _mask(are_words), _mask(are_of_domains))
    is_plain = is_local & is_domain
    if b"=" in line.block:
        row = np.arange(len(ats))
        follows = windows[row, np.minimum(_BEFORE + 1 + after, _WINDOW - 1)]
        is_closed = (follows == ord(">")) | (follows == ord("="))  # which may be of =3E
        is_plain &= ~(_MAY_END_A_KEY[windows[row, _BEFORE - 1 - before]] & is_closed)
    return _Spots(windows, before, after).take(is_plain), is_plain


def _are_in(characters: Bytes, ends: str) -> Bools:
    """Which of *characters* are in the range of ASCII with such *ends*: much faster than to look each up."""
    first, last = map(ord, ends)
    are_in: Bools = np.less_equal(characters - np.uint8(first), last - first)
    return are_in


def _mask(windows: Bools) -> Masks:
    """A bit for each byte of each of *windows*, the lowest for the first."""
    return np.packbits(windows, bitorder="little").view("<i8")


def _bits_of(masks: Masks) -> Positions:
    """How many bits each of *masks* takes, from the lowest to the highest that is set; few enough for a float."""
    return np.frexp(masks.astype(np.float64))[1].astype(np.int64)


def _local_parts(windows: Bytes, are_words: Bools, are_local: Masks, line: _Line) -> tuple[Positions, Bools]:
    """How many bytes the local part has before the middle of each window, and whether it is plain."""
    row = np.arange(len(windows))
    start = _bits_of(~are_local & _HEAD)
    before = windows[row, start - 1]
    quoted = np.flatnonzero((before == ord("'")) & (start > 1))
    before[quoted] = windows[quoted, start[quoted] - 2]
    is_plain = (start > 0) & are_words[row, start] & _MAY_PRECEDE[before]
    marked = np.flatnonzero(is_plain & ((before == ord(":")) | (before == ord("="))))
    is_plain[marked] = ~line.may_hold_url(marked)
    marked = np.flatnonzero(is_plain & (before == ord(";")))
    is_plain[marked] = ~line.has_entity(marked)
    marked = np.flatnonzero(is_plain & _MAY_END_AN_ESCAPE[before])
    is_plain[marked] = ~_may_be_escaped(windows[marked], start[marked])
    return _BEFORE - start, is_plain


def _may_be_escaped(windows: Bytes, start: Positions) -> Bools:
    """Whether what begins at *start* may be an octet of quoted-printable, or end a control sequence of a terminal."""
    row = np.arange(len(windows))
    earlier, mark, first, second, third, fourth = (windows[row, np.maximum(start + step, 0)] for step in range(-2, 4))
    is_letter = _are_in(first, "AF") | _are_in(second, "AF")
    is_octet = (mark == ord("=")) & _MAY_BE_HEX[first] & _MAY_BE_HEX[second] & (is_letter | (first == ord("2")))
    is_number = np.logical_and.reduce([_are_in(digit, "09") for digit in (first, second, third, fourth)])
    is_later = (mark == ord(";")) & _are_in(first, "09") & ~is_number
    is_first = (mark == ord("[")) & (_MAY_END_AN_INTRODUCER[earlier] | (start < 2))
    may_be: Bools = is_octet | is_later | is_first
    return may_be


def _domains(windows: Bytes, are_words: Masks, are_of_domains: Masks) -> tuple[Positions, Bools]:
    """How many bytes the domain has behind the middle of each window, and whether it is plain."""
    others = ~(are_of_domains >> _BEFORE + 1 & _TAIL)
    length = np.bitwise_count((others & -others) - 1).astype(np.int64)
    marks = ~are_words >> _BEFORE + 1 & (1 << length) - 1  # dots and hyphens
    end = length - (_bits_of(marks) == length)
    marks &= (1 << end) - 1
    dots = _mask(windows == ord(".")) >> _BEFORE + 1 & marks
    follows = windows[np.arange(len(windows)), np.minimum(length + (_BEFORE + 1), _WINDOW - 1)]
    is_plain = (length < _BEHIND) & _MAY_FOLLOW[follows] & (dots != 0)
    is_plain &= (marks & (marks >> 1 | 1) == 0) & (_bits_of(marks) < end)
    return end, is_plain & _are_top_level(windows, _bits_of(dots), end)


def _are_top_level(windows: Bytes, start: Positions, end: Positions) -> Bools:
    """Whether from *start* to *end* behind each window's middle a top-level domain stands that is looked up at once."""
    words = np.ndarray((windows.size - _LONGEST_LABEL + 1,), np.uint64, windows, 0, (1,))
    word = words[np.arange(len(windows)) * _WINDOW + (_BEFORE + 1 - _LONGEST_LABEL) + end]
    length = end - start
    surplus = (8 * (_LONGEST_LABEL - length)).astype(np.uint64)
    begins_sentence = (word >> surplus & _TWO_CASES == _CAPITAL_FIRST) & (length > 2)
    label = (word | _SMALL) >> surplus
    labels = _labels()
    is_known: Bools = labels[np.minimum(np.searchsorted(labels, label), len(labels) - 1)] == label
    is_known &= (length <= _LONGEST_LABEL) & ~begins_sentence
    return is_known


@cache
def _labels() -> NDArray[np.uint64]:
    """The top-level domains that are short and plain, as numbers, in order."""
    labels = top_level.known() - prose.ENDINGS_TOO
    plain = [label for label in labels if label.isalpha() and len(label) <= _LONGEST_LABEL]
    written = b"".join(label.encode().ljust(_LONGEST_LABEL, b"\0") for label in plain)
    return np.sort(np.frombuffer(written, "<u8"))
