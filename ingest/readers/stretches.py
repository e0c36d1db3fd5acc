"""Stretches: parts of a file of lines, each of which another thread can read for itself."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ingest import disk_files
from ingest.disk_files import State, changed
from ingest.readers import lines
from ingest.readers.left_out import LeftOut

_PIECE = 2 << 20
_LEAST_PART = 3  # of the size that is asked for: what the last stretches have at least
_OF_WHAT_IS_LEFT = 4  # a stretch has no more than this part of it
_GLANCE = 1 << 12  # bytes in which the end of a line is looked for


Cut = Callable[[Iterable[bytes]], Iterator[bytes]]
"""Makes blocks of whole lines, each ended by a line feed, of pieces of a file."""


def as_they_are(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """As `lines.blocks`, for which there is nothing to clean and nothing to leave out."""
    yield from lines.blocks(pieces, LeftOut(), only_cr=False)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The lines of a file that stand from *start* to *end*, in blocks as *cut* makes them of pieces.

    DataFileError where it cannot be read, LoadError where it is no longer in *state*.
    """

    path: Path
    state: State
    start: int
    end: int
    cut: Cut

    @property
    def size(self) -> int:
        return self.end - self.start

    @property
    def is_short(self) -> bool:
        """Whether no line of it can be longer than `lines.LONGEST`; its pieces are of whole lines then."""
        return self.size <= lines.LONGEST

    def __iter__(self) -> Iterator[bytes]:
        yield from self.cut(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        """Its bytes: whole lines at a time where it is short, else cut anywhere."""
        with disk_files.opened_again(self.path, self.state) as file:
            start = self.start
            while start < self.end:
                end = min(_line_end(file, start + _PIECE - 1) if self.is_short else start + _PIECE, self.end)
                file.seek(start)
                yield self._read(file, end - start)
                start = end

    def _read(self, file: IO[bytes], size: int) -> bytes:
        piece = file.read(size)
        if len(piece) < size:
            raise changed(self.path)
        return piece


Text = list[bytes] | Stretch
"""Blocks of whole lines: as they are, or where to read them."""


def together(blocks: Iterable[bytes], size: int) -> Generator[Text]:
    """*blocks*, so many at a time that they have about *size* bytes."""
    some, held = [], 0
    for block in blocks:
        some.append(block)
        held += len(block)
        if held >= size:
            yield some
            some, held = [], 0
    if some:
        yield some


def stretches(path: Path, state: State, start: int, size: int, cut: Cut = as_they_are) -> Generator[Stretch]:
    """The file at *path* from *start*, where a line begins, in stretches of about *size* bytes and whole lines.

    The last ones are shorter, so that all who read them end at about the same time. Raises LoadError where it is no
    longer in *state*.
    """
    with disk_files.opened_again(path, state) as file:
        while start < state.size:
            wanted = min(size, max((state.size - start) // _OF_WHAT_IS_LEFT, size // _LEAST_PART, 1))
            end = min(_line_end(file, start + wanted - 1), state.size)
            yield Stretch(path, state, start, end, cut)
            start = end


def _line_end(file: IO[bytes], place: int) -> int:
    """Where the line ends that *place* is in."""
    file.seek(place)
    while glance := file.read(_GLANCE):
        if found := glance.find(b"\n") + 1:
            return place + found
        place += len(glance)
    return place
