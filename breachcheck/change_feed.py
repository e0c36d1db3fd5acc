"""The feed of changes: what may be told of them, page by page."""

from dataclasses import dataclass
from typing import Any

from breachcheck.answers import timestamp
from breachcheck.breaches import Breaches
from breachcheck.catalog import BEHIND, Catalogue
from breachcheck.changes import Change, Changes
from breachcheck.db.base import Database
from breachcheck.errors import StoreUnavailable, UnknownBreach, UnknownCursor


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Some changes, each with the name of its breach. *cursor* asks for what comes after them."""

    changes: tuple[tuple[str, Change], ...]
    cursor: int
    has_more: bool


class ChangeFeed:
    """Reads what ``publishing`` noted, in the order in which it became visible.

    A breach that was sensitive when it was last shown, and is shown no more, is left out with all its past: that it
    ever was here is told no more.
    """

    def __init__(self, db: Database, catalogue: Catalogue) -> None:
        self._db = db
        self._catalogue = catalogue
        self._changes = Changes(db)
        self._breaches = Breaches(db)

    def after(self, cursor: int, count: int) -> ChangePage:
        """Up to *count* changes after *cursor*; 0 begins. Raises UnknownCursor for one that was never given out."""
        return self._db.read(lambda: self._page(cursor, count))

    def _page(self, cursor: int, count: int) -> ChangePage:
        if cursor > self._changes.last():
            if self._db.source().is_copy:
                raise StoreUnavailable(BEHIND)
            raise UnknownCursor("No page of this feed ever gave this cursor; begin without one.")
        found = self._changes.after(cursor, count + 1)
        page = found[:count]
        names = self._tellable()
        return ChangePage(
            changes=tuple((names[one.breach_id], one) for one in page if one.breach_id in names),
            cursor=page[-1].number if page else cursor,
            has_more=len(found) > count,
        )

    def _tellable(self) -> dict[int, str]:
        return {row.id: row.name for row in self._breaches.all() if row.current_load or self._was_shown(row.name)}

    def _was_shown(self, name: str) -> bool:
        try:
            self._catalogue.withdrawn(name)
        except UnknownBreach:
            return False
        return True


def as_json(page: ChangePage, *, suffix: str = "") -> dict[str, Any]:
    """For programs. *suffix* stands behind every title."""
    return {
        "changes": [
            {
                "id": str(one.number),
                "change": one.kind,
                "at": timestamp(one.at),
                "breach": {"name": name, "title": one.title + suffix},
                "reason": one.reason,
            }
            for name, one in page.changes
        ],
        "cursor": str(page.cursor),
        "has_more": page.has_more,
    }
