"""Asking another machine: the options that name it, and its key, which never stands on a command line."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from breachcheck import key_files
from breachcheck.cli.edge import Decorated, say
from breachcheck.client import Client
from breachcheck.errors import LimitReached, MissingKey

KEY_VARIABLE = "BREACHCHECK_API_KEY"

Told = TypeVar("Told")


def key_file_option(function: Decorated) -> Decorated:
    """``--key-file PATH``."""
    return click.option(
        "--key-file",
        type=click.Path(dir_okay=False, path_type=Path),
        help=f"Holds the API key for the other machine.  [default: {KEY_VARIABLE} is the key]",
    )(function)


def connected(url: str, key_file: Path | None) -> Client:
    """Raises ConfigError, MissingKey, MalformedKey, KeyFileError."""
    key = key_files.read_secret(key_file) if key_file else os.environ.get(KEY_VARIABLE, "")
    if not key:
        raise MissingKey(f"An API key of {url} is needed: set {KEY_VARIABLE}, or name a file with --key-file.")
    return Client(url, key)


def patiently(ask: Callable[[], Told]) -> Told:
    """What *ask* returns, asked again whenever the server says how long to wait for the key's next minute."""
    while True:
        try:
            return ask()
        except LimitReached as limit:
            if limit.retry_after_s is None:
                raise
            say(f"The API key is used up for now; going on in {limit.retry_after_s} seconds.")
            time.sleep(limit.retry_after_s)
