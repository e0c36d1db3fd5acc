"""Tar archives, which are streams: their members lie one after the other."""

import io
import tarfile
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from typing import IO, cast

from breachcheck.errors import DataFileError
from ingest.archives.budgets import Budget
from ingest.archives.members import FOLDER, Member
from ingest.archives.passing import Begun, Cursor, Heads, Passing

_BLOCK = 512
_LONGEST_HEADER = 1 << 20
_CHECKSUM = slice(148, 156)


def is_tar(head: bytes) -> bool:
    """Whether a file that begins with *head* is a tar archive: whether the sum of its first header is right."""
    header = head[:_BLOCK]
    if len(header) < _BLOCK or not header[0]:
        return False
    try:
        said = int(header[_CHECKSUM].split(b"\0")[0].strip() or b"-", 8)
    except ValueError:
        return False
    return said == sum(header) - sum(header[_CHECKSUM]) + 8 * ord(" ")


def members(passing: Passing, name: str, budget: Budget, heads: Heads) -> list[Member]:
    """What the archive *name* lists. Raises DataFileError where it is cut short or damaged."""
    with closing(_Forward(passing.start())) as file:
        try:
            listed = [_member(info, passing, file, heads) for info in _infos(file, name, budget)]
        except (tarfile.TarError, EOFError, ValueError, RecursionError, OverflowError):
            raise DataFileError(f"{name}: the tar archive is damaged; fetch or copy it again") from None
        if any(file.latest):
            raise DataFileError(f"{name}: the tar archive is cut short or damaged; fetch or copy it again")
    return listed


def _infos(file: "_Forward", name: str, budget: Budget) -> Iterator[tarfile.TarInfo]:
    """Those of every archive in *file*: several may have been written one behind the other."""
    is_another = True
    while is_another:
        with tarfile.TarFile(fileobj=cast(IO[bytes], file), errorlevel=2) as archive:
            for info in archive:
                budget.admit(name)
                yield info
        is_another = not any(file.latest) and file.finds_another()


def _member(info: tarfile.TarInfo, passing: Passing, file: "_Forward", heads: Heads) -> Member:
    """The member that *file* has come to, with as much of its beginning as there is room for."""
    start, size, why = info.offset_data, info.size, _why_no_file(info)
    head = file.beginning(start, heads.take(size)) if not why else b""
    rest = partial(passing.window, start + len(head), size - len(head)) if len(head) < size else None
    return Member(info.name, size, 0, partial(Begun, head, rest), why, is_stream=True)


def _why_no_file(info: tarfile.TarInfo) -> str:
    if info.isdir():
        return FOLDER
    if info.issym() or info.islnk():
        return "a link"
    if info.issparse():
        return "a file with holes; pack it again without --sparse"
    return "" if info.isreg() else "a device"


class _Forward(io.RawIOBase):
    """A stream of which tarfile skips what it does not need. Headers that say they are huge are refused."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._ahead = b""
        self.latest = b"\1"

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if not 0 <= size <= _LONGEST_HEADER:
            raise tarfile.ReadError("a header that is too long")
        found = bytearray(self._ahead)
        self._ahead = b""
        while len(found) < size and (piece := self._cursor.read(size - len(found))):
            found += piece
        if size == _BLOCK:
            self.latest = bytes(found) or b"\1"
        return bytes(found)

    def finds_another(self) -> bool:
        """Whether behind the zeros at the end of an archive another one begins; it is read next then."""
        while block := self._cursor.read(_BLOCK):
            while len(block) < _BLOCK and (piece := self._cursor.read(_BLOCK - len(block))):
                block += piece
            if any(block):
                self._ahead = block if is_tar(block) else b""
                return bool(self._ahead)
        return False

    def beginning(self, start: int, size: int) -> bytes:
        """The *size* bytes from *start* on, or as many as there are; none where that was passed."""
        found = bytearray()
        while self._cursor.position == start + len(found) < start + size:
            piece = self._cursor.read(start + size - self._cursor.position)
            if not piece:
                break
            found += piece
        return bytes(found)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence != io.SEEK_SET or offset < self._cursor.position:
            raise tarfile.ReadError("a step back")
        self._cursor.skip_to(offset)
        return self._cursor.position

    def tell(self) -> int:
        return self._cursor.position - len(self._ahead)

    def close(self) -> None:
        self._cursor.close()
        super().close()
