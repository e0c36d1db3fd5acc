"""One load at a time in a data folder: the lock that sees to it, and the room it needs."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from breachcheck import folders
from breachcheck.errors import StoreFull

LOCK = "load.lock"


class Lock:
    """The right to load into a data folder, once it is taken. *noted*: what whoever had it before noted last."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.noted = ""

    def take(self, waits: Callable[[], None]) -> None:
        """Where another process has it, call *waits* and wait for its end."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waits()
            fcntl.flock(self._file, fcntl.LOCK_EX)
        self.noted = self._file.read().decode(errors="replace")

    def note(self, text: str) -> None:
        """Durable on return, for whoever comes next."""
        with folders.usable(Path(self._file.name).parent):
            self._file.seek(0)
            self._file.truncate()
            self._file.write(text.encode())
            self._file.flush()
            os.fsync(self._file.fileno())


@contextmanager
def only_load(folder: Path, waits: Callable[[], None]) -> Iterator[Lock]:
    """Hold the right to load into the data folder; where another process has it, call *waits* and wait for its end."""
    path = folder / LOCK
    with ExitStack() as stack:
        with folders.usable(folder):
            path.touch(mode=0o600)
            lock = Lock(stack.enter_context(path.open("r+b")))
            lock.take(waits)
        yield lock


def require_room(folder: Path, needed: int) -> None:
    """Raise StoreFull where the disk that *folder* is on has not *needed* bytes to spare."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StoreFull(
            f"This load needs about {_megabytes(needed)} in {folder} and {_megabytes(free)} are free; "
            "free some space and load again. Nothing was changed."
        )


@contextmanager
def room_in(folder: Path) -> Iterator[None]:
    """Raise StoreFull in place of the system's error where the disk of *folder*, or a quota, is full in the block."""
    try:
        yield
    except OSError as error:
        if error.errno not in folders.NO_ROOM:
            raise
        raise StoreFull(
            f"The disk of {folder} is full ({error.strerror}); free some space and load again. Nothing became visible."
        ) from None


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"
