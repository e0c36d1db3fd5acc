"""Warning signs: what of a load somebody should look at before everyone can see it, told by all that was counted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from breachcheck.breaches import Facts, LoadId
from breachcheck.data_classes import heaviest_first
from breachcheck.load_warnings import LoadWarning, naming
from breachcheck.tallies import FileTally, Tally
from ingest.archives.members import NO_MATTER
from ingest.column_signs import Sign

FEWEST = 5
"""Of fewer people no share says anything."""

MANY_ON_ONE_DOMAIN = 0.5
MANY_REJECTED = 0.1
FAR = 0.2
"""The share of what was expected by which a number of people may be off."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is known of a load once it is written. *one_domain*: how many people have the commonest of those domains
    that are no mail provider's, which is called *domain* where that is known. *before*: the load that it replaces.
    """

    facts: Facts
    tally: Tally
    mapped: Sequence[str]
    signs: Sequence[Sign]
    one_domain: int = 0
    domain: str = ""
    before: tuple[LoadId, int] | None = None


def warnings_of(counted: Counted) -> tuple[LoadWarning, ...]:
    """What there is to look at, the gravest first; no id occurs twice."""
    return (
        *_denied(counted),
        *_of_columns(counted.signs),
        *_nobody_has(counted),
        *_of_people(counted),
        *_of_records(counted.tally),
    )


def _denied(counted: Counted) -> Iterator[LoadWarning]:
    denied = counted.facts.not_exposed
    if found := heaviest_first(set(denied.classes if denied else ()) & counted.tally.coverage.keys()):
        yield naming("denied", found)


def _of_columns(signs: Sequence[Sign]) -> Iterator[LoadWarning]:
    by_warning: dict[str, dict[str, None]] = {}
    for sign in signs:
        by_warning.setdefault(sign.warning, {})[sign.column] = None
    for id in ("password-column", "not-mapped", "address-not-read", "future-dates"):
        if names := [*by_warning.get(id, ())]:
            yield naming(id, names)


def _nobody_has(counted: Counted) -> Iterator[LoadWarning]:
    if names := heaviest_first(set(counted.mapped) - counted.tally.coverage.keys()):
        yield naming("nobody-has", names)


def _of_people(counted: Counted) -> Iterator[LoadWarning]:
    people = counted.tally.people
    if people >= FEWEST and counted.one_domain >= MANY_ON_ONE_DOMAIN * people:
        named = {"domain": counted.domain} if counted.domain else {}
        yield LoadWarning("one-domain", {"most": counted.one_domain, "people": people, **named})
    if counted.tally.part:
        return
    yield from _off(counted, people)


def _off(counted: Counted, people: int) -> Iterator[LoadWarning]:
    """Where there are far fewer people than there should be, or far more. Of a copy in part nobody expects all."""
    affected, is_part = counted.facts.affected, counted.facts.copy == "partial"
    if affected is not None and (people > (1 + FAR) * affected or (people < (1 - FAR) * affected and not is_part)):
        yield LoadWarning("affected", {"people": people, "affected": affected})
    if counted.before and people < (1 - FAR) * counted.before[1]:
        load_id, before = counted.before
        yield LoadWarning("fewer-people", {"people": people, "before": before, "load": int(load_id)})


def _of_records(tally: Tally) -> Iterator[LoadWarning]:
    if names := _files_of_nobody(tally.files):
        yield naming("nobody-in-file", names)
    counted = tally.without_left_out()
    rejected = sum(counted.rejected.values())
    if not tally.part and rejected > MANY_REJECTED * counted.read:
        yield LoadWarning("many-rejected", {"rejected": rejected, "read": counted.read})


def _files_of_nobody(files: Sequence[FileTally]) -> list[str]:
    """Files, not tables or sheets of one, that no indexed record comes from, each with why where that is told.

    In folders, and in what operating systems leave in archives, nobody expects people.
    """
    why: dict[str, str] = {}
    indexed: dict[str, int] = {}
    for one in files:
        if one.why in NO_MATTER:
            continue
        name = one.name.partition("#")[0]
        indexed[name] = indexed.get(name, 0) + one.indexed
        why.setdefault(name, _why(one))
    return [f"{name} ({why[name]})" if why[name] else name for name, records in indexed.items() if not records]


def _why(one: FileTally) -> str:
    reasons: Mapping[str, int] = one.rejected
    return one.why or max(reasons, key=reasons.__getitem__, default="")
