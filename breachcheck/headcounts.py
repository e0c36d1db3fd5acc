"""Headcounts: how many of one domain, or of one organisation, each field set has."""

from collections.abc import Sequence

from breachcheck.db.base import Database, Integers
from breachcheck.digests import Digest
from breachcheck.index import FieldSetId, stretches

SLICE = 2**64 // 16


class Headcounts:
    """The table ``headcount``: people a domain, records an organisation, keyed by its digest. No name stands in it.

    As of exposures, which of them may be seen is the catalogue's to say.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, digest: Digest) -> dict[FieldSetId, int]:
        """The numbers of *digest* by field set, of published loads and others."""
        rows = self._db.query(
            """
            SELECT field_set_id, number
            FROM headcount
            WHERE digest = :digest
            ORDER BY field_set_id
            """,
            {"digest": digest},
        )
        return {FieldSetId(row["field_set_id"]): row["number"] for row in rows}

    def insert(self, digests: Integers, field_set_ids: Integers, numbers: Integers) -> None:
        """Enter rows, sorted by digest and field set: durable whole or not at all. Twice is as good as once."""
        with self._db.transaction():
            self._db.insert_new("headcount", ("digest", "field_set_id", "number"), (digests, field_set_ids, numbers))

    def delete(self, field_set_ids: Sequence[FieldSetId]) -> int:
        """Forget the numbers of *field_set_ids*; how many there were. Never holds up a writer for long."""
        deleted = 0
        for first, last in stretches(field_set_ids):
            for low in range(-(2**63), 2**63, SLICE):
                deleted += self._db.execute(
                    """
                    DELETE FROM headcount
                    WHERE digest BETWEEN :low AND :high
                    AND field_set_id BETWEEN :first AND :last
                    """,
                    {"low": low, "high": low + SLICE - 1, "first": first, "last": last},
                )
        return deleted
