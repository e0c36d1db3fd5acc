"""Which Host headers are answered: the site's own and loopback; any under /api/v3, whose clients believe in another."""

import ipaddress
from functools import lru_cache
from urllib.parse import urlsplit

from flask import Flask, abort, request

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
FOR_ANY_HOST = ("/api/v3/", "/healthz", "/readyz")
"""Probes ask by a machine's address, and learn nothing but that the site is up."""


class Hosts:
    """Which names are ours: loopback's and that of *public_url*.

    Where it is not set, a bare IP address is ours too: nobody can point one at this machine from outside, as they can
    a name of their own.
    """

    def __init__(self, public_url: str | None) -> None:
        self._is_named = public_url is not None
        self._ours = LOOPBACK | ({urlsplit(public_url).hostname} if public_url else set())

    def answers(self, host: str) -> bool:
        """Whether we answer under *host*, as the header has it."""
        name = _name_in(host)
        return name in self._ours or (not self._is_named and _is_address(name))


def install(app: Flask, public_url: str | None) -> None:
    """Refuse foreign hosts with 421. Who names no host at all names no other."""
    hosts = Hosts(public_url)

    @app.before_request
    def refuse_foreign_hosts() -> None:
        if "Host" not in request.headers or request.path.startswith(FOR_ANY_HOST):
            return
        if not hosts.answers(request.host):
            abort(421)


@lru_cache(maxsize=256)
def _name_in(host: str) -> str:
    """The name asked for, without a port, in lower case, without the dot of the root."""
    try:
        return (urlsplit(f"//{host}").hostname or "").removesuffix(".")
    except ValueError:
        return ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
