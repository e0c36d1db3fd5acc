"""Whether the site works: for visitors, for programs, for load balancers, for whoever restarts processes."""

import msgspec
from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import TooManyRequests

from breachcheck.errors import CouldNotCheck
from breachcheck.web import bodies, limits, status_page
from breachcheck.web.context import services

COMPLAINTS_A_MINUTE = 3
TOLD = ("counted", "again")

bp = Blueprint("status", __name__)


@bp.get("/status")
def status() -> ResponseReturnValue:
    """Asks the store as a look-up does. Where it cannot answer the page does, and says so, with 503."""
    found, told = services().site_status.now(), request.args.get("told")
    page = render_template(
        "pages/status.html",
        status=found,
        seen=found.seen,
        rows=status_page.rows_of(found.seen.spans) if found.seen else [],
        heads=status_page.heads(),
        states=status_page.state_names(),
        told=told if told in TOLD else "",
    )
    return make_response(page, 200 if found.can_answer else 503)


@bp.get("/status.json")
def status_json() -> Response:
    """The same for programs."""
    found = services().site_status.now()
    body = msgspec.json.encode(status_page.as_json(found, is_demo=services().is_demo))
    return Response(body, 200 if found.can_answer else 503, {"Cache-Control": "no-store"}, content_type=bodies.JSON)


@bp.post("/status/complaint")
def complain() -> ResponseReturnValue:
    """Count that it does not work for somebody, and nothing about them. It needs no store."""
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        raise CSRFError("The form is one of another site.")
    try:
        limits.spend("complaint", COMPLAINTS_A_MINUTE)
    except TooManyRequests:
        return redirect(url_for("status.status", told="again"), 303)
    services().measures.complaint()
    return redirect(url_for("status.status", told="counted"), 303)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process lives."""
    return _plain("ok", 200)


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Look-ups can be answered."""
    try:
        services().site_status.try_store()
    except CouldNotCheck:
        return _plain("the store cannot be asked", 503)
    return _plain("ready", 200)


def _plain(text: str, code: int) -> Response:
    return Response(f"{text}\n", code, mimetype="text/plain", headers={"Cache-Control": "no-store"})
