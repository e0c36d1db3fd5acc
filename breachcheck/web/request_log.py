"""The log of requests: the route's rule, status and time, never the path, which may hold an address."""

import secrets
import time
from collections.abc import Mapping

import structlog
from flask import Flask, Response, g, request

from breachcheck.surprises import places_of
from breachcheck.web.forwarded import GIVEN_ID

log = structlog.get_logger("breachcheck.web")


def install(app: Flask) -> None:
    """Log every answer of *app*, under an id that the answer carries too."""

    @app.before_request
    def begin() -> None:
        g.began_at = time.monotonic()
        g.request_id = new_id(request.environ)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = request_id()
        note(request.method, rule(), response.status_code, seconds(), request_id())
        return response


def new_id(environ: Mapping[str, object]) -> str:
    """That which a trusted proxy gave the request, so that both logs name it alike; or one of ours."""
    return str(environ.get(GIVEN_ID) or secrets.token_hex(8))


def note(method: str, rule: str, status: int, seconds: float, request_id: str) -> None:
    """Log one answer, that took *seconds*."""
    log.info("request", method=method, rule=rule, status=status, ms=round(seconds * 1000, 1), id=request_id)


def note_surprise(error: Exception) -> None:
    """Log where *error* came from: its type and the places, not its message, which may quote what was asked."""
    log.error("surprise", type=type(error).__name__, rule=rule(), trace=places_of(error), id=request_id())


def request_id() -> str:
    return str(g.get("request_id", ""))


def seconds() -> float:
    """How long the current request has been worked on."""
    now = time.monotonic()
    return now - float(g.get("began_at", now))


def rule() -> str:
    """Of the current request's route."""
    return request.url_rule.rule if request.url_rule else "no such page"
