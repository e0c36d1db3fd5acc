"""``breachcheck init``: make a data folder."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import cast

import click

from breachcheck import config, key_ring, services
from breachcheck.cli.edge import data_option
from breachcheck.config import Config, Disclosure
from breachcheck.db.engines import store_of

BACK_UP = """
Back up these keys, apart from the databases and where only you can read them:

{keys}

Back up {settings} and the databases too: docs/operations.md says how.
""".strip()
KEEP_THE_PASSPHRASE = """
The index key is derived from this passphrase, which is shown once and kept nowhere:

    {passphrase}

Write it down. To start, put it into a file only you can read and point BREACHCHECK_INDEX_PASSPHRASE_FILE at it.
""".strip()


@click.command()
@data_option
@click.option("--passphrase", is_flag=True, help="Derive the index key from a passphrase, which is shown once.")
@click.option("--disclosure", type=click.Choice(["open", "owner", "closed"]), help="Who may see answers.")
def init(data: Path | None, passphrase: bool, disclosure: Disclosure | None) -> None:
    """Make a data folder: the keys, and the store."""
    settings = config.read(data)
    settings = replace(settings, disclosure=_chosen_disclosure(settings, disclosure))
    config.require_sense(settings)
    shown_once = services.init(settings, with_passphrase=passphrase)
    click.echo(f"Made {settings.data}: keys, and the store in {store_of(settings)}.")
    if shown_once:
        click.echo(KEEP_THE_PASSPHRASE.format(passphrase=shown_once))
    click.echo(_what_to_back_up(settings))
    click.echo("Next: breachcheck manifest draft FILES… -o breach.yaml")


def _what_to_back_up(settings: Config) -> str:
    """Every key that was written; one that is derived has no file."""
    files = {str(path): loss for path, loss in key_ring.files_of(settings).items() if path.exists()}
    width = max(map(len, files))
    lines = [f"    {path:<{width}}  {loss}" for path, loss in files.items()]
    return BACK_UP.format(keys="\n".join(lines), settings=settings.data / config.SETTINGS_FILE)


def _chosen_disclosure(settings: Config, said: Disclosure | None) -> Disclosure:
    """What settings.toml will say; where it is there already, what it says."""
    if not (settings.data / config.SETTINGS_FILE).exists():
        return said or _ask_disclosure(settings.disclosure)
    if said not in (None, settings.disclosure):
        raise click.UsageError(
            f"{config.SETTINGS_FILE} is there already and says {settings.disclosure}; change it there."
        )
    return settings.disclosure


def _ask_disclosure(default: Disclosure) -> Disclosure:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return default
    return cast(
        Disclosure,
        click.prompt(
            "Who may see answers? open: anyone who types an address; closed: no public form",
            type=click.Choice(["open", "closed"]),
            default=default,
        ),
    )
