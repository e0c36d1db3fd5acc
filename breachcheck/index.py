"""The index: which field sets each digest occurs in. The only table that grows with the number of people."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NewType

from breachcheck.breaches import LoadId
from breachcheck.db.base import Database, Integers
from breachcheck.digests import Digest

FieldSetId = NewType("FieldSetId", int)

_MEETINGS = """
SELECT one.field_set_id AS one, other.field_set_id AS other, count(*) AS digests
FROM exposure AS one
JOIN exposure AS other ON other.digest = one.digest
WHERE one.digest BETWEEN :low AND :high
AND one.field_set_id BETWEEN :first AND :last
AND other.field_set_id BETWEEN :other_first AND :other_last
GROUP BY one.field_set_id, other.field_set_id
"""

_COUNTS = """
SELECT field_set_id, count(*) AS digests
FROM exposure
WHERE digest BETWEEN :low AND :high
GROUP BY field_set_id
"""

_DELETE = """
DELETE FROM exposure
WHERE digest BETWEEN :low AND :high
AND field_set_id BETWEEN :first AND :last
"""

HANDFUL = 250
"""Digests a statement: enough that what a statement costs is shared, few enough for any engine."""

SLICE = 2**64 // 256
AT_ONCE = 500


class Index:
    """Exposures, keyed by digest. No method takes or returns an address.

    Knows nothing of breaches: which field sets are visible is the catalogue's to say.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def field_sets_of(self, digest: Digest) -> list[FieldSetId]:
        """Ids of the field sets that *digest* occurs in, of published loads and others."""
        rows = self._db.query(
            """
            SELECT field_set_id
            FROM exposure
            WHERE digest = :digest
            """,
            {"digest": digest},
        )
        return [row["field_set_id"] for row in rows]

    def field_sets_of_many(self, digests: Iterable[Digest]) -> dict[Digest, list[FieldSetId]]:
        """As ``field_sets_of``, of each of *digests* that occurs at all. Asks in their order, many at a time."""
        found: dict[Digest, list[FieldSetId]] = {}
        wanted = sorted(set(digests))
        for start in range(0, len(wanted), HANDFUL):
            rows = self._db.query(
                """
                SELECT digest, field_set_id
                FROM exposure
                WHERE digest IN :digests
                ORDER BY digest, field_set_id
                """,
                {"digests": wanted[start : start + HANDFUL]},
            )
            for row in rows:
                found.setdefault(row["digest"], []).append(row["field_set_id"])
        return found

    def insert(
        self, load_id: LoadId, piece: int, digests: Integers, field_set_ids: Integers, *, checksum: str = ""
    ) -> None:
        """Enter one piece of a load, sorted by digest: durable whole or not at all. Twice is as good as once.

        *checksum*: by which ``pieces_of`` is to tell it from others.
        """
        with self._db.transaction():
            self._db.insert_new("exposure", ("digest", "field_set_id"), (digests, field_set_ids))
            self._db.execute(
                """
                INSERT INTO piece_done (load_id, piece, checksum)
                VALUES (:load_id, :piece, :checksum)
                ON CONFLICT (load_id, piece) DO UPDATE SET checksum = excluded.checksum
                """,
                {"load_id": load_id, "piece": piece, "checksum": checksum},
            )

    def pieces_of(self, load_id: LoadId) -> dict[int, str]:
        """The pieces of the load that were entered, each with its checksum."""
        rows = self._db.query("SELECT piece, checksum FROM piece_done WHERE load_id = :load_id", {"load_id": load_id})
        return {row["piece"]: row["checksum"] for row in rows}

    def distrust(self, load_id: LoadId) -> None:
        """No checksum of the load's pieces says any more what was entered."""
        self._db.execute("UPDATE piece_done SET checksum = '' WHERE load_id = :load_id", {"load_id": load_id})

    def clear(self, load_id: LoadId, piece: int, low: int, high: int, field_set_ids: Sequence[FieldSetId]) -> None:
        """As if the piece had never been entered: all of the load's field sets from digest *low* to *high* go."""
        with self._db.transaction():
            for first, last in stretches(field_set_ids):
                self._db.execute(_DELETE, {"low": low, "high": high, "first": first, "last": last})
            self._db.execute(
                "DELETE FROM piece_done WHERE load_id = :load_id AND piece = :piece",
                {"load_id": load_id, "piece": piece},
            )

    def has_pieces(self, load_id: LoadId) -> bool:
        """Whether anything that the load entered may still be there."""
        return bool(
            self._db.query("SELECT piece FROM piece_done WHERE load_id = :load_id LIMIT 1", {"load_id": load_id})
        )

    def delete(self, load_id: LoadId, field_set_ids: Sequence[FieldSetId]) -> int:
        """Forget the exposures of *field_set_ids*, all of one load; how many there were.

        Goes over the index a slice of the digests at a time, so that it never holds up a writer for long.
        """
        deleted = 0
        for first, last in stretches(field_set_ids):
            for low in range(-(2**63), 2**63, SLICE):
                deleted += self._db.execute(
                    _DELETE, {"low": low, "high": low + SLICE - 1, "first": first, "last": last}
                )
        self._db.execute("DELETE FROM piece_done WHERE load_id = :load_id", {"load_id": load_id})
        return deleted

    def forget(self, digests: Sequence[Digest]) -> int:
        """Delete every exposure of *digests*, of all loads; how many there were. A few digests at a time, as above."""
        deleted = 0
        for start in range(0, len(digests), AT_ONCE):
            deleted += self._db.execute_many(
                "DELETE FROM exposure WHERE digest = :digest",
                ({"digest": digest} for digest in digests[start : start + AT_ONCE]),
            )
        return deleted

    def meetings(
        self, some: Sequence[FieldSetId], others: Sequence[FieldSetId]
    ) -> Counter[tuple[FieldSetId, FieldSetId]]:
        """How many digests occur with one of *some* and one of *others*, by pair. Reads a slice at a time, as above.

        Pairs of other field sets may be among them.
        """
        found: Counter[tuple[FieldSetId, FieldSetId]] = Counter()
        for first, last in stretches(some):
            for other_first, other_last in stretches(others):
                ends = {"first": first, "last": last, "other_first": other_first, "other_last": other_last}
                for low in range(-(2**63), 2**63, SLICE):
                    for row in self._db.query(_MEETINGS, {"low": low, "high": low + SLICE - 1, **ends}):
                        found[row["one"], row["other"]] += row["digests"]
        return found

    def counts(self) -> Counter[FieldSetId]:
        """How many digests occur with each field set. Reads the whole index, a slice at a time, as above."""
        found: Counter[FieldSetId] = Counter()
        for low in range(-(2**63), 2**63, SLICE):
            rows = self._db.query(_COUNTS, {"low": low, "high": low + SLICE - 1})
            found.update({row["field_set_id"]: row["digests"] for row in rows})
        return found

    def settle(self) -> None:
        """Tidy up after a long load."""
        self._db.settle()


def stretches(ids: Sequence[int]) -> list[tuple[int, int]]:
    """*ids* as stretches without a gap: (first, last)."""
    stretches: list[tuple[int, int]] = []
    for number in sorted(ids):
        if stretches and number == stretches[-1][1] + 1:
            stretches[-1] = (stretches[-1][0], number)
        else:
            stretches.append((number, number))
    return stretches
