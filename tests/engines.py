"""The engines that stores are tested on: which tests run on both, and stores on PostgreSQL that cost little."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from breachcheck import config, services
from tests.servers import Server

ENGINES = ("sqlite", "postgres")

_TABLES = """
SELECT schemaname || '.' || tablename
FROM pg_tables
WHERE schemaname IN ('breachcheck_index', 'breachcheck_catalogue') AND tablename NOT LIKE '\\_%'
ORDER BY 1
"""


@dataclass
class Made:
    """One empty store, made once: its *keys*, the rows that say what it is, and databases that hold it and no more."""

    template: str
    keys: Path
    tables: list[str]
    identity: dict[str, list[Any]]
    free: list[str] = field(default_factory=list)


class Postgres:
    """Makes stores on a server: the first of a kind by ``init``, all later ones as copies of it that are used again.

    What *stays_connected* takes a connection for each copy, until ``close``, and empties it in a tenth of the time.
    """

    def __init__(self, server: Server, folder: Path, *, stays_connected: bool = False) -> None:
        self.server = server
        self._folder = folder
        self._numbers = count()
        self._made: dict[bool, Made] = {}
        self._taken: list[tuple[str, Made]] = []
        self._stays_connected = stays_connected
        self._kept: dict[str, psycopg.Connection[tuple[Any, ...]]] = {}

    def take(self, data: Path, *, is_demo: bool) -> str:
        """Put the keys of an empty store into *data*; the URL of the database."""
        made = self._made.get(is_demo) or self._make(is_demo)
        name = made.free.pop() if made.free else self._copy(made)
        self._taken.append((name, made))
        for key in made.keys.glob("*.key"):
            shutil.copy(key, data)
        return self.server.url(name)

    def taken(self) -> int:
        """How many stores are in use."""
        return len(self._taken)

    def give_back(self, all_but: int) -> None:
        """Make what was taken after the first so many empty again, or drop it where the test broke it."""
        for name, made in self._taken[all_but:]:
            try:
                self._empty(name, made)
                made.free.append(name)
            except psycopg.Error:
                self._disconnect(name)
                self.server.drop(name)
        del self._taken[all_but:]

    def close(self) -> None:
        """Nothing is made or given back any more."""
        for name in list(self._kept):
            self._disconnect(name)

    def damage(self, url: str, statement: str) -> None:
        """Do what no program of ours does."""
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement)

    def all_of(self, url: str) -> list[tuple[str, bytes]]:
        """Every table of a store, its rows as text, and the server's log."""
        with psycopg.connect(url, row_factory=tuple_row) as connection:
            tables = [row[0] for row in connection.execute(_TABLES)]
            texts = [connection.execute(f"SELECT one::text FROM {table} AS one").fetchall() for table in tables]
        kept = [(table, repr(rows).encode()) for table, rows in zip(tables, texts, strict=True)]
        return [*kept, ("log", (self.server.folder / "log").read_bytes())]

    def _make(self, is_demo: bool) -> Made:
        keys = self._folder / f"made-{is_demo}"
        template = f"made_{is_demo}".lower()
        read = config.read(keys, {"BREACHCHECK_DATABASE": self.server.make(template)})
        services.init(read, is_demo=is_demo)
        with psycopg.connect(self.server.url(template), row_factory=tuple_row) as connection:
            tables = [row[0] for row in connection.execute(_TABLES)]
            identity = {
                table: connection.execute(f"SELECT name, value FROM {table}").fetchall()
                for table in tables if table.endswith(".identity")
            }  # fmt: skip
        made = self._made[is_demo] = Made(template, keys, tables, identity)
        return made

    def _copy(self, made: Made) -> str:
        name = f"store_{next(self._numbers)}"
        self.server.make(name, made.template)
        return name

    def _empty(self, name: str, made: Made) -> None:
        connection = self._kept.get(name) or psycopg.connect(self.server.url(name), row_factory=tuple_row)
        self._kept[name] = connection
        with connection.transaction():
            if [row[0] for row in connection.execute(_TABLES)] != made.tables:
                raise psycopg.DataError("a table is gone")
            connection.execute("SET LOCAL session_replication_role = replica")  # no foreign keys for a moment
            connection.execute("; ".join(f"DELETE FROM {table}" for table in made.tables))
            for table, rows in made.identity.items():
                connection.cursor().executemany(f"INSERT INTO {table} (name, value) VALUES (%s, %s)", rows)
        if not self._stays_connected:
            self._disconnect(name)

    def _disconnect(self, name: str) -> None:
        if name in self._kept:
            self._kept.pop(name).close()


@dataclass
class Chosen:
    """The engine that new stores are made on just now."""

    postgres: Postgres | None = None


CHOSEN = Chosen()


@contextmanager
def on(postgres: Postgres | None, *, to_stay: bool = False) -> Iterator[None]:
    """For the length of a block stores are made on PostgreSQL, and forgotten at its end unless they are *to_stay*.

    Without it they are made on SQLite.
    """
    before, CHOSEN.postgres = CHOSEN.postgres, postgres
    in_use = postgres.taken() if postgres else 0
    try:
        yield
    finally:
        CHOSEN.postgres = before
        if postgres and not to_stay:
            postgres.give_back(in_use)
