"""Data files, opened safely: what a manifest's path means, what lies in it, and its bytes within limits."""

from __future__ import annotations

import glob
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import IO

from breachcheck.addresses import mask_addresses
from breachcheck.errors import DataFileError
from ingest import disk_files
from ingest.archives import compression, containers, kinds
from ingest.archives.budgets import Budget
from ingest.archives.compression import Limits, Readable
from ingest.archives.containers import Opening
from ingest.archives.members import (
    ADDED,
    Member,
    is_litter,
    is_selected,
    may_hold_others,
    shown_name,
    why_skipped,
)
from ingest.archives.passwords import Passwords
from ingest.archives.spools import Content, Spool
from ingest.disk_files import State
from ingest.entries import STANDARD_INPUT

HEAD = 4 << 20

NOT_SELECTED = "no entry of the manifest selects it"


@dataclass(frozen=True, slots=True)
class Terms:
    """On which files are opened: limits, passwords of archives, and the folder for what is kept meanwhile.

    *as_text*: whatever is text is to be read as free text.
    """

    limits: Limits = field(default_factory=Limits)
    passwords: Passwords = field(default_factory=Passwords)
    spill: Path | None = None
    as_text: bool = False


@dataclass(frozen=True, slots=True)
class NotRead:
    """Something that a path names and that no reader is asked to read."""

    name: str
    why: str


@dataclass(slots=True)
class DataFile:
    """One file, or member of an archive, that may hold records.

    *name* has passed the address filter. *path* is set where the bytes on disk are the data itself, and can be scanned
    without a stream. *source* is the file on disk that it came from, None for standard input; *state*: what that
    was like before anything of it was looked at. *size* and *consumed* are bytes on disk (of a member: unpacked), for
    progress; size 0 is unknown. *is_stream*: to be read from its start, which takes as long as to read all that lies
    before it.
    """

    name: str
    source: Path | None
    path: Path | None
    size: int
    _open: Callable[[], Readable]
    _limits: Limits = field(default_factory=Limits)
    budget: Budget = field(default_factory=lambda: Budget(Limits(), 0))
    _unpacked: int = 0
    consumed: int = 0
    state: State | None = None
    is_stream: bool = False
    _is_read_once: bool = False
    _head: bytes | None = None
    _rest: Iterator[bytes] | None = None
    _spool: Spool | None = None

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
        return self.holding(whole)

    def holding(self, text: bytes) -> DataFile:
        """A data file of the same name that holds *text* alone."""
        return DataFile(self.name, None, None, len(text), partial(BytesIO, text), budget=Budget(Limits(), len(text)))

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

    def keep(self, pieces: Iterable[bytes], size: int) -> Content | None:
        """What *pieces* make of this file, readable at any place; None where *size* bytes of it are too many to keep.

        For what is read many times and is slow to come by. It is kept as long as any file of its path is.
        """
        return self._spool.keep(pieces, self.name) if self._spool and self._spool.has_room(size) else None

    def let_go(self) -> None:
        """Forget the head, which can be read again: there may be many files."""
        if not self._is_read_once:
            self._head = None

    def _chunks(self) -> Generator[bytes]:
        self.consumed = unpacked = 0
        with closing(compression.chunks(self._open(), self.name, self._limits, self._take)) as pieces:
            for piece in pieces:
                unpacked += len(piece)
                self._spend(unpacked)
                yield piece

    def _spend(self, unpacked: int) -> None:
        """Bytes count once, however often they are read."""
        if unpacked > self._unpacked and not self._is_read_once:
            self.budget.spend(unpacked - self._unpacked, self.name)
            self._unpacked = unpacked

    def _take(self, count: int) -> None:
        self.consumed += count


def _first(pieces: Iterator[bytes]) -> bytes:
    found, size = [], 0
    for piece in pieces:
        found.append(piece)
        size += len(piece)
        if size >= HEAD:
            break
    return b"".join(found)


def find(
    path: str, folder: Path, member: str | None = None, terms: Terms | None = None
) -> Iterator[DataFile | NotRead]:
    """The data files that *path* of a manifest in *folder* names: a file, a folder, a glob, or "-".

    *member* is a glob over the names in an archive. Raises DataFileError where nothing is there, where a file that
    was named outright cannot hold records, or where an archive cannot be read.
    """
    terms = terms or Terms()
    if path == STANDARD_INPUT:
        yield _standard_input(terms)
        return
    search = _Search(member, terms)
    if named := named_outright(path, folder):
        yield from search.contents(named, mask_addresses(path), is_named=True)
        return
    for found in _beneath(folder / path, path, folder):
        name = shown_name(_shown(found, folder))
        why = ADDED if is_litter(found.parts) else disk_files.why_no_file(found)
        if why:
            yield NotRead(name, why)
        else:
            yield from search.contents(found, name, is_named=False)


def named_outright(path: str, folder: Path) -> Path | None:
    """The file that *path* of a manifest in *folder* names, if it is one and no more than that."""
    named = folder / path
    return named if path != STANDARD_INPUT and named.is_file() else None


def is_there(path: str, folder: Path) -> bool:
    """Whether *path* of a manifest in *folder* names anything."""
    if path == STANDARD_INPUT:
        return True
    return (folder / path).exists() or any(True for _ in _globbed(path, folder))


def _standard_input(terms: Terms) -> DataFile:
    if sys.stdin is None:
        raise DataFileError("standard input is closed; give the data file there, as in `< people.csv`")
    opened = DataFile("standard input", None, None, 0, lambda: sys.stdin.buffer, terms.limits, _is_read_once=True)
    kind = containers.kind_of(opened.head())
    why = f"a {kind} archive" if kind else kinds.why_unreadable(opened.head(), as_text=terms.as_text)
    if why:
        raise DataFileError(f"standard input is {why}, which cannot be read from there; save it and name the file")
    return opened


def _beneath(named: Path, path: str, folder: Path) -> list[Path]:
    names = named.rglob("*") if named.is_dir() else (folder / name for name in _globbed(path, folder))
    found = sorted(name for name in names if name.is_symlink() or not name.is_dir())
    if not found:
        raise DataFileError(f"{mask_addresses(path)}: there is no such file beside the manifest; check `path`")
    if not any(name.is_file() for name in found):
        why = disk_files.why_no_file(found[0])
        raise DataFileError(
            f'{mask_addresses(path)}: no file to read ({why}); save it to one, or name "-", standard input'
        )
    return found


def _globbed(path: str, folder: Path) -> Iterator[str]:
    return glob.iglob(path, root_dir=folder, recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern


def _shown(found: Path, folder: Path) -> str:
    return str(found.relative_to(folder)) if found.is_relative_to(folder) else found.name


def _on_disk(path: Path, name: str, limits: Limits, spool: Spool) -> DataFile:
    state = disk_files.state_of(path, name)
    with disk_files.opened(path, name) as file:
        is_packed = compression.opener_for(file.read(8)) is not None
    budget = Budget(limits, state.size)
    plain = path if not is_packed and disk_files.is_named_in_utf8(path) else None
    opening = partial(_open_file, path, name)
    return DataFile(name, path, plain, state.size, opening, limits, budget, state=state, _spool=spool)


def _open_file(path: Path, name: str) -> IO[bytes]:
    with disk_files.readable(path, name):
        return path.open("rb", buffering=0)


class _Search:
    """Looks into files on disk, and into archives in them, for members that *pattern* selects."""

    def __init__(self, pattern: str | None, terms: Terms) -> None:
        self._pattern, self._limits, self._as_text = pattern, terms.limits, terms.as_text
        self._opening = Opening(terms.passwords, Spool(terms.spill))

    def contents(self, path: Path, name: str, *, is_named: bool) -> Iterator[DataFile | NotRead]:
        """The file at *path*, or what lies in it. Raises DataFileError where one that *is_named* holds no records."""
        opened = _on_disk(path, name, self._limits, self._opening.spool)
        if containers.kind_of(opened.head()) is None:
            why = kinds.why_unreadable(opened.head(), as_text=self._as_text)
            if why and is_named:
                way_out = ", or say `format: text` to take every address in it" if why == kinds.PAGE else ""
                raise DataFileError(
                    f"{name} is {why}, which holds no records that can be read; name the data file{way_out}"
                )
            yield NotRead(name, why) if why else opened
            return
        is_empty = True
        for found in self._within(opened, ()):
            is_empty = is_empty and isinstance(found, NotRead) and found.why == NOT_SELECTED
            yield found
        if is_empty and self._pattern:
            raise DataFileError(f"{name}: no member matches the glob given in `member`; check it")

    def _within(self, file: DataFile, inside: tuple[str, ...]) -> Iterator[DataFile | NotRead]:
        kind = containers.kind_of(file.head())
        if kind is None:
            yield self._member(file, inside)
        elif len(inside) >= containers.DEPTH:
            yield NotRead(file.name, f"a {kind} archive, nested deeper than {containers.DEPTH} levels")
        else:
            for member in containers.members(kind, file, file.budget, self._opening):
                yield from self._listed(member, file, (*inside, member.name))

    def _listed(self, member: Member, file: DataFile, inside: tuple[str, ...]) -> Iterator[DataFile | NotRead]:
        name = f"{file.name}!{member.shown}"
        why = why_skipped(member)
        if not why and not is_selected(inside, self._pattern) and not may_hold_others(member):
            why = NOT_SELECTED
        if why:
            yield NotRead(name, why)
            return
        spool = self._opening.spool
        opened = DataFile(name, file.source, None, member.size, member.open, self._limits, file.budget, _spool=spool)
        opened.state = file.state
        opened.is_stream = file.is_stream or member.is_stream
        yield from self._within(opened, inside)

    def _member(self, file: DataFile, inside: tuple[str, ...]) -> DataFile | NotRead:
        if not is_selected(inside, self._pattern):
            return NotRead(file.name, NOT_SELECTED)
        why = kinds.why_unreadable(file.head(), as_text=self._as_text)
        return NotRead(file.name, why) if why else file
