"""Scanning tables in tests: everything that a data file gives, as rows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest import engine, formats, sources
from ingest.readers.base import Instructions, Table

Row = tuple[str | None, ...]


@dataclass(frozen=True)
class Scanned:
    """What a scan of a table gave. Records that were given as broken are among the *rejects*."""

    rows: list[Row]
    rejects: Counter[str]

    @property
    def read(self) -> int:
        return len(self.rows) + self.rejects.total()


def table_of(path: Path, told: Instructions | None = None, member: str | None = None) -> Table:
    """The only table of the only data file that *path* names."""
    [file] = [found for found in sources.find(path.name, path.parent, member) if isinstance(found, sources.DataFile)]
    [table] = formats.tables(file, told or Instructions())
    return table


def scan(table: Table, columns: Sequence[str] | None = None) -> Scanned:
    """Every record of *table*, in no order."""
    with engine.connect(Path("unused")) as connection, table.scan(columns or table.columns) as relation:
        found = connection.execute(f"SELECT * FROM {relation}").fetchall()
        rejects = Counter(table.rejects(connection))
    broken = Counter(table.flaw for row in found if row[-1])
    return Scanned([row[:-1] for row in found if not row[-1]], rejects + broken)


def scan_text(folder: Path, text: str | bytes, told: Instructions | None = None, name: str = "people.csv") -> Scanned:
    """Every record of a file that holds *text*."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return scan(table_of(path, told))
