"""``breachcheck restore``: a backup becomes a store again."""

import json
import os
from pathlib import Path

import click

from breachcheck import config
from breachcheck.answers import timestamp
from breachcheck.backups import archive, encryption, restores
from breachcheck.backups.archive import Contents
from breachcheck.backups.encryption import BY_PASSPHRASE, Secret
from breachcheck.cli.backup_secrets import asked, given, secret_options
from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.output import who
from breachcheck.errors import BackupFault
from breachcheck.interruption import stoppable

WHAT_IS_LOST = """
This is the store as of {at}. What was done after that is undone, and has to be done again before you serve it:
  - opt-outs: `breachcheck suppressions import` takes them from a list of `breachcheck suppressions export`
  - breaches that were published, corrected or withdrawn, and API keys that were made or revoked
  - operators, watchlists and subscribers: whoever unsubscribed since is subscribed again
Mails that waited then are parked, since they may have been sent: `breachcheck mails list`.
Next: `breachcheck doctor`
""".strip()


@click.command(short_help="Make a store of a backup.")
@data_option
@json_option
@secret_options
@click.argument("source", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--keys", type=click.Path(file_okay=False, path_type=Path), help="The folder with copies of the keys.")
@click.option("--to-files", is_flag=True, help="Into files, where the settings in the backup name a database.")
@click.option("--check", is_flag=True, help="Only read all of the backup, and say whether it is whole.")
def restore(
    data: Path | None,
    as_json: bool,
    passphrase_file: Path | None,
    key_file: Path | None,
    source: Path,
    keys: Path | None,
    to_files: bool,
    check: bool,
) -> None:
    """Make a store of the backup SOURCE, in a data folder that is empty or not there.

    Where `--database`, the environment or the settings in the backup name a PostgreSQL database, which has to be empty,
    it is made there, whichever engine the backup is of. Nothing takes the store's name before everything in the backup
    was found whole and its keys to be the right ones.
    """
    if to_files and os.environ.get(config.variable_of("database")):
        raise click.UsageError("--database or the environment names a database, and --to-files means none; say one.")
    secret = given(passphrase_file, key_file) or _asked_for(source)
    with stoppable():
        if check:
            contents = archive.unpack(source, secret)
        else:
            folder = config.folder_of(data)
            contents = restores.restore(source, folder, secret=secret, keys=keys, is_to_files=to_files, by=who())
    click.echo(json.dumps(_facts(contents)) if as_json else _words(contents, check))


def _asked_for(source: Path) -> Secret | None:
    """The passphrase of a backup that has one."""
    try:
        with source.open("rb") as file:
            kind = encryption.kind_of(file.read(len(encryption.MAGIC) + 1))
    except OSError as error:
        raise BackupFault(f"{source} cannot be read ({error.strerror}); name the backup's file.") from None
    return asked(is_new=False) if kind == BY_PASSPHRASE else None


def _words(contents: Contents, was_checked: bool) -> str:
    at = timestamp(contents.taken_at)
    if was_checked:
        return f"The backup is whole: the store as of {at}, made by breachcheck {contents.program}."
    return WHAT_IS_LOST.format(at=at)


def _facts(contents: Contents) -> dict[str, object]:
    return {"taken_at": timestamp(contents.taken_at), "program": contents.program, "demo": contents.is_demo}
