"""``breachcheck keys``: API keys."""

import json
import time
from pathlib import Path
from typing import Any

import click

from breachcheck.answers import timestamp
from breachcheck.api_keys import DEFAULT_LIMIT, SCOPES, ApiKey
from breachcheck.audit import AuditEntry
from breachcheck.cli import key_usage
from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.moments import length, moment
from breachcheck.cli.output import aligned, who
from breachcheck.services import Services, opened

USUAL_OVERLAP = "24h"
NEVER = "never"


@click.group(short_help="Make and end API keys, and see how they are used.")
def keys() -> None:
    """Make, list, rotate, expire and revoke API keys, and see how they are used.

    A KEY is the number of one, or its name, where no other that is not revoked has it.
    """


keys.add_command(key_usage.usage)


@keys.command()
@data_option
@json_option
@click.option("--name", required=True, help="Whose key it is.")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(SCOPES), help="What it opens.")
@click.option(
    "--limit", type=click.IntRange(min=0), default=DEFAULT_LIMIT, show_default=True, help="A minute; 0: none."
)
@click.option("--expires", "expires_at", type=moment, help="When it ends: 90d from now, or a day.  [default: never]")
def create(
    data: Path | None, as_json: bool, name: str, scopes: tuple[str, ...], limit: int, expires_at: int | None
) -> None:
    """Make a key. It is shown once and works at once."""
    with opened(data) as services:
        key, text = services.api_keys.create(name, scopes, limit_per_minute=limit, expires_at=expires_at)
        _note(services, "create key", key.id)
    if as_json:
        ends = {"expires_at": timestamp(key.expires_at)} if key.expires_at else {}
        click.echo(json.dumps({"id": key.id, "key": text, "scopes": list(key.scopes)} | ends))
    else:
        until = f" until {timestamp(key.expires_at)}" if key.expires_at else ""
        click.echo(f"Key {key.id} for {name} ({', '.join(key.scopes)}){until}, shown once:\n\n    {text}\n")


@keys.command("list")
@data_option
@json_option
def list_keys(data: Path | None, as_json: bool) -> None:
    """Every key: what it opens, never its text."""
    with opened(data) as services:
        facts = [_facts(key) for key in services.api_keys.all()]
    click.echo(json.dumps(facts) if as_json else aligned(facts, "There are no keys yet."))


@keys.command()
@data_option
@json_option
@click.argument("called", metavar="KEY")
@click.option(
    "--overlap",
    "overlap_s",
    type=length,
    default=USUAL_OVERLAP,
    show_default=True,
    help="How long the text that it had still works.",
)
@click.option("--at-once", is_flag=True, help="The text that it had ends now.")
def rotate(data: Path | None, as_json: bool, called: str, overlap_s: int, at_once: bool) -> None:
    """Give a key a new text, shown once. All else stays: its number, name, scopes, domains and watchlists."""
    with opened(data) as services:
        key = services.api_keys.get(called)
        text = services.api_keys.rotate(key.id, overlap_s=0 if at_once else overlap_s)
        _note(services, "rotate key", key.id)
        until = services.api_keys.get(str(key.id)).former_until or 0
    if as_json:
        click.echo(json.dumps({"id": key.id, "key": text, "former_until": timestamp(until)}))
    else:
        former = "no longer works" if at_once else f"works until {timestamp(until)}"
        click.echo(f"Key {key.id} for {key.name}, shown once; its former text {former}:\n\n    {text}\n")


@keys.command()
@data_option
@click.argument("called", metavar="KEY")
@click.argument("when")
def expire(data: Path | None, called: str, when: str) -> None:
    """Say when a key ends: WHEN is 90d from now, a day (UTC), or `never`."""
    at = None if when == NEVER else moment(when)
    with opened(data) as services:
        key = services.api_keys.get(called)
        services.api_keys.expire(key.id, at)
        _note(services, "expire key", key.id)
    click.echo(f"Key {key.id} for {key.name} {f'ends at {timestamp(at)}' if at else 'does not expire'}.")


@keys.command()
@data_option
@click.argument("called", metavar="KEY")
def revoke(data: Path | None, called: str) -> None:
    """Make a key useless, at once and for good."""
    with opened(data) as services:
        key = services.api_keys.get(called)
        services.api_keys.revoke(key.id)
        _note(services, "revoke key", key.id)
    click.echo(f"Key {key.id} for {key.name} is revoked.")


def _facts(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": list(key.scopes),
        "limit_per_minute": key.limit_per_minute,
        "created_at": timestamp(key.created_at),
        "expires_at": _when(key.expires_at),
        "former_until": _when(key.former_until),
        "revoked_at": _when(key.revoked_at),
    }


def _when(at: int | None) -> str | None:
    return None if at is None else timestamp(at)


def _note(services: Services, action: str, key_id: int) -> None:
    services.audit.note(AuditEntry(at=int(time.time()), actor=who(), action=action, subject=f"key {key_id}"))
