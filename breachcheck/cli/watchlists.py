"""``breachcheck watchlists``: what security teams watch, and putting a directory export on a list."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import click

from breachcheck import client, directories
from breachcheck.answers import timestamp
from breachcheck.audit import AuditEntry
from breachcheck.cli import remote
from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.output import aligned, who
from breachcheck.digests import Kind
from breachcheck.directories import Columns, Directory, Entry, Line, Refused
from breachcheck.services import Services, opened
from breachcheck.watchlists import Size, Watchlist, is_name

SCOPE = "watch"

holder_option = click.option(
    "--holder", help="Whose list it is: the name on their keys.  [default: that of the only keys with the scope watch]"
)


@click.group()
def watchlists() -> None:
    """List, fill and remove watchlists. Teams follow them through the API."""


@watchlists.command("list")
@data_option
@json_option
def list_watchlists(data: Path | None, as_json: bool) -> None:
    """Every watchlist, and how much is on it; never who."""
    with opened(data) as services:
        facts = [_facts(services, one) for one in services.watchlists.all()]
    click.echo(json.dumps(facts) if as_json else aligned(facts, "There are no watchlists yet."))


@watchlists.command(short_help="Watch exactly the accounts of a CSV export.")
@data_option
@json_option
@click.argument("name")
@click.argument("file", type=click.File("rb"))
@holder_option
@click.option("--ref-column", default="ref", show_default=True, help="Names the staff number or the like.")
@click.option(
    "--account-column", "account_columns", multiple=True, help="One of several, if repeated.  [default: account]"
)
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), default=Kind.EMAIL.value, show_default=True)
@click.option("--kind-column", help="Says it line by line; where that is empty, --kind holds.")
@click.option("--breach", help="Whose account, organisation or user names these are.")
@click.option("--url", metavar="URL", help="Put it on a list of the breachcheck there, with an API key.")
@remote.key_file_option
def sync(
    data: Path | None,
    as_json: bool,
    name: str,
    file: BinaryIO,
    holder: str | None,
    ref_column: str,
    account_columns: tuple[str, ...],
    kind: str,
    kind_column: str | None,
    breach: str | None,
    url: str | None,
    key_file: Path | None,
) -> None:
    """Watch exactly the accounts of FILE, a CSV export, on the list NAME, which is made if it is new.

    Nothing but digests is kept. With -, from standard input.
    """
    if not is_name(name):
        raise click.UsageError("A watchlist's name has 1 to 64 letters, digits, - and _.")
    if url and holder:
        raise click.UsageError("The API key says whose list it is; leave --holder out, or --url.")
    columns = Columns(ref_column, account_columns or ("account",), kind_column, None, Kind(kind), breach)
    if url:
        outcome = _sync_there(url, key_file, name, directories.of_csv(file.read(), columns))
    else:
        outcome = _sync_here(data, holder, name, file.read(), columns)
    click.echo(json.dumps(outcome) if as_json else _words(outcome))


def _sync_here(data: Path | None, holder: str | None, name: str, body: bytes, columns: Columns) -> dict[str, Any]:
    with opened(data) as services:
        owner = holder or _only_holder(services)
        directory = _read(services, body, columns)
        kept = services.watching.replace(owner, name, directory.accounts)
        _note(services, "sync", name)
    return {"holder": owner} | directories.outcome_json(name, kept.size, kept.added, kept.removed, directory)


def _sync_there(url: str, key_file: Path | None, name: str, lines: Iterator[Line]) -> dict[str, Any]:
    """On another machine, which tells refused entries by their place: they are told on by their lines."""
    directory, sent = Directory(), list[tuple[int, Entry]]()
    for number, entry in lines:
        if isinstance(entry, Refused):
            directory.refused.append(entry)
        else:
            directories.require_no_address(number, entry)
            sent.append((number, entry))
    if not sent:
        directories.require_some(directory)
    with remote.connected(url, key_file) as there:
        kept = there.put_watchlist(name, (_entry(entry) for _, entry in sent))
    directory.refused += [Refused(sent[one.line - 1][0], one.ref, one.reason) for one in kept.refused]
    directory.refused.sort(key=lambda one: one.line)
    return directories.outcome_json(name, Size(kept.refs, kept.accounts), kept.added, kept.removed, directory)


def _entry(entry: Entry) -> client.Entry:
    return client.Entry(entry.ref, entry.account, entry.kind, entry.breach)


@watchlists.command()
@data_option
@click.argument("name")
@holder_option
def remove(data: Path | None, name: str, holder: str | None) -> None:
    """Forget the list NAME, and all that was told of it."""
    with opened(data) as services:
        services.watching.delete(holder or _only_holder(services), name)
        _note(services, "remove", name)
    click.echo(f"The watchlist {name} is gone.")


def _only_holder(services: Services) -> str:
    keys = services.api_keys.all()
    names = {key.name for key in keys if SCOPE in key.scopes and key.revoked_at is None}
    if len(names) != 1:
        found = "several names have" if names else "there is no key with"
        raise click.UsageError(
            f"Say with --holder whose list it is: {found} the scope {SCOPE}. `breachcheck keys create` makes keys."
        )
    return names.pop()


def _read(services: Services, body: bytes, columns: Columns) -> Directory:
    names = [one.name for one in services.catalogue.published().breaches]
    directory = directories.read(directories.of_csv(body, columns), services.digester, names)
    directories.require_some(directory)
    return directory


def _note(services: Services, action: str, name: str) -> None:
    entry = AuditEntry(at=int(time.time()), actor=who(), action=f"{action} watchlist", subject=name)
    services.audit.note(entry)


def _facts(services: Services, one: Watchlist) -> dict[str, Any]:
    size = services.watchlists.size_of(one.id)
    return {
        "holder": one.holder,
        "name": one.name,
        "refs": size.refs,
        "accounts": size.accounts,
        "not_acknowledged": services.watch_feed.count_open(one),
        "changed_at": timestamp(one.changed_at),
    }


def _words(outcome: dict[str, Any]) -> str:
    refused = outcome["refused"]
    said = (
        f"{outcome['name']} watches {outcome['accounts']:,} accounts of {outcome['refs']:,} refs:"
        f" {outcome['added']:,} added, {outcome['removed']:,} removed, {len(refused):,} refused."
    )
    return f"{said}\n\n{aligned(refused, '')}" if refused else said
