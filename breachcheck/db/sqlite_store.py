"""A store in SQLite: two files in the data folder."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

from breachcheck import folders
from breachcheck.config import Config
from breachcheck.db import sqlite
from breachcheck.db.schema import CATALOGUE, INDEX
from breachcheck.db.sqlite import SqliteDatabase
from breachcheck.db.store import CUT_OFF, Databases
from breachcheck.errors import StoreExists, StoreNotFound


class SqliteStore:
    """See ``store.Store`` for the promises."""

    def __init__(self, settings: Config) -> None:
        self._settings = settings
        self._index, self._catalogue = settings.index_path, settings.catalogue_path

    def __str__(self) -> str:
        return f"{self._index.name} and {self._catalogue.name}"

    def is_made(self) -> bool:
        return self._catalogue.exists()

    def require_none(self) -> None:
        if self.is_made():
            raise StoreExists(f"A store exists already in {self._settings.data}; nothing was changed.")
        if self._index.exists():
            raise StoreExists(
                f"{self._index} is there already, but no {self._catalogue}; nothing was changed. {CUT_OFF}"
            )

    def require(self) -> None:
        has_index, has_catalogue = self._index.is_file(), self._catalogue.is_file()
        if has_catalogue and not has_index:
            raise StoreNotFound(f"{self._index} is gone; put both store files back from one backup.")
        if has_index and not has_catalogue:
            raise StoreNotFound(f"{self._catalogue} is not there, but {self._index} is. {CUT_OFF}")
        if not has_catalogue:
            raise StoreNotFound(f"There is no store in {self._settings.data}; make one with `breachcheck init`.")

    def make(self, enter: Callable[[Databases], None]) -> None:
        """The catalogue takes its name last, so that what was cut off before that is no store."""
        with folders.spill(self._settings.spill_path) as unfinished:
            index_draft, catalogue_draft = unfinished / "index.db", unfinished / "catalogue.db"
            sqlite.create(index_draft, INDEX)
            sqlite.create(catalogue_draft, CATALOGUE)
            with closing(_opened(index_draft, catalogue_draft)) as databases:
                enter(databases)
            index_draft.rename(self._index)
            catalogue_draft.rename(self._catalogue)
            folders.sync(self._settings.data)

    def migrate(self) -> None:
        sqlite.migrate(self._index, INDEX)
        sqlite.migrate(self._catalogue, CATALOGUE)

    def open(self, *, is_patient: bool = False) -> Databases:  # noqa: ARG002 - a file is never silent
        return _opened(self._index, self._catalogue)


def _opened(index: Path, catalogue: Path) -> Databases:
    with ExitStack() as on_failure:
        databases = Databases(
            on_failure.enter_context(closing(SqliteDatabase(index, INDEX))),
            on_failure.enter_context(closing(SqliteDatabase(catalogue, CATALOGUE))),
        )
        on_failure.pop_all()
    return databases
