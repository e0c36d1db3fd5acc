"""Field sets: each combination of data classes that occurs in a load. There are dozens of them, not millions."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from breachcheck.breaches import LoadId
from breachcheck.counters import next_ids
from breachcheck.db.base import Database, Row
from breachcheck.index import FieldSetId, stretches


@dataclass(frozen=True, slots=True)
class FieldSet:
    """One combination of data classes that occurs in a load; *people* carry it."""

    id: FieldSetId
    classes: frozenset[str]
    via_alias: bool
    people: int


class FieldSets:
    """The table ``field_set``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, load_id: LoadId, combinations: Sequence[tuple[frozenset[str], bool]]) -> list[FieldSetId]:
        """Ids of new field sets, in the order given: (data classes, via alias). Nobody carries them yet."""
        if not combinations:
            return []
        with self._db.transaction():
            first = next_ids(self._db, "field_set", len(combinations))
            self._db.execute_many(
                """
                INSERT INTO field_set (id, load_id, classes, via_alias, people)
                VALUES (:id, :load_id, :classes, :via_alias, 0)
                """,
                (
                    {
                        "id": number,
                        "load_id": load_id,
                        "classes": json.dumps(sorted(classes)),
                        "via_alias": int(via_alias),
                    }
                    for number, (classes, via_alias) in enumerate(combinations, first)
                ),
            )
        return [FieldSetId(number) for number in range(first, first + len(combinations))]

    def forget(self, field_set_ids: Sequence[FieldSetId]) -> None:
        """Of a load that runs: nobody carries them after all."""
        self._db.execute_many("DELETE FROM field_set WHERE id = :id", ({"id": one} for one in field_set_ids))

    def note_people(self, people: Mapping[FieldSetId, int]) -> None:
        """How many carry each, when the load is whole."""
        self._db.execute_many(
            "UPDATE field_set SET people = :people WHERE id = :id",
            ({"people": count, "id": field_set_id} for field_set_id, count in people.items()),
        )

    def of_load(self, load_id: LoadId) -> list[FieldSet]:
        """Every combination of classes that occurs in the load."""
        return self.of_loads([load_id])[load_id]

    def of_loads(self, load_ids: Sequence[LoadId]) -> dict[LoadId, list[FieldSet]]:
        """The same of each of *load_ids*. Ids without a gap are asked at once."""
        found: dict[LoadId, list[FieldSet]] = {load_id: [] for load_id in load_ids}
        for first, last in stretches(load_ids):
            for row in self._between(first, last):
                found[LoadId(row["load_id"])].append(_field_set(row))
        return found

    def _between(self, first: int, last: int) -> list[Row]:
        return self._db.query(
            """
            SELECT id, load_id, classes, via_alias, people
            FROM field_set
            WHERE load_id BETWEEN :first AND :last
            ORDER BY id
            """,
            {"first": first, "last": last},
        )


def _field_set(row: Row) -> FieldSet:
    classes = frozenset(json.loads(row["classes"]))
    return FieldSet(FieldSetId(row["id"]), classes, bool(row["via_alias"]), row["people"])
