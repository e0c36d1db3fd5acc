"""``breachcheck webhooks``: which programs are called of what is new, how that fares, and seeing to it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from breachcheck.answers import timestamp
from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.moments import length
from breachcheck.cli.output import aligned, who
from breachcheck.services import Services, opened
from breachcheck.webhooks.endpoints import SCOPE_OF, HookKind
from breachcheck.webhooks.hooking import Wish
from breachcheck.webhooks.messages import Message
from breachcheck.webhooks.views import HookView, message_json, view_json

SHOWN_ONCE = "The secret, which nobody can see again:"

holder_option = click.option(
    "--holder", help="Whose webhook it is: the name on their keys.  [default: that of the only ones it could be]"
)


@click.group()
def webhooks() -> None:
    """Add, try, rotate, replay and remove webhooks. Teams do the same through the API."""


@webhooks.command("list")
@data_option
@json_option
def list_webhooks(data: Path | None, as_json: bool) -> None:
    """Every webhook and how it fares; of its address, the host alone."""
    with opened(data) as services:
        facts = [_facts(one, services.webhooks.now()) for one in services.webhooks.views()]
    click.echo(json.dumps(facts) if as_json else aligned(facts, "There are no webhooks yet."))


@webhooks.command(short_help="Call an address of what is new.")
@data_option
@json_option
@click.argument("name")
@click.argument("url")
@click.option("--watchlist", help="Tell it what becomes so of this watchlist's refs.")
@click.option("--domain", help="Tell it when breaches hold other numbers of people of this proved domain.")
@click.option("--catalogue", is_flag=True, help="Tell it what is published, replaced, withdrawn, corrected or listed.")
@click.option("--cursor", default="", help="Begin behind this place of the feed, instead of now.")
@holder_option
def add(
    data: Path | None,
    as_json: bool,
    name: str,
    url: str,
    watchlist: str | None,
    domain: str | None,
    catalogue: bool,
    cursor: str,
    holder: str | None,
) -> None:
    """Call URL of what is new, under the name NAME; again, it changes the address."""
    kind, subject = _chosen(watchlist, domain, catalogue)
    with opened(data) as services:
        owner = holder or _only_holder(services, kind)
        _, secret = services.webhooks.put(owner, name, Wish(url, kind, subject, cursor), by=who())
    if as_json:
        click.echo(json.dumps({"holder": owner, "name": name, "secret": secret}))
    else:
        click.echo(f"{SHOWN_ONCE}\n{secret}" if secret else f"{name} was there; its secret stays.")


@webhooks.command()
@data_option
@json_option
@click.argument("name")
@click.option("--overlap", type=length, default="24h", show_default=True, help="How long the former one signs too.")
@holder_option
def rotate(data: Path | None, as_json: bool, name: str, overlap: int, holder: str | None) -> None:
    """Make a new secret; the former one signs too, for a while."""
    with opened(data) as services:
        owner = holder or _holder_of(services, name)
        _, secret = services.webhooks.rotate(owner, name, overlap_s=overlap, by=who())
    click.echo(json.dumps({"name": name, "secret": secret}) if as_json else f"{SHOWN_ONCE}\n{secret}")


@webhooks.command()
@data_option
@click.argument("name")
@holder_option
def test(data: Path | None, name: str, holder: str | None) -> None:
    """Have the worker send a message that says nothing, once."""
    with opened(data) as services:
        message = services.webhooks.test(holder or _holder_of(services, name), name)
    click.echo(f"{message.id} is queued; `breachcheck webhooks deliveries {name}` says what becomes of it.")


@webhooks.command()
@data_option
@json_option
@click.argument("name")
@click.option("--dead", is_flag=True, help="Only those that were given up.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@holder_option
def deliveries(data: Path | None, as_json: bool, name: str, dead: bool, limit: int, holder: str | None) -> None:
    """What became of the messages of NAME, newest first."""
    with opened(data) as services:
        owner = holder or _holder_of(services, name)
        found, _ = services.webhooks.messages(owner, name, cursor="", count=limit, state="dead" if dead else None)
    shown: Callable[[Message], dict[str, Any]] = message_json if as_json else _row
    rows = [shown(one) for one in found]
    click.echo(json.dumps(rows) if as_json else aligned(rows, "There are no such messages."))


@webhooks.command(short_help="Send messages again.")
@data_option
@click.argument("name")
@click.argument("ids", nargs=-1)
@holder_option
def replay(data: Path | None, name: str, ids: tuple[str, ...], holder: str | None) -> None:
    """Send the messages IDS of NAME again; without any, all that were given up."""
    with opened(data) as services:
        queued = services.webhooks.replay(holder or _holder_of(services, name), name, ids or None, by=who())
    click.echo(f"{queued:,} queued again.")


@webhooks.command()
@data_option
@click.argument("name")
@holder_option
def remove(data: Path | None, name: str, holder: str | None) -> None:
    """Call it no more, and forget what waits for it."""
    with opened(data) as services:
        services.webhooks.delete(holder or _holder_of(services, name), name, by=who())
    click.echo(f"The webhook {name} is gone.")


def _chosen(watchlist: str | None, domain: str | None, catalogue: bool) -> tuple[HookKind, str]:
    given: list[tuple[HookKind, str]] = []
    if watchlist is not None:
        given.append(("watchlist", watchlist))
    if domain is not None:
        given.append(("domain", domain))
    if catalogue:
        given.append(("catalogue", ""))
    if len(given) != 1:
        raise click.UsageError("Say of what it is to be called: one of --watchlist, --domain and --catalogue.")
    return given[0]


def _only_holder(services: Services, kind: HookKind) -> str:
    now = services.webhooks.now()
    keys = [key for key in services.api_keys.all() if not key.has_ended(now)]
    names = {key.name for key in keys if SCOPE_OF[kind] in key.scopes}
    if len(names) != 1:
        found = "several names have" if names else "there is no key with"
        raise click.UsageError(
            f"Say with --holder whose webhook it is: {found} the scope {SCOPE_OF[kind]}. `breachcheck keys create`"
            " makes keys."
        )
    return names.pop()


def _holder_of(services: Services, name: str) -> str:
    """Whose webhook *name* is, where one alone has one; "" where nobody has, which is told as such."""
    holders = [one.webhook.holder for one in services.webhooks.views() if one.webhook.name == name]
    if len(holders) > 1:
        raise click.UsageError(f"Say with --holder whose webhook {name} is meant; `breachcheck webhooks list` shows.")
    return holders[0] if holders else ""


def _facts(view: HookView, now: int) -> dict[str, Any]:
    facts = view_json(view, now=now)
    shown = ("name", "kind", "subject", "state", "waiting", "dead", "delivered_at")
    return {"holder": view.webhook.holder, "host": view.webhook.endpoint.host} | {key: facts[key] for key in shown}


def _row(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "type": message.kind,
        "state": message.state,
        "attempts": message.attempts,
        "status": message.status,
        "tried_at": None if message.tried_at is None else timestamp(message.tried_at),
        "next_try": timestamp(message.next_try_at) if message.state == "queued" else None,
        "why": message.failure,
    }
