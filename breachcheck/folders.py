"""Folders of the data folder: for their owner alone, one maker at a time, and where a load may spill."""

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from breachcheck.errors import ConfigError, StoreFull

OWNER_ONLY = 0o700
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Errors of the system that more space would have prevented."""
BYTES_TO_SPARE = 16 << 20


def make(path: Path) -> None:
    """Make the folder *path* for its owner alone; one that is there stays as it is. Raises ConfigError."""
    try:
        path.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"The data folder {path} cannot be made ({error.strerror}); choose another with --data or BREACHCHECK_DATA."
        ) from None


def sync(path: Path) -> None:
    """Make the names in the folder *path* durable; a file that is synced may still lose its name."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def require_room(path: Path, needed: int, what: str) -> None:
    """Raises StoreFull where *what* is about to write *needed* bytes into *path*, and there is no room for it."""
    free = shutil.disk_usage(path).free
    if free < needed + BYTES_TO_SPARE:
        raise StoreFull(
            f"{what} {needed / 1e6:,.0f} MB in {path}, and {free / 1e6:,.0f} MB are free there; free some space and"
            " try again. Nothing was changed."
        )


def lacks_room(path: Path) -> bool:
    """Whether no room is left for the file *path* to grow by a little: a quota or a limit of sizes says so, too.

    Another file beside it is tried, where it lies in truth. False where there is room, and where that cannot be written
    for another reason.
    """
    path = path.resolve()
    try:
        with tempfile.TemporaryFile(dir=path.parent) as trial:
            trial.seek(path.stat().st_size if path.exists() else 0)
            trial.write(bytes(BYTES_TO_SPARE))
            trial.flush()
            os.fsync(trial.fileno())
    except OSError as error:
        return error.errno in NO_ROOM
    return False


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the folder *path* against every other program that locks it, for the length of a block; waits its turn.

    Raises ConfigError where it is another user's.
    """
    with ExitStack() as stack:
        with usable(path):
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            stack.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


@contextmanager
def usable(path: Path) -> Iterator[None]:
    """Raise ConfigError in place of the system's error where the folder *path* cannot be used in the block.

    Where it is room that lacks, the system's error stays: more of it helps, and whoever needs it knows how much.
    """
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise
        raise ConfigError(
            f"The folder {path} cannot be used ({error.strerror}); run this as its owner, and look at its disk."
        ) from None


@contextmanager
def spill(path: Path) -> Iterator[Path]:
    """A new folder in *path* for the length of a block, owner only; it and all in it are gone afterwards.

    What a killed program left is swept here and by ``sweep``.
    """
    descriptor, folder = _new_spill(path)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def sweep(path: Path) -> None:
    """Remove from *path* what no living program holds any more."""
    if path.is_dir():
        with locked(path):
            _remove_dead(path)


def _new_spill(path: Path) -> tuple[int, Path]:
    """A folder, locked for as long as the descriptor is open: that of a process that died is free at once."""
    make(path)
    with usable(path):
        path.chmod(OWNER_ONLY)
    with locked(path), usable(path):
        _remove_dead(path)
        folder = Path(tempfile.mkdtemp(dir=path))
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor, folder


def _remove_dead(path: Path) -> None:
    for left in path.iterdir():
        with suppress(BlockingIOError, FileNotFoundError, NotADirectoryError):  # held, gone meanwhile, or none of ours
            descriptor = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
            finally:
                os.close(descriptor)
