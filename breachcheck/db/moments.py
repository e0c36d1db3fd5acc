"""Both databases of a store as of one moment, on every engine, for as long as somebody reads."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from breachcheck.db.store import Databases, Store


@contextmanager
def one_moment(store: Store) -> Iterator[Databases]:
    """*store* as it is at one moment, for reading alone. Writers wait for that moment, and no longer.

    Whatever spans both databases begins and ends in the catalogue: while we are its writer, neither takes a step that
    the other has to follow. Call ``keep_awake`` now and then: a server ends what it believes to be forgotten.
    """
    with ExitStack() as stack:
        gate, databases = (stack.enter_context(closing(store.open(is_patient=True))) for _ in range(2))
        with gate.catalogue_db.transaction():
            for database in databases:
                stack.enter_context(database.snapshot())
            keep_awake(databases)  # the first question settles which moment is seen
        yield databases


def keep_awake(databases: Databases) -> None:
    """Ask both of them something that costs nothing."""
    for database in databases:
        database.query("SELECT name FROM identity")
