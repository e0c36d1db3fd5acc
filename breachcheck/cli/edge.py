"""The process's edge: turns what was raised into a message on standard error and an exit status."""

import errno
import json
import os
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from breachcheck import config
from breachcheck.errors import BreachcheckError

FAILED = 2
INTERRUPTED = 130

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_STOPPED = "Stopped."
_CHANGED = (
    f"{_STOPPED} What the command changes is changed whole or not at all; `breachcheck breaches list` shows which."
)


def run(command: click.Command, arguments: list[str]) -> int:
    """Run *command*; its exit status. BREACHCHECK_DEBUG shows the places that a fault passed.

    Whoever asked `check` for JSON is told in JSON, too, that there is no answer.
    """
    status, reason = _run(command, arguments)
    if reason and arguments[:1] == ["check"] and "--json" in arguments:
        _answer_nothing(reason)
    return status


def _answer_nothing(reason: str) -> None:
    from breachcheck.answers import failure_json  # every command passes here, and this takes long to import

    try:
        click.echo(json.dumps(failure_json(reason)))
    except OSError as error:  # nobody reads it, or there is no room for it; the status says the same
        say(f"Not even that could be written ({error.strerror}).")


def _run(command: click.Command, arguments: list[str]) -> tuple[int, str]:
    """The exit status, and the word for programs that says why the command did not come to its end."""
    try:
        status = command.main(arguments, prog_name="breachcheck", standalone_mode=False)
    except click.exceptions.Abort:
        say(_CHANGED if arguments[:1] == ["breaches"] else _STOPPED)
        return INTERRUPTED, "stopped"
    except click.ClickException as error:
        error.show(sys.stderr)
        return FAILED, "usage"
    except BreachcheckError as error:
        say(str(error))
        return FAILED, error.reason
    except SystemExit as stopped:
        # Whoever read our output has gone: click then says 1, which of `check` would mean "exposed".
        return FAILED if stopped.code else 0, ""
    except Exception as error:  # noqa: BLE001 - the edge of the process: say it, never as an answer
        say(surprise(error))
        return FAILED, reason_of(error)
    return status if isinstance(status, int) else 0, ""


def say(message: str) -> None:
    """A line for people on standard error, where it cannot be taken for a result."""
    click.echo(message, err=True)


def surprise(error: BaseException) -> str:
    """What to say of a fault in the program: its kind and place, not its text, which might quote an account."""
    if os.environ.get("BREACHCHECK_DEBUG"):
        traceback.print_tb(error.__traceback__)
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        return "More files are open than the system allows; raise the limit (`ulimit -n`), and try again."
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"breachcheck stopped at a fault of its own ({type(error).__name__}{place}). Please report it."


def reason_of(error: BaseException) -> str:
    """The stable word for programs that says why there is no answer."""
    return error.reason if isinstance(error, BreachcheckError) else BreachcheckError.reason


def data_option(function: Decorated) -> Decorated:
    """``--data DIR`` and ``--database URL``, which every command takes."""
    return _data(_database(function))


_data = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="BREACHCHECK_DATA",
    help="The data folder.  [default: ./data]",
)
_database = click.option(
    "--database",
    metavar="URL",
    expose_value=False,
    callback=lambda context, _, url: _set_database(context, url),
    help="The store's PostgreSQL database, as the setting `database`. Others see it, so put no password in it.",
)


def _set_database(context: click.Context, url: str | None) -> None:
    """As if the environment said so, for this command and the worker that it may start."""
    name = config.variable_of("database")
    if url is not None:
        context.call_on_close(partial(_put_back, name, os.environ.get(name)))
        os.environ[name] = url


def _put_back(name: str, before: str | None) -> None:
    if before is None:
        del os.environ[name]
    else:
        os.environ[name] = before


def json_option(function: Decorated) -> Decorated:
    """``--json``, for commands that print facts."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")(function)
