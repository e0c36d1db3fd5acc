"""The log of requests: the route's rule, status and time, never the path, which may hold an address."""

import secrets
import time
import traceback

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger("breachcheck.web")


def install(app: Flask) -> None:
    """Log every answer of *app*, under an id that the answer carries too."""

    @app.before_request
    def begin() -> None:
        g.began_at = time.monotonic()
        g.request_id = secrets.token_hex(8)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = request_id()
        began = g.get("began_at", time.monotonic())
        note(request.method, _rule(), response.status_code, began, request_id())
        return response


def note(method: str, rule: str, status: int, began: float, request_id: str) -> None:
    """*began*: by the monotonic clock."""
    ms = round((time.monotonic() - began) * 1000, 1)
    log.info("request", method=method, rule=rule, status=status, ms=ms, id=request_id)


def note_surprise(error: Exception) -> None:
    """Log where *error* came from: its type and the places, not its message, which may quote what was asked."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    log.error("surprise", type=type(error).__name__, rule=_rule(), trace=frames, id=request_id())


def request_id() -> str:
    return str(g.get("request_id", ""))


def _rule() -> str:
    return request.url_rule.rule if request.url_rule else "no such page"
