"""Which Host headers are answered: the site's own and loopback; any under /api/v3, whose clients believe in another."""

import ipaddress
from urllib.parse import urlsplit

from flask import Flask, abort, request

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
FOR_ANY_HOST = ("/api/v3/", "/healthz", "/readyz")
"""Probes ask by a machine's address, and learn nothing but that the site is up."""


def install(app: Flask, public_url: str | None) -> None:
    """Refuse foreign hosts with 421.

    Ours are loopback's names and that of *public_url*. Where it is not set, a bare IP address is ours too: nobody can
    point one at this machine from outside, as they can a name of their own. Who names no host at all names no other.
    """
    ours = LOOPBACK | ({urlsplit(public_url).hostname} if public_url else set())

    @app.before_request
    def refuse_foreign_hosts() -> None:
        if "Host" not in request.headers or request.path.startswith(FOR_ANY_HOST):
            return
        host = _host()
        if host not in ours and (public_url or not _is_address(host)):
            abort(421)


def _host() -> str:
    """The name asked for, without a port, in lower case, without the dot of the root."""
    try:
        return (urlsplit(f"//{request.host}").hostname or "").removesuffix(".")
    except ValueError:
        return ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
