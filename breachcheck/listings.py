"""Listings: breaches that are known of, from someone's catalogue, and of which no data is held."""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from breachcheck import __version__
from breachcheck.breaches import Breaches, BreachId, Facts, LoadId
from breachcheck.db.base import Database
from breachcheck.loads import Contents, Loads
from breachcheck.publishing import Publishing
from breachcheck.tallies import Tally

LISTED = Contents(kinds=())
"""What a listing could have shown: nothing, by nothing that anyone may ask."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a catalogue says of one breach, and its own *text*. *unknown*: its data classes that are not known here."""

    facts: Facts
    text: str
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a catalogue's breaches, by name. *kept*: those that have, or had, people, or were withdrawn.

    *unknown*: data classes that were left out, since they are not known here.
    """

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


class Listings:
    """Enters a catalogue's breaches as loads without people, which a real load replaces as it would any other."""

    def __init__(self, db: Database, publishing: Publishing) -> None:
        self._db = db
        self._publishing = publishing
        self._breaches = Breaches(db)
        self._loads = Loads(db)

    def enter(self, entries: Sequence[Entry], *, by: str, lower_sensitivity: bool = False) -> Imported:
        """List every breach of *entries* that is new, or was listed otherwise: all of them, or none.

        A breach that has or had a load of its own, or was withdrawn, stays as it is. Raises MisspeltBreach where one
        is there in other letter case, LowersSensitivity where one listed as sensitive would cease to be.
        """
        imported = Imported(unknown=sorted({name for entry in entries for name in entry.unknown}))
        with self._db.transaction():
            fresh = [load_id for entry in entries if (load_id := self._entered(entry, imported, by)) is not None]
            self._publishing.publish_listed(fresh, by=by, lower_sensitivity=lower_sensitivity)
        return imported

    def _entered(self, entry: Entry, imported: Imported, by: str) -> LoadId | None:
        """The load that is to be shown; None where what is there stays."""
        name = entry.facts.name
        breach_id = self._breaches.id_of(name)
        loads = self._loads.of_breach(breach_id)
        row = self._breaches.get(name)
        if any(not load.contents.is_listed for load in loads) or (loads and row.current_load is None):
            imported.kept.append(name)
            return None
        current = next((load for load in loads if load.id == row.current_load), None)
        if current and current.facts == entry.facts:
            imported.unchanged.append(name)
            return None
        (imported.changed if current else imported.new).append(name)
        return self._load(entry, breach_id, by)

    def _load(self, entry: Entry, breach_id: BreachId, by: str) -> LoadId:
        at = int(time.time())
        load_id = self._loads.start(
            breach_id,
            entry.facts,
            manifest=entry.text,
            sha256=hashlib.sha256(entry.text.encode()).hexdigest(),
            program=f"breachcheck {__version__}",
            by=by,
            at=at,
        )
        self._loads.complete(load_id, LISTED, Tally(), {}, at)
        return load_id
