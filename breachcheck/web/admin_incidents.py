"""The operators' page of incidents: what visitors are told of trouble with the site."""

import time
from collections.abc import Callable

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from breachcheck.errors import InvalidRequest, UnknownIncident
from breachcheck.health.incidents import LONGEST_TEXT, LONGEST_TITLE, STATES, Incident, IncidentId, State
from breachcheck.web.context import services
from breachcheck.web.language import gettext as _
from breachcheck.web.status_page import state_names

bp = Blueprint("incidents", __name__, url_prefix="/incidents")


@bp.get("")
def overview() -> ResponseReturnValue:
    return _page()


def _page() -> str:
    return render_template(
        "admin/incidents.html",
        incidents=services().incidents.since(0),
        states=state_names(),
        longest_title=LONGEST_TITLE,
        longest_text=LONGEST_TEXT,
        seen=services().site_status.seen(),
    )


@bp.post("")
def open_one() -> ResponseReturnValue:
    title, text = request.form.get("title", ""), request.form.get("text", "")
    return _told(lambda by, at: services().incidents.open(title, text, state=_state(), by=by, at=at))


@bp.post("/<int:incident_id>")
def update(incident_id: IncidentId) -> ResponseReturnValue:
    text = request.form.get("text", "")
    return _told(lambda by, at: services().incidents.update(incident_id, _state(), text, by=by, at=at))


def _state() -> State:
    """Raises InvalidRequest for what is none."""
    sent = request.form.get("state", "")
    if sent not in STATES:
        raise InvalidRequest(f"The state of an incident is one of {', '.join(STATES)}.")
    return sent


def _told(tell: Callable[[str, int], Incident]) -> ResponseReturnValue:
    """Tell everybody as the signed-in operator; what could not be told is shown again, to be mended."""
    try:
        tell(f"operator:{g.operator.name}", int(time.time()))
    except (InvalidRequest, UnknownIncident) as refusal:
        flash(str(refusal))
        return _page(), 400
    services().site_status.look_anew()
    flash(_("Everybody can read it now, on the page Status."))
    return redirect(url_for("admin.incidents.overview"), 303)
