"""``breachcheck init``: make a data folder."""

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from breachcheck import config, key_ring, services
from breachcheck.cli.edge import data_option
from breachcheck.config import Config, Disclosure, Mail
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

RULES: Mapping[Disclosure, str] = {
    "open": "Whoever types an address sees its answer on the page.",
    "owner": "The answer is mailed to the address itself, so that nobody can look up anybody else. It needs mail.",
    "closed": "There is no public form; commands and API keys alone can ask.",
}
"""Who may see answers, as one chooses between them."""
MAIL_IS_WRITTEN = (
    "Mail was off, and is `outbox` now: mails become files in {outbox}, and nobody gets them until you set smtp"
    " (docs/operations.md, Mail)."
)


@click.command()
@data_option
@click.option("--passphrase", is_flag=True, help="Derive the index key from a passphrase, which is shown once.")
@click.option("--disclosure", type=click.Choice(config.allowed("disclosure")), help="Who may see answers.")
@click.option("--mail", type=click.Choice(config.allowed("mail")), help="How mail leaves.")
def init(data: Path | None, passphrase: bool, disclosure: Disclosure | None, mail: Mail | None) -> None:
    """Make a data folder: the keys, and the store.

    Where nothing else says who may see answers, it asks on a terminal; elsewhere answers are open to everyone.
    """
    settings = config.read(data)
    settings = _decided(settings, disclosure, mail)
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


def _decided(settings: Config, disclosure: Disclosure | None, mail: Mail | None) -> Config:
    """With what settings.toml will say; where it is there already, what it says."""
    if (settings.data / config.SETTINGS_FILE).exists():
        _require_same("disclosure", disclosure, settings.disclosure)
        _require_same("mail", mail, settings.mail)
        return settings
    settings = replace(settings, mail=mail or settings.mail)
    if disclosure or config.variable_of("disclosure") in os.environ or not _is_asked():
        return replace(settings, disclosure=disclosure or settings.disclosure)
    return _asked(settings, mail)


def _require_same(name: str, said: str | None, written: str) -> None:
    if said not in (None, written):
        raise click.UsageError(f"{config.SETTINGS_FILE} is there already and says {name} {written}; change it there.")


def _is_asked() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _asked(settings: Config, mail: Mail | None) -> Config:
    """With what somebody at a terminal chose; mail follows, where the choice needs it and nothing is said of it."""
    click.echo("Who may see answers?")
    for rule, meaning in RULES.items():
        click.echo(f"  {rule:<8}{meaning}")
    chosen: Disclosure = click.prompt("Disclosure", type=click.Choice(list(RULES)), default=settings.disclosure)
    if chosen != "owner" or mail or settings.mail != "off":
        return replace(settings, disclosure=chosen)
    click.echo(MAIL_IS_WRITTEN.format(outbox=settings.outbox_path))
    return replace(settings, disclosure=chosen, mail="outbox")
