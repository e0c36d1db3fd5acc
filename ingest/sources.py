"""Data files, opened safely: what a manifest's path means, what lies in it, and its bytes within limits."""

from __future__ import annotations

import glob
import sys
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import IO

from breachcheck.addresses import mask_addresses
from breachcheck.errors import DataFileError
from ingest import archives, compression
from ingest.compression import Limits, Readable

HEAD = 4 << 20
STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class NotRead:
    """Something that a path names and that no reader is asked to read."""

    name: str
    why: str


@dataclass(slots=True)
class DataFile:
    """One file, or member of an archive, that may hold records.

    *name* has passed the address filter. *path* is set where the bytes on disk are the data itself, and can be scanned
    without a stream. *source* is the file on disk that it came from, None for standard input. *size* and *consumed* are
    bytes on disk (of a member: unpacked), for progress; size 0 is unknown.
    """

    name: str
    source: Path | None
    path: Path | None
    size: int
    _open: Callable[[], Readable]
    _limits: Limits = field(default_factory=Limits)
    consumed: int = 0
    _is_read_once: bool = False
    _head: bytes | None = None
    _rest: Iterator[bytes] | None = None

    def head(self) -> bytes:
        """The first bytes, unpacked, up to `HEAD`."""
        if self._head is None:
            pieces = self._chunks()
            self._head = _first(pieces)
            if self._is_read_once:
                self._rest = pieces
            else:
                pieces.close()
        return self._head

    def beginning(self) -> DataFile:
        """A data file that holds the whole lines of the head alone, so that there is something to look at twice."""
        head = self.head()
        whole = head[: head.rfind(b"\n") + 1] or head if len(head) >= HEAD else head
        return DataFile(self.name, None, None, len(whole), partial(BytesIO, whole))

    def chunks(self) -> Iterator[bytes]:
        """The unpacked bytes, from the start; standard input gives them once.

        Raises DataFileError where the file is damaged, cut short or unpacks to too much.
        """
        if not self._is_read_once:
            return self._chunks()
        head, rest = self.head(), self._rest
        if rest is None:
            raise DataFileError("standard input can be read only once; save it to a file and name that file")
        self._rest = None
        return chain([head], rest)

    def _chunks(self) -> Generator[bytes]:
        self.consumed = 0
        return compression.chunks(self._open(), self.name, self._limits, self._take)

    def _take(self, count: int) -> None:
        self.consumed += count


def _first(pieces: Iterator[bytes]) -> bytes:
    head = bytearray()
    for piece in pieces:
        head += piece
        if len(head) >= HEAD:
            break
    return bytes(head)


def find(
    path: str, folder: Path, member: str | None = None, limits: Limits | None = None
) -> Iterator[DataFile | NotRead]:
    """The data files that *path* of a manifest in *folder* names: a file, a folder, a glob, or "-".

    *member* is a glob over the names in an archive. Raises DataFileError where nothing is there, or where a file that
    was named outright cannot hold records.
    """
    limits = limits or Limits()
    if path == STANDARD_INPUT:
        yield _standard_input(limits)
        return
    named = folder / path
    if named.is_file():
        yield from _contents(named, mask_addresses(path), member, limits, is_named=True)
        return
    for found in _beneath(named, path, folder):
        yield from _contents(found, mask_addresses(_shown(found, folder)), member, limits, is_named=False)


def _standard_input(limits: Limits) -> DataFile:
    opened = DataFile("standard input", None, None, 0, lambda: sys.stdin.buffer, limits, _is_read_once=True)
    why = archives.why_unreadable(opened.head())
    if why or (archives.is_zip(opened.head()) and not archives.is_workbook(opened.head())):
        what = why or "a zip archive"
        raise DataFileError(f"standard input is {what}, which cannot be read from there; save it and name the file")
    return opened


def _beneath(named: Path, path: str, folder: Path) -> list[Path]:
    names = named.rglob("*") if named.is_dir() else (folder / name for name in _globbed(path, folder))
    found = sorted(name for name in names if name.is_file())
    if not found:
        raise DataFileError(f"{mask_addresses(path)}: there is no such file beside the manifest; check `path`")
    return found


def _globbed(path: str, folder: Path) -> Iterator[str]:
    return glob.iglob(path, root_dir=folder, recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern


def _shown(found: Path, folder: Path) -> str:
    return str(found.relative_to(folder)) if found.is_relative_to(folder) else found.name


def _contents(
    path: Path, name: str, member: str | None, limits: Limits, *, is_named: bool
) -> Iterator[DataFile | NotRead]:
    opened = _on_disk(path, name, limits)
    if archives.is_zip(_first_bytes(path, name)) and not archives.is_workbook(opened.head()):
        yield from _members(path, name, member, limits)
        return
    why = archives.why_unreadable(opened.head())
    if why and is_named:
        raise DataFileError(f"{name} is {why}, which holds no records that can be read; name the data file itself")
    yield NotRead(name, why) if why else opened


def _on_disk(path: Path, name: str, limits: Limits) -> DataFile:
    is_packed = compression.opener_for(_first_bytes(path, name)) is not None
    return DataFile(name, path, None if is_packed else path, path.stat().st_size, partial(_open_file, path), limits)


def _open_file(path: Path) -> IO[bytes]:
    return path.open("rb", buffering=0)


def _first_bytes(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(8)
    except OSError as error:
        raise DataFileError(f"{name}: cannot be opened ({error.strerror}); check its permissions") from None


def _members(path: Path, name: str, member: str | None, limits: Limits) -> Iterator[DataFile | NotRead]:
    is_empty = True
    for info in archives.members(path, name):
        shown = f"{name}!{mask_addresses(info.filename)}"
        why = archives.why_skipped(info, member)
        if why:
            yield NotRead(shown, why)
            continue
        is_empty = False
        archives.refuse(info, shown, limits)
        opened = DataFile(shown, path, None, info.file_size, partial(archives.open_member, path, info), limits)
        why = archives.why_unreadable(opened.head())
        yield NotRead(shown, why) if why else opened
    if is_empty and member:
        raise DataFileError(f"{name}: no member matches the glob given in `member`; check it")
