"""``breachcheck keys``: API keys."""

import json
import time
from pathlib import Path

import click

from breachcheck.answers import timestamp
from breachcheck.api_keys import DEFAULT_LIMIT, SCOPES
from breachcheck.audit import AuditEntry
from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.output import aligned, who
from breachcheck.services import Services, opened


@click.group()
def keys() -> None:
    """Make, list and revoke API keys."""


@keys.command()
@data_option
@json_option
@click.option("--name", required=True, help="Whose key it is.")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(SCOPES), help="What it opens.")
@click.option(
    "--limit", type=click.IntRange(min=0), default=DEFAULT_LIMIT, show_default=True, help="A minute; 0: none."
)
def create(data: Path | None, as_json: bool, name: str, scopes: tuple[str, ...], limit: int) -> None:
    """Make a key. It is shown once and works at once."""
    with opened(data) as services:
        key, text = services.api_keys.create(name, scopes, limit_per_minute=limit)
        _note(services, "create key", key.id)
    if as_json:
        click.echo(json.dumps({"id": key.id, "key": text, "scopes": list(key.scopes)}))
    else:
        click.echo(f"Key {key.id} for {name} ({', '.join(key.scopes)}), shown once:\n\n    {text}\n")


@keys.command("list")
@data_option
@json_option
def list_keys(data: Path | None, as_json: bool) -> None:
    """Every key: what it opens, never its text."""
    with opened(data) as services:
        every = services.api_keys.all()
    facts = [
        {
            "id": key.id,
            "name": key.name,
            "scopes": list(key.scopes),
            "limit_per_minute": key.limit_per_minute,
            "created_at": timestamp(key.created_at),
            "revoked_at": timestamp(key.revoked_at) if key.revoked_at else None,
        }
        for key in every
    ]
    click.echo(json.dumps(facts) if as_json else aligned(facts, "There are no keys yet."))


@keys.command()
@data_option
@click.argument("key_id", type=int)
def revoke(data: Path | None, key_id: int) -> None:
    """Make a key useless, at once and for good."""
    with opened(data) as services:
        services.api_keys.revoke(key_id)
        _note(services, "revoke key", key_id)
    click.echo(f"Key {key_id} is revoked.")


def _note(services: Services, action: str, key_id: int) -> None:
    services.audit.note(AuditEntry(at=int(time.time()), actor=who(), action=action, subject=f"key {key_id}"))
