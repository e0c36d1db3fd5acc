"""``breachcheck demo``: a store of made-up people, loaded and served."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import click

from breachcheck import config, services
from breachcheck.addresses import canonical
from breachcheck.cli import serve
from breachcheck.cli.edge import data_option, say
from breachcheck.cli.output import who
from breachcheck.cli.progress import shown
from breachcheck.config import Config
from breachcheck.demo import examples, facts
from breachcheck.demo import hibp_test_accounts as test_accounts
from breachcheck.errors import StoreExists
from breachcheck.services import Services, open_services
from breachcheck.suppressions import Level
from ingest import manifest as manifests
from ingest import pipeline

DEFAULT_DATA = Path("demo-data")


@click.command(short_help="Load the example breaches, and serve them.")
@data_option
@click.option("--host", default=serve.DEFAULT_HOST, show_default=True)
@click.option("--port", default=serve.DEFAULT_PORT, show_default=True, help="This port, or the next one that is free.")
@click.option("--no-serve", is_flag=True, help="Make the store and stop.")
@click.option("--hibp-test-accounts", is_flag=True, help="Load HIBP's public test accounts too, to try its clients on.")
def demo(data: Path | None, host: str, port: int, no_serve: bool, hibp_test_accounts: bool) -> None:
    """Load the example breaches into a store of their own, and serve it.

    The people in them are made up, and the store says so for ever on every page and in every answer.
    """
    folder = data or DEFAULT_DATA
    settings = config.read(folder)
    _make(settings)
    opened = open_services(settings)
    try:
        _load(opened, facts().manifests)
        if hibp_test_accounts:
            _load_test_accounts(opened)
        breaches = opened.catalogue.published().breaches
    finally:
        opened.close()
    people = sum(breach.people for breach in breaches)
    click.echo(f"The demo holds {len(breaches)} breaches and {people:,} made-up people, in {folder}.")
    if no_serve:
        return
    listener = serve.listen_on_next_free(host, port)
    _say_what_to_try(f"http://{host}:{listener.getsockname()[1]}")
    serve.run(folder, host, listener, links_lead_here=True)


def _make(settings: Config) -> None:
    """Make the demo store if it is not there. A store of real breaches is never touched."""
    if not services.is_made(settings):
        services.init(replace(settings, disclosure="open", mail="outbox"), is_demo=True)


def _load(opened: Services, paths: Iterable[str]) -> None:
    """Load what is not published yet of the examples at *paths*."""
    if not opened.is_demo:
        raise StoreExists(f"{opened.config.data} is not a demo store; choose another folder with --data.")
    for path in paths:
        manifest = manifests.read(examples() / path)
        if manifest.facts.name not in {breach.name for breach in opened.catalogue.published().breaches}:
            say(f"Loading {manifest.facts.title} …")
            with shown() as progress:
                pipeline.run(manifest, opened, progress=progress, by=who())


def _load_test_accounts(opened: Services) -> None:
    accounts = test_accounts()
    _load(opened, accounts.manifests)
    opened.opt_outs.opt_out(opened.digester.of_address(canonical(accounts.opted_out)), Level.HIDE)


def _say_what_to_try(url: str) -> None:
    addresses = facts().addresses
    tries = {
        addresses.found: "found",
        addresses.second_spelling: "found under a second spelling",
        addresses.not_found: "not found",
    }
    width = max(len(address) for address in tries)
    click.echo(f"\nOpen {url} and try:\n")
    for address, what in tries.items():
        click.echo(f"    {address:<{width}}   {what}")
    click.echo()
