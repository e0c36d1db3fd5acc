"""The feed of a watchlist: what may be told of its events now, page by page."""

import re
from dataclasses import dataclass, replace
from typing import Any

from breachcheck import data_classes
from breachcheck.answers import by_weight, timestamp
from breachcheck.catalog import BEHIND, Breach, Catalogue, Published
from breachcheck.config import Disclosure
from breachcheck.db.base import Database
from breachcheck.disclosure import KEY, KEY_SEEING_SENSITIVE, may_be_shown, may_be_told, owner_only
from breachcheck.errors import StoreUnavailable, UnknownCursor
from breachcheck.watch_erasure import said_of
from breachcheck.watch_events import News, WatchEvent, WatchEvents
from breachcheck.watch_findings import WatchFindings
from breachcheck.watch_rights import NO_RIGHTS, Rights
from breachcheck.watchlists import Watched, Watchlist, Watchlists

_cursor_form = re.compile(r"([1-9][0-9]{0,17})-([0-9]{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events. *cursor* asks for what comes after them."""

    watchlist: Watchlist
    events: tuple[WatchEvent, ...]
    cursor: str
    has_more: bool


class WatchFeed:
    """Reads what ``watching`` told, in the order in which it became true.

    What may be told less by now is told less: nothing of who opted out since, of a breach that is sensitive or
    retired since only that it was withdrawn, and no class that is for the owner alone. What was told by a right, its
    withdrawal too, is for whoever has that right now.
    """

    def __init__(self, db: Database, catalogue: Catalogue, *, site: Disclosure) -> None:
        self._db = db
        self._catalogue = catalogue
        self._site: Disclosure = site
        self._watchlists = Watchlists(db)
        self._events = WatchEvents(db)
        self._findings = WatchFindings(db)

    def after(self, holder: str, name: str, cursor: str, count: int, rights: Rights = NO_RIGHTS) -> EventPage:
        """Up to *count* events after *cursor*; "" begins. Raises UnknownWatchlist, UnknownCursor.

        *rights*: what the key that reads was allowed.
        """
        published = self._catalogue.published()
        return self._db.read(lambda: self._page(holder, name, cursor, count, rights, published))

    def _page(self, holder: str, name: str, cursor: str, count: int, rights: Rights, published: Published) -> EventPage:
        watchlist = self._watchlists.get(holder, name)
        start = self._number(watchlist, cursor) if cursor else 0
        found = self._events.after(watchlist.id, start, count + 1)
        page = found[:count]
        events = tuple(told for one in page if (told := self._told(watchlist, one, published, rights)))
        last = page[-1].number if page else start
        return EventPage(watchlist, events, event_id(watchlist, last), has_more=len(found) > count)

    def acknowledge(self, holder: str, name: str, ids: list[str], *, at: int) -> int:
        """Note that someone has seen to these events, all or none; how many. Raises UnknownWatchlist, UnknownCursor.

        An event that is there no more counts too, so that nobody learns which ones went with an opt-out.
        """
        with self._db.transaction():
            watchlist = self._watchlists.get(holder, name)
            numbers = {self._number(watchlist, one) for one in ids}
            for number in numbers:
                self._events.acknowledge(watchlist.id, number, at=at)
            return len(numbers)

    def count_open(self, watchlist: Watchlist) -> int:
        """How many events nobody has acknowledged."""
        return self._events.count_open(watchlist.id)

    def _number(self, watchlist: Watchlist, cursor: str) -> int:
        parts = _cursor_form.fullmatch(cursor)
        if parts is None or int(parts[1]) != watchlist.id or int(parts[2]) > self._events.last(watchlist.id):
            if self._db.source().is_copy:
                raise StoreUnavailable(BEHIND)
            raise UnknownCursor(
                "This watchlist never gave out such a cursor or id; if it was deleted and made anew, begin without one."
            )
        return int(parts[2])

    def _told(self, watchlist: Watchlist, event: WatchEvent, published: Published, rights: Rights) -> WatchEvent | None:
        news = event.news
        breach = next((one for one in published.breaches if one.name == news.breach), None)
        viewer = KEY_SEEING_SENSITIVE if rights != NO_RIGHTS else KEY
        if breach and news.kind != "withdrawn" and not may_be_told(viewer, breach, self._site):
            return None
        needs_right = _needs_right(news, breach)
        leaked = news.leaked - (owner_only(breach) if breach else frozenset())
        if published.suppressed or needs_right:
            said = self._left(watchlist, event, published, rights if needs_right else None)
            if said is None:
                return None
            leaked &= said
        return replace(event, news=_with(event, leaked, breach))

    def _left(
        self, watchlist: Watchlist, event: WatchEvent, published: Published, rights: Rights | None
    ) -> frozenset[str] | None:
        """What the event says of accounts that did not opt out, and that *rights*, if they are needed, cover.

        None where it was about others alone.
        """
        accounts = self._watchlists.accounts_of_ref(watchlist.id, event.news.ref)
        shown = [one for one in accounts if _is_shown(one, published) and (rights is None or rights.cover(one))]
        if len(shown) == len(accounts):
            return event.news.leaked
        findings = self._findings.of_refs(watchlist.id, event.news.ref, event.news.ref)
        by_account = [findings.get((one.ref, one.digest), {}) for one in shown]
        behind = [by_breach[event.news.breach] for by_breach in by_account if event.news.breach in by_breach]
        return said_of(event, behind) if behind else None


def _needs_right(news: News, breach: Breach | None) -> bool:
    """That a breach is told no more because it became sensitive is for everyone who was told of it."""
    return news.is_sensitive or (news.kind != "withdrawn" and breach is not None and breach.facts.is_sensitive)


def event_id(watchlist: Watchlist, number: int) -> str:
    """What an event is called, and the cursor after it: of this watchlist alone, even among those of its name."""
    return f"{watchlist.id}-{number}"


def as_json(page: EventPage) -> dict[str, Any]:
    """For programs."""
    return {
        "events": [event_json(page.watchlist, one) for one in page.events],
        "cursor": page.cursor,
        "has_more": page.has_more,
    }


def event_json(watchlist: Watchlist, event: WatchEvent) -> dict[str, Any]:
    """One event, as every way out tells it."""
    news = event.news
    return {
        "id": event_id(watchlist, event.number),
        "event": news.kind,
        "at": timestamp(event.at),
        "ref": news.ref,
        "breach": {"name": news.breach, "title": news.title},
        "leaked": list(by_weight(news.leaked)),
        "via_alias": news.via_alias,
        "severity": news.severity,
        "severity_level": data_classes.level(news.severity),
        "acknowledged_at": timestamp(event.acknowledged_at) if event.acknowledged_at else None,
    }


def _is_shown(account: Watched, published: Published) -> bool:
    return may_be_shown(KEY, published.suppressed, account.digest, account.base)


def _with(event: WatchEvent, leaked: frozenset[str], breach: Breach | None) -> News:
    if leaked == event.news.leaked:
        return event.news
    severity = data_classes.severity(leaked, breach.password_storage if breach else "unknown")
    return replace(event.news, leaked=leaked, severity=severity)
