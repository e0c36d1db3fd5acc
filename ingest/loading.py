"""One load at a time in a data folder: the lock that sees to it, and the room it needs."""

import errno
import fcntl
import os
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import duckdb

from breachcheck.errors import LoadError, StoreFull

LOCK = "load.lock"

MEMORY = 3 << 30
"""Address space beyond what the process has when a load begins. Honest loads were seen to take up to 1 GiB."""

_NO_THREAD = "start new thread"  # what Python says where there is no memory for the stack of one


class Lock:
    """The right to load into a data folder, held. *noted*: what whoever had it before noted last."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.noted = file.read().decode(errors="replace")

    def note(self, text: str) -> None:
        """Durable on return, for whoever comes next."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write(text.encode())
        self._file.flush()
        os.fsync(self._file.fileno())


@contextmanager
def only_load(folder: Path, waits: Callable[[], None]) -> Iterator[Lock]:
    """Hold the right to load into the data folder; where another process has it, call *waits* and wait for its end."""
    lock = folder / LOCK
    lock.touch(mode=0o600)
    with lock.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waits()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield Lock(file)


def require_room(folder: Path, needed: int) -> None:
    """Raise StoreFull where the disk that *folder* is on has not *needed* bytes to spare."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StoreFull(
            f"This load needs about {_megabytes(needed)} in {folder} and {_megabytes(free)} are free; "
            "free some space and load again. Nothing was changed."
        )


@contextmanager
def limited_memory() -> Iterator[None]:
    """In the block the process may map `MEMORY` more than it has: no file, however it is made, takes the machine's.

    Raises LoadError where more is needed.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limits = [limit for limit in (soft, hard, _mapped() + MEMORY) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))
    try:
        yield
    except (MemoryError, RuntimeError, duckdb.OutOfMemoryException) as error:
        if isinstance(error, RuntimeError) and _NO_THREAD not in str(error):
            raise
        raise LoadError(
            f"The load needed more than the {MEMORY >> 20:,} MiB of memory that one is given and was stopped; nothing"
            " of it is visible. A data file may hold far more than its size says: look at it, split it, or convert it"
            " to CSV."
        ) from None
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _mapped() -> int:
    """Bytes of address space that the process has; a guess where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return 1 << 30
    return pages * resource.getpagesize()


@contextmanager
def room_to_spill(folder: Path) -> Iterator[None]:
    """Raise StoreFull in place of the system's error where the disk of *folder* fills up in the block."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise StoreFull(f"The disk of {folder.parent} is full; free some space and load again.") from None


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"
