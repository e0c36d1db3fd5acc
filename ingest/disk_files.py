"""Disk files: data files where they lie. What keeps one from being read is said in words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import NamedTuple

from breachcheck.addresses import mask_addresses
from breachcheck.errors import DataFileError, LoadError
from breachcheck.folders import NO_ROOM


class State(NamedTuple):
    """What a file is like; while that stands, nobody wrote to it."""

    device: int
    inode: int
    size: int
    changed_at: int


@contextmanager
def readable(path: Path, name: str = "") -> Iterator[None]:
    """Raise DataFileError in place of the system's error where the file at *path* cannot be read in the block.

    It is called *name* then, which has passed the address filter, or as it is called there.
    """
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:  # which is not what reading ends with
            raise
        raise DataFileError(
            f"{name or mask_addresses(path.name)}: cannot be read ({error.strerror}); see that it is there and may be"
            " read, and that nothing moves it meanwhile"
        ) from None


@contextmanager
def opened(path: Path, name: str = "") -> Iterator[FileIO]:
    """The bytes of the file at *path*. Raises DataFileError where it cannot be read."""
    with readable(path, name), path.open("rb", buffering=0) as file:
        yield file


@contextmanager
def opened_again(path: Path, state: State) -> Iterator[FileIO]:
    """As `opened`. Raises LoadError where the file, or another in its place, is no longer in *state*."""
    with opened(path) as file:
        if _state(os.fstat(file.fileno())) != state:
            raise changed(path)
        yield file


def changed(path: Path) -> LoadError:
    """What to raise where a file is no longer what it was."""
    name = mask_addresses(path.name)
    return LoadError(f"{name} changed while it was read; load again when nothing writes to it any more.")


def state_of(path: Path, name: str = "") -> State:
    """Raises DataFileError where the file is gone."""
    with readable(path, name):
        return _state(path.stat())


def _state(status: os.stat_result) -> State:
    return State(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def size_of(path: Path) -> int:
    """In bytes. Raises DataFileError where the file is gone."""
    return state_of(path).size


def why_no_file(path: Path) -> str:
    """What stands at *path* in a folder where that is no file to read; empty where it is one."""
    if path.is_file():
        return ""
    if path.is_dir():
        return "a link to a folder; name that folder"
    return "a pipe or a device" if path.exists() else "a link to nothing that is there"


def is_named_in_utf8(path: Path) -> bool:
    """Whether the engine, which takes no other names, can be told to open *path*."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True
