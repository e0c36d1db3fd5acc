"""Webhook sources: what watchlists and the catalogue have to tell, page by page, in the form of their feeds."""

from dataclasses import dataclass, replace
from typing import Any, Protocol

from breachcheck import change_feed, watch_feed
from breachcheck.catalog import DEMO_SUFFIX
from breachcheck.change_feed import ChangeFeed
from breachcheck.changes import Changes
from breachcheck.db.base import Database
from breachcheck.errors import InvalidRequest, UnknownCursor
from breachcheck.watch_events import WatchEvents
from breachcheck.watch_feed import WatchFeed, event_id
from breachcheck.watchlists import Watchlists
from breachcheck.webhooks.endpoints import Webhook
from breachcheck.webhooks.messages import MessageKind, Span
from breachcheck.webhooks.numbers import ToldNumbers

EVENTS_A_MESSAGE = 50
"""So that a message has some 20 kB, as Standard Webhooks advises."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a new webhook stands. *numbers*: of a domain, what counts as told."""

    source: int
    position: int
    numbers: tuple[ToldNumbers, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next for a webhook, and where it stands then. *span* is None where nothing of it may be told."""

    kind: MessageKind
    span: Span | None
    source: int
    position: int
    numbers: tuple[ToldNumbers, ...] | None = None


class Source(Protocol):
    """What one kind of webhook is told of. Nothing here writes; nothing that comes out holds an account."""

    def beginning(self, holder: str, subject: str, cursor: str) -> Beginning:
        """After *cursor*, or, where that is "", after all there is. Raises what its feed raises."""

    def next(self, webhook: Webhook) -> Step | None:
        """None where there is nothing new."""

    def data(self, webhook: Webhook, span: Span) -> dict[str, Any] | None:
        """What may be told of *span* now; None where that is nothing."""


class WatchlistSource:
    """Events of the holder's watchlist of that name. One that was deleted and made anew is told from its beginning."""

    def __init__(self, db: Database, feed: WatchFeed) -> None:
        self._feed = feed
        self._watchlists = Watchlists(db)
        self._events = WatchEvents(db)

    def beginning(self, holder: str, subject: str, cursor: str) -> Beginning:
        watchlist = self._watchlists.get(holder, subject)
        if not cursor:
            return Beginning(watchlist.id, self._events.last(watchlist.id))
        return Beginning(watchlist.id, _number(self._feed.after(holder, subject, cursor, 0).cursor))

    def next(self, webhook: Webhook) -> Step | None:
        watchlist = self._watchlists.find(webhook.holder, webhook.subject)
        if watchlist is None:
            return None
        position = webhook.position if webhook.source == watchlist.id else 0
        if self._events.last(watchlist.id) <= position:
            return None
        cursor = event_id(watchlist, position)
        page = self._feed.after(webhook.holder, webhook.subject, cursor, EVENTS_A_MESSAGE)
        last = _number(page.cursor)
        if last == position:
            return None
        span = Span(source=watchlist.id, after=position, last=last) if page.events else None
        return Step("watchlist.exposures", span, watchlist.id, last)

    def data(self, webhook: Webhook, span: Span) -> dict[str, Any] | None:
        watchlist = self._watchlists.find(webhook.holder, webhook.subject)
        if watchlist is None or watchlist.id != span.source:
            return None
        cursor = event_id(watchlist, span.after)
        page = self._feed.after(webhook.holder, webhook.subject, cursor, EVENTS_A_MESSAGE)
        events = tuple(one for one in page.events if one.number <= span.last)
        said = watch_feed.as_json(replace(page, events=events, cursor=event_id(watchlist, span.last)))
        return {"watchlist": watchlist.name, "events": said["events"], "cursor": said["cursor"]} if events else None


class CatalogueSource:
    """What happens to the catalogue, as its feed tells it."""

    def __init__(self, db: Database, feed: ChangeFeed, *, is_demo: bool) -> None:
        self._feed = feed
        self._changes = Changes(db)
        self._suffix = DEMO_SUFFIX if is_demo else ""

    def beginning(self, holder: str, subject: str, cursor: str) -> Beginning:  # noqa: ARG002 - one catalogue for all
        if subject:
            raise InvalidRequest("There is one catalogue; leave subject out.", "/subject")
        if not cursor:
            return Beginning(0, self._changes.last())
        if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= len(str(2**62))):
            raise UnknownCursor("The cursor must be one that /changes gave; leave it out to begin now.", "/cursor")
        return Beginning(0, self._feed.after(int(cursor), 0).cursor)

    def next(self, webhook: Webhook) -> Step | None:
        if self._changes.last() <= webhook.position:
            return None
        page = self._feed.after(webhook.position, EVENTS_A_MESSAGE)
        span = Span(after=webhook.position, last=page.cursor) if page.changes else None
        return Step("catalogue.changes", span, 0, page.cursor)

    def data(self, webhook: Webhook, span: Span) -> dict[str, Any] | None:  # noqa: ARG002 - the same for all
        page = self._feed.after(span.after, EVENTS_A_MESSAGE)
        changes = tuple((name, one) for name, one in page.changes if one.number <= span.last)
        said = change_feed.as_json(replace(page, changes=changes, cursor=span.last), suffix=self._suffix)
        return {"changes": said["changes"], "cursor": said["cursor"]} if changes else None


def _number(cursor: str) -> int:
    return int(cursor.rpartition("-")[2])
