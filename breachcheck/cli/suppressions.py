"""``breachcheck suppressions``: opt-outs of people who cannot prove an address by mail, and wrote a letter."""

import json
import time
from pathlib import Path
from typing import BinaryIO

import click

from breachcheck import opt_out_lists, receipts
from breachcheck.audit import AuditEntry
from breachcheck.cli import edge
from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.output import address_of, aligned, who
from breachcheck.services import Services, opened
from breachcheck.suppressions import IMPORTED, Level


@click.group()
def suppressions() -> None:
    """Hide, forget or erase an address as its owner wishes. Whose wish it is, is yours to make sure."""


@suppressions.command()
@data_option
@click.argument("account")
@click.option("--level", type=click.Choice([level.value for level in Level]), required=True, help="How far to go.")
def add(data: Path | None, account: str, level: str) -> None:
    """Suppress ACCOUNT, an email address, and print the receipt. With -, it is typed or read from standard input."""
    address = address_of(account)
    with opened(data) as services:
        holds = services.opt_outs.opt_out(services.digester.of_address(address), Level(level))
        _note(services, f"suppress ({holds})")
        receipt = services.receipts.issue(address, holds, at=int(time.time()))
    if holds != level:
        edge.say(f"Its owner went further before: {holds}. That still holds.")
    edge.say("Hand this receipt to the owner of the address; it is kept nowhere.")
    click.echo(receipts.as_text(receipt))


@suppressions.command()
@data_option
@click.argument("account")
def remove(data: Path | None, account: str) -> None:
    """Show ACCOUNT again, which was hidden. What was forgotten cannot come back."""
    address = address_of(account)
    with opened(data) as services:
        if not services.opt_outs.show_again(services.digester.of_address(address)):
            raise click.UsageError("This address is not hidden, so it was not shown again. Nothing was changed.")
        _note(services, "show again")
    click.echo("It is shown again, as every other address is.")


@suppressions.command("export")
@data_option
def export_list(data: Path | None) -> None:
    """Print who is suppressed, as digests, for `import` after a restore. As private as the store itself."""
    with opened(data) as services:
        click.echo(opt_out_lists.listed(services.identity.store, services.suppressions.all()))


@suppressions.command("import")
@data_option
@json_option
@click.argument("file", type=click.File("rb"))
def import_list(data: Path | None, as_json: bool, file: BinaryIO) -> None:
    """Suppress everyone whom FILE, made by `export`, lists. What is suppressed further stays so."""
    with opened(data) as services:
        listed = opt_out_lists.parse(file.read(), services.identity.store)
        before = services.suppressions.all()
        new = {digest: level for digest, level in listed.items() if before.get(digest) != level}
        services.opt_outs.opt_out_all(new)
        _note(services, IMPORTED, f"{len(new)} addresses")
    click.echo(json.dumps({"suppressed": len(new)}) if as_json else f"{len(new):,} more are suppressed.")


@suppressions.command()
@data_option
@json_option
def count(data: Path | None, as_json: bool) -> None:
    """How many addresses are suppressed, by level; never which."""
    with opened(data) as services:
        counts = services.suppressions.counts()
    rows = [{"level": level.value, "addresses": number} for level, number in counts.items()]
    click.echo(json.dumps(counts) if as_json else aligned(rows, "none"))


def _note(services: Services, action: str, subject: str = "one address") -> None:
    services.audit.note(AuditEntry(at=int(time.time()), actor=who(), action=action, subject=subject))
