"""What the rooms above ask of a database engine. The SQL they pass is the common subset with ``:name`` parameters.

``IN :name`` takes a list, which may not be empty.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Row = Mapping[str, Any]
Params = Mapping[str, object]
Integers = npt.NDArray[np.int64]

NO_PARAMS: Params = {}


class Database(Protocol):
    """One database. May be used by any number of threads at once; each sees its own transaction.

    Every method raises StoreUnavailable where the engine cannot answer, and never returns a partial result.
    """

    def query(self, sql: str, params: Params = NO_PARAMS) -> list[Row]:
        """All rows of *sql*; an empty list means that there are none."""

    def execute(self, sql: str, params: Params = NO_PARAMS) -> int:
        """Run *sql*; the number of rows it changed. Durable on return unless a transaction is open."""

    def execute_many(self, sql: str, rows: Iterable[Params]) -> int:
        """Run *sql* for each of *rows*; how many rows they changed. Durable together, and quicker than one by one."""

    def transaction(self) -> AbstractContextManager[None]:
        """What the block does becomes durable together at its end, or not at all. A block inside another joins it."""

    def snapshot(self) -> AbstractContextManager[None]:
        """The block's queries all see one moment, and hold up nobody. Nothing may be written in it."""

    def insert_new(self, table: str, columns: Sequence[str], values: Sequence[Integers]) -> None:
        """Insert rows, given as one array a column and sorted by the primary key, but for those that are there already.

        *table* and *columns* are names from the program's own text, never from input.
        """

    def settle(self) -> None:
        """Give back what a bulk insert left behind (a long write-ahead log). Safe at any time, durable or not."""

    def close(self) -> None:
        """Let go of every connection, those of other threads too."""
