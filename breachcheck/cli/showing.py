"""``breachcheck breaches show``: what is said of one breach, its loads and its history; and how it stands, in short."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from breachcheck.answers import timestamp
from breachcheck.breaches import BreachRow, LoadId, differences
from breachcheck.cli import tallying
from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.numbers import NUMBER
from breachcheck.cli.output import aligned
from breachcheck.loads import Correction, Load
from breachcheck.reviews import Review
from breachcheck.services import Services, opened


@click.command()
@data_option
@json_option
@click.argument("name")
@click.option("--manifest", "load_id", type=NUMBER, help="Print the manifest of this load, word for word.")
def show(data: Path | None, as_json: bool, name: str, load_id: int | None) -> None:
    """One breach: what is said about it, its loads and its history."""
    with opened(data) as services:
        row = services.breaches.get(name)
        if load_id is not None:
            manifest = services.loads.manifest_of(services.publishing.load_of(row.name, LoadId(load_id)))
            click.echo(manifest, nl=False)
            return
        facts = summary(services, row)
        loads = [_load(services, load, row) for load in services.loads.of_breach(row.id)]
        history = [
            {"at": timestamp(one.switched_at), "load": one.load_id, "by": one.switched_by, "reason": one.reason}
            for one in services.breaches.history(row.id)
        ]
    if as_json:
        click.echo(json.dumps(facts | {"loads": loads, "history": history}))
    else:
        click.echo("\n\n".join(_in_words(facts, loads, history)))


def _in_words(
    facts: dict[str, Any], loads: Sequence[dict[str, Any]], history: Sequence[dict[str, Any]]
) -> Iterator[str]:
    yield "\n".join(f"{key.replace('_', ' '):<12} {'-' if value is None else value}" for key, value in facts.items())
    shown = ("id", "state", "current", "started_at", "loaded_by", "people")
    yield "Loads\n" + aligned([{key: load[key] for key in shown} for load in loads], "none")
    yield "History\n" + aligned(history, "never published")
    for heading, name in (("Corrections", "corrections"), ("Warnings", "reviews")):
        if rows := [{"load": load["id"]} | one for load in loads for one in load[name]]:
            yield f"{heading}\n{aligned(rows, 'none')}"


def summary(services: Services, row: BreachRow) -> dict[str, Any]:
    """How the breach stands, for a table or a program."""
    loads = services.loads.of_breach(row.id)
    current = next((load for load in loads if load.id == row.current_load), None)
    once_shown = {switch.load_id for switch in services.breaches.history(row.id)}
    held = sum(load.state == "complete" and load.id not in once_shown for load in loads)
    shown = current or (loads[0] if loads else None)
    return {
        "name": row.name,
        "title": shown.facts.title if shown else row.name,
        "state": _state(row, current, held),
        "people": current.tally.people if current else 0,
        "current_load": row.current_load,
        "held_loads": held,
        "added_at": timestamp(row.added_at) if row.added_at else None,
    }


def _state(row: BreachRow, current: Load | None, held: int) -> str:
    """What was shown to everyone is withdrawn, whatever is held of it besides."""
    if current:
        return "listed" if current.contents.is_listed else "published"
    if row.added_at:
        return "withdrawn"
    return "held" if held else "not loaded"


def _load(services: Services, load: Load, row: BreachRow) -> dict[str, Any]:
    return {
        "id": load.id,
        "state": load.state,
        "current": load.id == row.current_load,
        "started_at": timestamp(load.started_at),
        "ended_at": timestamp(load.ended_at) if load.ended_at else None,
        "loaded_by": load.loaded_by,
        "program": load.program,
        "people": load.tally.people,
        "part": str(load.tally.part) if load.tally.part else None,
        "failure": load.failure,
        "manifest_sha256": load.manifest_sha256,
        "reviews": _reviews(services, load),
        "corrections": [_correction(one) for one in services.loads.corrections_of(load.id)],
        "tally": tallying.as_json(load.tally),
    }


def _reviews(services: Services, load: Load) -> list[dict[str, Any]]:
    """Each warning of the load, and what came of it."""
    reviews = services.reviews.of_load(load.id)
    none = Review("", None, None)
    return [_review(one.id, reviews.get(one.id, none), one.id in reviews) for one in load.tally.warnings]


def _review(warning: str, review: Review, is_asked: bool) -> dict[str, Any]:
    accepted_at = None if review.accepted_at is None else timestamp(review.accepted_at)
    waits = is_asked and accepted_at is None
    return {"warning": warning, "waits": waits, "accepted_by": review.accepted_by, "accepted_at": accepted_at}


def _correction(one: Correction) -> dict[str, Any]:
    return {
        "at": timestamp(one.corrected_at),
        "by": one.corrected_by,
        "said_otherwise": differences(one.before, one.facts),
    }
