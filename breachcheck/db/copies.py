"""Copies of a store's rows, table by table, into another that was just made, on whichever engine each of them is."""

from collections.abc import Iterator

from breachcheck.db import rows, schema
from breachcheck.db.base import Database
from breachcheck.db.moments import keep_awake
from breachcheck.db.schema.tables import Table, tables_of
from breachcheck.db.store import Databases
from breachcheck.errors import StoreDamaged


def tables(source: Databases, target: Databases) -> Iterator[tuple[Database, Database, Table]]:
    """Each table of a store, with where it is and where it is to be; what it refers to first."""
    described = (schema.INDEX, schema.CATALOGUE)
    for old, new, one in zip(source, target, described, strict=True):
        yield from ((old, new, table) for table in tables_of(one))


def empty(target: Databases) -> None:
    """Take out what migrations count up in an empty store: it is none of the rows that are to be copied."""
    for _, new, table in reversed(list(tables(target, target))):
        with new.transaction():
            rows.empty(new, table)


def fill(source: Databases, target: Databases) -> None:
    """Make *target*, in which nothing is, hold what *source* shows as of one moment, read again to see that it does.

    Raises StoreDamaged where it does not.
    """
    for old, new, table in tables(source, target):
        read = _copied(old, new, table, source)
        if rows.checksum(new, table, lambda _: keep_awake(source)) != read.value:
            raise StoreDamaged(f"The copy of {table.name} is not what was read; look at the disk, and try again.")
    for database in target:
        database.settle()


def _copied(old: Database, new: Database, table: Table, source: Databases) -> rows.Checksum:
    read = rows.Checksum()
    for page in rows.pages(old, table, {}):
        with new.transaction():
            page.enter(new)
        read.add(page)
        keep_awake(source)
    return read
