"""Fingerprints: what data files were when they were read, and that they stayed it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import TracebackType

import numpy as np

from breachcheck.errors import DataFileError
from ingest import disk_files
from ingest.disk_files import State, state_of

_PIECE = 32 << 20  # bytes: the thread may wait for milliseconds to be let on between two
_LARGE = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4  # bytes that may no longer be in memory then


class Fingerprints:
    """SHA-256 of files, taken in a thread: of large ones while they are read, of others before and after it.

    Each file is hashed once, however often it is read; a file that changes between the two is refused.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "sha256")
        self._stopped, self._may_go_on = Event(), Event()
        self._may_go_on.set()
        self._states: dict[Path, State] = {}
        self._waiting: list[Path] = []
        self._hashes: dict[Path, Future[str]] = {}

    def __enter__(self) -> Fingerprints:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._may_go_on.set()
        self._pool.shutdown(cancel_futures=True)

    def begin(self, path: Path, state: State) -> None:
        """What is read of *path* holds for as long as it is in *state*, in which it was looked at.

        Raises LoadError where it was begun in another.
        """
        if self._states.setdefault(path, state) != state:
            raise disk_files.changed(path)
        if path in self._hashes or path in self._waiting:
            return
        self._waiting.append(path)
        if state.size >= _LARGE:
            self._may_go_on.set()
            self.hash_waiting()

    def hash_waiting(self) -> None:
        """Hash those that were begun, meanwhile."""
        for path in self._waiting:
            self._hashes[path] = self._pool.submit(self._sha256, path)
        self._waiting.clear()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """In the block there is enough to do: files are hashed only if memory may not hold them until it ends."""
        if not any(state.size >= _LARGE for state in self._states.values()):
            self._may_go_on.clear()
        try:
            yield
        finally:
            self._may_go_on.set()

    def require_unchanged(self) -> None:
        """Raises LoadError where a file that was begun is no longer what it was."""
        for path, state in self._states.items():
            if state_of(path) != state:
                raise disk_files.changed(path)

    @contextmanager
    def faults_told(self) -> Iterator[None]:
        """What keeps a file from being read in the block is, where it changed meanwhile, that it did."""
        try:
            yield
        except DataFileError:
            self.require_unchanged()
            raise

    def of(self, path: Path) -> str:
        """The SHA-256 of a file that is hashed, in hex. Raises LoadError where one is no longer what it was."""
        digest = self._hashes[path].result()
        self.require_unchanged()
        return digest

    def _sha256(self, path: Path) -> str:
        digest = hashlib.sha256()
        piece = np.empty(min(_PIECE, self._states[path].size + 1), np.uint8).data  # in large pages, where there are any
        with disk_files.opened(path) as file:
            while not self._stopped.is_set() and (size := file.readinto(piece)):
                digest.update(piece[:size])
                self._may_go_on.wait()
        return digest.hexdigest()
