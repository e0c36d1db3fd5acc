"""``breachcheck mails``: what waits to be sent, what did not leave, and who stopped mails. Never to whom."""

import json
import time
from pathlib import Path
from typing import Any

import click

from breachcheck.answers import timestamp
from breachcheck.audit import AuditEntry
from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.numbers import NUMBER
from breachcheck.cli.output import aligned, who
from breachcheck.outbox import IN_DOUBT, MailId, QueuedMail
from breachcheck.services import Services, opened

NOTHING_WAITS = "No mail waits, and none is parked."


@click.group()
def mails() -> None:
    """List, retry and drop mails that were not handed over."""


@mails.command("list")
@data_option
@json_option
def list_mails(data: Path | None, as_json: bool) -> None:
    """How many mails are in which state, and each that waits or is parked."""
    with opened(data) as services:
        counts = services.post.outbox.counts()
        waiting = [_facts(one) for one in services.post.outbox.waiting()]
    if as_json:
        click.echo(json.dumps({"counts": counts, "mails": waiting}))
        return
    click.echo("   ".join(f"{state} {count:,}" for state, count in counts.items()))
    click.echo(aligned(waiting, NOTHING_WAITS))


@mails.command()
@data_option
@click.argument("mail_ids", type=NUMBER, nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every parked mail but those in doubt, which may have arrived.")
def retry(data: Path | None, mail_ids: tuple[int, ...], every: bool) -> None:
    """Queue parked mails again. One that is in doubt may then arrive twice."""
    with opened(data) as services:
        chosen = [MailId(one) for one in mail_ids] + (_sure(services) if every else [])
        for mail_id in chosen:
            services.post.outbox.retry(mail_id, now=int(time.time()))
        _note(services, "retry mails", len(chosen))
    click.echo(f"{len(chosen):,} queued again.")


@mails.command()
@data_option
@click.argument("mail_ids", type=NUMBER, nargs=-1, required=True)
def drop(data: Path | None, mail_ids: tuple[int, ...]) -> None:
    """Forget mails that wait or are parked. Nobody gets them."""
    with opened(data) as services:
        for mail_id in mail_ids:
            services.post.drop(MailId(mail_id))
        _note(services, "drop mails", len(mail_ids))
    click.echo(f"{len(mail_ids):,} dropped.")


@mails.command(short_help="Let an address that stopped its mails have them again.")
@data_option
def allow(data: Path | None) -> None:
    """Let an address have mails again whose owner stopped them and asked you to. It is asked for, and not kept."""
    account = click.prompt("Address", hide_input=False)
    with opened(data) as services:
        was_stopped = services.post.requests.allow_account(account)
        _note(services, "allow mails", 1)
    click.echo("They get mails again." if was_stopped else "They had not stopped them.")


def _sure(services: Services) -> list[MailId]:
    parked = (one for one in services.post.outbox.waiting() if one.state == "parked")
    return [one.id for one in parked if one.failure != IN_DOUBT and one.is_whole]


def _facts(one: QueuedMail) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "state": one.state,
        "queued_at": timestamp(one.queued_at),
        "next_try": timestamp(one.not_before) if one.state == "queued" else None,
        "attempts": one.attempts,
        "why": one.failure,
    }


def _note(services: Services, action: str, count: int) -> None:
    services.audit.note(AuditEntry(at=int(time.time()), actor=who(), action=action, subject=f"{count} mails"))
