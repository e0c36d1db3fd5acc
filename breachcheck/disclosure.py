"""Disclosure: who may be told what. One rule, asked at every door."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from breachcheck import data_classes
from breachcheck.addresses import Domain
from breachcheck.answers import Exposure, Records, by_weight
from breachcheck.catalog import Breach
from breachcheck.config import Disclosure
from breachcheck.digests import Digest, Kind
from breachcheck.domains import NOTHING_PROVED, ProvedDomains
from breachcheck.field_sets import FieldSet
from breachcheck.suppressions import Level, Suppressed


class Role(StrEnum):
    """In which part someone asks."""

    PUBLIC = "public"
    OWNER = "owner"
    KEY = "key"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. *sees_aliases*: may be told of records under another spelling of the address.

    *is_proved*: has proved that the very address asked about is theirs. *scopes* and *domains*: what the key opens, and
    what its holder proved. *sees_sensitive*: what is asked lies within both.
    """

    role: Role
    sees_aliases: bool
    is_proved: bool = False
    scopes: frozenset[str] = frozenset()
    domains: ProvedDomains = NOTHING_PROVED
    sees_sensitive: bool = False

    @property
    def is_trusted(self) -> bool:
        """May see the classes that are for the owner alone."""
        return self.role in (Role.OWNER, Role.OPERATOR)


PUBLIC = Viewer(Role.PUBLIC, sees_aliases=False)
OWNER = Viewer(Role.OWNER, sees_aliases=True, is_proved=True)
ANY_OWNER = Viewer(Role.OWNER, sees_aliases=True)
"""Whoever tries out what owners would see: not told what opt-outs keep for the owner."""

KEY = Viewer(Role.KEY, sees_aliases=True)
KEY_SEEING_SENSITIVE = Viewer(Role.KEY, sees_aliases=True, sees_sensitive=True)
KEY_WITHOUT_ALIASES = Viewer(Role.KEY, sees_aliases=False)
OPERATOR = Viewer(Role.OPERATOR, sees_aliases=True)

SENSITIVE = "lookup:sensitive"
"""The scope with which a key is told of sensitive breaches, of people at domains that its holder proved."""

FEWEST = 5
"""Fewer people than that are not counted out: their number could say something about one of them."""

STRICTNESS: dict[Disclosure, int] = {"open": 0, "owner": 1, "closed": 2}


def about_people_of(viewer: Viewer, domain: Domain) -> Viewer:
    """*viewer*, for a question about people of *domain* and nobody else."""
    return replace(viewer, sees_sensitive=SENSITIVE in viewer.scopes and viewer.domains.covers(domain))


def may_ask_by(viewer: Viewer, kind: Kind) -> bool:
    """Whether *viewer* may ask by this kind of identifier: all but e-mail addresses need a key."""
    return kind is Kind.EMAIL or viewer.role in (Role.KEY, Role.OPERATOR)


def may_be_told(viewer: Viewer, breach: Breach, site: Disclosure) -> bool:
    """Whether *viewer* may learn that anyone is in *breach*. Never depends on the account."""
    facts = breach.facts
    rule = max(site, facts.disclosure, key=STRICTNESS.__getitem__)
    match viewer.role:
        case Role.OPERATOR:
            return True
        case Role.OWNER:
            return not facts.is_retired and rule != "closed"
        case Role.KEY:
            return not facts.is_retired and (viewer.sees_sensitive or not facts.is_sensitive)
        case Role.PUBLIC:
            return not facts.is_retired and not facts.is_sensitive and rule == "open"


def may_be_shown(viewer: Viewer, suppressed: Suppressed, digest: Digest, base: Digest | None) -> bool:
    """Whether opt-outs let *viewer* see anything of the address *digest*, whose *base* is that without its plus tag.

    Of one that is hidden, its proved owner alone; of one that is forgotten, nobody. For every door that knows people.
    """
    levels = [level for one in (digest, base) if one is not None and (level := suppressed.get(one))]
    return all(viewer.is_proved and level is Level.HIDE for level in levels)


def disclose(viewer: Viewer, breach: Breach, field_sets: Iterable[FieldSet]) -> Exposure | None:
    """What *viewer* is shown of a person who occurs in *breach* with *field_sets*; None where that is nothing.

    A direct record stands alone; only without one do records under an alias count, which prove nothing absent.
    """
    return _disclosed(viewer, breach, frozenset(field_sets))


def records_shown(exposure: Exposure, counted: Mapping[FieldSet, int]) -> Records:
    """Of the records *counted* of one organisation in one breach, what whoever is shown *exposure* may know."""
    if exposure.breach.tally.organisations is None:
        return Records(None, ())
    private = frozenset(exposure.owner_only)
    numbers: Counter[tuple[str, ...]] = Counter()
    for field_set, number in counted.items():
        numbers[by_weight(field_set.classes - private)] += number
    return Records(numbers.total(), tuple(numbers.most_common()))


@lru_cache(maxsize=4096)
def _disclosed(viewer: Viewer, breach: Breach, every: frozenset[FieldSet]) -> Exposure | None:
    direct = [one.classes for one in every if not one.via_alias]
    alias = [one.classes for one in every if one.via_alias]
    if not direct and not (alias and viewer.sees_aliases):
        return None
    leaked = frozenset[str]().union(*(direct or alias))
    could_show = breach.mapped & breach.data_classes if direct else frozenset[str]()
    private = frozenset() if viewer.is_trusted else owner_only(breach)
    return Exposure(
        breach=breach,
        leaked=by_weight(leaked - private),
        not_leaked=by_weight(could_show - leaked - private),
        unknown=by_weight(breach.data_classes - leaked - could_show - private),
        owner_only=by_weight(private),
        not_exposed=by_weight(breach.not_exposed),
        via_alias=not direct,
    )


def is_few(people: int) -> bool:
    """Whether there are some people, and so few that their number is not told."""
    return 0 < people < FEWEST


def at_least_fewest(people: int) -> int | None:
    """*people*, or None where they are few."""
    return None if is_few(people) else people


def people_json(people: int | None) -> dict[str, int | None]:
    """For programs: how many people there are, or that they are few. None is not known."""
    if people is None or not is_few(people):
        return {"people": people, "fewer_than": None}
    return {"people": None, "fewer_than": FEWEST}


def owner_only(breach: Breach) -> frozenset[str]:
    """Told for the whole breach, so that it says nothing about one person: also what is private only beside others."""
    alone = frozenset(name for name in breach.data_classes if data_classes.is_owner_only(name))
    return alone | data_classes.makes_owner_only(breach.data_classes)
