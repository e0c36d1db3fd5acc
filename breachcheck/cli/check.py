"""``breachcheck check``: ask about one account, or about many from standard input."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click

from breachcheck.answers import Answer, as_json, failure_json
from breachcheck.audit import AuditEntry
from breachcheck.breaches import LoadId
from breachcheck.cli import edge
from breachcheck.cli.answering import in_words
from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.output import who
from breachcheck.digests import Kind
from breachcheck.disclosure import OPERATOR, PUBLIC
from breachcheck.errors import BreachcheckError
from breachcheck.services import Services, opened

NOT_FOUND, EXPOSED, COULD_NOT_CHECK = 0, 1, 2
VIEWERS = {"operator": OPERATOR, "public": PUBLIC}

Ask = Callable[[str], Answer]


@click.command()
@data_option
@json_option
@click.argument("account")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), default=Kind.EMAIL.value, show_default=True)
@click.option("--breach", help="Ask this breach alone.")
@click.option("--load", "load_id", type=int, help="Ask this load alone, held or not.")
@click.option("--as", "viewer", type=click.Choice(list(VIEWERS)), default="operator", show_default=True)
def check(
    data: Path | None, as_json: bool, account: str, kind: str, breach: str | None, load_id: int | None, viewer: str
) -> int:
    """Was ACCOUNT in a breach? With -, every line of standard input is one account.

    Exit status: 0 not found, 1 exposed, 2 could not check.
    """
    say = _say_json if as_json else partial(_say_words, Kind(kind))
    try:
        with opened(data) as services:
            ask = _asker(services, kind=kind, breach=breach, load_id=load_id, viewer=viewer)
            _note(services, many=account == "-")
            accounts = _lines() if account == "-" else iter([account])
            return _worst([_ask_one(one, ask, say, is_demo=services.is_demo) for one in accounts])
    except BrokenPipeError:
        raise
    except (BreachcheckError, OSError, UnicodeError) as error:
        return _say_failure(error, say, is_demo=False)


def _asker(services: Services, *, kind: str, breach: str | None, load_id: int | None, viewer: str) -> Ask:
    if load_id is not None:
        return lambda account: services.lookup.ask_load(account, LoadId(load_id), VIEWERS[viewer], kind=Kind(kind))
    return lambda account: services.lookup.ask(account, VIEWERS[viewer], kind=Kind(kind), breach=breach)


def _note(services: Services, *, many: bool) -> None:
    subject = "accounts from standard input" if many else "one account"
    services.audit.note(AuditEntry(at=int(time.time()), actor=who(), action="check", subject=subject))


def _lines() -> Iterator[str]:
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def _ask_one(account: str, ask: Ask, say: "Say", *, is_demo: bool) -> int:
    try:
        answer = ask(account)
    except BreachcheckError as error:
        return _say_failure(error, say, is_demo=is_demo)
    say(answer, None, is_demo)
    return EXPOSED if answer.exposures else NOT_FOUND


def _say_failure(error: Exception, say: "Say", *, is_demo: bool) -> int:
    say(None, error, is_demo)
    return COULD_NOT_CHECK


def _say_json(answer: Answer | None, error: Exception | None, is_demo: bool) -> None:
    if answer is not None:
        click.echo(json.dumps(as_json(answer), ensure_ascii=False))
    elif error is not None:
        edge.say(_why(error))
        click.echo(json.dumps(failure_json(edge.reason_of(error), is_demo=is_demo)))


def _say_words(kind: Kind, answer: Answer | None, error: Exception | None, _is_demo: bool) -> None:
    if answer is not None:
        click.echo(in_words(answer, kind))
    elif error is not None:
        edge.say(_why(error))


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        what = f"An account could not be read, or its answer not be written ({error.strerror})."
    else:
        what = str(error) if isinstance(error, BreachcheckError) else edge.surprise(error)
    return f"We could not check: {what}\nThis is not a yes, and it is not a no."


def _worst(statuses: list[int]) -> int:
    """2 if any could not be checked, else 1 if any was exposed, else 0."""
    return max(statuses, default=NOT_FOUND)


Say = Callable[[Answer | None, Exception | None, bool], None]
