"""The breach model of /api/v1: what is published of a breach, and, of one alone, how well it is known."""

from collections.abc import Sequence
from typing import Any

from breachcheck.answers import timestamp
from breachcheck.breaches import differences
from breachcheck.catalog import Breach
from breachcheck.data_classes import heaviest_first
from breachcheck.disclosure import people_json
from breachcheck.loads import Correction, Load
from breachcheck.tallies import FileTally

Model = dict[str, Any]


def in_the_list(breach: Breach) -> Model:
    """What stands in the list of all."""
    facts = breach.facts
    return {
        "name": breach.name,
        "title": breach.title,
        "domain": facts.domain,
        "breach_date": facts.breach_date.isoformat(),
        "disclosed_date": facts.disclosed_date.isoformat() if facts.disclosed_date else None,
        "added_at": timestamp(breach.added_at),
        "modified_at": timestamp(breach.modified_at),
        "listed_only": breach.is_listed,
        "affected": facts.affected,
        "people": breach.people,
        "description": facts.description,
        "disclosure_url": facts.disclosure_url,
        "attribution": facts.attribution,
        "held_by": facts.held_by,
        "on_behalf_of": facts.on_behalf_of,
        "who": facts.who,
        "data_classes": heaviest_first(breach.data_classes),
        "not_exposed": heaviest_first(breach.not_exposed),
        "not_exposed_also": facts.not_exposed.also if facts.not_exposed else (),
        "is_verified": facts.is_verified,
        "is_fabricated": facts.is_fabricated,
        "is_sensitive": facts.is_sensitive,
        "is_retired": facts.is_retired,
        "is_spam_list": facts.is_spam_list,
        "is_malware": facts.is_malware,
        "is_subscription_free": facts.is_subscription_free,
        "is_stealer_log": facts.is_stealer_log,
    }


def alone(breach: Breach, load: Load, corrections: Sequence[Correction]) -> Model:
    """The same, with where it comes from, what was counted and what was corrected."""
    return in_the_list(breach) | {
        "kinds": sorted(breach.kinds),
        "coverage": [_coverage(breach, name) for name in heaviest_first(breach.data_classes)],
        "tally": None if breach.is_listed else _tally(breach),
        "provenance": _provenance(breach, load),
        "corrections": [_correction(one) for one in reversed(corrections)],
    }


def _coverage(breach: Breach, name: str) -> Model:
    people = breach.people_with(name)
    return {
        "data_class": name,
        "can_show": people is not None,
        **people_json(people),
        "note": breach.facts.class_notes.get(name, ""),
    }


def _tally(breach: Breach) -> Model:
    tally = breach.tally
    return {
        "read": tally.read,
        "indexed": tally.indexed,
        "duplicates": tally.duplicates,
        "rejected": tally.rejected,
        "people": tally.people,
        "aliases": tally.aliases,
        "domains": tally.domains,
        "organisations": tally.organisations,
    }


def _provenance(breach: Breach, load: Load) -> Model:
    return {
        "loaded_at": timestamp(breach.loaded_at),
        "program": load.program,
        "manifest_sha256": load.manifest_sha256,
        "copy": breach.facts.copy,
        "part": str(breach.tally.part) if breach.tally.part else None,
        "files": [_file(one) for one in breach.tally.files],
    }


def _file(file: FileTally) -> Model:
    return {
        "name": file.name,
        "outcome": file.outcome,
        "sha256": file.sha256,
        "bytes": file.bytes,
        "format": file.format,
        "read": file.read,
        "indexed": file.indexed,
        "rejected": file.rejected,
    }


def _correction(correction: Correction) -> Model:
    """Which facts changed; who changed them is the operator's own."""
    changed = differences(correction.before, correction.facts)
    return {"corrected_at": timestamp(correction.corrected_at), "changed": changed}
