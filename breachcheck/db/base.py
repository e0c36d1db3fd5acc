"""What the rooms above ask of a database engine. The SQL they pass is the common subset with ``:name`` parameters.

``IN :name`` takes a list, which may not be empty.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

Row = Mapping[str, Any]
Params = Mapping[str, object]
Integers = npt.NDArray[np.int64]

NO_PARAMS: Params = {}
Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Source:
    """Who answers. Of one *number*, what is told later never goes back behind what was told before.

    *history*: what was acknowledged stays so while it stands; "" on a copy. *complete_until*: of a copy that follows,
    the moment in epoch seconds up to which it surely has everything; None of what is written to itself.
    """

    number: int = 0
    history: str = ""
    complete_until: float | None = field(default=None, compare=False)

    @property
    def is_copy(self) -> bool:
        return self.complete_until is not None


class Database(Protocol):
    """One database. May be used by any number of threads at once; each sees its own transaction.

    Every method raises StoreUnavailable where the engine cannot answer, and never returns a partial result; what would
    write raises StoreReadOnly where only a copy answers.
    """

    def query(self, sql: str, params: Params = NO_PARAMS) -> list[Row]:
        """All rows of *sql*; an empty list means that there are none."""

    def query_numbers(self, sql: str, columns: Sequence[str], params: Params = NO_PARAMS) -> list[Integers]:
        """As ``query``, where all *columns* of *sql* are whole numbers: one array for each. Quicker for many rows."""

    def execute(self, sql: str, params: Params = NO_PARAMS) -> int:
        """Run *sql*; the number of rows it changed. Durable on return unless a transaction is open."""

    def execute_many(self, sql: str, rows: Iterable[Params]) -> int:
        """Run *sql* for each of *rows*; how many rows they changed. Durable together, and quicker than one by one."""

    def transaction(self) -> AbstractContextManager[None]:
        """What the block does becomes durable together at its end, or not at all. A block inside another joins it."""

    def snapshot(self) -> AbstractContextManager[None]:
        """The block's queries all see one moment, and hold up nobody. Nothing may be written in it."""

    def read(self, reading: Callable[[], Told]) -> Told:
        """What *reading* makes of a snapshot. Begun once more where the server is lost meanwhile, as a query is."""

    def source(self) -> Source:
        """Who answers now. Raises StoreUnavailable in a block that another began."""

    def insert_new(self, table: str, columns: Sequence[str], values: Sequence[Integers]) -> None:
        """Insert rows, given as one array a column and sorted by the primary key, but for those that are there already.

        *table* and *columns* are names from the program's own text, never from input.
        """

    def settle(self) -> None:
        """Give back what a bulk insert left behind (a long write-ahead log). Safe at any time, durable or not."""

    def close(self) -> None:
        """Let go of every connection, those of other threads too."""
