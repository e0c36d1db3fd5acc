"""DuckDB: the one factory of its connections, how names and texts are quoted, and what its errors may say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType

import duckdb

from breachcheck.errors import DataFileError
from breachcheck.interruption import at_once

_SETTINGS: dict[str, str | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "300MB",
    "preserve_insertion_order": False,
    "temp_file_encryption": True,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_READ_AHEAD = "8MB"
"""Of a result that streams: what the engine's threads may have ready while a batch is digested."""

_WOULD_SPILL = "crypto module"
_INTERRUPTED = "Query interrupted"
_LINE = re.compile(r"\bline:? (\d+)", re.IGNORECASE)


class Engine:
    """A connection that is made when it is first asked for: to make one takes as long as to read 100,000 plain lines.

    For one thread alone.
    """

    def __init__(self, temporary: Path, *, in_order: bool = False) -> None:
        """As `connect`."""
        self._temporary, self._in_order = temporary, in_order
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._files: list[Path] | None = None
        self._until_closed = ExitStack()

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection = None
        self._until_closed.__exit__(kind, error, trace)

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        if self._connection is None:
            self._connection = self._until_closed.enter_context(connect(self._temporary, in_order=self._in_order))
            self._confine()
        return self._connection

    def confine(self, files: Iterable[Path]) -> None:
        """From now on it reads *files* and pipes, writes to its temporary folder, and nothing else, for good."""
        self._files = list(files)
        self._confine()

    def progress(self) -> float:
        """The share that is done of the query that it is at; 0 where that is not known, or there is none."""
        return max(self._connection.query_progress(), 0.0) / 100 if self._connection else 0.0

    def _confine(self) -> None:
        if self._connection and self._files is not None:
            confine(self._connection, self._temporary, self._files)


@contextmanager
def connect(temporary: Path, *, in_order: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory database that loads no extension.

    It spills to the folder *temporary*, encrypted, or fails where it lacks the cryptography to write with, as 2.0
    does without its `httpfs` extension. No query of ours needs to spill. With *in_order* records come as they stand.
    What it is at is broken off when the process is told to stop.
    """
    settings = {**_SETTINGS, "temp_directory": str(temporary), "preserve_insertion_order": in_order}
    connection = duckdb.connect(":memory:", config=settings)
    try:
        connection.execute(f"SET streaming_buffer_size = {literal(_READ_AHEAD)}")
        connection.execute("SET enable_progress_bar = true")  # else `query_progress` knows nothing
        connection.execute("SET enable_progress_bar_print = false")
        with at_once(connection.interrupt), _interruptions_kept():
            yield connection
    finally:
        connection.close()


@contextmanager
def _interruptions_kept() -> Iterator[None]:
    """Where DuckDB is the first to hear that the process is to stop it makes an error of that: nobody hears again."""
    try:
        yield
    except RuntimeError as error:
        if str(error) != _INTERRUPTED:
            raise
        raise KeyboardInterrupt from None


def confine(connection: duckdb.DuckDBPyConnection, temporary: Path, files: Iterable[Path]) -> None:
    """From now on *connection* reads *files* and pipes, writes to *temporary*, and nothing else, for good."""
    paths = ", ".join(literal(str(path)) for path in files)
    connection.execute(f"SET allowed_paths = [{paths}]")
    connection.execute(f"SET allowed_directories = ['/dev/fd/', {literal(str(temporary))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def quoted(name: str) -> str:
    """*name* as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """*text* as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def fault(error: duckdb.Error, name: str) -> DataFileError:
    """What may be said of *error*: its kind and line, for DuckDB quotes the line it fails on. Raise it `from None`."""
    if isinstance(error, duckdb.OutOfMemoryException) or _WOULD_SPILL in str(error):
        return DataFileError(f"{name}: needs more memory than reading is given; split the file, or convert it to CSV")
    line = _LINE.search(str(error))
    where = f", line {line[1]}" if line else ""
    kind = type(error).__name__
    return DataFileError(f"{name}{where}: could not be read ({kind}); check its `format`, `delimiter` and `encoding`")
