"""Bytes that can be read at any place: a file's, or a stream's that was kept, encrypted under a key nobody has."""

import errno
import io
import os
import secrets
import shutil
import tempfile
import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from breachcheck.errors import DataFileError

_BLOCK = 16  # bytes of AES
_MOST_FOR_CONVENIENCE = 32 << 30


class Content(Protocol):
    """Bytes of a known number, of which any part can be had."""

    @property
    def size(self) -> int:
        """How many there are."""

    def read_at(self, start: int, count: int) -> bytes:
        """At most *count* bytes from *start* on; none at the end."""


@dataclass(frozen=True, slots=True)
class OnDisk:
    """The bytes of a file, which is opened for each reading: so many may wait without being open."""

    path: Path

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def read_at(self, start: int, count: int) -> bytes:
        with self.path.open("rb", buffering=0) as file:
            file.seek(start)
            return file.read(count)


class Spool:
    """Keeps streams in one nameless file in *folder*, encrypted under a key that is never written (AES-256-CTR)."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._file: int | None = None
        self._key = secrets.token_bytes(32)
        self._end = 0

    def keep(self, pieces: Iterable[bytes], name: str) -> Content:
        """What *pieces* give, readable as long as the spool lives. DataFileError of *name* where the disk is full."""
        start = -(-self._end // _BLOCK) * _BLOCK
        encryptor = self._cipher(start).encryptor()
        end = start
        for piece in pieces:
            try:
                _write(self._opened(), encryptor.update(piece), end)
            except OSError as error:
                raise DataFileError(f"{name}: cannot be kept while it is read ({error.strerror}); make room") from None
            end += len(piece)
        self._end = end
        return _Kept(self, start, end - start)

    def has_room(self, count: int) -> bool:
        """Whether *count* bytes more would leave as many free, and are not too many to keep for convenience."""
        free = shutil.disk_usage(self._folder or tempfile.gettempdir()).free
        return count <= _MOST_FOR_CONVENIENCE and 2 * count <= free

    def read_at(self, start: int, count: int) -> bytes:
        """Bytes that were kept."""
        into = start % _BLOCK
        read = os.pread(self._opened(), count + into, start - into)
        return self._cipher(start - into).decryptor().update(read)[into:]

    def _cipher(self, start: int) -> Cipher[modes.CTR]:
        """Never used twice from the same *start* on to encrypt: what is kept is not written over."""
        return Cipher(algorithms.AES256(self._key), modes.CTR((start // _BLOCK).to_bytes(_BLOCK, "big")))

    def _opened(self) -> int:
        if self._file is None:
            self._file, path = tempfile.mkstemp(dir=self._folder)
            Path(path).unlink()
            weakref.finalize(self, os.close, self._file)
        return self._file


@dataclass(frozen=True, slots=True)
class _Kept:
    _spool: Spool
    _start: int
    size: int

    def read_at(self, start: int, count: int) -> bytes:
        return self._spool.read_at(self._start + start, max(min(count, self.size - start), 0))


def _write(file: int, piece: bytes, at: int) -> None:
    rest = memoryview(piece)
    while rest:
        count = os.pwrite(file, rest, at)
        rest, at = rest[count:], at + count


class Reading(io.RawIOBase):
    """Content, or *size* bytes of it from *start* on, as a file. It holds nothing open."""

    def __init__(self, content: Content, start: int = 0, size: int | None = None) -> None:
        self._content, self._start, self._position = content, start, 0
        self._size = content.size - start if size is None else size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))  # as files do, which archives are looked into by
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        count = max(min(len(buffer), self._size - self._position), 0)
        piece = self._content.read_at(self._start + self._position, count)
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)
