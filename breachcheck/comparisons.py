"""Comparisons: what a load would change in place of the one that it would replace, in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from breachcheck.breaches import Facts
from breachcheck.errors import UnknownLoad
from breachcheck.index import FieldSetId, Index
from breachcheck.loads import FieldSet, Load, Loads, Tally

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
class People:
    """Of two loads, how many people are in the second alone, in the first alone, in both with other classes or not."""

    added: int
    gone: int
    changed: int
    same: int


def compare(before: Load, after: Load) -> Comparison:
    """What the two loads said and counted; asks nothing of the index."""
    return Comparison(
        before=before,
        after=after,
        counts=_counts(before.tally, after.tally),
        classes=_changes(before.tally.coverage, after.tally.coverage),
        facts=tuple(name for name in Facts.__struct_fields__ if _said(before, name) != _said(after, name)),
        files_added=_files(after.tally, before.tally),
        files_gone=_files(before.tally, after.tally),
    )


def compare_people(before: Load, after: Load, loads: Loads, index: Index) -> People:
    """The same of their people, exactly, from the whole index. Raises UnknownLoad where one has no rows any more."""
    for load in (before, after):
        if load.state != "complete":
            raise UnknownLoad(f"Load {load.id} is {load.state}: its people cannot be compared with anyone.")
    sides = [{one.id: one for one in loads.field_sets_of(load.id) if not one.via_alias} for load in (before, after)]
    old, new = sides
    met = {pair: people for pair, people in index.meetings(list(old), list(new)).items() if _are_of(pair, old, new)}
    same = sum(people for (one, other), people in met.items() if old[one].classes == new[other].classes)
    both = sum(met.values())
    before_people, after_people = (sum(one.people for one in side.values()) for side in sides)
    return People(added=after_people - both, gone=before_people - both, changed=both - same, same=same)


def as_json(comparison: Comparison, people: People | None) -> dict[str, object]:
    """For programs."""
    return {
        "before": comparison.before.id,
        "after": comparison.after.id,
        "people": msgspec.to_builtins(people) if people else None,
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


def _changes(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, Change]:
    return {name: Change(before.get(name, 0), after.get(name, 0)) for name in dict.fromkeys([*before, *after])}


def _said(load: Load, name: str) -> object:
    return getattr(load.facts, name)


def _files(of: Tally, but: Tally) -> tuple[str, ...]:
    known = {one.sha256 for one in but.files}
    return tuple(dict.fromkeys(one.name for one in of.files if one.outcome == "read" and one.sha256 not in known))


def _are_of(
    pair: tuple[FieldSetId, FieldSetId], old: Mapping[FieldSetId, FieldSet], new: Mapping[FieldSetId, FieldSet]
) -> bool:
    return pair[0] in old and pair[1] in new


def _pairs(changes: Mapping[str, Change]) -> dict[str, dict[str, int]]:
    return {name: {"before": one.before, "after": one.after} for name, one in changes.items()}
