"""Containers: which kind of archive a file is, and its members, by one table for all kinds.

What opens an archive is imported when there is one: those libraries take a tenth of the time that a start does.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ingest.archives import kinds, tars
from ingest.archives.budgets import Budget
from ingest.archives.members import Member
from ingest.archives.passing import Heads, Idle, Passing
from ingest.archives.passwords import Passwords
from ingest.archives.spools import Content, OnDisk, Spool

DEPTH = 3
"""Archives that may lie in one another."""


class Container(Protocol):
    """A file that is an archive."""

    @property
    def name(self) -> str:
        """What the tally calls it."""

    @property
    def path(self) -> Path | None:
        """Where the bytes on disk are the archive itself."""

    def chunks(self) -> Iterator[bytes]:
        """Its bytes, from the start, each time."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What it takes to open archives: passwords, and places for what is kept meanwhile."""

    passwords: Passwords
    spool: Spool
    idle: Idle = field(default_factory=Idle)
    heads: Heads = field(default_factory=Heads)


Members = Callable[[Container, Budget, Opening], list[Member]]


def _of_zip(file: Container, budget: Budget, opening: Opening) -> list[Member]:
    from ingest.archives import zips

    return zips.members(_content(file, opening), file.name, opening.passwords, budget)


def _of_7z(file: Container, budget: Budget, opening: Opening) -> list[Member]:
    from ingest.archives import seven_zips

    return seven_zips.members(_content(file, opening), file.name, opening.passwords, budget, opening.idle)


def _of_tar(file: Container, budget: Budget, opening: Opening) -> list[Member]:
    return tars.members(Passing(file.chunks, opening.idle, file.name), file.name, budget, opening.heads)


def _content(file: Container, opening: Opening) -> Content:
    """The list of some archives stands at their end: one that comes out of another is kept until it is read."""
    return OnDisk(file.path) if file.path else opening.spool.keep(file.chunks(), file.name)


CONTAINERS: Mapping[str, tuple[Callable[[bytes], bool], Members]] = {
    "zip": (kinds.is_archive, _of_zip),
    "7z": (lambda head: head.startswith(kinds.SEVEN_ZIP), _of_7z),
    "tar": (tars.is_tar, _of_tar),
}


def kind_of(head: bytes) -> str | None:
    """The kind of archive that a file is that begins with *head*, if it is one."""
    return next((kind for kind, (is_one, _) in CONTAINERS.items() if is_one(head)), None)


def members(kind: str, file: Container, budget: Budget, opening: Opening) -> list[Member]:
    """What *file* lists. Raises DataFileError where it is damaged, a trick, too large, or its password is not known."""
    return CONTAINERS[kind][1](file, budget, opening)
