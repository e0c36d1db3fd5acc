"""Breaches: what a manifest says of one, and the row that says which of its loads is current."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NewType

import msgspec

from breachcheck.config import Disclosure
from breachcheck.counters import next_ids
from breachcheck.db.base import Database
from breachcheck.errors import MisspeltBreach, UnknownBreach

Copy = Literal["complete", "partial", "unknown"]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of a manifest: strict, frozen, by name."""


class NotExposed(_Part, frozen=True):
    """What the discloser said was *not* in the breach, and where it said so."""

    classes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    source: str | None = None


class Help(_Part, frozen=True):
    """Where the company answers questions about the breach."""

    url: str | None = None
    phone: str | None = None
    email: str | None = None


class CompanyStep(_Part, frozen=True):
    """One step that the company itself advises, shown before ours; with *step*, its words for that step of ours."""

    title: str
    why: str = ""
    how: str = ""
    step: str = ""


class TranslatedAbsence(_Part, frozen=True):
    """``not_exposed`` in another language. *also*: each of its items, in the same order."""

    also: tuple[str, ...] = ()


class TranslatedHelp(_Part, frozen=True):
    """``help`` for those who speak another language."""

    url: str | None = None
    phone: str | None = None


class TranslatedStep(_Part, frozen=True):
    """A company's step in another language; what is left out stays as it was written."""

    title: str | None = None
    why: str | None = None
    how: str | None = None


class Translation(_Part, frozen=True):
    """Texts of a breach in another language. *advice*: each of the company's steps, in the same order."""

    title: str | None = None
    description: str | None = None
    who: str | None = None
    not_exposed: TranslatedAbsence | None = None
    class_notes: dict[str, str] = msgspec.field(default_factory=dict)
    help: TranslatedHelp | None = None
    advice: tuple[TranslatedStep, ...] = ()


class Facts(_Part, frozen=True):
    """Everything a manifest says about a breach except where its data files are."""

    name: str
    title: str
    breach_date: date
    description: str
    language: str = "en"
    domain: str = ""
    disclosed_date: date | None = None
    affected: int | None = None
    disclosure_url: str | None = None
    attribution: str | None = None
    logo_path: str | None = None
    held_by: str | None = None
    on_behalf_of: str | None = None
    who: str | None = None
    disclosed_classes: tuple[str, ...] = ()
    not_exposed: NotExposed | None = None
    class_notes: dict[str, str] = msgspec.field(default_factory=dict)
    copy: Copy = "unknown"
    disclosure: Disclosure = "open"
    help: Help | None = None
    advice: tuple[CompanyStep, ...] = ()
    translations: dict[str, Translation] = msgspec.field(default_factory=dict)
    is_verified: bool = True
    is_fabricated: bool = False
    is_sensitive: bool = False
    is_retired: bool = False
    is_spam_list: bool = False
    is_malware: bool = False
    is_subscription_free: bool = False
    is_stealer_log: bool = False


def differences(before: Facts, after: Facts) -> list[str]:
    """The names of what the second says otherwise, in the order of the keys."""
    return [name for name in Facts.__struct_fields__ if getattr(before, name) != getattr(after, name)]


BreachId = NewType("BreachId", int)
LoadId = NewType("LoadId", int)


@dataclass(frozen=True, slots=True)
class BreachRow:
    """What is the breach's own, whichever load is current. *added_at*: first published, epoch seconds."""

    id: BreachId
    name: str
    current_load: LoadId | None
    added_at: int | None
    modified_at: int | None


@dataclass(frozen=True, slots=True)
class Switch:
    """One change of a breach's current load; *load_id* is None where it was withdrawn."""

    load_id: LoadId | None
    switched_at: int
    switched_by: str
    reason: str | None


def trail(history: Sequence[Switch]) -> list[LoadId]:
    """The loads that led to the one that was shown last, which is the first: none that was gone back from.

    *history*: the newest first.
    """
    led: list[LoadId] = []
    for load_id in (switch.load_id for switch in reversed(history) if switch.load_id is not None):
        led = [*led[: led.index(load_id)], load_id] if load_id in led else [*led, load_id]
    return led[::-1]


def require_spelling(row: BreachRow, name: str) -> None:
    """Raises MisspeltBreach where *name* is that of *row* in other letter case."""
    if name != row.name:
        raise MisspeltBreach(f"This breach is called {row.name} here; write its name so, capitals and all.")


class Breaches:
    """The tables ``breach`` and ``switch``. Only ``publishing`` may call ``switch_to``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, name: str) -> BreachRow:
        """The breach called *name*, in any letter case. Raises UnknownBreach."""
        rows = self._db.query(
            """
            SELECT id, name, current_load, added_at, modified_at
            FROM breach
            WHERE lower(name) = lower(:name)
            """,
            {"name": name},
        )
        if not rows:
            raise UnknownBreach("There is no breach of that name; `breachcheck breaches list` shows those there are.")
        return BreachRow(**rows[0])

    def of_id(self, breach_id: BreachId) -> BreachRow:
        """The breach that *breach_id* was given to."""
        rows = self._db.query(
            """
            SELECT id, name, current_load, added_at, modified_at
            FROM breach
            WHERE id = :id
            """,
            {"id": breach_id},
        )
        return BreachRow(**rows[0])

    def all(self) -> list[BreachRow]:
        """Every breach that was ever loaded, by name."""
        rows = self._db.query(
            """
            SELECT id, name, current_load, added_at, modified_at
            FROM breach
            ORDER BY name
            """
        )
        return [BreachRow(**row) for row in rows]

    def id_of(self, name: str) -> BreachId:
        """The id of the breach called *name*, which is entered if it is new.

        Raises MisspeltBreach where it is there in other letter case: its ids and user names are digested with its name.
        """
        with self._db.transaction():
            self._db.execute(
                """
                INSERT INTO breach (id, name)
                SELECT :id, :name
                WHERE NOT EXISTS (SELECT 1 FROM breach WHERE lower(name) = lower(:name))
                """,
                {"id": next_ids(self._db, "breach"), "name": name},
            )
            row = self.get(name)
            require_spelling(row, name)
            return row.id

    def switch_to(self, breach: BreachRow, load_id: LoadId | None, *, by: str, at: int, reason: str | None) -> None:
        """Make *load_id* current, or none: the one statement by which anything becomes visible or ceases to be."""
        self._db.execute(
            """
            UPDATE breach
            SET current_load = :load_id, added_at = coalesce(added_at, :at), modified_at = :at
            WHERE id = :id
            """,
            {"load_id": load_id, "at": at, "id": breach.id},
        )
        self._db.execute(
            """
            INSERT INTO switch (id, breach_id, load_id, switched_at, switched_by, reason)
            VALUES (:id, :breach_id, :load_id, :at, :by, :reason)
            """,
            {
                "id": next_ids(self._db, "switch"),
                "breach_id": breach.id,
                "load_id": load_id,
                "at": at,
                "by": by,
                "reason": reason,
            },
        )

    def touch(self, breach_id: BreachId, at: int) -> None:
        """Note that what is said about the breach changed."""
        self._db.execute("UPDATE breach SET modified_at = :at WHERE id = :id", {"at": at, "id": breach_id})

    def history(self, breach_id: BreachId) -> list[Switch]:
        """Every switch of the breach, newest first."""
        rows = self._db.query(
            """
            SELECT load_id, switched_at, switched_by, reason
            FROM switch
            WHERE breach_id = :breach_id
            ORDER BY id DESC
            """,
            {"breach_id": breach_id},
        )
        return [Switch(**row) for row in rows]
