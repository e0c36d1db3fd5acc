"""``breachcheck breaches tell``: mails to subscribers, each time a step of its own that is confirmed."""

import json
from pathlib import Path

import click

from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.output import who
from breachcheck.notify import Notify
from breachcheck.services import opened


@click.command()
@data_option
@json_option
@click.argument("name")
@click.option("--correction", is_flag=True, help="Tell those who were told, and for whom it is not so.")
@click.option("--what-went-wrong", metavar="TEXT", help="With --correction: stands in the mail as it is.")
@click.option("--what-is-right", metavar="TEXT", help="With --correction: stands in the mail as it is.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def tell(
    data: Path | None,
    as_json: bool,
    name: str,
    correction: bool,
    what_went_wrong: str | None,
    what_is_right: str | None,
    yes: bool,
) -> None:
    """Mail subscribers whose details are in a published breach, or correct what they were told.

    Each is told once, and again only if more of theirs is found. Publishing and withdrawing tell nobody.
    """
    if correction != bool(what_went_wrong and what_is_right):
        raise click.UsageError("--correction, --what-went-wrong and --what-is-right go together.")
    with opened(data) as services:
        notify = services.post.notify
        count = notify.count(name, is_correction=correction)
        if count and not (yes or click.confirm(_question(count, name), err=True)):
            raise click.Abort
        if correction:
            _correct(notify, name, what_went_wrong or "", what_is_right or "")
        else:
            notify.tell(name, by=who())
    _say(name, count, as_json=as_json)


def _correct(notify: Notify, name: str, what_went_wrong: str, what_is_right: str) -> None:
    notify.correct(name, what_went_wrong=what_went_wrong, what_is_right=what_is_right, by=who())


def _question(count: int, name: str) -> str:
    return f"This sends {_mails(count)} about {name}. Go on?"


def _say(name: str, count: int, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"breach": name, "mails": count}))
    elif count:
        click.echo(f"{_mails(count).capitalize()} about {name}: the worker queues and sends them.")
    else:
        click.echo(f"There is nobody to tell about {name}.")


def _mails(count: int) -> str:
    return f"{count:,} {'mail' if count == 1 else 'mails'}"
