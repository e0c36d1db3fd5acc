"""7z archives, plain and encrypted: files packed one behind the other, in one or more streams.

py7zr reads the list and unpacks; the streams are drawn through it here, for by itself it hands out 128 MB at a time.
"""

import io
import lzma
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import cache, partial
from itertools import pairwise
from typing import IO, Any, cast

import py7zr
from py7zr.archiveinfo import Folder
from py7zr.compressor import SevenZipDecompressor
from py7zr.exceptions import ArchiveError, PasswordRequired, UnsupportedCompressionMethodError

from breachcheck.errors import DataFileError
from ingest.archives.budgets import Budget
from ingest.archives.compression import CHUNK
from ingest.archives.members import FOLDER, Member
from ingest.archives.passing import Idle, Passing
from ingest.archives.passwords import Passwords
from ingest.archives.seven_zip_keys import Unlocking, unlocking
from ingest.archives.spools import Content, Reading

MOST_MEMORY = 256 << 20

_PACKED_AT_ONCE = 1 << 15
_UNPACKED_AT_ONCE = 8 << 20
_LZMA, _LZMA2, _PPMD = b"\x03\x01\x01", b"\x21", b"\x03\x04\x01"
_DAMAGED = (
    ArchiveError,
    lzma.LZMAError,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
)


def members(content: Content, name: str, passwords: Passwords, budget: Budget, idle: Idle) -> list[Member]:
    """What the archive *name* lists. Raises DataFileError where the list is damaged, too long or unknown to us."""
    archive = _opened(content, name, passwords)
    for _ in archive.files:
        budget.admit(name)
    return list(_listed(archive, content, name, idle))


def _opened(content: Content, name: str, passwords: Passwords) -> py7zr.SevenZipFile:
    try:
        archive = _archive(content, None)
        if not archive.needs_password():
            return archive
    except PasswordRequired:
        pass
    except UnsupportedCompressionMethodError:
        raise DataFileError(f"{name}: the 7z archive is packed by a method that is not known here; unpack it") from None
    except _DAMAGED:
        raise DataFileError(
            f"{name}: the 7z archive is cut short or damaged; fetch it again, or join its parts if it has several"
        ) from None
    return _archive(content, passwords.unlocking(name, partial(_opening, content)))


def _archive(content: Content, password: str | None) -> py7zr.SevenZipFile:
    return py7zr.SevenZipFile(cast(Any, io.BufferedReader(Reading(content))), password=password)


def _opening(content: Content, password: str) -> str | None:
    """*password*, where a first file can be unpacked with it, as far as one looks."""
    try:
        idle = Idle()
        first = next((one for one in _listed(_archive(content, password), content, "", idle) if one.size), None)
        if first is not None:
            with closing(first.open()) as file:
                left = CHUNK
                while left > 0 and (piece := file.read(left)):
                    left -= len(piece)
        idle.clear()
    except (*_DAMAGED, DataFileError, PasswordRequired):
        return None
    return password


def _listed(archive: py7zr.SevenZipFile, content: Content, name: str, idle: Idle) -> Iterator[Member]:
    streams = _streams(archive, content, name, idle)
    read: Counter[int] = Counter()
    for file in archive.files:
        why = FOLDER if file.is_directory else "a link" if file.is_symlink or file.is_junction else ""
        if file.emptystream:
            yield Member(file.filename, 0, 0, io.BytesIO, why)
            continue
        stream = id(file.folder)
        window = partial(streams[stream].window, read[stream], file.uncompressed, file.crc32)
        read[stream] += file.uncompressed
        yield Member(file.filename, file.uncompressed, 0, window, why)


def _streams(archive: py7zr.SevenZipFile, content: Content, name: str, idle: Idle) -> dict[int, Passing]:
    """What the archive packs its files in, by the identity of py7zr's folder."""
    packed = getattr(archive.header, "main_streams", None)
    if packed is None:
        return {}
    first = archive.afterheader + packed.packinfo.packpos
    parts = pairwise(packed.packinfo.packpositions)
    found = {}
    for folder, (start, end) in zip(packed.unpackinfo.folders, parts, strict=False):
        _refuse(folder, name)
        unlock = cache(partial(unlocking, folder.coders[0], folder.password))
        unpacked = partial(_unpacked, folder, content, first + start, end - start, name, unlock)
        found[id(folder)] = Passing(unpacked, idle, name)
    return found


def _refuse(folder: Folder, name: str) -> None:
    for coder in folder.coders:
        if coder["numinstreams"] != 1 or coder["numoutstreams"] != 1:
            raise DataFileError(f"{name}: the 7z archive is packed by a method that is not known here; unpack it first")
        if _memory_for(coder["method"], coder["properties"] or b"") > MOST_MEMORY:
            raise DataFileError(
                f"{name}: the 7z archive takes more than {MOST_MEMORY >> 20} MiB to unpack; unpack it first"
            )


def _memory_for(method: bytes, properties: bytes) -> int:
    """Bytes that a coder looks back over."""
    if method in {_LZMA, _PPMD}:
        return int.from_bytes(properties[1:5], "little")
    if method == _LZMA2 and properties:
        return (2 | (properties[0] & 1)) << (properties[0] // 2 + 11)
    return 0


def _unpacked(
    folder: Folder, content: Content, start: int, size: int, name: str, unlock: Callable[[], Unlocking | None]
) -> Generator[bytes]:
    file: IO[bytes] = io.BufferedReader(Reading(content, start, size))
    coders, sizes, password = folder.coders, folder.unpacksizes, folder.password
    try:
        if len(coders) > 1 and (by := unlock()):
            file, size, coders, sizes, password = by.plain(file), sizes[0], coders[1:], sizes[1:], None
        unpacker = SevenZipDecompressor(coders, size, sizes, folder.crc, password, _PACKED_AT_ONCE)
        left = folder.get_unpack_size()
        while left:
            position = file.tell()
            piece = bytes(unpacker.decompress(file, min(left, _UNPACKED_AT_ONCE)))
            if not piece and file.tell() == position:
                return
            left -= len(piece)
            yield piece
    except _DAMAGED as error:
        raise DataFileError(
            f"{name}: the 7z archive is damaged and cannot be unpacked ({type(error).__name__}); fetch it again"
        ) from None
