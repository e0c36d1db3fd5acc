"""The servers that a URL names: how each is reached, and what it says of itself."""

import queue
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString, NamedTuple

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row

CONNECT_S = 2
GRACE_S = 0.1
"""How much longer than for the first answer anybody waits for that of the server that is written to."""

ABOUT: LiteralString = """
pg_postmaster_start_time()::text AS run,
CASE WHEN pg_is_in_recovery() THEN NULL ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END AS history,
extract(epoch FROM pg_last_xact_replay_timestamp())::float8 AS replayed_until,
(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END - '0/0')::bigint AS position
"""
"""What a server says of itself, in any SELECT."""


@dataclass(frozen=True, slots=True)
class Host:
    """One server. *place*: which, without a secret."""

    place: str
    url: str

    def __repr__(self) -> str:
        return f"Host({self.place})"


class Sighting(NamedTuple):
    """What a server said of itself.

    *run*: when it was started. *history*: the timeline that it writes, which moves with every promotion and is None on
    a copy that follows. *replayed_until*: the commit of the primary, in epoch seconds, up to which a copy has all.
    *position*: how many bytes of log it wrote, or follows up to.
    """

    host: Host
    run: str
    history: str | None
    replayed_until: float
    position: int

    @property
    def is_copy(self) -> bool:
        return self.history is None


class Seen(NamedTuple):
    """What a look at the servers found. *silent*: those that did not answer in time, and may never."""

    sightings: Sequence[Sighting]
    faults: Mapping[Host, psycopg.Error]
    silent: Collection[Host]


def hosts_of(url: str) -> tuple[Host, ...]:
    """In the order of *url*. Raises psycopg.ProgrammingError where it is none."""
    given = conninfo_to_dict(url)
    listed = {name: str(given[name]).split(",") for name in ("host", "hostaddr", "port") if given.get(name)}
    number = max((len(listed.get(name, ())) for name in ("host", "hostaddr")), default=1)
    if number <= 1 or any(len(values) not in (1, number) for values in listed.values()):
        return (Host("", url),)  # one, or what libpq refuses in its own words
    return tuple(
        _host(url, {name: values[place % len(values)] for name, values in listed.items()}) for place in range(number)
    )


def sight(host: Host) -> Sighting:
    """Ask *host* what it is. Raises psycopg.Error; takes two seconds at most where it takes connections at all."""
    with psycopg.connect(host.url, autocommit=True, connect_timeout=CONNECT_S, row_factory=dict_row) as session:
        (row,) = session.execute(f"SELECT {ABOUT}").fetchall()
    return sighting_of(host, row)


def sighting_of(host: Host, row: Mapping[str, object]) -> Sighting:
    """Out of a *row* with ABOUT."""
    history, until, position = row["history"], row["replayed_until"], row["position"]
    return Sighting(
        host,
        run=str(row["run"]),
        history=None if history is None else str(history),
        replayed_until=until if isinstance(until, float) else 0.0,
        position=position if isinstance(position, int) else 0,
    )


def look(hosts: Sequence[Host], until: float, *, at_all: bool = False) -> Seen:
    """Ask all *hosts* at once, until *until* (monotonic), or until one that is written to has answered.

    Once a copy has answered, the others have GRACE_S more. With *at_all* each is waited for till *until*.
    """
    answers: queue.SimpleQueue[Sighting | tuple[Host, psycopg.Error]] = queue.SimpleQueue()
    for host in hosts:
        threading.Thread(target=_ask, args=(host, answers), name="look at a database", daemon=True).start()
    sightings: list[Sighting] = []
    faults: dict[Host, psycopg.Error] = {}
    while len(sightings) + len(faults) < len(hosts) and (at_all or all(one.is_copy for one in sightings)):
        try:
            answer = answers.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            break
        if isinstance(answer, Sighting):
            sightings.append(answer)
            until = until if at_all else min(until, time.monotonic() + GRACE_S)
        else:
            faults[answer[0]] = answer[1]
    heard = {one.host for one in sightings} | faults.keys()
    is_over = not at_all and any(not one.is_copy for one in sightings)
    return Seen(sightings, faults, [] if is_over else [host for host in hosts if host not in heard])


def _ask(host: Host, answers: "queue.SimpleQueue[Sighting | tuple[Host, psycopg.Error]]") -> None:
    try:
        answers.put(sight(host))
    except psycopg.Error as error:
        answers.put((host, error))


def _host(url: str, where: Mapping[str, str]) -> Host:
    name = where.get("host") or where["hostaddr"]
    return Host(f"{name}:{where['port']}" if where.get("port") else name, make_conninfo(url, **where))
