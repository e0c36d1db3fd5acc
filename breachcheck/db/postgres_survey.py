"""How each of several PostgreSQL servers fares, as far as each of them says."""

import time
from collections.abc import Sequence

from breachcheck.db.postgres_hosts import Seen, hosts_of, look
from breachcheck.db.postgres_link import Link
from breachcheck.db.upkeep import ServerState

PATIENCE_S = 2.0


def survey(url: str) -> Sequence[ServerState]:
    """Of the servers that *url* names, in its order; empty where it is one."""
    hosts = hosts_of(url)
    if len(hosts) == 1:
        return []
    seen = look(hosts, time.monotonic() + PATIENCE_S, at_all=True)
    states = _answering(seen) | {
        host.place: ServerState(host.place, why_away=Link(url, "public").why(error))
        for host, error in seen.faults.items()
    }
    return [states.get(host.place) or ServerState(host.place, why_away="no answer in time") for host in hosts]


def _answering(seen: Seen) -> dict[str, ServerState]:
    newest = max((one.position for one in seen.sightings if not one.is_copy), default=None)
    return {
        one.host.place: ServerState(
            one.host.place,
            is_written_to=not one.is_copy,
            behind=max(0, newest - one.position) if one.is_copy and newest is not None else None,
        )
        for one in seen.sightings
    }
