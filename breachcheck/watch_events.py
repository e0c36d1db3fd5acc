"""Events: what a watchlist is told of its refs, numbered as it became true."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from breachcheck.counters import next_ids, value_of
from breachcheck.db.base import Database, Row
from breachcheck.watchlists import WatchlistId

EventKind = Literal["exposed", "changed", "withdrawn"]


@dataclass(frozen=True, slots=True)
class News:
    """That of the accounts of *ref* in *breach* something became so, or ceased to be. *title*: the breach's.

    *is_sensitive*: it was told by a right, and is for nobody without it.
    """

    kind: EventKind
    ref: str
    breach: str
    title: str
    leaked: frozenset[str] = frozenset()
    via_alias: bool = False
    severity: int = 0
    is_sensitive: bool = False


@dataclass(frozen=True, slots=True)
class WatchEvent:
    """News under its number on the watchlist. Times are epoch seconds."""

    number: int
    news: News
    at: int
    acknowledged_at: int | None


class WatchEvents:
    """The table ``watch_event``. Every watchlist counts for itself, so that no number tells of another's."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, watchlist_id: WatchlistId, news: Sequence[News], *, at: int) -> None:
        """In the transaction that makes them true.

        The counter's row stays locked until that is durable, so that numbers become visible in their order: whoever
        has read one never misses a lower one.
        """
        if not news:
            return
        numbered = enumerate(news, next_ids(self._db, _series(watchlist_id), len(news)))
        self._db.execute_many(
            """
            INSERT INTO watch_event
                (watchlist_id, number, kind, ref, breach, title, leaked, via_alias, severity, is_sensitive, at)
            VALUES
                (:id, :number, :kind, :ref, :breach, :title, :leaked, :via_alias, :severity, :is_sensitive, :at)
            """,
            (_params(one) | {"id": watchlist_id, "number": number, "at": at} for number, one in numbered),
        )

    def after(self, watchlist_id: WatchlistId, number: int, count: int) -> list[WatchEvent]:
        """The next *count* events, oldest first."""
        rows = self._db.query(
            """
            SELECT number, kind, ref, breach, title, leaked, via_alias, severity, is_sensitive, at, acknowledged_at
            FROM watch_event
            WHERE watchlist_id = :id AND number > :number
            ORDER BY number
            LIMIT :count
            """,
            {"id": watchlist_id, "number": number, "count": count},
        )
        return list(map(_event, rows))

    def of_ref(self, watchlist_id: WatchlistId, ref: str) -> list[WatchEvent]:
        """Every event of one ref, oldest first."""
        rows = self._db.query(
            """
            SELECT number, kind, ref, breach, title, leaked, via_alias, severity, is_sensitive, at, acknowledged_at
            FROM watch_event
            WHERE watchlist_id = :id AND ref = :ref
            ORDER BY number
            """,
            {"id": watchlist_id, "ref": ref},
        )
        return list(map(_event, rows))

    def title_of(self, watchlist_id: WatchlistId, ref: str, breach: str) -> str:
        """What the breach was called when the ref was last told of it; its name where that is forgotten."""
        rows = self._db.query(
            """
            SELECT title
            FROM watch_event
            WHERE watchlist_id = :id AND ref = :ref AND breach = :breach
            ORDER BY number DESC
            LIMIT 1
            """,
            {"id": watchlist_id, "ref": ref, "breach": breach},
        )
        return str(rows[0]["title"]) if rows else breach

    def last(self, watchlist_id: WatchlistId) -> int:
        """The number given out last; 0 where there is none."""
        return value_of(self._db, _series(watchlist_id))

    def count_open(self, watchlist_id: WatchlistId) -> int:
        """How many were not acknowledged."""
        (row,) = self._db.query(
            "SELECT count(*) AS events FROM watch_event WHERE watchlist_id = :id AND acknowledged_at IS NULL",
            {"id": watchlist_id},
        )
        return int(row["events"])

    def acknowledge(self, watchlist_id: WatchlistId, number: int, *, at: int) -> None:
        """The first acknowledgement stays."""
        self._db.execute(
            """
            UPDATE watch_event
            SET acknowledged_at = coalesce(acknowledged_at, :at)
            WHERE watchlist_id = :id AND number = :number
            """,
            {"id": watchlist_id, "number": number, "at": at},
        )

    def cut(self, watchlist_id: WatchlistId, number: int, leaked: frozenset[str]) -> None:
        """Let an event say no more than that *leaked*."""
        self._db.execute(
            "UPDATE watch_event SET leaked = :leaked WHERE watchlist_id = :id AND number = :number",
            {"id": watchlist_id, "number": number, "leaked": json.dumps(sorted(leaked))},
        )

    def drop(self, watchlist_id: WatchlistId, number: int) -> None:
        """Forget one event."""
        self._db.execute(
            "DELETE FROM watch_event WHERE watchlist_id = :id AND number = :number",
            {"id": watchlist_id, "number": number},
        )

    def drop_refs(self, watchlist_id: WatchlistId, refs: Iterable[str]) -> None:
        """Forget every event of *refs*."""
        self._db.execute_many(
            "DELETE FROM watch_event WHERE watchlist_id = :id AND ref = :ref",
            ({"id": watchlist_id, "ref": ref} for ref in refs),
        )

    def prune(self, *, before: int) -> int:
        """Delete what is older than *before* and was overtaken; how many. The last word on each ref and breach stays.

        So whoever reads from any cursor to the end knows what holds.
        """
        return self._db.execute(
            """
            DELETE FROM watch_event
            WHERE at < :before
            AND EXISTS (
                SELECT 1
                FROM watch_event AS later
                WHERE later.watchlist_id = watch_event.watchlist_id
                AND later.ref = watch_event.ref
                AND later.breach = watch_event.breach
                AND later.number > watch_event.number
            )
            """,
            {"before": before},
        )


def _series(watchlist_id: WatchlistId) -> str:
    return f"watch_event {watchlist_id}"


def _params(news: News) -> dict[str, object]:
    return {
        "kind": news.kind,
        "ref": news.ref,
        "breach": news.breach,
        "title": news.title,
        "leaked": json.dumps(sorted(news.leaked)),
        "via_alias": int(news.via_alias),
        "severity": news.severity,
        "is_sensitive": int(news.is_sensitive),
    }


def _event(row: Row) -> WatchEvent:
    news = News(
        kind=row["kind"],
        ref=row["ref"],
        breach=row["breach"],
        title=row["title"],
        leaked=frozenset(json.loads(row["leaked"])),
        via_alias=bool(row["via_alias"]),
        severity=row["severity"],
        is_sensitive=bool(row["is_sensitive"]),
    )
    return WatchEvent(number=row["number"], news=news, at=row["at"], acknowledged_at=row["acknowledged_at"])
