"""Watchlists in tests: lists by account and ref, and what a program that follows one has read."""

from collections.abc import Iterable

from breachcheck.directories import Directory, Entry, read
from breachcheck.services import Services
from breachcheck.watching import Kept
from ingest import worker

HOLDER = "security team"
STAFF = "staff"


def directory_of(store: Services, entries: Iterable[tuple[str, str]]) -> Directory:
    """(ref, address) of each account."""
    names = [one.name for one in store.catalogue.published().breaches]
    lines = ((number, Entry(ref, account)) for number, (ref, account) in enumerate(entries, 1))
    return read(lines, store.digester, names)


def watch(store: Services, *entries: tuple[str, str], name: str = STAFF, holder: str = HOLDER) -> Kept:
    """Watch exactly these accounts."""
    return store.watching.replace(holder, name, directory_of(store, entries).accounts)


def work(store: Services) -> None:
    """Do every job that is due."""
    while worker.run_one(store):
        pass


def told(store: Services, cursor: str = "", *, name: str = STAFF, holder: str = HOLDER) -> list[tuple[str, str, str]]:
    """(event, ref, breach) of everything after *cursor*."""
    page = store.watch_feed.after(holder, name, cursor, 10_000)
    return [(one.news.kind, one.news.ref, one.news.breach) for one in page.events]


def leaked(store: Services) -> list[tuple[str, list[str]]]:
    """(event, data classes) of everything that was told of the staff."""
    page = store.watch_feed.after(HOLDER, STAFF, "", 10_000)
    return [(one.news.kind, sorted(one.news.leaked)) for one in page.events]


def cursor_of(store: Services, *, name: str = STAFF) -> str:
    """Behind everything that was told so far."""
    return store.watch_feed.after(HOLDER, name, "", 10_000).cursor
