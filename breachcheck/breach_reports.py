"""Breach reports: what an authority's form asks of one breach, as far as a store can know it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from breachcheck import data_classes
from breachcheck.answers import timestamp
from breachcheck.breaches import Breaches, BreachRow, Facts, LoadId, NotExposed, differences
from breachcheck.disclosure import FEWEST, people_json
from breachcheck.errors import UnknownLoad
from breachcheck.field_sets import FieldSet, FieldSets
from breachcheck.loads import Correction, Load, Loads
from breachcheck.notifications import Notifications, Telling
from breachcheck.outbox import MailId
from breachcheck.tallies import FileTally, Tally


@dataclass(frozen=True, slots=True)
class Moments:
    """Epoch seconds; None for what never happened. *published_at* and *withdrawn_at* are the latest of this load."""

    loaded_at: int | None
    first_published_at: int | None
    published_at: int | None
    withdrawn_at: int | None


@dataclass(frozen=True, slots=True)
class BreachReport:
    """One breach as one of its loads has it. *told*: how many subscribers of this site know of it as it is told now.

    *tally* is what everyone may be told; *field_sets* are of people, the commonest first, without aliases.
    """

    facts: Facts
    load: Load
    is_published: bool
    tally: Tally
    field_sets: tuple[FieldSet, ...]
    moments: Moments
    corrections: tuple[Correction, ...]
    told: int
    only_written: int
    tellings: tuple[Telling, ...]

    @property
    def unknown(self) -> tuple[str, ...]:
        """Classes that the discloser named and that no file of the load could have shown."""
        return data_classes.heaviest_first(set(self.facts.disclosed_classes) - set(self.load.contents.mapped))

    @property
    def denied(self) -> NotExposed:
        """What the discloser said was not in it, less what people have all the same."""
        said = self.facts.not_exposed or NotExposed()
        classes = tuple(name for name in said.classes if name not in self.tally.coverage)
        return NotExposed(classes=classes, also=said.also, source=said.source)

    @property
    def rare(self) -> tuple[FieldSet, ...]:
        """Combinations that so few people have that nothing but their number is told."""
        return tuple(one for one in self.field_sets if one.people < FEWEST)

    @property
    def common(self) -> tuple[FieldSet, ...]:
        return tuple(one for one in self.field_sets if one.people >= FEWEST)

    def severity_of(self, one: FieldSet) -> int:
        return data_classes.severity(one.classes, self.load.contents.password_storage)


def report_of(
    row: BreachRow,
    load_id: LoadId | None,
    *,
    breaches: Breaches,
    loads: Loads,
    field_sets: FieldSets,
    notifications: Notifications,
    written: Collection[MailId] = (),
) -> BreachReport:
    """The report of *load_id*, or of the load that is published, or was last, or else of the newest whole one.

    *written*: mails that nobody got. Raises UnknownLoad where there is none.
    """
    load = _chosen(row, load_id, breaches, loads)
    found = [one for one in field_sets.of_load(load.id) if one.people and not one.via_alias]
    noted = [one for one in notifications.of_breach(row.id) if one.told_at is not None]
    told = {one.subscriber_id for one in noted if one.mail_id not in written}
    return BreachReport(
        facts=load.facts,
        load=load,
        is_published=row.current_load == load.id,
        tally=load.tally.without_left_out(),
        field_sets=tuple(sorted(found, key=lambda one: -one.people)),
        moments=_moments(row, load, breaches),
        corrections=tuple(loads.corrections_of(load.id)),
        told=len(told),
        only_written=len({one.subscriber_id for one in noted} - told),
        tellings=tuple(one for one in notifications.tellings() if one.breach_id == row.id),
    )


def as_json(report: BreachReport) -> dict[str, Any]:
    """For programs."""
    return {
        "breach": _breach(report.facts),
        "not_in_it": _denied(report),
        "dates": _dates(report),
        "numbers": _numbers(report.facts, report.tally),
        "classes": [_class(name, report.tally) for name in data_classes.heaviest_first(report.tally.coverage)],
        "not_known": list(report.unknown),
        "field_sets": [_field_set(report, one) for one in report.common],
        "rare_field_sets": len(report.rare),
        "provenance": _provenance(report),
        "told": {
            "subscribers": report.told,
            "only_written": report.only_written,
            "tellings": [_telling(one) for one in report.tellings],
        },
    }


def _chosen(row: BreachRow, load_id: LoadId | None, breaches: Breaches, loads: Loads) -> Load:
    of_breach = {load.id: load for load in loads.of_breach(row.id)}
    shown = [switch.load_id for switch in breaches.history(row.id)]
    whole = [load.id for load in of_breach.values() if load.state == "complete"]
    candidates: Sequence[LoadId | None] = [load_id] if load_id is not None else [row.current_load, *shown, *whole]
    for one in candidates:
        if one in of_breach and of_breach[one].state in ("complete", "pruned"):
            return of_breach[one]
    raise UnknownLoad(f"{row.name} has no such load; `breachcheck breaches show {row.name}` lists those it has.")


def _moments(row: BreachRow, load: Load, breaches: Breaches) -> Moments:
    history = breaches.history(row.id)
    published = next((switch.switched_at for switch in history if switch.load_id == load.id), None)
    is_withdrawn = bool(history) and history[0].load_id is None
    return Moments(
        loaded_at=load.ended_at,
        first_published_at=row.added_at,
        published_at=published,
        withdrawn_at=history[0].switched_at if is_withdrawn else None,
    )


def _breach(facts: Facts) -> dict[str, Any]:
    return {
        "name": facts.name,
        "title": facts.title,
        "domain": facts.domain or None,
        "held_by": facts.held_by,
        "on_behalf_of": facts.on_behalf_of,
        "who": facts.who,
        "description": facts.description,
        "disclosure_url": facts.disclosure_url,
        "is_sensitive": facts.is_sensitive,
    }


def _denied(report: BreachReport) -> dict[str, Any]:
    denied = report.denied
    says = (report.facts.on_behalf_of or report.facts.held_by) if denied.classes or denied.also else None
    return {"classes": list(denied.classes), "also": list(denied.also), "says": says, "source": denied.source}


def _dates(report: BreachReport) -> dict[str, Any]:
    moments, disclosed = report.moments, report.facts.disclosed_date
    return {
        "breach": report.facts.breach_date.isoformat(),
        "disclosed": disclosed.isoformat() if disclosed else None,
        "loaded": _moment(moments.loaded_at),
        "first_published": _moment(moments.first_published_at),
        "published": _moment(moments.published_at),
        "withdrawn": _moment(moments.withdrawn_at),
    }


def _numbers(facts: Facts, tally: Tally) -> dict[str, Any]:
    return {
        "people": tally.people,
        "affected_as_disclosed": facts.affected,
        "records": tally.read,
        "records_of_a_person": tally.indexed + tally.duplicates,
        "records_left_out": dict(tally.rejected),
        "copy": facts.copy,
        "part": str(tally.part) if tally.part else None,
    }


def _class(name: str, tally: Tally) -> dict[str, Any]:
    return {
        "data_class": name,
        **people_json(tally.coverage[name]),
        "level": data_classes.level(data_classes.get(name).weight),
    }


def _field_set(report: BreachReport, one: FieldSet) -> dict[str, Any]:
    severity = report.severity_of(one)
    classes = list(data_classes.heaviest_first(one.classes))
    return {"classes": classes, "people": one.people, "severity": severity, "level": data_classes.level(severity)}


def _provenance(report: BreachReport) -> dict[str, Any]:
    load = report.load
    return {
        "load": load.id,
        "is_published": report.is_published,
        "program": load.program,
        "manifest_sha256": load.manifest_sha256,
        "files": [_file(one) for one in report.tally.files],
        "corrections": [
            {"at": _moment(one.corrected_at), "said_otherwise": differences(one.before, one.facts)}
            for one in report.corrections
        ],
    }


def _file(one: FileTally) -> Mapping[str, Any]:
    return {
        "name": one.name,
        "outcome": one.outcome,
        "why": one.why,
        "sha256": one.sha256,
        "bytes": one.bytes,
        "records": one.read,
    }


def _telling(one: Telling) -> Mapping[str, Any]:
    return {"begun": _moment(one.begun_at), "is_correction": one.is_correction}


def _moment(epoch_s: int | None) -> str | None:
    return None if epoch_s is None else timestamp(epoch_s)
