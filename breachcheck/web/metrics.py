"""/metrics, for Prometheus: what this process counted and what waits in the store. Only for who has the token."""

import hmac

from flask import Blueprint, Flask, Response, abort, current_app, request
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from breachcheck import key_files
from breachcheck.config import Config
from breachcheck.errors import ConfigError
from breachcheck.web import exposition
from breachcheck.web.access import bearer
from breachcheck.web.context import services

TOKEN = "breachcheck metrics token"
SHORTEST_TOKEN = 16

bp = Blueprint("metrics", __name__)


def install(app: Flask, settings: Config) -> None:
    """Raises ConfigError where the token could be guessed, KeyFileError where its file cannot be read."""
    file = settings.metrics_token_file
    token = app.extensions[TOKEN] = key_files.read_secret(file) if file else settings.metrics_token
    if 0 < len(token) < SHORTEST_TOKEN:
        raise ConfigError(
            f"The metrics token must have {SHORTEST_TOKEN} characters or more; `openssl rand -hex 16` makes one."
        )


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
