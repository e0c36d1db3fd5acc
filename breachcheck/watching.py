"""Watching: keeps watchlists, and tells them what became so, or ceased to be, of the accounts on them."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from breachcheck import data_classes
from breachcheck.catalog import Breach, Catalogue, Published
from breachcheck.config import Disclosure
from breachcheck.db.base import Database
from breachcheck.digests import Digest
from breachcheck.disclosure import KEY, KEY_SEEING_SENSITIVE, Viewer, disclose, may_be_shown, may_be_told
from breachcheck.errors import IndexMoved, WatchlistFull
from breachcheck.field_sets import FieldSet
from breachcheck.free_text import without_address
from breachcheck.index import FieldSetId, Index
from breachcheck.jobs import Jobs
from breachcheck.lookup import ATTEMPTS
from breachcheck.watch_events import News, WatchEvents
from breachcheck.watch_findings import GONE, Finding, Findings, WatchFindings
from breachcheck.watch_rights import Rights, WatchRights
from breachcheck.watchlists import JOB, Size, Watched, Watchlist, Watchlists

MOST_ACCOUNTS = 500_000
MOST_LISTS = 100
"""Of one holder."""

AT_ONCE = 2000
"""About how many accounts are asked about, and told of, in one transaction."""

KEEP_S = 400 * 86_400
"""How long an event is kept that another has overtaken."""

Found = Mapping[Digest, Mapping[str, Finding]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a watchlist: whether it is new, how large it is, and how many accounts came and went."""

    is_new: bool
    size: Size
    added: int
    removed: int


class Watching:
    """Every change of a watchlist is durable at once; what it brings to light is told before it returns.

    Should that be cut off, a job of the kind ``watch`` goes on. Telling compares what is found with what was told
    last, so that doing it again, or twice at once, tells nothing a second time.
    """

    def __init__(
        self, db: Database, catalogue: Catalogue, index: Index, rights: WatchRights, *, site: Disclosure
    ) -> None:
        self._db = db
        self._rights = rights
        self._catalogue = catalogue
        self._index = index
        self._site: Disclosure = site
        self._watchlists = Watchlists(db)
        self._findings = WatchFindings(db)
        self._events = WatchEvents(db)
        self._jobs = Jobs(db)

    def replace(self, holder: str, name: str, accounts: Iterable[Watched]) -> Kept:
        """Watch exactly *accounts*; what is on the list already is told nothing anew. Raises WatchlistFull."""
        wanted = set(accounts)
        with self._db.transaction():
            watchlist = self._watchlists.find(holder, name)
            is_new = watchlist is None
            if watchlist is None:
                watchlist = self._new(holder, name)
            before = self._watchlists.accounts_of(watchlist.id)
            _require_room(wanted)
            self._change(watchlist, remove=before - wanted, add=_to_add(wanted, before))
        self._tell_at_once(holder, name)
        return self._kept(watchlist, is_new=is_new, added=len(wanted - before), removed=len(before - wanted))

    def change(self, holder: str, name: str, *, remove_refs: Iterable[str], add: Iterable[Watched]) -> Kept:
        """Take refs off the list, then add accounts. Raises UnknownWatchlist, WatchlistFull."""
        with self._db.transaction():
            watchlist = self._watchlists.get(holder, name)
            before = self._watchlists.accounts_of(watchlist.id)
            leaving = set(remove_refs)
            wanted = {one for one in before if one.ref not in leaving} | set(add)
            _require_room(wanted)
            self._change(watchlist, remove=before - wanted, add=wanted - before)
        self._tell_at_once(holder, name)
        return self._kept(watchlist, is_new=False, added=len(wanted - before), removed=len(before - wanted))

    def delete(self, holder: str, name: str) -> None:
        """Forget the list, and all that was told of it. Raises UnknownWatchlist."""
        with self._db.transaction():
            self._watchlists.delete(self._watchlists.get(holder, name).id)

    def tell_all(self) -> int:
        """Tell every watchlist that was not told yet of what is published, and may be told, now; how many events."""
        return sum(self.tell(one) for one in self._watchlists.all() if self._is_behind(one))

    def tell(self, watchlist: Watchlist) -> int:
        """Tell one watchlist; how many events that made. One that is changed meanwhile is left to whoever did."""
        generation, told, after = self._catalogue.generation(), 0, ""
        rights = self._rights.of_holder(watchlist.holder)
        while accounts := self._watchlists.next_accounts(watchlist.id, after, AT_ONCE):
            told += self._tell_some(watchlist, accounts, rights)
            after = accounts[-1].ref
        self._watchlists.note_told(watchlist, generation, rights.fingerprint)
        return told

    def _is_behind(self, watchlist: Watchlist) -> bool:
        if watchlist.generation != self._catalogue.generation():
            return True
        return watchlist.rights != self._rights.of_holder(watchlist.holder).fingerprint

    def prune(self, *, now: int) -> int:
        """Forget old events that others have overtaken; how many."""
        return self._events.prune(before=now - KEEP_S)

    def _new(self, holder: str, name: str) -> Watchlist:
        if len(self._watchlists.of_holder(holder)) >= MOST_LISTS:
            raise WatchlistFull(f"There are {MOST_LISTS} watchlists already; delete one first.")
        return self._watchlists.create(without_address(holder, "holder of a watchlist"), name, at=_now())

    def _change(self, watchlist: Watchlist, *, remove: set[Watched], add: set[Watched]) -> None:
        if not remove and not add:
            return
        self._watchlists.remove(watchlist.id, remove)
        self._watchlists.add(watchlist.id, sorted(add))
        if left := {one.ref for one in remove}:
            stays = {one.ref for one in self._watchlists.accounts_of(watchlist.id)}
            self._events.drop_refs(watchlist.id, left - stays)
        self._watchlists.note_changed(watchlist.id, at=_now())
        self._jobs.add(JOB, {}, due_at=_now())

    def _kept(self, watchlist: Watchlist, *, is_new: bool, added: int, removed: int) -> Kept:
        return Kept(is_new, self._watchlists.size_of(watchlist.id), added, removed)

    def _tell_at_once(self, holder: str, name: str) -> None:
        watchlist = self._watchlists.find(holder, name)
        if watchlist and self._is_behind(watchlist):
            self.tell(watchlist)

    def _tell_some(self, watchlist: Watchlist, accounts: Sequence[Watched], rights: Rights) -> int:
        """In one transaction with the check that what was found is what is published."""
        for _ in range(1 + ATTEMPTS):
            published = self._catalogue.published()
            shown = [one for one in accounts if may_be_shown(KEY, published.suppressed, one.digest, one.base)]
            found = self._found(shown, published, rights)
            with self._db.transaction():
                if not self._watchlists.is_at(watchlist):
                    return 0
                if self._catalogue.stands(published):
                    return self._enter(watchlist, shown, found, published)
        raise IndexMoved("What is published changed while a watchlist was told; it is told again.")

    def _found(self, accounts: Sequence[Watched], published: Published, rights: Rights) -> Found:
        """What may be told of each digest, asked in their order, as the index has them."""
        found = self._index.field_sets_of_many(one.digest for one in accounts)
        viewers = {one.digest: KEY_SEEING_SENSITIVE for one in accounts if rights.cover(one)}
        return {
            digest: self._told_of(field_set_ids, published, viewers.get(digest, KEY))
            for digest, field_set_ids in found.items()
        }

    def _told_of(self, field_set_ids: Iterable[FieldSetId], published: Published, viewer: Viewer) -> dict[str, Finding]:
        gathered: dict[Breach, list[FieldSet]] = {}
        for field_set_id in field_set_ids:
            if owner := published.field_sets.get(field_set_id):
                gathered.setdefault(owner[0], []).append(owner[1])
        return {
            breach.name: Finding(frozenset(exposure.leaked), exposure.via_alias, breach.facts.is_sensitive)
            for breach, field_sets in gathered.items()
            if may_be_told(viewer, breach, self._site) and (exposure := disclose(viewer, breach, field_sets))
        }

    def _enter(self, watchlist: Watchlist, accounts: Sequence[Watched], found: Found, published: Published) -> int:
        if not accounts:
            return 0
        before = self._findings.of_refs(watchlist.id, accounts[0].ref, accounts[-1].ref)
        breaches = {breach.name: breach for breach in published.breaches}
        news: list[News] = []
        changed: list[tuple[Watched, str, Finding]] = []
        for ref, group in groupby(accounts, key=lambda one: one.ref):
            news += self._news_of(watchlist, ref, list(group), before, found, breaches, changed)
        self._findings.put(watchlist.id, changed)
        self._events.add(watchlist.id, news, at=_now())
        return len(news)

    def _news_of(
        self,
        watchlist: Watchlist,
        ref: str,
        accounts: Sequence[Watched],
        before: Findings,
        found: Found,
        breaches: Mapping[str, Breach],
        changed: list[tuple[Watched, str, Finding]],
    ) -> list[News]:
        """What is new of one ref. What is found of its accounts now, and was not told so, goes to *changed*."""
        old = [before.get((ref, one.digest), {}) for one in accounts]
        new = [found.get(one.digest, {}) for one in accounts]
        news = []
        for name in sorted({name for by_breach in (*old, *new) for name in by_breach}):
            was = [by_breach.get(name, GONE) for by_breach in old]
            now = [by_breach.get(name, GONE) for by_breach in new]
            changed += [
                (account, name, one_is)
                for account, one_was, one_is in zip(accounts, was, now, strict=True)
                if one_was != one_is
            ]
            if (together := _united(now)) != (formerly := _united(was)):
                breach = breaches.get(name)
                title = breach.title if breach else self._events.title_of(watchlist.id, ref, name)
                news.append(_news(ref, name, title, formerly, together, breach))
        return news


def _to_add(wanted: set[Watched], before: set[Watched]) -> set[Watched]:
    """Those that are new, and those that were put down before their domains were."""
    without = {one for one in before if not one.domains}
    return {one for one in wanted if one not in before or (one.domains and one in without)}


def _require_room(accounts: set[Watched]) -> None:
    if len(accounts) > MOST_ACCOUNTS:
        raise WatchlistFull(f"A watchlist holds {MOST_ACCOUNTS:,} accounts at most. The list is as it was.")


def _united(findings: Iterable[Finding]) -> Finding:
    """What all accounts of a ref come to; a direct record of one stands before an alias of another."""
    there = [one for one in findings if one.leaked is not None]
    if not there:
        return GONE
    direct = [one for one in there if not one.via_alias]
    return Finding(
        frozenset[str]().union(*(one.leaked or () for one in direct or there)),
        via_alias=not direct,
        is_sensitive=any(one.is_sensitive for one in there),
    )


def _news(ref: str, name: str, title: str, was: Finding, now: Finding, breach: Breach | None) -> News:
    if now.leaked is None:
        return News("withdrawn", ref, name, title, is_sensitive=was.is_sensitive)
    storage = breach.password_storage if breach else "unknown"
    severity = data_classes.severity(now.leaked, storage)
    kind: Literal["exposed", "changed"] = "exposed" if was.leaked is None else "changed"
    return News(kind, ref, name, title, now.leaked, now.via_alias, severity, now.is_sensitive)


def _now() -> int:
    return int(time.time())
