"""JSON text as a stream of its records: the elements of arrays, objects one after another, the lists within pages.

Text may be spread over lines in any way and be of any length; what is kept in memory is one record.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import cast

import msgspec

from breachcheck.addresses import holds_address
from ingest.readers.combo_layouts import is_address
from ingest.readers.left_out import LeftOut
from ingest.readers.shape import MEMBERS, Shape, members_of

LONGEST = 16 << 20
MALFORMED = "malformed JSON"
BESIDE = "beside the records that are read"
"""Why an address is not read: it stands in another list or object than the one in which the most people stand."""

KEY = "key"
"""What the key is called under which a record stands."""

_COMPACT_ABOVE = 1 << 20
_RESYNC_WITHIN = 1 << 16
_NEAR_END = 12  # characters: a cut-off word, number or escape is no longer
_SPACE = re.compile(r"[\s,\x1a\x1e]*")
_BETWEEN = " \t\r\n,"
_ON_ONE_LINE = bytes.maketrans(b"\r\n", b"  ")
_BREAKS = re.compile(r"[\r\n]+")
_FIRST_KEY = re.compile(r'\{\s*("(?:[^"\\]|\\.)*")\s*:')


class Malformed(Exception):
    """What stands at *at* is not JSON."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class Text:
    """JSON text that arrives in pieces, read from its place *at* on."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self._pieces = iter(pieces)
        self._text = ""
        self._decoder = json.JSONDecoder(
            strict=False
        )  # a control character in a string is no reason to lose who is in it
        self.at = 0
        self._begun = 0
        self._slow_until = 0
        self._batches = msgspec.json.Decoder(list[msgspec.Raw])

    def begin(self) -> None:
        """A record, or a part of a page, begins here: what was read before is forgotten."""
        if self.at > _COMPACT_ABOVE:
            self._slow_until -= self.at
            self._text, self.at = self._text[self.at :], 0
        self._begun = self.at

    def rewind(self) -> None:
        """Back to where `begin` was called last."""
        self.at = self._begun

    def peek(self) -> str:
        """The next character that is neither white space nor a comma; "" at the end."""
        while True:
            found = _SPACE.match(self._text, self.at)
            self.at = found.end() if found else self.at
            if self.at < len(self._text):
                return self._text[self.at]
            if not self._more():
                return ""

    def value(self) -> object:
        """The value that begins here; raises Malformed."""
        self.peek()
        while True:
            try:
                found, end = cast(tuple[object, int], self._decoder.raw_decode(self._text, self.at))
            except json.JSONDecodeError as error:
                if not self._is_cut(error) or not self._more():
                    raise Malformed(max(error.pos, self.at)) from None
            except (RecursionError, ValueError):
                raise Malformed(self.at + 1) from None
            else:
                if len(self._text) - end > _NEAR_END or not self._more():
                    self.at = end
                    return found

    def key(self) -> str:
        """The key that begins here, its colon passed; raises Malformed."""
        found = self.value()
        if not isinstance(found, str) or self.peek() != ":":
            raise Malformed(self.at)
        self.at += 1
        return found

    def record(self) -> bytes:
        """What was read since `begin`, on one line."""
        return _BREAKS.sub(" ", self._text[self._begun : self.at]).encode(errors="replace")

    def opening(self) -> str:
        """How the object that begins here begins: its brace and first key."""
        found = _FIRST_KEY.match(self._text, self.at)
        return found[0] if found else ""

    def batch(self, before: str) -> list[bytes]:
        """As many elements of the list as can be told at once, none beyond *before*; [] where they go one by one.

        The text up to where an object begins like the one here: if that is a list of values, it is whole elements.
        """
        opening = self.opening()
        if self.at < self._slow_until or not opening:
            return []
        limit = self._text.find(before, self.at) if before else -1
        cut = self._text.rfind(opening, self.at + 1, limit if limit >= 0 else len(self._text))
        if cut < 0:
            return []
        try:
            found = self._batches.decode(f"[{self._text[self.at : cut].rstrip(_BETWEEN)}]".encode(errors="replace"))
        except (msgspec.DecodeError, RecursionError):
            self._slow_until = cut
            return []
        self.at = cut
        return [bytes(element).translate(_ON_ONE_LINE) for element in found]

    def resume(self, fault: int, before: str = r"[}\[,\n]", opens: str = r"\{") -> None:
        """Go on at the next record after a *fault* in this one: the next that begins with the same key, or any.

        *before* is the pattern of what stands before a record, *opens* of what it begins with.
        """
        any_object = re.compile(rf"{before}\s*(?={opens})")
        first_key = _FIRST_KEY.match(self._text, self._begun)
        alike = re.compile(rf"{before}\s*(?=\{{\s*{re.escape(first_key[1])}\s*:)") if first_key else any_object
        found = alike.search(self._text, self._begun + 1)
        while not found and len(self._text) - fault < _RESYNC_WITHIN and self._more():
            found = alike.search(self._text, self._begun + 1)
        while not found:
            found = any_object.search(self._text, fault)
            if not found and not self._more():
                self.at = len(self._text)
                return
        self.at = found.end()

    def _is_cut(self, error: json.JSONDecodeError) -> bool:
        """Whether *error* may be for want of the text that is still to come."""
        is_near_end = error.pos >= len(self._text) - _NEAR_END
        return (is_near_end or error.msg.startswith("Unterminated")) and len(self._text) - self.at < LONGEST

    def _more(self) -> bool:
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self._text += piece
        return True


def records(text: Text, shape: Shape, left_out: LeftOut) -> Iterator[bytes]:
    """Each record of *text* as one line of JSON; *left_out* counts what is malformed.

    An object without the list at the shape's path is a record. A value outside objects becomes the object
    `{"value": …}`, an array that is a record one of the shape's columns.
    """
    found = Records(text, shape, left_out).all()
    yield from islice(found, int(shape.arrays is not None and shape.arrays.has_header), None)


class Records:
    """The records of a text that is read on from where it stands. *others*: members that were none."""

    def __init__(self, text: Text, shape: Shape, left_out: LeftOut) -> None:
        self._text, self._shape, self._left_out = text, shape, left_out
        self._path, self._arrays = shape.path, shape.arrays
        self.others = 0

    def all(self) -> Iterator[bytes]:
        """Every record."""
        while first := self._text.peek():
            self._text.begin()
            if first in "]}:" or (first == "[" and (self._arrays is None or self._arrays.is_within)):
                self._text.at += 1
                if first != "[" or self._arrays is None or self._path:
                    continue
                yield from self.elements("")
                continue
            try:
                yield from self._page(self._path) if first == "{" and self._path else self._some("")
            except Malformed as fault:
                self._skip(fault)

    def _skip(self, fault: Malformed) -> None:
        self._left_out.leave(MALFORMED)
        if self._arrays is None:
            self._text.resume(fault.at)
        else:
            self._text.resume(fault.at, r"[\]\[,\n]", r"\[")

    def _some(self, before: str) -> Iterator[bytes]:
        """The next record, or many of them."""
        found = self._text.batch(before)
        if found:
            yield from found
            return
        value = self._text.value()
        if self._arrays and isinstance(value, list):
            yield self._arrays.record(value)
        else:
            yield self._text.record() if isinstance(value, dict) else json.dumps({"value": value}).encode()

    def _page(self, path: tuple[str, ...]) -> Iterator[bytes]:
        """The elements of the list at *path* in the object that begins here; the object itself without such a list."""
        text = self._text
        text.begin()
        opening = text.opening()
        beside = 0
        text.at += 1
        if path[0] == MEMBERS:
            yield from self.members()
            return
        while (first := text.peek()) and first != "}":
            key = text.key()
            if key == path[0] and text.peek() == ("{" if path[1:] else "["):
                if path[1:]:
                    yield from self._page(path[1:])
                else:
                    text.at += 1
                    yield from self.elements(opening)
                self._leave_beside(beside, path)
                return
            beside += self._pass(key, path)
        if self._shape.others:
            text.at += 1
            return
        text.rewind()
        text.value()
        yield text.record()

    def _leave_beside(self, passed: int, path: tuple[str, ...]) -> None:
        """Pass what is left of the object; of that and of *passed*, whatever holds an address is a record left out."""
        text = self._text
        while (first := text.peek()) and first != "}":
            text.begin()
            passed += self._pass(text.key(), path)
        text.at += 1
        for _ in range(passed if self._shape.tells_beside else 0):
            self._left_out.leave(BESIDE)

    def _pass(self, key: str, path: tuple[str, ...]) -> int:
        """What stands under *key* beside the first of *path*; how much of it holds an address and is read nowhere."""
        is_last = path[1:] in ((), (MEMBERS,))
        if not (is_last and key in self._shape.others and self._text.peek() in ("{", "[")):
            return _peopled(self._text.value())
        records = Records(self._text, Shape(is_lines=False), LeftOut())
        for _ in records.inside():
            continue
        return 0

    def inside(self) -> Iterator[bytes]:
        """What the list or object that begins here holds."""
        is_list = self._text.peek() == "["
        self._text.at += 1
        return self.elements("") if is_list else self.members()

    def elements(self, page: str) -> Iterator[bytes]:
        """What is left of the list whose bracket was passed."""
        while (first := self._text.peek()) and first != "]":
            self._text.begin()
            try:
                yield from self._some(page)
            except Malformed as fault:
                self._skip(fault)
        self._text.at += 1

    def members(self) -> Iterator[bytes]:
        """The members of the object whose brace was passed. Goes on behind a malformed one at the next."""
        text = self._text
        key = ""
        while (first := text.peek()) and first != "}":
            try:
                key = text.key() if first != "{" else ""
                text.peek()
                text.begin()
                value = text.value()
                if isinstance(value, dict) or is_address(key):
                    yield _keyed(key, value, text.record())
                else:
                    self.others += 1
            except Malformed as fault:
                self._left_out.leave(MALFORMED)
                text.resume(fault.at, ":")
        text.at += 1


def _keyed(key: str, value: object, record: bytes) -> bytes:
    """The member *value*, which stands as *record*, with its *key* before all that is in it."""
    if not isinstance(value, dict):
        return json.dumps({KEY: key, "value": value}).encode()
    inner = record.lstrip()[1:].lstrip()
    return b"{%s: %s%s%s" % (json.dumps(KEY).encode(), json.dumps(key).encode(), b", " * (inner != b"}"), inner)


def _peopled(value: object) -> int:
    """How many members of *value* hold an address; of a plain value, whether it does."""
    members = list(members_of(value)) or [value]
    return sum(holds_address(json.dumps(member)) for member in members)
