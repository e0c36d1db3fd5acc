"""Findings: what a watchlist was last told of each account on it, by breach."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from breachcheck.db.base import Database, Row
from breachcheck.digests import Digest
from breachcheck.watchlists import Watched, WatchlistId


@dataclass(frozen=True, slots=True)
class Finding:
    """*leaked* of one account in one breach, as it may be told; None where it was told that it is there no more.

    *is_sensitive*: it may be told to who has a right to it alone.
    """

    leaked: frozenset[str] | None
    via_alias: bool = False
    is_sensitive: bool = False


GONE = Finding(None)

Findings = Mapping[tuple[str, Digest], Mapping[str, Finding]]
"""By ref and digest: the findings by the name of the breach."""


class WatchFindings:
    """The table ``watch_finding``. A row goes when its account goes."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of_refs(self, watchlist_id: WatchlistId, first: str, last: str) -> Findings:
        """What was told of the refs from *first* to *last*."""
        rows = self._db.query(
            """
            SELECT ref, digest, breach, leaked, via_alias, is_sensitive
            FROM watch_finding
            WHERE watchlist_id = :id AND ref BETWEEN :first AND :last
            """,
            {"id": watchlist_id, "first": first, "last": last},
        )
        found: dict[tuple[str, Digest], dict[str, Finding]] = {}
        for row in rows:
            found.setdefault((row["ref"], Digest(row["digest"])), {})[row["breach"]] = _finding(row)
        return found

    def put(self, watchlist_id: WatchlistId, found: Iterable[tuple[Watched, str, Finding]]) -> None:
        """Of an account and the name of a breach each. In the transaction of the events that tell it."""
        self._db.execute_many(
            """
            INSERT INTO watch_finding (watchlist_id, ref, digest, breach, leaked, via_alias, is_sensitive)
            VALUES (:id, :ref, :digest, :breach, :leaked, :via_alias, :is_sensitive)
            ON CONFLICT (watchlist_id, ref, digest, breach) DO UPDATE
            SET leaked = excluded.leaked, via_alias = excluded.via_alias, is_sensitive = excluded.is_sensitive
            """,
            (
                {
                    "id": watchlist_id,
                    "ref": account.ref,
                    "digest": account.digest,
                    "breach": breach,
                    "leaked": None if finding.leaked is None else json.dumps(sorted(finding.leaked)),
                    "via_alias": int(finding.via_alias),
                    "is_sensitive": int(finding.is_sensitive),
                }
                for account, breach, finding in found
            ),
        )

    def forget(self, watchlist_id: WatchlistId, account: Watched) -> None:
        """As if nothing had ever been told of the account."""
        self._db.execute(
            """
            DELETE FROM watch_finding
            WHERE watchlist_id = :id AND ref = :ref AND digest = :digest
            """,
            {"id": watchlist_id, "ref": account.ref, "digest": account.digest},
        )


def _finding(row: Row) -> Finding:
    leaked = None if row["leaked"] is None else frozenset(json.loads(row["leaked"]))
    return Finding(leaked, bool(row["via_alias"]), bool(row["is_sensitive"]))
