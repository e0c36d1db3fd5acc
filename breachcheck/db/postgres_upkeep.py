"""Upkeep of a store in PostgreSQL, which sees to its own files. Imports no driver: there may be none here."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from breachcheck.config import Config
from breachcheck.db import copies
from breachcheck.db.moments import one_moment
from breachcheck.db.sqlite_store import SqliteStore
from breachcheck.db.store import Store
from breachcheck.db.upkeep import ServerState
from breachcheck.errors import StoreFull

_SIZE = """
SELECT sum(pg_table_size(pg_class.oid) / CASE pg_class.relname WHEN 'exposure' THEN 2 ELSE 1 END) AS bytes
FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace
WHERE pg_namespace.nspname IN ('breachcheck_index', 'breachcheck_catalogue')
    AND pg_class.relkind = 'r'
"""


class PostgresUpkeep:
    """See ``upkeep.Upkeep`` for the promises."""

    def __init__(
        self, settings: Config, store: Callable[[], Store], survey: Callable[[], Sequence[ServerState]]
    ) -> None:
        self._settings = settings
        self._store = store
        self._survey = survey

    def copy(self, folder: Path) -> Sequence[Path]:
        """Row by row, so that any engine can take it back."""
        in_files = replace(self._settings, data=folder, database=None)
        files = SqliteStore(in_files)
        files.make(copies.empty)
        with one_moment(self._store()) as source, closing(files.open()) as target:
            copies.fill(source, target)
        if logs := [path.name for path in folder.glob("*-wal")]:
            raise StoreFull(f"{logs[0]} could not be written into its file; free some space and back up again.")
        return in_files.catalogue_path, in_files.index_path

    def bytes_of_copy(self) -> int:
        """In a file an exposure takes 18 bytes, on the server 45; of what else there is, a row takes less too."""
        with closing(self._store().open()) as databases:
            return int(databases.catalogue_db.query(_SIZE)[0]["bytes"])

    def lacks(self) -> Sequence[str]:
        """Opening it says so."""
        return []

    def faults(self) -> Sequence[str]:
        """The server looks after its pages."""
        return []

    def files(self) -> Sequence[Path]:
        return []

    def servers(self) -> Sequence[ServerState]:
        return self._survey()
