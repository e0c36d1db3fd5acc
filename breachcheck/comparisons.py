"""Comparisons: what a load would change in place of the one that it would replace, in numbers."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from breachcheck.breaches import differences
from breachcheck.errors import UnknownLoad
from breachcheck.field_sets import FieldSet, FieldSets
from breachcheck.index import FieldSetId, Index
from breachcheck.loads import Load
from breachcheck.tallies import Tally

_OF_PEOPLE = ("added", "gone", "changed", "same")
COUNTS = ("read", "indexed", "duplicates", "people", "aliases")


@dataclass(frozen=True, slots=True)
class Change:
    """A count in both loads."""

    before: int
    after: int

    @property
    def by(self) -> int:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two loads of one breach, by what each said and counted.

    *counts* are of records, people and aliases, *classes* the people of each data class; *facts* names what is said
    otherwise, *files_added* and *files_gone* the files that one of them alone read, by their SHA-256.
    """

    before: Load
    after: Load
    counts: Mapping[str, Change]
    classes: Mapping[str, Change]
    facts: tuple[str, ...]
    files_added: tuple[str, ...]
    files_gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """How many people have one class in the second load and had it not in the first, and the other way round."""

    added: int
    gone: int


@dataclass(frozen=True, slots=True)
class People:
    """Of two loads, how many people are in the second alone, in the first alone, in both with other classes or not.

    *classes*: the same of each data class.
    """

    added: int
    gone: int
    changed: int
    same: int
    classes: Mapping[str, Moved] = field(default_factory=dict, compare=False)


def compare(before: Load, after: Load) -> Comparison:
    """What the two loads said and counted; asks nothing of the index."""
    return Comparison(
        before=before,
        after=after,
        counts=_counts(before.tally, after.tally),
        classes=_changes(before.tally.coverage, after.tally.coverage),
        facts=tuple(differences(before.facts, after.facts)),
        files_added=_files(after.tally, before.tally),
        files_gone=_files(before.tally, after.tally),
    )


def compare_people(before: Load, after: Load, field_sets: FieldSets, index: Index) -> People:
    """The same of their people, exactly, from the whole index. Raises UnknownLoad where one has no rows any more."""
    for load in (before, after):
        if load.state != "complete":
            raise UnknownLoad(f"Load {load.id} is {load.state}: its people cannot be compared with anyone.")
    sides = [{one.id: one for one in field_sets.of_load(load.id) if not one.via_alias} for load in (before, after)]
    old, new = sides
    met = {pair: people for pair, people in index.meetings(list(old), list(new)).items() if _are_of(pair, old, new)}
    same = sum(people for (one, other), people in met.items() if old[one].classes == new[other].classes)
    both = sum(met.values())
    before_people, after_people = (sum(one.people for one in side.values()) for side in sides)
    return People(
        added=after_people - both,
        gone=before_people - both,
        changed=both - same,
        same=same,
        classes=_moved(old, new, met),
    )


def as_json(comparison: Comparison, people: People | None) -> dict[str, object]:
    """For programs."""
    return {
        "before": comparison.before.id,
        "after": comparison.after.id,
        "people": {name: getattr(people, name) for name in _OF_PEOPLE} if people else None,
        "moved": msgspec.to_builtins(people.classes) if people else None,
        "counts": _pairs(comparison.counts),
        "classes": _pairs(comparison.classes),
        "facts": list(comparison.facts),
        "files_added": list(comparison.files_added),
        "files_gone": list(comparison.files_gone),
    }


def _counts(before: Tally, after: Tally) -> dict[str, Change]:
    counts = {name: Change(getattr(before, name), getattr(after, name)) for name in COUNTS}
    rejected = _changes(before.rejected, after.rejected)
    return counts | {f"rejected: {why}": change for why, change in sorted(rejected.items())}


def _moved(
    old: Mapping[FieldSetId, FieldSet],
    new: Mapping[FieldSetId, FieldSet],
    met: Mapping[tuple[FieldSetId, FieldSetId], int],
) -> dict[str, Moved]:
    """By class: all that have it in one load, less those that have it in both."""
    kept, before, after = Counter[str](), _carriers(old), _carriers(new)
    for (one, other), people in met.items():
        kept.update(dict.fromkeys(old[one].classes & new[other].classes, people))
    return {
        name: Moved(after[name] - kept[name], before[name] - kept[name]) for name in dict.fromkeys([*before, *after])
    }


def _carriers(field_sets: Mapping[FieldSetId, FieldSet]) -> Counter[str]:
    carriers = Counter[str]()
    for one in field_sets.values():
        carriers.update(dict.fromkeys(one.classes, one.people))
    return carriers


def _changes(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, Change]:
    return {name: Change(before.get(name, 0), after.get(name, 0)) for name in dict.fromkeys([*before, *after])}


def _files(of: Tally, but: Tally) -> tuple[str, ...]:
    known = {one.sha256 for one in but.files}
    return tuple(dict.fromkeys(one.name for one in of.files if one.outcome == "read" and one.sha256 not in known))


def _are_of(
    pair: tuple[FieldSetId, FieldSetId], old: Mapping[FieldSetId, FieldSet], new: Mapping[FieldSetId, FieldSet]
) -> bool:
    return pair[0] in old and pair[1] in new


def _pairs(changes: Mapping[str, Change]) -> dict[str, dict[str, int]]:
    return {name: {"before": one.before, "after": one.after} for name, one in changes.items()}
