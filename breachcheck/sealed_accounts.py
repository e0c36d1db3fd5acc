"""Sealed accounts: addresses of an operator's own domains, encrypted, with what each load says of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from breachcheck.db.base import Database
from breachcheck.digests import Digest
from breachcheck.index import FieldSetId, stretches

PAGE = 1000


@dataclass(frozen=True, slots=True)
class SealedAccount:
    """The *box* of one person of a domain in one load. *base*: of the address without its tag, or *digest* again."""

    domain: Digest
    digest: Digest
    field_set_id: FieldSetId
    base: Digest
    box: bytes


class SealedAccounts:
    """The table ``sealed_account``. Only `sealing` can open what stands in it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def insert(self, accounts: Sequence[SealedAccount]) -> None:
        """Durable whole or not at all. Twice is as good as once."""
        self._db.execute_many(
            """
            INSERT INTO sealed_account (domain, digest, field_set_id, base, box)
            VALUES (:domain, :digest, :field_set_id, :base, :box)
            ON CONFLICT (domain, digest, field_set_id) DO NOTHING
            """,
            (
                {
                    "domain": one.domain,
                    "digest": one.digest,
                    "field_set_id": one.field_set_id,
                    "base": one.base,
                    "box": one.box,
                }
                for one in accounts
            ),
        )

    def of_domain(self, domain: Digest) -> Iterator[SealedAccount]:
        """Everyone of *domain*, by digest, of published loads and others; read a page at a time."""
        digest, field_set_id = -(2**63), -1
        while page := self._page(domain, digest, field_set_id):
            yield from page
            digest, field_set_id = page[-1].digest, page[-1].field_set_id

    def count_of(self, digest: Digest) -> int:
        """How many boxes there are of the person of *digest* and of their aliases, of all loads."""
        rows = self._db.query(
            "SELECT COUNT(*) AS boxes FROM sealed_account WHERE digest = :digest OR base = :digest", {"digest": digest}
        )
        return int(rows[0]["boxes"])

    def forget(self, digests: Sequence[Digest]) -> int:
        """Delete every box of *digests* and of their aliases, of all loads; how many there were."""
        deleted = 0
        for start in range(0, len(digests), PAGE):
            deleted += self._db.execute_many(
                "DELETE FROM sealed_account WHERE digest = :digest OR base = :digest",
                ({"digest": digest} for digest in digests[start : start + PAGE]),
            )
        return deleted

    def delete(self, field_set_ids: Sequence[FieldSetId]) -> int:
        """Delete the boxes of *field_set_ids*, all of one load; how many there were."""
        return sum(
            self._db.execute(
                "DELETE FROM sealed_account WHERE field_set_id BETWEEN :first AND :last", {"first": first, "last": last}
            )
            for first, last in stretches(field_set_ids)
        )

    def _page(self, domain: Digest, digest: int, field_set_id: int) -> list[SealedAccount]:
        """What comes next after a digest and field set."""
        rows = self._db.query(
            """
            SELECT domain, digest, field_set_id, base, box
            FROM sealed_account
            WHERE domain = :domain AND (digest, field_set_id) > (:digest, :field_set_id)
            ORDER BY digest, field_set_id
            LIMIT :page
            """,
            {"domain": domain, "digest": digest, "field_set_id": field_set_id, "page": PAGE},
        )
        return [SealedAccount(**row) for row in rows]
