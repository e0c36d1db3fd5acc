"""Which Host headers are answered: the site's own and loopback; any under /api/v3, whose clients believe in another."""

from urllib.parse import urlsplit

from flask import Flask, abort, request

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
FOR_ANY_HOST = ("/api/v3/", "/healthz", "/readyz")
"""Probes ask by a machine's address, and learn nothing but that the site is up."""


def install(app: Flask, public_url: str | None) -> None:
    """Refuse foreign hosts with 421 where *public_url* says which is ours; without it, answer all."""
    if public_url is None:
        return
    ours = LOOPBACK | {urlsplit(public_url).hostname}

    @app.before_request
    def refuse_foreign_hosts() -> None:
        if urlsplit(f"//{request.host}").hostname not in ours and not request.path.startswith(FOR_ANY_HOST):
            abort(421)
