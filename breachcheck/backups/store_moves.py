"""Moves of a store to another engine: a copy of every row, which is no store before it was held against the source."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

from breachcheck import catalog, folders, identity
from breachcheck.config import Config
from breachcheck.counters import value_of
from breachcheck.db import copies, rows
from breachcheck.db.base import Database
from breachcheck.db.engines import store_of
from breachcheck.db.moments import keep_awake, one_moment
from breachcheck.db.schema.tables import Table
from breachcheck.db.store import Databases, Store
from breachcheck.errors import MoveFault, StoreExists
from breachcheck.loads import Loads

Progress = Callable[[str, int], None]
"""Is told what is done to which table, and to how many rows of it that was done by now."""

_IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class Move:
    """One that has come to its end. *rows*: how many there are of each table, now on both sides."""

    source: str
    target: str
    rows: dict[str, int]


def move(source: Config, target: Config, progress: Progress) -> Move:
    """Copy the store of *source* to where *target* says, and make it one there; the source stays as it is.

    A copy that was cut off is gone on with: each page of rows is durable by itself, and they are copied in the order
    of their keys. Nothing opens it before every table was found to be what the source's is then. For a caller that
    holds off loads. Raises MoveFault, StoreExists, or a kind of RefusedToStart where the source does not open.
    """
    old, new = store_of(source), store_of(target)
    old.require()
    with one_moment(old) as before:
        _require_rest(before)
        _begin(new, target, _label(before))
        with closing(new.open()) as databases:
            _require_copy_of(databases, _label(before), new)
            _copy(before, databases, progress)
    with one_moment(old) as after, closing(new.open()) as databases:
        counts = _compared(after, databases, progress, new)
        identity.finish_copy(databases.catalogue_db, databases.index_db, after.catalogue_db)
        identity.read(databases.catalogue_db, databases.index_db)
    return Move(str(old), str(new), counts)


def _require_rest(source: Databases) -> None:
    if Loads(source.catalogue_db).any_runs():
        raise MoveFault(
            "A load runs, or was killed and nobody noted it yet; let it end, or begin another, which notes it. Nothing"
            " was copied."
        )


def _label(source: Databases) -> str:
    """Which store it is, and what it shows."""
    about = identity.read(source.catalogue_db, source.index_db)
    return f"{about.store} at {value_of(source.catalogue_db, catalog.GENERATION)}"


def _begin(store: Store, settings: Config, label: str) -> None:
    """Where nothing is there yet, make the tables of a store that says of itself that it is an unfinished copy."""
    folders.make(settings.data)
    with folders.locked(settings.data):
        if not store.is_made():
            store.require_none()
            store.make(lambda databases: _enter_first(databases, label))
    store.require()


def _enter_first(target: Databases, label: str) -> None:
    copies.empty(target)
    identity.begin_copy(target.catalogue_db, label)


def _require_copy_of(target: Databases, label: str, store: Store) -> None:
    """Raises StoreExists where there is a store, MoveFault where it is an unfinished copy of something else."""
    found = identity.copied_from(target.catalogue_db)
    if found is None:
        raise StoreExists(f"A store exists already in {store}; nothing was changed. Name a place without one.")
    if found != label:
        raise MoveFault(
            f"What is in {store} is the unfinished copy of another store, or of this one as it was before something was"
            " published, withdrawn or hidden; remove it and begin again. Nothing was changed."
        )


def _copy(source: Databases, target: Databases, progress: Progress) -> None:
    for old, new, table in _tables(source, target):
        done = 0
        for page in rows.pages(old, table, rows.last_key(new, table)):
            with new.transaction():
                page.enter(new)
            done += len(page)
            keep_awake(source)
            progress(f"Copying {table.name}", done)
    for database in target:
        database.settle()


def _compared(source: Databases, target: Databases, progress: Progress, store: Store) -> dict[str, int]:
    """The number of rows of each table. Raises MoveFault where one of them is not what the source's is."""
    counts: dict[str, int] = {}
    for old, new, table in _tables(source, target):
        expected, found = (_checksum(db, table, source, progress) for db in (old, new))
        if expected != found:
            raise MoveFault(
                f"The copy in {store} is not what the store is: {table.name} has {found[0]:,} rows in place of"
                f" {expected[0]:,}, or others. The store was changed meanwhile, or the copy was; stop whatever uses"
                " them, remove the copy and begin again. It opens nowhere, and the store is as it was."
            )
        counts[table.name] = found[0]
    return counts


def _checksum(db: Database, table: Table, source: Databases, progress: Progress) -> tuple[int, str]:
    def note(done: int) -> None:
        keep_awake(source)
        progress(f"Comparing {table.name}", done)

    return rows.checksum(db, table, note)


def _tables(source: Databases, target: Databases) -> Iterator[tuple[Database, Database, Table]]:
    """Each table but those that make it a store."""
    return (one for one in copies.tables(source, target) if one[2].name != _IDENTITY)
