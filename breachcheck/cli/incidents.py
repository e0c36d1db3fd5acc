"""``breachcheck incidents``: what visitors are told of trouble with the site."""

import json
import time
from collections.abc import Sequence
from pathlib import Path

import click

from breachcheck.answers import timestamp
from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.numbers import NUMBER
from breachcheck.cli.output import aligned, who
from breachcheck.health.incidents import STATES, Incident, IncidentId, State
from breachcheck.health.incidents import as_json as facts_of
from breachcheck.services import opened

NOT_RESOLVED = STATES[:-1]
RECENT_S = 14 * 24 * 3600


@click.group(short_help="Tell everybody, on /status, of trouble with the site.")
def incidents() -> None:
    """Tell everybody, on /status, of trouble with the site: that you look into it, what it is, that it is over."""


@incidents.command("open", short_help="Say that there is trouble.")
@data_option
@json_option
@click.argument("title")
@click.option("--text", required=True, help="What visitors notice, and what you do about it. Plain text.")
@click.option("--state", type=click.Choice(NOT_RESOLVED), default=NOT_RESOLVED[0], show_default=True)
def open_one(data: Path | None, as_json: bool, title: str, text: str, state: State) -> None:
    """Say that there is trouble; every page leads to /status until it is resolved."""
    with opened(data) as services:
        _show(services.incidents.open(title, text, state=state, by=who(), at=_now()), as_json=as_json)


@incidents.command()
@data_option
@json_option
@click.argument("incident", type=NUMBER)
@click.option("--state", type=click.Choice(NOT_RESOLVED), required=True)
@click.option("--text", required=True, help="What is new. Plain text.")
def update(data: Path | None, as_json: bool, incident: int, state: State, text: str) -> None:
    """Say how INCIDENT, a number, goes on."""
    with opened(data) as services:
        found = services.incidents.update(IncidentId(incident), state, text, by=who(), at=_now())
    _show(found, as_json=as_json)


@incidents.command()
@data_option
@json_option
@click.argument("incident", type=NUMBER)
@click.option("--text", required=True, help="What it was, and that it is over. Plain text.")
def resolve(data: Path | None, as_json: bool, incident: int, text: str) -> None:
    """Say that INCIDENT, a number, is over. What was said stays on /status for 14 days."""
    with opened(data) as services:
        found = services.incidents.update(IncidentId(incident), "resolved", text, by=who(), at=_now())
    _show(found, as_json=as_json)


@incidents.command("list")
@data_option
@json_option
@click.option("--all", "every", is_flag=True, help="Those, too, that were resolved long ago.")
def list_incidents(data: Path | None, as_json: bool, every: bool) -> None:
    """What is open, and what was resolved in the last 14 days."""
    with opened(data) as services:
        found = services.incidents.since(0 if every else _now() - RECENT_S)
    click.echo(json.dumps(list(map(facts_of, found))) if as_json else aligned(_rows(found), "There are no incidents."))


def _show(incident: Incident, *, as_json: bool) -> None:
    said = f"Incident {incident.id} is {incident.state}: /status says so."
    click.echo(json.dumps(facts_of(incident)) if as_json else said)


def _rows(found: Sequence[Incident]) -> list[dict[str, object]]:
    return [
        {"incident": one.id, "state": one.state, "since": timestamp(one.opened_at), "title": one.title} for one in found
    ]


def _now() -> int:
    return int(time.time())
