"""Whether the site works: for visitors, for load balancers, for whoever restarts processes."""

import time

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from breachcheck.errors import CouldNotCheck
from breachcheck.web.context import services
from breachcheck.web.doors import Site

bp = Blueprint("status", __name__)


@bp.get("/status")
def status() -> ResponseReturnValue:
    """Asks the store as a look-up does; where it cannot answer, the page is the one that says so, with 503."""
    services().lookup.try_store()
    return render_template("pages/status.html", breaches=Site(services()).reach(), now=int(time.time()))


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process lives."""
    return _plain("ok", 200)


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Look-ups can be answered."""
    try:
        services().lookup.try_store()
    except CouldNotCheck:
        return _plain("the store cannot be asked", 503)
    return _plain("ready", 200)


def _plain(text: str, code: int) -> Response:
    return Response(f"{text}\n", code, mimetype="text/plain", headers={"Cache-Control": "no-store"})
