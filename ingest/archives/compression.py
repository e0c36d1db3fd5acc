"""Compressed bytes as a stream of plain ones: gzip, zstd, bzip2, xz and lzma, told by content, within limits."""

import bz2
import gzip
import io
import lzma
import sys
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import IO, Protocol, cast

from breachcheck.errors import DataFileError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CHUNK = 1 << 20
XZ_MEMORY = 256 << 20
_DEPTH = 3


class Readable(Protocol):
    """All that is asked of a file here."""

    def read(self, size: int, /) -> bytes:
        """At most *size* bytes; none at the end."""

    def close(self) -> None:
        """Let go of it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a compressed file may unpack to: bytes in all, and times its own size once above *ratio_from* bytes."""

    total: int = 1 << 40
    ratio: int = 500
    ratio_from: int = 64 << 20


class _NeedsTooMuchMemory(Exception):
    """A file was packed so that unpacking it takes more memory than that is given."""


class _Xz(io.RawIOBase):
    """The streams of an xz file, one behind the other, or that of an lzma file: the library sets no limit of memory."""

    def __init__(self, file: Readable) -> None:
        self._file = file
        self._decoder = lzma.LZMADecompressor(lzma.FORMAT_AUTO, XZ_MEMORY)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        while not self._decoder.eof or self._is_another_stream():
            piece = self._file.read(CHUNK) if self._decoder.needs_input else b""
            if self._decoder.needs_input and not piece:
                raise EOFError
            if found := self._unpacked(piece, len(buffer)):
                buffer[: len(found)] = found
                return len(found)
        return 0

    def _is_another_stream(self) -> bool:
        rest = self._decoder.unused_data.lstrip(b"\0")
        while not rest and (piece := self._file.read(CHUNK)):
            rest = piece.lstrip(b"\0")
        if rest:
            self._decoder = lzma.LZMADecompressor(lzma.FORMAT_AUTO, XZ_MEMORY)
            self._unpacked(rest, 0)
        return bool(rest)

    def _unpacked(self, piece: bytes, most: int) -> bytes:
        try:
            return self._decoder.decompress(piece, most)
        except lzma.LZMAError as error:
            if "limit exceeded" in str(error):
                raise _NeedsTooMuchMemory from None
            raise


_OPENERS: dict[bytes, Callable[[IO[bytes]], IO[bytes]]] = {
    b"\x1f\x8b": lambda file: cast(IO[bytes], gzip.GzipFile(fileobj=file, mode="rb")),
    b"\x28\xb5\x2f\xfd": lambda file: cast(IO[bytes], zstd.ZstdFile(file)),
    **{b"BZh%d1AY" % level: lambda file: cast(IO[bytes], bz2.BZ2File(file)) for level in range(1, 10)},
    b"\xfd7zXZ\x00": lambda file: cast(IO[bytes], _Xz(file)),
    b"]\0\0": lambda file: cast(IO[bytes], _Xz(file)),  # .lzma, as xz wrote it before there was xz
}
_SKIPPABLE_ZSTD = {bytes([first, 0x2A, 0x4D, 0x18]) for first in range(0x50, 0x60)}
_CUT = (EOFError,)
_DAMAGED = (gzip.BadGzipFile, zlib.error, lzma.LZMAError, zstd.ZstdError, zipfile.BadZipFile, OSError)


def opener_for(head: bytes) -> Callable[[IO[bytes]], IO[bytes]] | None:
    """What unpacks a file that begins with *head*, if it is compressed."""
    if head[:4] in _SKIPPABLE_ZSTD:
        return _OPENERS[b"\x28\xb5\x2f\xfd"]
    return next((opener for magic, opener in _OPENERS.items() if head.startswith(magic)), None)


class _Counted(io.RawIOBase):
    """A file that says how much of it was read."""

    def __init__(self, file: Readable, taken: Callable[[int], None]) -> None:
        self._file, self._taken, self.count = file, taken, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        count = self._file.readinto(buffer) if isinstance(self._file, io.FileIO) else self._copied(buffer)
        self.count += count
        self._taken(count)
        return count

    def _copied(self, buffer: bytearray | memoryview) -> int:
        piece = self._file.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._file.close()
        super().close()


def chunks(file: Readable, name: str, limits: Limits, taken: Callable[[int], None]) -> Generator[bytes]:
    """The unpacked bytes of *file*, which is closed at the end; *taken* hears how many packed ones were read.

    Raises DataFileError where the file is cut short, damaged, or unpacks to more than *limits* allow.
    """
    raw = _Counted(file, taken)
    unpacked = 0

    def spend(count: int) -> None:
        nonlocal unpacked
        unpacked += count
        refuse_bomb(unpacked, raw.count, name, limits)

    with closing(raw):
        yield from _guarded(_unwrapped(io.BufferedReader(raw, CHUNK), spend), name)


def _unwrapped(file: io.BufferedReader, spend: Callable[[int], None]) -> Iterator[bytes]:
    """Every layer's bytes are spent: an unpacker may go through any number of them and give none."""
    layer = file
    for _ in range(_DEPTH):
        opener = opener_for(layer.peek(8)[:8])
        if opener is None:
            break
        layer = io.BufferedReader(_Counted(opener(layer), spend), CHUNK)
    while chunk := layer.read(CHUNK):
        yield chunk


def _guarded(pieces: Iterator[bytes], name: str) -> Iterator[bytes]:
    try:
        yield from pieces
    except _CUT:
        raise DataFileError(f"{name}: the file is cut short; fetch or copy it again") from None
    except _NeedsTooMuchMemory:
        raise DataFileError(
            f"{name}: takes more than {XZ_MEMORY >> 20} MiB of memory to unpack; unpack it and name what is in it"
        ) from None
    except _DAMAGED as error:
        kind = type(error).__name__
        raise DataFileError(f"{name}: the file is damaged and cannot be unpacked ({kind}); fetch it again") from None


def refuse_bomb(unpacked: int, packed: int, name: str, limits: Limits) -> None:
    """Raise DataFileError where *unpacked* bytes out of *packed* are more than *limits* allow."""
    if unpacked > limits.total:
        raise DataFileError(f"{name}: unpacks to more than {limits.total:,} bytes; split it into smaller files")
    if unpacked > limits.ratio_from and unpacked > limits.ratio * max(packed, 1):
        raise DataFileError(f"{name}: unpacks to more than {limits.ratio} times its size; unpack and look at it first")
