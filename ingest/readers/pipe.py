"""A stream of bytes that DuckDB can open by name: a pipe, filled by a thread."""

import fcntl
import os
import select
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor

_SIZE = 1 << 20
_GLANCE_S = 0.2


class Pipe:
    """Feeds *pieces* to whoever opens `path`, once. What *pieces* raises is raised by `finish`, never swallowed."""

    def __init__(self, pieces: Generator[bytes]) -> None:
        self._pieces = pieces
        self._reading, self._writing = os.pipe()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        _enlarge(self._writing)
        os.set_blocking(self._writing, False)
        self._writer = ThreadPoolExecutor(1, "data file")
        self._written = self._writer.submit(self._run)

    @property
    def path(self) -> str:
        """What to open; good until `finish` or `close`."""
        return f"/dev/fd/{self._reading}"

    def finish(self) -> None:
        """Wait until all is written, or nobody reads any more; raise what went wrong on the way."""
        self._close_reading()
        self._writer.shutdown()
        self._written.result()

    def close(self) -> None:
        """Stop, whatever is left to write. May be called twice."""
        self._stopped.set()
        self._close_reading()
        self._writer.shutdown()

    def _close_reading(self) -> None:
        with self._lock:
            if self._reading >= 0:
                os.close(self._reading)
                self._reading = -1

    def _run(self) -> None:
        try:
            for piece in self._pieces:
                if not self._write(piece):
                    return
        finally:
            self._pieces.close()
            os.close(self._writing)

    def _write(self, piece: bytes) -> bool:
        """Whether all of it was taken."""
        rest = memoryview(piece)
        while rest:
            if self._stopped.is_set():
                return False
            try:
                rest = rest[os.write(self._writing, rest) :]
            except BlockingIOError:
                select.select([], [self._writing], [], _GLANCE_S)
            except BrokenPipeError:
                return False
        return True


def _enlarge(descriptor: int) -> None:
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        try:
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _SIZE)
        except PermissionError:
            return
