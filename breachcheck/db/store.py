"""What the rooms above ask of an engine before there are databases to ask: that a store be made, upgraded, opened."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from breachcheck.db.base import Database

CUT_OFF = (
    "An `init` that was cut off leaves this: if nothing was ever loaded here, move it away and run `breachcheck init`"
    " again. Otherwise put the missing file back from its backup."
)


class Databases(NamedTuple):
    """Both databases of a store, open: what grows with the number of people, and everything else."""

    index_db: Database
    catalogue_db: Database

    def close(self) -> None:
        for database in self:
            database.close()


class Store(Protocol):
    """Where an engine keeps a store. The caller sees to it that one program at a time makes or upgrades it."""

    def __str__(self) -> str:
        """What and where it is, for people."""

    def is_made(self) -> bool:
        """Whether there is one, whole or not."""

    def require_none(self) -> None:
        """Raises StoreExists where there is a store, or a part of one."""

    def require(self) -> None:
        """Raises StoreNotFound where there is no store, or not all of it."""

    def make(self, enter: Callable[[Databases], None]) -> None:
        """Make an empty store and *enter* the first of it: there at once and durably, or not at all."""

    def migrate(self) -> None:
        """Bring it to this program's schema. Raises StoreDamaged where it is no store."""

    def open(self, *, is_patient: bool = False) -> Databases:
        """Raises SchemaMismatch where its schema is not this program's.

        *is_patient*: for long work that nobody waits for, which goes on after a server was silent for a while.
        """
