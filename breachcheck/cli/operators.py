"""``breachcheck operators``: who may sign in to the admin pages."""

import json
import time
from pathlib import Path
from typing import TextIO

import click

from breachcheck.answers import timestamp
from breachcheck.audit import AuditEntry
from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.output import aligned, who
from breachcheck.operators import SHORTEST_PASSWORD
from breachcheck.services import opened


@click.group(short_help="Add, list and remove who may use the admin pages.")
def operators() -> None:
    """Add, list and remove the people who may sign in to the admin pages."""


@operators.command()
@data_option
@click.argument("name")
@click.option("--password-file", type=click.File(), help="Read the password from a file, or - for standard input.")
def add(data: Path | None, name: str, password_file: TextIO | None) -> None:
    """Add an operator, or give one a new password."""
    if password_file:
        password = password_file.read().rstrip("\r\n")
    else:
        question = f"Password of {SHORTEST_PASSWORD} characters or more"
        password = click.prompt(question, hide_input=True, confirmation_prompt="The same again")
    if len(password) < SHORTEST_PASSWORD:
        raise click.UsageError(f"A password needs {SHORTEST_PASSWORD} characters or more.")
    with opened(data) as services:
        services.operators.add(name, password)
        services.audit.note(AuditEntry(at=int(time.time()), actor=who(), action="add operator", subject=name))
    click.echo(f"{name} can sign in at /admin/ while `breachcheck serve` runs.")


@operators.command("list")
@data_option
@json_option
def list_operators(data: Path | None, as_json: bool) -> None:
    """Everyone who may sign in."""
    with opened(data) as services:
        facts = [{"name": one.name, "created_at": timestamp(one.created_at)} for one in services.operators.all()]
    click.echo(json.dumps(facts) if as_json else aligned(facts, "There are no operators yet."))


@operators.command()
@data_option
@click.argument("name")
def remove(data: Path | None, name: str) -> None:
    """End an operator's access, at once."""
    with opened(data) as services:
        services.operators.remove(name)
        services.audit.note(AuditEntry(at=int(time.time()), actor=who(), action="remove operator", subject=name))
    click.echo(f"{name} can no longer sign in.")
