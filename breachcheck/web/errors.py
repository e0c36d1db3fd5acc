"""From our exceptions to HTTP: one table of statuses, and for each part of the site the function that says it there."""

from collections.abc import Callable, Mapping

from flask import Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from breachcheck import errors
from breachcheck.errors import BreachcheckError
from breachcheck.web import request_log

STATUS_OF: dict[type[BreachcheckError], int] = {
    errors.InvalidAccount: 400,
    errors.InvalidKey: 401,
    errors.MissingScope: 403,
    errors.UnprovedDomain: 403,
    errors.UnknownBreach: 404,
    errors.UnknownDomain: 404,
    errors.WithdrawnBreach: 410,
    errors.UnknownIncident: 404,
    errors.UnknownLoad: 404,
    errors.UnknownWatchlist: 404,
    errors.UnknownWebhook: 404,
    errors.MalformedJson: 400,
    errors.InvalidRequest: 422,
    errors.UnprovableDomain: 422,
    errors.TooManyAccounts: 413,
    errors.KindNotCarried: 422,
    errors.CouldNotCheck: 503,
}
"""A subclass has the status of its nearest ancestor here; what has none is a fault of ours: 500."""

Renderer = Callable[[int, Exception], ResponseReturnValue]
"""Says an error to whoever asked. The exception is ours, a werkzeug HTTPException, or, with 500, anything."""


def install(app: Flask, renderers: Mapping[str, Renderer], page: Renderer) -> None:
    """Answer every error under a path prefix in *renderers* with its renderer, and all others with *page*."""

    def render(status: int, error: Exception) -> ResponseReturnValue:
        return renderer_of(request.path)(status, error)

    def renderer_of(path: str) -> Renderer:
        return next((say for prefix, say in renderers.items() if path.startswith(prefix)), page)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> ResponseReturnValue:
        if error.code is None or error.code < 400:
            return error.get_response()
        return render(error.code, error)

    @app.errorhandler(BreachcheckError)
    def ours(error: BreachcheckError) -> ResponseReturnValue:
        return render(status_of(error), error)

    @app.errorhandler(Exception)
    def surprise(error: Exception) -> ResponseReturnValue:
        # The edge of the process: whatever it was, the visitor gets a page that is no answer.
        request_log.note_surprise(error)
        return render(500, error)


def status_of(error: BreachcheckError) -> int:
    """The status of the nearest ancestor of *error* in STATUS_OF."""
    return next((STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF), 500)
