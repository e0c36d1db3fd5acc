"""Watchlists: security teams' sets of digests to be told about, under refs that only the team can read."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NewType

from breachcheck.counters import next_ids
from breachcheck.db.base import Database, Row
from breachcheck.digests import Digest
from breachcheck.errors import UnknownWatchlist

JOB = "watch"
"""The kind of job that tells watchlists what changed."""

WatchlistId = NewType("WatchlistId", int)

_name_form = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def is_name(text: str) -> bool:
    """Whether *text* may name a watchlist, or be a ref on one."""
    return _name_form.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Watchlist:
    """One watchlist. It belongs to its *holder*: the name that stands on one API key or on several.

    *revision* moves with its accounts; *generation* is that of the catalogue up to which all of it was told, and
    *rights* the fingerprint of whom it could be told sensitive breaches of. Times are epoch seconds.
    """

    id: WatchlistId
    holder: str
    name: str
    revision: int
    generation: int | None
    rights: str
    created_at: int
    changed_at: int


@dataclass(frozen=True, slots=True, order=True)
class Watched:
    """One account of *ref*. *base*: of an address with a plus tag, the digest of the address without it.

    *domains*: of an address, the digests of its domain and of those that speak for it; they make it no other account.
    """

    ref: str
    digest: Digest
    base: Digest | None = None
    domains: tuple[Digest, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Size:
    """How much is on a watchlist."""

    refs: int
    accounts: int


class Watchlists:
    """The tables ``watchlist`` and ``watched_account``. With an account goes what was found of it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def find(self, holder: str, name: str) -> Watchlist | None:
        """The holder's watchlist of this name."""
        return next((one for one in self.of_holder(holder) if one.name == name), None)

    def get(self, holder: str, name: str) -> Watchlist:
        """As ``find``. Raises UnknownWatchlist."""
        found = self.find(holder, name)
        if found is None:
            label = name if is_name(name) else "of this name"
            raise UnknownWatchlist(
                f"There is no watchlist {label}; `breachcheck watchlists sync` makes one, as does a PUT."
            )
        return found

    def of_holder(self, holder: str) -> list[Watchlist]:
        """Every watchlist of one holder, by name."""
        return [one for one in self.all() if one.holder == holder]

    def all(self) -> list[Watchlist]:
        """Every watchlist there is, by holder and name."""
        rows = self._db.query(
            """
            SELECT id, holder, name, revision, generation, rights, created_at, changed_at
            FROM watchlist
            ORDER BY holder, name
            """
        )
        return [Watchlist(**row) for row in rows]

    def create(self, holder: str, name: str, *, at: int) -> Watchlist:
        """An empty one."""
        watchlist_id = WatchlistId(next_ids(self._db, "watchlist"))
        self._db.execute(
            """
            INSERT INTO watchlist (id, holder, name, created_at, changed_at)
            VALUES (:id, :holder, :name, :at, :at)
            """,
            {"id": watchlist_id, "holder": holder, "name": name, "at": at},
        )
        return self.get(holder, name)

    def delete(self, watchlist_id: WatchlistId) -> None:
        """With all that was found and told of it."""
        self._db.execute("DELETE FROM watchlist WHERE id = :id", {"id": watchlist_id})

    def size_of(self, watchlist_id: WatchlistId) -> Size:
        """Never depends on what was found, or on opt-outs."""
        (row,) = self._db.query(
            """
            SELECT count(DISTINCT ref) AS refs, count(*) AS accounts
            FROM watched_account
            WHERE watchlist_id = :id
            """,
            {"id": watchlist_id},
        )
        return Size(row["refs"], row["accounts"])

    def accounts_of(self, watchlist_id: WatchlistId) -> set[Watched]:
        """Every account on it."""
        rows = self._db.query(
            """
            SELECT ref, digest, base, domains
            FROM watched_account
            WHERE watchlist_id = :id
            """,
            {"id": watchlist_id},
        )
        return set(map(_watched, rows))

    def accounts_of_ref(self, watchlist_id: WatchlistId, ref: str) -> list[Watched]:
        """Every account of one ref."""
        rows = self._db.query(
            """
            SELECT ref, digest, base, domains
            FROM watched_account
            WHERE watchlist_id = :id AND ref = :ref
            ORDER BY digest
            """,
            {"id": watchlist_id, "ref": ref},
        )
        return list(map(_watched, rows))

    def next_accounts(self, watchlist_id: WatchlistId, after: str, count: int) -> list[Watched]:
        """About *count* accounts of the refs that follow *after*, by ref; each ref with all of its accounts."""
        rows = self._db.query(
            """
            SELECT ref, digest, base, domains
            FROM watched_account
            WHERE watchlist_id = :id AND ref > :after
            ORDER BY ref, digest
            LIMIT :count
            """,
            {"id": watchlist_id, "after": after, "count": count},
        )
        found = list(map(_watched, rows))
        if len(found) < count:
            return found
        last = found[-1].ref
        return [one for one in found if one.ref != last] + self.accounts_of_ref(watchlist_id, last)

    def add(self, watchlist_id: WatchlistId, accounts: Iterable[Watched]) -> None:
        """Those that are there already stay, with the domains that they come with now."""
        self._db.execute_many(
            """
            INSERT INTO watched_account (watchlist_id, ref, digest, base, domains)
            VALUES (:id, :ref, :digest, :base, :domains)
            ON CONFLICT (watchlist_id, ref, digest) DO UPDATE SET domains = excluded.domains
            """,
            (
                {
                    "id": watchlist_id,
                    "ref": one.ref,
                    "digest": one.digest,
                    "base": one.base,
                    "domains": " ".join(map(str, one.domains)),
                }
                for one in accounts
            ),
        )

    def remove(self, watchlist_id: WatchlistId, accounts: Iterable[Watched]) -> None:
        """With what was found of each."""
        self._db.execute_many(
            """
            DELETE FROM watched_account
            WHERE watchlist_id = :id AND ref = :ref AND digest = :digest
            """,
            ({"id": watchlist_id, "ref": one.ref, "digest": one.digest} for one in accounts),
        )

    def note_changed(self, watchlist_id: WatchlistId, *, at: int) -> None:
        """Its accounts changed: what it was told no longer covers all of them."""
        self._db.execute(
            """
            UPDATE watchlist
            SET revision = revision + 1, generation = NULL, changed_at = :at
            WHERE id = :id
            """,
            {"id": watchlist_id, "at": at},
        )

    def note_told(self, watchlist: Watchlist, generation: int, rights: str) -> None:
        """All of it was told up to *generation*, by *rights*, unless its accounts changed meanwhile."""
        self._db.execute(
            """
            UPDATE watchlist
            SET generation = :generation, rights = :rights
            WHERE id = :id AND revision = :revision
            """,
            {"id": watchlist.id, "revision": watchlist.revision, "generation": generation, "rights": rights},
        )

    def is_at(self, watchlist: Watchlist) -> bool:
        """Whether it is still there with the accounts that it had."""
        rows = self._db.query("SELECT revision FROM watchlist WHERE id = :id", {"id": watchlist.id})
        return bool(rows) and rows[0]["revision"] == watchlist.revision


def any_in(db: Database) -> bool:
    """Whether anybody watches anything."""
    return bool(db.query("SELECT id FROM watchlist LIMIT 1"))


def having(db: Database, digest: Digest) -> Iterator[tuple[WatchlistId, Watched]]:
    """Where the address of *digest*, or one of its aliases, is watched."""
    rows = db.query(
        """
        SELECT watchlist_id, ref, digest, base, domains
        FROM watched_account
        WHERE digest = :digest OR base = :digest
        """,
        {"digest": digest},
    )
    return ((WatchlistId(row["watchlist_id"]), _watched(row)) for row in rows)


def _watched(row: Row) -> Watched:
    base = None if row["base"] is None else Digest(row["base"])
    return Watched(row["ref"], Digest(row["digest"]), base, tuple(Digest(int(one)) for one in row["domains"].split()))
