"""Erasure: what watchlists let go of when an owner has their address forgotten, or shown again."""

from breachcheck import watchlists
from breachcheck.db.base import Database
from breachcheck.digests import Digest
from breachcheck.watch_events import WatchEvent, WatchEvents
from breachcheck.watch_findings import Finding, WatchFindings
from breachcheck.watchlists import WatchlistId


def forget_found(db: Database, digest: Digest) -> None:
    """In the caller's transaction: nothing was ever told of the address, or of its aliases.

    What the team handed in stays on its list, so that the list does not tell who opted out. Events of the ref stay
    as far as another of its accounts stands behind them.
    """
    for watchlist_id, account in list(watchlists.having(db, digest)):
        WatchFindings(db).forget(watchlist_id, account)
        _cut_events(db, watchlist_id, account.ref)


def tell_anew(db: Database, digest: Digest) -> None:
    """In the caller's transaction: what is found of the address is news again, as some of it was withheld."""
    for watchlist_id, account in list(watchlists.having(db, digest)):
        WatchFindings(db).forget(watchlist_id, account)


def _cut_events(db: Database, watchlist_id: WatchlistId, ref: str) -> None:
    events = WatchEvents(db)
    left = WatchFindings(db).of_refs(watchlist_id, ref, ref).values()
    for event in events.of_ref(watchlist_id, ref):
        behind = [by_breach[event.news.breach] for by_breach in left if event.news.breach in by_breach]
        if behind:
            events.cut(watchlist_id, event.number, said_of(event, behind))
        else:
            events.drop(watchlist_id, event.number)


def said_of(event: WatchEvent, behind: list[Finding]) -> frozenset[str]:
    """What *event* may still say where only the findings *behind* it do."""
    return event.news.leaked & frozenset[str]().union(*(one.leaked or () for one in behind))
