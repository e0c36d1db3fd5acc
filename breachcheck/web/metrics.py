"""/metrics, for Prometheus: what this process counted and what waits in the store. Only for who has the token."""

import hmac

from flask import Blueprint, Flask, Response, abort, current_app, request
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from breachcheck.config import Config
from breachcheck.health import metrics_token
from breachcheck.web import exposition
from breachcheck.web.access import bearer
from breachcheck.web.context import services

TOKEN = "breachcheck metrics token"

bp = Blueprint("metrics", __name__)


def install(app: Flask, settings: Config) -> None:
    """Raises what ``metrics_token.read`` does."""
    app.extensions[TOKEN] = metrics_token.read(settings)


@bp.get("/metrics")
def metrics() -> Response:
    """A 404 where no token is set: there is no such page."""
    token = str(current_app.extensions[TOKEN])
    if not token:
        abort(404)
    sent = bearer(request.headers.get("Authorization", ""))
    if not hmac.compare_digest(sent.encode(), token.encode()):
        return Response("This needs the metrics token.\n", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")
    text = generate_latest(exposition.registry(services()))
    return Response(text, content_type=CONTENT_TYPE_PLAIN_0_0_4, headers={"Cache-Control": "no-store"})
