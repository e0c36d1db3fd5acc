"""Collections: lists and objects of records that stand side by side in a JSON file, as in exports of Firebase."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ingest.readers.left_out import LeftOut
from ingest.readers.objects import Malformed, Records, Text
from ingest.readers.shape import MEMBERS, Shape, object_in

_SAMPLED = 1_000
_SAMPLED_BYTES = 4 << 20
_ALIKE = 0.9
_PAGES = (("results",), ("hits", "hits"))
"""Where records stand that stand alone: in Mixpanel's pages, and in what Elasticsearch answers."""


@dataclass
class Collection:
    """One that stands under *key*, and the first of its records. *others*: members of it that are none."""

    key: str
    is_list: bool
    sample: list[dict[str, object]] = field(default_factory=list)
    others: int = 0
    _bytes: int = 0

    def add(self, record: bytes) -> None:
        """The next record."""
        self._bytes += len(record)
        if len(self.sample) < _SAMPLED and (self._bytes < _SAMPLED_BYTES or not self.sample):
            found = object_in(record)
            if found is not None:
                self.sample.append(found)

    @property
    def is_one(self) -> bool:
        """Whether its members are records that are much alike, rather than parts of one."""
        keys = Counter(key for record in self.sample for key in record)
        return bool(keys) and not self.others and keys.most_common(1)[0][1] >= _ALIKE * len(self.sample)


def may_be_in(shape: Shape) -> bool:
    """Whether a file of this *shape* may hold several."""
    return bool(shape.path) and shape.path not in (*_PAGES, (MEMBERS,)) and shape.arrays is None


def collections_in(pieces: Iterable[str], shape: Shape) -> list[tuple[Collection, Shape]]:
    """Those beside the records of *shape*, these included, each with the shape it is read by; [] if there is but one.

    *pieces* of text are read to their end.
    """
    around = shape.path[:-2] if shape.path[-1] == MEMBERS else shape.path[:-1]
    found = [one for one in _Search(Text(pieces), around).all().values() if one.is_one]
    keys = frozenset(one.key for one in found)
    shapes = (replace(shape, path=_path(around, one), others=keys - {one.key}) for one in found)
    both = list(zip(found, shapes, strict=True))
    return [(one, replace(that, tells_beside=not at)) for at, (one, that) in enumerate(both)] if len(both) > 1 else []


def _path(around: Sequence[str], one: Collection) -> tuple[str, ...]:
    return (*around, one.key) if one.is_list else (*around, one.key, MEMBERS)


class _Search:
    """Goes once through *text* and takes note of what stands in the objects at *around*."""

    def __init__(self, text: Text, around: Sequence[str]) -> None:
        self._text, self._around = text, around
        self._found: dict[str, Collection] = {}

    def all(self) -> dict[str, Collection]:
        while first := self._text.peek():
            self._text.begin()
            if first != "{":
                self._text.at += 1
                continue
            try:
                self._look(self._around)
            except Malformed as fault:
                self._text.resume(fault.at)
        return self._found

    def _look(self, around: Sequence[str]) -> None:
        text = self._text
        text.at += 1
        while (first := text.peek()) and first != "}":
            text.begin()
            key = text.key()
            opening = text.peek()
            if around and key == around[0] and opening == "{":
                self._look(around[1:])
            elif not around and opening in ("{", "["):
                self._note(key, opening)
            else:
                text.value()
        text.at += 1

    def _note(self, key: str, opening: str) -> None:
        one = self._found.setdefault(key, Collection(key, opening == "["))
        records = Records(self._text, Shape(is_lines=False), LeftOut())
        for record in records.inside():
            one.add(record)
        one.others += records.others


def first_object(text: str) -> str:
    """The first object of *text*, if it ends there; else ""."""
    begun = text.lstrip(" \t\r\n[")
    try:
        _, end = json.JSONDecoder(strict=False).raw_decode(begun)
    except (ValueError, RecursionError):
        return ""
    return begun[:end]
