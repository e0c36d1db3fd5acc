"""Upkeep of a store in SQLite: both files copied as of one moment, and every page of them looked at."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from breachcheck.config import Config
from breachcheck.db.schema import CATALOGUE, INDEX
from breachcheck.db.sqlite import connect, meant_for_people, require_known
from breachcheck.db.upkeep import ServerState
from breachcheck.errors import StoreDamaged

PAGES_A_STEP = 2048
"""Pages between two looks at whether someone wants to stop; 16 MiB."""


class SqliteUpkeep:
    """See ``upkeep.Upkeep`` for the promises."""

    def __init__(self, settings: Config) -> None:
        self._index, self._catalogue = settings.index_path, settings.catalogue_path

    def copy(self, folder: Path) -> Sequence[Path]:
        copies = [folder / path.name for path in self.files()]
        with self._one_moment() as sources:
            for source, copy in zip(sources, copies, strict=True):
                _copy(source, copy)
        for copy in copies:
            if faults := _faults(copy):
                raise StoreDamaged(
                    f"{copy.name} is damaged ({faults[0]}), so no backup was made of it; restore the last good one."
                )
        return copies

    def bytes_of_copy(self) -> int:
        return sum(path.stat().st_size for path in self.files())

    def lacks(self) -> Sequence[str]:
        missing: list[str] = []
        for path, schema in ((self._index, INDEX), (self._catalogue, CATALOGUE)):
            with closing(connect(path)) as connection:
                missing += require_known(connection, schema, path)
        return missing

    def faults(self) -> Sequence[str]:
        return [f"{path.name}: {fault}" for path in self.files() for fault in _faults(path)]

    def files(self) -> Sequence[Path]:
        return self._catalogue, self._index

    def servers(self) -> Sequence[ServerState]:
        return []

    @contextmanager
    def _one_moment(self) -> Iterator[Sequence[sqlite3.Connection]]:
        """Both files as they are at one moment, for as long as the block takes. Writers wait for that moment alone.

        Whatever spans both files begins and ends in the catalogue. While its write lock is held neither file takes a
        step that the other has to follow, so that the two are what a power cut then would have left.
        """
        with ExitStack() as stack:
            gate, catalogue, index = (
                stack.enter_context(closing(connect(path))) for path in (self._catalogue, self._catalogue, self._index)
            )
            try:
                gate.execute("BEGIN IMMEDIATE")
                for source in (catalogue, index):
                    source.execute("BEGIN")
                    source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
                gate.execute("ROLLBACK")
            except sqlite3.Error as error:
                raise meant_for_people(error, self._catalogue) from error
            yield catalogue, index


def _copy(source: sqlite3.Connection, copy: Path) -> None:
    """Durable on return. The open transaction of *source* says which moment is copied."""
    copy.touch(mode=0o600, exist_ok=False)
    try:
        with closing(sqlite3.connect(copy, isolation_level=None)) as target:
            target.execute("PRAGMA synchronous = OFF")
            source.backup(target, pages=PAGES_A_STEP, progress=_look_up)
    except sqlite3.Error as error:
        raise meant_for_people(error, copy) from error
    with copy.open("rb") as file:
        os.fsync(file.fileno())


def _look_up(_status: int, _remaining: int, _total: int) -> None:
    """Between two steps Python attends to signals."""


def _faults(path: Path) -> list[str]:
    try:
        with closing(connect(path)) as connection:
            rows = connection.execute("PRAGMA quick_check(3)").fetchall()
    except sqlite3.DatabaseError as error:
        return [str(error)]
    lines = [line for row in rows for line in row[0].splitlines()]
    return [line for line in lines if line != "ok" and not line.startswith("***")]
