"""The catalogue: what is published now, as one consistent, cached map from field sets to breaches."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from breachcheck.breaches import Breaches, BreachRow, Facts, LoadId
from breachcheck.counters import next_ids, value_of
from breachcheck.data_classes import PasswordStorage
from breachcheck.db.base import Database, Source
from breachcheck.errors import StoreUnavailable, UnknownBreach
from breachcheck.field_sets import FieldSet, FieldSets
from breachcheck.index import FieldSetId
from breachcheck.loads import Load, Loads
from breachcheck.manifest_texts import ManifestTexts
from breachcheck.suppressions import Suppressed, Suppressions
from breachcheck.tallies import Tally

DEMO_SUFFIX = " (demo)"
GENERATION = "generation"
ATTEMPTS = 3
BEHIND = "The standby that answers lacks what was written last; it has to catch up, or the primary to come back."


@dataclass(frozen=True, eq=False)
class Breach:
    """One breach as one of its loads shows it. *people* are those indexed; times are epoch seconds.

    Equal to itself alone: what is worked out of one can be kept by it, and goes stale with it.
    """

    facts: Facts
    title: str
    load_id: LoadId
    added_at: int
    modified_at: int
    people: int
    mapped: frozenset[str]
    found: frozenset[str]
    kinds: frozenset[str]
    password_storage: PasswordStorage
    tally: Tally
    loaded_at: int

    @property
    def name(self) -> str:
        return self.facts.name

    def people_with(self, data_class: str) -> int | None:
        """How many of the people have *data_class*; None where this load cannot show it."""
        can_show = data_class in self.mapped or data_class in self.found
        return self.tally.coverage.get(data_class, 0) if can_show else None

    def texts_in(self, tag: str) -> ManifestTexts:
        """What its manifest says, in the language *tag* as far as it speaks it."""
        return ManifestTexts(self.facts, tag)

    def title_in(self, tag: str) -> str:
        """What readers of the language *tag* know it by, in a sentence too; a demo marks it."""
        return _title_in(self.facts, self.title, tag)

    @property
    def is_listed(self) -> bool:
        """Known of without data: there is nothing that anyone could be found by."""
        return not self.kinds

    @cached_property
    def data_classes(self) -> frozenset[str]:
        """Found on at least one person, or named by the discloser."""
        return self.found | frozenset(self.facts.disclosed_classes)

    @cached_property
    def not_exposed(self) -> frozenset[str]:
        """What the discloser said was not in it, less what the file held all the same."""
        denied = self.facts.not_exposed
        return frozenset(denied.classes) - self.data_classes if denied else frozenset()


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A breach that was shown here and no longer is. *withdrawn_at*: epoch seconds; *reason*: the operator's words."""

    facts: Facts
    title: str
    withdrawn_at: int
    reason: str

    def title_in(self, tag: str) -> str:
        """As that of a breach that is shown."""
        return _title_in(self.facts, self.title, tag)


@dataclass(frozen=True)
class Published:
    """What can be seen at one *generation*: the breaches by title, where each field set belongs, who opted out.

    *source*: who told it.
    """

    source: Source
    generation: int
    breaches: tuple[Breach, ...]
    field_sets: Mapping[FieldSetId, tuple[Breach, FieldSet]]
    suppressed: Suppressed

    def get(self, name: str) -> Breach:
        """The breach called *name*, in any letter case. Raises UnknownBreach."""
        for breach in self.breaches:
            if breach.name.lower() == name.lower():
                return breach
        raise UnknownBreach("No breach of that name is published here.")


class _Sight(NamedTuple):
    """The newest *generation* that a store which is written to told, by its *source*, and when, in epoch seconds."""

    source: int
    generation: int
    at: float


class Catalogue:
    """Reads what ``publishing`` switched. Safe in many threads: the cached map is replaced, never changed.

    Where a copy answers that follows the store, it is never one that is behind what was seen of the store itself.
    """

    def __init__(self, db: Database, *, is_demo: bool) -> None:
        self._db = db
        self._suffix = DEMO_SUFFIX if is_demo else ""
        self._breaches = Breaches(db)
        self._loads = Loads(db)
        self._field_sets = FieldSets(db)
        self._suppressions = Suppressions(db)
        self._published: Published | None = None
        self._sight = _Sight(0, 0, 0.0)

    def generation(self) -> int:
        """Moves with everything that changes what may be seen."""
        return self._now()[1]

    def published(self) -> Published:
        """What is published now."""
        cached = self._published
        if cached is None or not self.stands(cached):
            cached = self._published = self._read()
        return cached

    def stands(self, published: Published) -> bool:
        """Whether *published* is so still, and the same server tells it: whatever was asked since is in keeping."""
        return self._now() == (published.source, published.generation)

    def as_of(self, published: Published) -> int:
        """Until when, in epoch seconds, *published* was surely all: now, unless a copy told it."""
        if not published.source.is_copy:
            return int(time.time())
        now = self._db.source()
        newest = now if now == published.source else published.source
        return int(max(newest.complete_until or 0, self._sight.at))

    def last_read(self) -> Published:
        """What was published when this process last looked, free of charge: true while its generation stands."""
        return self._published or self.published()

    def of_load(self, load_id: LoadId) -> Published:
        """The map as if *load_id*, held or not, were all that is published. Raises UnknownLoad."""
        return self._db.read(lambda: self._read_load(load_id))

    def withdrawn(self, name: str) -> Withdrawn:
        """The breach called *name*, if it was published and then withdrawn.

        Raises UnknownBreach for every other, and for one that was sensitive when it was last shown: that it ever was
        here is told no more.
        """
        row = self._breaches.get(name)
        history = self._breaches.history(row.id)
        shown = next((switch.load_id for switch in history if switch.load_id is not None), None)
        if row.current_load is None and shown is not None:
            facts = self._loads.get(shown).facts
            if not facts.is_sensitive:
                return Withdrawn(facts, facts.title + self._suffix, history[0].switched_at, history[0].reason or "")
        raise UnknownBreach("No breach of that name was withdrawn here.")

    def _now(self) -> tuple[Source, int]:
        """The generation, and who told it. Raises StoreUnavailable where that is a copy that is behind."""
        source, generation = self._told()
        if not source.is_copy:
            before = self._sight.generation if self._sight.source == source.number else 0
            self._sight = _Sight(source.number, max(before, generation), time.time())
        elif generation < self._sight.generation:
            raise StoreUnavailable(BEHIND)
        return source, generation

    def _told(self) -> tuple[Source, int]:
        for _ in range(ATTEMPTS):
            source = self._db.source()
            generation = value_of(self._db, GENERATION)
            if self._db.source() == source:
                return source, generation
        raise StoreUnavailable("The servers of the store take turns; see to them.")

    def _read(self) -> Published:
        return self._db.read(self._read_all)

    def _read_all(self) -> Published:
        shown = {row.current_load: row for row in self._breaches.all() if row.current_load}
        loads, field_sets = self._loads.of_ids([*shown]), self._field_sets.of_loads([*shown])
        for load_id in shown.keys() - loads.keys():
            raise StoreUnavailable(
                f"The catalogue has lost the load that {shown[load_id].name} shows; restore a backup."
            )  # nobody can tell what it held, so it is not left out in silence
        return self._map([self._breach(row, loads[load_id], field_sets[load_id]) for load_id, row in shown.items()])

    def _read_load(self, load_id: LoadId) -> Published:
        load = self._loads.get(load_id)
        row = self._breaches.of_id(load.breach_id)
        return self._map([self._breach(row, load, self._field_sets.of_load(load_id))])

    def _map(self, breaches: list[tuple[Breach, list[FieldSet]]]) -> Published:
        source, generation = self._now()
        return Published(
            source=source,
            generation=generation,
            breaches=tuple(sorted((breach for breach, _ in breaches), key=lambda breach: breach.title.lower())),
            field_sets={one.id: (breach, one) for breach, field_sets in breaches for one in field_sets},
            suppressed=self._suppressions.all(),
        )

    def _breach(self, row: BreachRow, load: Load, field_sets: list[FieldSet]) -> tuple[Breach, list[FieldSet]]:
        direct = [one for one in field_sets if not one.via_alias]
        loaded_at = load.ended_at or load.started_at
        breach = Breach(
            facts=load.facts,
            title=load.facts.title + self._suffix,
            load_id=load.id,
            added_at=row.added_at or loaded_at,
            modified_at=row.modified_at or loaded_at,
            people=sum(one.people for one in direct),
            mapped=frozenset(load.contents.mapped),
            found=frozenset(load.tally.coverage),
            kinds=frozenset(load.contents.kinds),
            password_storage=load.contents.password_storage,
            tally=load.tally.without_left_out(),
            loaded_at=loaded_at,
        )
        return breach, field_sets


def _title_in(facts: Facts, title: str, tag: str) -> str:
    """The title of *facts* in the language *tag*, with what *title* has behind it."""
    return ManifestTexts(facts, tag).title + title.removeprefix(facts.title)


def move(db: Database) -> None:
    """Tell every reader that what may be seen has changed. Call it in the transaction that changes it."""
    next_ids(db, GENERATION)
