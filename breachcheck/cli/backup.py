"""``breachcheck backup``: the whole store as of one moment, into one file."""

import json
from pathlib import Path

import click

from breachcheck import key_ring
from breachcheck.answers import timestamp
from breachcheck.backups import key_copies, taking
from breachcheck.cli import edge
from breachcheck.cli.backup_secrets import asked, given, secret_options
from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.output import who
from breachcheck.config import Config
from breachcheck.interruption import stoppable
from breachcheck.services import opened

KEYS_ARE_IN_IT = "The keys are in it: whoever has it can test guesses at every address. Keep it as you keep them."
KEYS_ARE_NOT_IN_IT = """
The keys are not in it, and without them it is useless. Keep copies apart from it: {keys}.
""".strip()
DERIVED = "The index key is not a file here: keep the passphrase that `breachcheck init` showed."


@click.command(short_help="Back the store up to one file, or into a folder.")
@data_option
@json_option
@secret_options
@click.argument("destination", type=click.Path(path_type=Path))
@click.option("--encrypt", is_flag=True, help="Encrypt it with a passphrase that is typed.")
@click.option("--keys-to", type=click.Path(file_okay=False, path_type=Path), help="Copy the keys to this folder too.")
@click.option("--with-keys", is_flag=True, help="Put the keys into the backup itself.")
def backup(
    data: Path | None,
    as_json: bool,
    passphrase_file: Path | None,
    key_file: Path | None,
    destination: Path,
    encrypt: bool,
    keys_to: Path | None,
    with_keys: bool,
) -> None:
    """Back the store up to DESTINATION, a new file, or a folder in which it is named by its time.

    Everything may go on meanwhile. `breachcheck restore` makes a store of it again. Mails in the outbox folder and
    keys are not in it, nor the password of the mail server.
    """
    secret = given(passphrase_file, key_file) or (asked(is_new=True) if encrypt else None)
    with stoppable(), opened(data) as services:
        if keys_to:
            key_copies.require_apart(keys_to, taking.require_place(services.config, destination, 0))
            key_copies.copy_to(services.config, keys_to)
        taken = taking.take(services, destination, secret=secret, with_keys=with_keys, by=who())
        keys = _keys_in_words(services.config, services.identity.salt is not None)
    if as_json:
        facts = {"file": str(taken.path), "bytes": taken.bytes, "taken_at": timestamp(taken.taken_at)}
        click.echo(json.dumps(facts | {"encrypted": secret is not None, "with_keys": with_keys}))
        return
    click.echo(f"{taken.path}: {taken.bytes / 1e6:,.1f} MB, the store as of {timestamp(taken.taken_at)}.")
    if with_keys:
        edge.say(KEYS_ARE_IN_IT)
    elif keys_to is None:
        click.echo(keys)
    else:
        click.echo(f"The keys are in {keys_to}.")


def _keys_in_words(settings: Config, is_derived: bool) -> str:
    paths = [str(path) for path in key_ring.paths(settings).values() if path.exists()]
    return KEYS_ARE_NOT_IN_IT.format(keys=", ".join(paths)) + (f" {DERIVED}" if is_derived else "")
