"""One load at a time in a data folder: the lock that sees to it, the room it needs, and being told to stop."""

import errno
import fcntl
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from breachcheck.errors import StoreFull

LOCK = "load.lock"


@contextmanager
def only_load(folder: Path, waits: Callable[[], None]) -> Iterator[None]:
    """Hold the right to load into the data folder; where another process has it, call *waits* and wait for its end."""
    lock = folder / LOCK
    lock.touch(mode=0o600)
    with lock.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waits()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def stoppable() -> Iterator[None]:
    """SIGTERM raises KeyboardInterrupt in the block, as Ctrl-C does. Only the main thread hears signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def require_room(folder: Path, needed: int) -> None:
    """Raise StoreFull where the disk that *folder* is on has not *needed* bytes to spare."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StoreFull(
            f"This load needs about {_megabytes(needed)} in {folder} and {_megabytes(free)} are free; "
            "free some space and load again. Nothing was changed."
        )


@contextmanager
def room_to_spill(folder: Path) -> Iterator[None]:
    """Raise StoreFull in place of the system's error where the disk of *folder* fills up in the block."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise StoreFull(f"The disk of {folder.parent} is full; free some space and load again.") from None


def _interrupt(_signum: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"
