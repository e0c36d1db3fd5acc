"""The way to a PostgreSQL server: its address without the secret in it, sessions, and what goes wrong on the way."""

import re
import select
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg
from psycopg import errors
from psycopg.adapt import Buffer
from psycopg.rows import dict_row
from psycopg.types.numeric import Int8BinaryDumper, IntLoader

from breachcheck.db.postgres_hosts import ABOUT, CONNECT_S, Host, Sighting, sighting_of
from breachcheck.db.postgres_schema import Session
from breachcheck.errors import InvalidRequest, StoreFull, StoreReadOnly, StoreUnavailable

STATEMENT_S, WAIT_FOR_WRITER_S, FORGOTTEN_S = 300, 10, 600
"""How long the server works on a statement, lets one writer wait for another, and one hold on that does nothing."""

_FULL = ("53100", "53200")  # the disk, memory
_LOST = (errors.UndefinedTable, errors.UndefinedColumn, errors.InvalidSchemaName, errors.InsufficientPrivilege)
"""What a program of ours asks for is there, unless somebody took it away."""
_GONE = ("08", "57P")
_TRY_AGAIN = ("40001", "40P01")
"""A copy could not go on following while something was read from it, and ended that."""

_SETTINGS = f"""
SELECT set_config('search_path', %(namespace)s, false),
    set_config('statement_timeout', '{STATEMENT_S}s', false),
    set_config('lock_timeout', '{WAIT_FOR_WRITER_S}s', false),
    set_config('idle_in_transaction_session_timeout', '{FORGOTTEN_S}s', false),
    set_config('synchronous_commit',
        CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') THEN 'on'
            ELSE current_setting('synchronous_commit') END, false),
    {ABOUT}
"""

_PARAMETER = re.compile(r"'(?:[^']|'')*'|(\bIN )?(?<![:\w]):([a-z_][a-z0-9_]*)|%")


def has_something_to_read(session: psycopg.Connection[object] | Session) -> bool:
    """Whether something came that nobody read yet: an answer, or the end of the connection."""
    poll = select.poll()  # unlike select, it takes descriptors of any number
    poll.register(session.fileno(), select.POLLIN)
    return bool(poll.poll(0))


class WholeNumberLoader(IntLoader):
    """What a sum of whole numbers gives is one: PostgreSQL calls it ``numeric``."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data))


class Interrupted(StoreUnavailable):
    """The server was lost, or let go of a question, before it was answered: a read may be asked once more."""


class Link:
    """Where the database is, and how a session with it begins. Its password stands in no text that it gives."""

    def __init__(self, url: str, namespace: str) -> None:
        self._url = url
        self._namespace = namespace

    def __repr__(self) -> str:
        return f"Link({self})"

    def __str__(self) -> str:
        return place_of(self._url)

    @property
    def named(self) -> str:
        """As a sentence begins."""
        return str(self)[0].upper() + str(self)[1:]

    def open(self, host: Host) -> tuple[Session, Sighting]:
        """A session, and what its server says of itself. Raises psycopg.Error."""
        with ExitStack() as if_it_fails:
            session: Session = psycopg.connect(host.url, **OPTIONS)
            if_it_fails.callback(session.close)
            sighting = sighting_of(host, self._begin(session))
            if_it_fails.pop_all()
        return session, sighting

    def _begin(self, session: Session) -> Mapping[str, object]:
        """Settle how a new *session* behaves."""
        session.adapters.register_dumper(int, Int8BinaryDumper)  # one type, so that one plan serves them all
        session.adapters.register_dumper(bool, Int8BinaryDumper)
        session.adapters.register_loader("numeric", WholeNumberLoader)
        (row,) = session.execute(_SETTINGS, {"namespace": self._namespace}).fetchall()
        return row

    def in_words(self, error: psycopg.Error) -> Exception:
        """The driver's *error* in the house's words; mistakes of the program itself stay what they are."""
        if isinstance(error, _LOST):
            return StoreUnavailable(
                f"{self.named} lacks what a store has ({error.sqlstate}), or its user may not use it; restore a backup."
            )
        if isinstance(error, psycopg.DataError) and error.sqlstate is None:
            return InvalidRequest("A text holds a character that cannot be kept (NUL); leave it out.")
        if isinstance(error, psycopg.IntegrityError | psycopg.ProgrammingError | psycopg.DataError):
            return error
        if isinstance(error, errors.ReadOnlySqlTransaction):
            return StoreReadOnly(self.read_only)
        if error.sqlstate in _FULL:
            return StoreFull(f"No room is left in {self}; free some space and try again. Nothing stored was lost.")
        is_to_be_asked_again = is_gone(error) or error.sqlstate in _TRY_AGAIN
        return (Interrupted if is_to_be_asked_again else StoreUnavailable)(self.unusable(self.why(error)))

    @property
    def read_only(self) -> str:
        return (
            f"{self.named} can be read just now and not be written to: only a standby of it answers. Nothing was"
            " changed; start its primary again, or promote the standby."
        )

    def unusable(self, why: str) -> str:
        return f"{self.named} cannot be used ({why}); see to the server."

    def why(self, error: psycopg.Error) -> str:
        """One line of what the server or the driver says, without the password."""
        first = (error.diag.message_primary or str(error) or type(error).__name__).splitlines()[0]
        return _without(first, secrets_of(self._url))


def is_gone(error: psycopg.Error) -> bool:
    """Whether *error* tells of a server, or a way to it, that is there no more."""
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError)
    return error.sqlstate.startswith(_GONE)


OPTIONS: dict[str, Any] = {
    "autocommit": True,
    "row_factory": dict_row,
    "connect_timeout": CONNECT_S,
    "application_name": "breachcheck",
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 1500,
}


@cache
def translated(sql: str) -> str:
    """*sql* with its ``:name`` parameters as psycopg writes them."""
    return _PARAMETER.sub(_as_psycopg, sql)


def _as_psycopg(found: re.Match[str]) -> str:
    in_list, name = found.groups()
    if name is None:
        return found[0].replace("%", "%%")
    return f"= ANY(%({name})s)" if in_list else f"%({name})s"


def place_of(url: str) -> str:
    """What may be told of *url*: which database on which host."""
    parts = urlsplit(url)
    hosts = parts.netloc.rpartition("@")[2] or ",".join(parse_qs(parts.query).get("host", [])) or "this machine"
    return f"the database {unquote(parts.path.strip('/')) or 'of that name'} on {hosts}"


def secrets_of(url: str) -> list[str]:
    """Every spelling of the password in *url*."""
    parts = urlsplit(url)
    written = parts.netloc.rpartition("@")[0].partition(":")[2]
    found = [written, unquote(written), *parse_qs(parts.query).get("password", [])]
    return [one for one in found if one]


def _without(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "…")
    return text
