"""DuckDB: the one factory of its connections, how names and texts are quoted, and what its errors may say."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from breachcheck.errors import DataFileError

_SETTINGS: dict[str, str | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "300MB",
    "preserve_insertion_order": False,
    "temp_file_encryption": True,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_LINE = re.compile(r"\bline:? (\d+)", re.IGNORECASE)


@contextmanager
def connect(temporary: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory database that spills, encrypted, to the folder *temporary* and loads no extension."""
    connection = duckdb.connect(":memory:", config={**_SETTINGS, "temp_directory": str(temporary)})
    try:
        yield connection
    finally:
        connection.close()


def quoted(name: str) -> str:
    """*name* as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """*text* as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def fault(error: duckdb.Error, name: str) -> DataFileError:
    """What may be said of *error*: its kind and line, for DuckDB quotes the line it fails on. Raise it `from None`."""
    line = _LINE.search(str(error))
    where = f", line {line[1]}" if line else ""
    kind = type(error).__name__
    return DataFileError(f"{name}{where}: could not be read ({kind}); check its `format`, `delimiter` and `encoding`")
