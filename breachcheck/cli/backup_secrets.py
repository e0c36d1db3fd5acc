"""What a backup is locked with, as it is said on the command line: a passphrase or a key file."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from breachcheck import key_files
from breachcheck.backups import encryption
from breachcheck.backups.encryption import Secret

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def secret_options(function: Decorated) -> Decorated:
    """``--passphrase-file`` and ``--key-file``."""
    for name, what in (
        ("--key-file", "The key of an encrypted backup: 64 hexadecimal digits, in a file only you can read."),
        ("--passphrase-file", "The passphrase of an encrypted backup, in a file only you can read."),
    ):
        function = click.option(name, type=click.Path(dir_okay=False, path_type=Path), help=what)(function)
    return function


def given(passphrase_file: Path | None, key_file: Path | None) -> Secret | None:
    """What the options name. Raises UsageError, KeyFileError or BackupFault."""
    if passphrase_file and key_file:
        raise click.UsageError("A backup has one lock: say --passphrase-file or --key-file, not both.")
    if passphrase_file:
        return encryption.passphrase(key_files.read_secret(passphrase_file))
    return encryption.key_file(key_file) if key_file else None


def asked(*, is_new: bool) -> Secret:
    """The passphrase that is typed, twice where it *is_new*. Raises UsageError where nobody can be asked."""
    if not sys.stdin.isatty():
        raise click.UsageError("Nobody is here to type a passphrase; say --passphrase-file or --key-file.")
    return encryption.passphrase(click.prompt("Passphrase of the backup", hide_input=True, confirmation_prompt=is_new))
