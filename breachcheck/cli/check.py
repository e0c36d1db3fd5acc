"""``breachcheck check``: ask about one account, or about many from standard input, here or on another machine."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec

from breachcheck import answers, client
from breachcheck.answers import Answer, failure_json
from breachcheck.audit import AuditEntry
from breachcheck.breaches import LoadId
from breachcheck.cli import edge, remote
from breachcheck.cli.answering import in_words, remote_in_words
from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.numbers import NUMBER
from breachcheck.cli.output import who
from breachcheck.client import Client
from breachcheck.digests import Kind
from breachcheck.disclosure import OPERATOR, PUBLIC
from breachcheck.errors import BreachcheckError
from breachcheck.services import Services, opened

NOT_FOUND, EXPOSED, COULD_NOT_CHECK = 0, 1, 2
VIEWERS = {"operator": OPERATOR, "public": PUBLIC}


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, ready to be said in either way."""

    is_exposed: bool
    as_json: Callable[[], Any]
    in_words: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Asker:
    """Whom an account is asked of."""

    ask: Callable[[str], Told]
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of every account, and as whom."""

    kind: Kind
    breach: str | None
    load_id: int | None
    viewer: str | None


@click.command(short_help="Was an account in a breach?")
@data_option
@json_option
@click.argument("account")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), default=Kind.EMAIL.value, show_default=True)
@click.option("--breach", help="Ask this breach alone.")
@click.option("--load", "load_id", type=NUMBER, help="Ask this load alone, held or not.")
@click.option("--as", "viewer", type=click.Choice(list(VIEWERS)), help="Who asks.  [default: operator]")
@click.option("--remote", "url", metavar="URL", help="Ask the breachcheck there, with an API key.")
@remote.key_file_option
def check(
    data: Path | None,
    as_json: bool,
    account: str,
    kind: str,
    breach: str | None,
    load_id: int | None,
    viewer: str | None,
    url: str | None,
    key_file: Path | None,
) -> int:
    """Was ACCOUNT in a breach? With -, every line of standard input is one account.

    Exit status: 0 not found, 1 exposed, 2 could not check.
    """
    if url and (viewer or load_id is not None):
        raise click.UsageError("--as and --load ask the store on this machine; leave them out, or --remote.")
    say = _say_json if as_json else _say_words
    wanted = Wanted(Kind(kind), breach, load_id, viewer)
    is_many = account == "-"
    try:
        with _there(url, key_file, wanted) if url else _here(data, wanted, is_many=is_many) as asker:
            return _worst([_ask_one(one, asker, say) for one in (_lines(spaced=not as_json) if is_many else [account])])
    except BrokenPipeError:
        raise
    except (BreachcheckError, OSError, UnicodeError) as error:
        return _say_failure(error, say, is_demo=False)


@contextmanager
def _here(data: Path | None, wanted: Wanted, *, is_many: bool) -> Iterator[Asker]:
    """The store on this machine, asked on record."""
    viewer = VIEWERS[wanted.viewer or "operator"]

    def ask(account: str) -> Told:
        if wanted.load_id is not None:
            return _told(services.lookup.ask_load(account, LoadId(wanted.load_id), viewer, kind=wanted.kind), wanted)
        return _told(services.lookup.ask(account, viewer, kind=wanted.kind, breach=wanted.breach), wanted)

    with opened(data) as services:
        _note(services, many=is_many)
        yield Asker(ask, services.is_demo)


@contextmanager
def _there(url: str, key_file: Path | None, wanted: Wanted) -> Iterator[Asker]:
    """Another machine, as the holder of an API key."""
    with remote.connected(url, key_file) as there:
        yield Asker(lambda account: remote.patiently(lambda: _asked_there(account, there, wanted)))


def _told(answer: Answer, wanted: Wanted) -> Told:
    return Told(bool(answer.exposures), partial(answers.as_json, answer), partial(in_words, answer, wanted.kind))


def _asked_there(account: str, there: Client, wanted: Wanted) -> Told:
    sent = there.lookup_json(account, kind=wanted.kind, breach=wanted.breach)
    answer = msgspec.json.decode(sent, type=client.Answer)

    def words() -> str:
        return remote_in_words(answer, there.breaches() if answer.exposures else (), wanted.kind)

    return Told(bool(answer.exposures), partial(json.loads, sent), words)


def _note(services: Services, *, many: bool) -> None:
    subject = "accounts from standard input" if many else "one account"
    services.audit.note(AuditEntry(at=int(time.time()), actor=who(), action="check", subject=subject))


def _lines(*, spaced: bool) -> Iterator[str]:
    """What stands in standard input; where answers are *spaced*, an empty line is said between them."""
    if sys.stdin.isatty():
        edge.say("Type an account and press Enter; Ctrl-D ends.")
    for number, line in enumerate(sys.stdin.buffer):
        if number and spaced:
            click.echo()
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def _ask_one(account: str, asker: Asker, say: "Say") -> int:
    try:
        told = asker.ask(account)
        say(told, None, asker.is_demo)
    except BreachcheckError as error:
        return _say_failure(error, say, is_demo=asker.is_demo)
    return EXPOSED if told.is_exposed else NOT_FOUND


def _say_failure(error: Exception, say: "Say", *, is_demo: bool) -> int:
    say(None, error, is_demo)
    return COULD_NOT_CHECK


def _say_json(told: Told | None, error: Exception | None, is_demo: bool) -> None:
    if told is not None:
        click.echo(json.dumps(told.as_json(), ensure_ascii=False))
    elif error is not None:
        edge.say(_why(error))
        click.echo(json.dumps(failure_json(edge.reason_of(error), is_demo=is_demo)))


def _say_words(told: Told | None, error: Exception | None, _is_demo: bool) -> None:
    if told is not None:
        click.echo(told.in_words())
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


Say = Callable[[Told | None, Exception | None, bool], None]
