"""How /api/v3 says that something went wrong: HIBP's body, never a 404 but the look-up's own."""

import re
from collections.abc import Mapping

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, TooManyRequests

from breachcheck.errors import (
    BreachcheckError,
    CouldNotCheck,
    ExpiredKey,
    InvalidAccount,
    InvalidKey,
    MalformedKey,
    MissingKey,
    UnknownBreach,
)
from breachcheck.web import problems
from breachcheck.web.context import services
from breachcheck.web.hibp_model import json_response

COULD_NOT_CHECK = "We could not check. This is neither a yes nor a no; try again later."

MESSAGE_OF: Mapping[type[Exception], str] = {
    MissingKey: "Access denied due to missing hibp-api-key.",
    MalformedKey: "Access denied due to improperly formed hibp-api-key.",
    InvalidKey: "Access denied due to invalid hibp-api-key.",
    ExpiredKey: "Access denied due to invalid hibp-api-key. It has expired.",
    InvalidAccount: "The account is blank or not an email address.",
    CouldNotCheck: COULD_NOT_CHECK,
}
"""What is said instead of our own message: mostly what HIBP's clients know the refusal by."""

_text_alone = re.compile(r"/api/v3/breachedaccount/range(?:/[^@]*)?", re.IGNORECASE)


def install(app: Flask, prefix: str) -> None:
    """Mark every answer under *prefix* of a demo store, errors too."""

    @app.after_request
    def mark(response: Response) -> Response:
        if services().is_demo and request.path.startswith(prefix):
            response.headers["Breachcheck-Demo"] = "true"
        return response


def render(status: int, error: Exception) -> Response:
    """*error* in the body that HIBP's clients expect; plain text where HIBP has that."""
    status = _status(status, error)
    message = _message(status, error)
    if _text_alone.fullmatch(request.path):
        response = Response(message, status, content_type="text/plain; charset=utf-8")
    else:
        response = json_response({"statusCode": status, "message": message}, status)
    response.headers.update(problems.headers_of(status, error))
    response.headers["Cache-Control"] = "no-store"
    return response


def _status(status: int, error: Exception) -> int:
    """A 404 only for a breach that was asked for by its name."""
    if status != 404 or isinstance(error, UnknownBreach):
        return status
    return 400 if isinstance(error, HTTPException) else 503


def _message(status: int, error: Exception) -> str:
    if isinstance(error, TooManyRequests):
        return f"Rate limit is exceeded. Try again in {error.retry_after} seconds."
    said = next((MESSAGE_OF[kind] for kind in type(error).__mro__ if kind in MESSAGE_OF), None)
    if said or status >= 500:
        return said or COULD_NOT_CHECK
    if isinstance(error, HTTPException):
        return "There is no such service here." if error.code == 404 else error.description or ""
    return str(error) if isinstance(error, BreachcheckError) else COULD_NOT_CHECK
