"""Domain reports: what may be told of a whole domain to who has proved it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from breachcheck.addresses import Address, Domain
from breachcheck.answers import Checked
from breachcheck.catalog import Breach
from breachcheck.config import Disclosure
from breachcheck.data_classes import heaviest_first
from breachcheck.disclosure import FEWEST, Viewer, at_least_fewest, disclose, is_few, may_be_told
from breachcheck.domain_lookup import AccountsAnswer, DomainAnswer, DomainLookup
from breachcheck.errors import NothingToAsk
from breachcheck.field_sets import FieldSet
from breachcheck.index import FieldSetId
from breachcheck.loads import Loads


@dataclass(frozen=True, slots=True)
class ReportedAccount:
    """One person by name, where the load sealed them. *leaked*: without what is for the owner alone."""

    address: Address
    leaked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportedExposure:
    """What one breach holds of a domain. Numbers are None where they are below FEWEST; then there are no *classes*.

    *accounts*: everyone, by address; None where the load sealed nobody of the domain.
    """

    breach: Breach
    people: int | None
    classes: tuple[tuple[str, int | None], ...]
    owner_only: tuple[str, ...]
    accounts: tuple[ReportedAccount, ...] | None


@dataclass(frozen=True, slots=True)
class DomainReport:
    """Every breach that the viewer may be told of was asked, but for *not_counted*, loaded before domains were."""

    checked: Checked
    exposures: tuple[ReportedExposure, ...]
    not_counted: tuple[Breach, ...]

    @property
    def unnamed(self) -> tuple[Breach, ...]:
        """Breaches that hold, or may hold, people of the domain without their names."""
        return (*(one.breach for one in self.exposures if one.accounts is None), *self.not_counted)


class DomainReports:
    """Made of exact numbers by the one rule of who may be told what. That the viewer proved the domain is given."""

    def __init__(self, domain_lookup: DomainLookup, loads: Loads, *, site: Disclosure) -> None:
        self._domain_lookup = domain_lookup
        self._loads = loads
        self._site: Disclosure = site

    def report(self, domain: Domain, viewer: Viewer) -> DomainReport:
        """Raises NothingToAsk, and other kinds of CouldNotCheck."""
        answer, accounts = self._domain_lookup.all_of(domain)
        told = [one for one in answer.asked if may_be_told(viewer, one, self._site)]
        not_counted = tuple(one for one in answer.not_counted if one in told)
        asked = [one for one in told if one not in not_counted]
        if not told:
            raise NothingToAsk("None of the breaches here can be asked about a domain.")
        exposures = (self._exposure(one, domain, viewer, answer, accounts) for one in asked)
        return DomainReport(
            checked=Checked(len(asked), answer.as_of, max(one.added_at for one in told)),
            exposures=tuple(one for one in exposures if one),
            not_counted=not_counted,
        )

    def _exposure(
        self, breach: Breach, domain: Domain, viewer: Viewer, answer: DomainAnswer, accounts: AccountsAnswer
    ) -> ReportedExposure | None:
        """Where people are sealed, only those who did not opt out are there, and nobody can tell from the numbers."""
        named = None
        by_classes = Counter[frozenset[str]]()
        if domain in self._loads.get(breach.load_id).tally.sealed:
            found = [one for one in accounts.exposures if one.breach == breach]
            by_classes.update(one.leaked for one in found)
            named = tuple(ReportedAccount(one.address, _seen(viewer, breach, one.leaked)) for one in found)
        else:
            for exposure in answer.exposures:
                if exposure.breach == breach:
                    by_classes.update(dict(exposure.by_classes))
        return _reported(viewer, breach, by_classes, named)


def numbers_json(one: ReportedExposure) -> dict[str, Any]:
    """For programs: all but who it is."""
    return {
        "breach": {"name": one.breach.name, "title": one.breach.title},
        **_number_json(one.people),
        "classes": [{"name": name, **_number_json(people)} for name, people in one.classes],
        "owner_only": one.owner_only,
    }


def _number_json(people: int | None) -> dict[str, int | None]:
    return {"people": people, "fewer_than": FEWEST if people is None else None}


def _reported(
    viewer: Viewer, breach: Breach, by_classes: Counter[frozenset[str]], named: tuple[ReportedAccount, ...] | None
) -> ReportedExposure | None:
    people = by_classes.total()
    if not people:
        return None
    per_class = Counter[str]()
    for classes, number in by_classes.items():
        per_class.update(dict.fromkeys(_seen(viewer, breach, classes), number))
    return ReportedExposure(
        breach=breach,
        people=at_least_fewest(people),
        classes=() if is_few(people) else _counted(per_class),
        owner_only=_owner_only(viewer, breach),
        accounts=named,
    )


def _counted(per_class: Counter[str]) -> tuple[tuple[str, int | None], ...]:
    return tuple((name, at_least_fewest(per_class[name])) for name in heaviest_first(frozenset(per_class)))


def _seen(viewer: Viewer, breach: Breach, classes: Iterable[str]) -> tuple[str, ...]:
    """Of what leaked of someone, what *viewer* may be told."""
    private = frozenset(_owner_only(viewer, breach))
    return heaviest_first(frozenset(classes) - private)


def _owner_only(viewer: Viewer, breach: Breach) -> tuple[str, ...]:
    anyone = FieldSet(FieldSetId(0), breach.data_classes, via_alias=False, people=1)
    exposure = disclose(viewer, breach, [anyone])
    return exposure.owner_only if exposure else ()
