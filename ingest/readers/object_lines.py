"""The way round the engine for JSON lines: as they lie on disk where they are UTF-8 there, else as a stream."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from io import BytesIO
from itertools import islice

import msgspec

from ingest import compiled
from ingest.readers import lines
from ingest.readers.base import Shortcut, Table
from ingest.readers.keys import Keys, places_of
from ingest.readers.left_out import LeftOut
from ingest.readers.plain import Taker, Uses
from ingest.readers.stretches import Text, stretches, together
from ingest.sources import DataFile

_SAMPLE = 1 << 17  # bytes by which a file is judged
_FEWEST = 1000  # lines that are enough to see what columns hold
_PLAIN_TO_REST = 2  # bytes of plain records to one of the others, which take longer than if they were all


def are_objects(parts: Sequence[bytes]) -> bool:
    """Whether each of *parts* of a line looks like a record of its own."""
    texts = [part.strip() for part in parts]
    return all(text.startswith(b"{") and text.endswith((b"}", b"},")) for text in texts)


def shortcut(
    file: DataFile, encoding: str, keys: Keys, beginning: bytes, rest: Callable[[bytes], Table]
) -> Shortcut | None:
    """For a *file* whose records stand one a line, each line ended by a line feed, and most of them plain.

    *beginning* is the whole lines of its head, *rest* the table of records that are left.
    """
    if not compiled.IS_THERE:
        return None
    from ingest.readers.plain_objects import taker

    sample = beginning[:_SAMPLE].rpartition(b"\n")
    is_enough = beginning.count(b"\n") >= _FEWEST

    def text(left_out: LeftOut, size: int) -> Generator[Text]:
        found = _streamed(file, encoding, left_out, size)
        if file.path and file.state and encoding == lines.UTF8:
            found = _on_disk(file, left_out, size)
        yield from found

    def is_open(take: Taker) -> bool:
        few = sample[0] + sample[1]
        return len(take(few).rest) * (_PLAIN_TO_REST + 1) < len(few)

    def linking(uses: Uses) -> Taker:
        return taker(keys, uses)

    def unlinked(address: str, others: Sequence[str]) -> Taker:
        return linking(Uses(address, tuple(others)))

    first = partial(rest, beginning) if is_enough else None
    values = partial(values_of, keys, beginning) if is_enough else None
    return Shortcut(keys.columns, text, unlinked, rest, is_open, linking, first, values)


def values_of(keys: Keys, text: bytes, rows: int) -> Mapping[str, list[str]] | None:
    """What each column says in the first lines of *text*; None where one is no object, or says more than one value."""
    places = {column: places_of(keys, column) for column in keys.columns}
    said: dict[str, list[str]] = {column: [] for column in places}
    try:
        for record in map(_decode, islice(BytesIO(text), rows)):
            for column, found in places.items():
                said[column] += islice(_said(record, found), 1)
    except (msgspec.DecodeError, RecursionError, _NotPlain):
        return None
    return said if all(places.values()) else None


class _NotPlain(Exception):
    """The engine has to say what a value says."""


_decode = msgspec.json.Decoder(dict[str, object]).decode


def _said(record: dict[str, object], places: Sequence[tuple[str, ...]]) -> Iterator[str]:
    for place in places:
        value: object = record
        for key in place:
            if isinstance(value, list):
                raise _NotPlain
            value = value.get(key) if isinstance(value, dict) else None
        if value is not None:
            yield _as_text(value)


def _as_text(value: object) -> str:
    if isinstance(value, str) and not value.startswith(("[", "{")):
        return value
    if isinstance(value, int):
        return str(value).lower()
    raise _NotPlain


def _on_disk(file: DataFile, left_out: LeftOut, size: int) -> Generator[Text]:
    if file.path is None or file.state is None:
        return
    start = len(lines.mark_of(file.head()))
    for stretch in stretches(file.path, file.state, start, size, _ended):
        file.consumed = stretch.end
        if stretch.is_short:
            yield stretch
        else:
            yield list(lines.blocks(stretch.pieces(), left_out, only_cr=False, are_lines=are_objects))


def _ended(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """*pieces* of whole lines, of which the last one alone may lack its line feed."""
    yield from (piece if piece.endswith(b"\n") else piece + b"\n" for piece in pieces)


def _streamed(file: DataFile, encoding: str, left_out: LeftOut, size: int) -> Generator[Text]:
    with closing(lines.as_utf8(file.chunks(), encoding, left_out)) as utf8:
        blocks = lines.blocks(utf8, left_out, only_cr=False, are_lines=are_objects)
        yield from together(blocks, size)
