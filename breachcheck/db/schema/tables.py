"""The tables that a schema makes, as its migrations leave them: read from their text, for what has to know them all."""

import re
from dataclasses import dataclass

from breachcheck.db.schema import Schema, statements

_CREATE = re.compile(r"CREATE TABLE (\w+) \((.*)\)[^)]*", re.DOTALL)
_ADD = re.compile(r"ALTER TABLE (\w+) ADD COLUMN (.*)", re.DOTALL)
_COLUMN = re.compile(r"\s*([a-z_0-9]+) ((?:INTEGER|TEXT|BLOB)\b.*)")
_KEY = re.compile(r"\s*PRIMARY KEY \((.*)\)")


@dataclass(frozen=True, slots=True)
class Table:
    """*key*: the columns of its primary key; *columns*: how each is declared, by its name."""

    name: str
    key: tuple[str, ...]
    columns: dict[str, str]

    @property
    def is_numbers(self) -> bool:
        """Whether it holds whole numbers alone."""
        return all(declared.startswith("INTEGER NOT NULL") for declared in self.columns.values())


def tables_of(described: Schema) -> list[Table]:
    """Every table, after those that it refers to."""
    made: dict[str, Table] = {}
    for text in described.migrations.values():
        for statement in statements(text):
            if created := _CREATE.fullmatch(statement):
                made[created[1]] = _created(created[1], created[2])
            elif added := _ADD.fullmatch(statement):
                made[added[1]].columns.update(_columns(added[2]))
    return list(made.values())


def _created(name: str, body: str) -> Table:
    keys = [match for line in body.splitlines() if (match := _KEY.match(line))]
    if keys:
        return Table(name, tuple(keys[0][1].split(", ")), _columns(body))
    single = [match[1] for line in body.splitlines() if (match := _COLUMN.match(line)) and "PRIMARY KEY" in match[2]]
    return Table(name, tuple(single), _columns(body))


def _columns(body: str) -> dict[str, str]:
    return {match[1]: match[2] for line in body.splitlines() if (match := _COLUMN.match(line))}
