"""The house call: tells the doctor how his request arrived; for everybody else there is no such page."""

import msgspec
from flask import Blueprint, Response, abort, request

from breachcheck import house_calls
from breachcheck.house_calls import Arrival
from breachcheck.web import bodies, forwarded
from breachcheck.web.context import services
from breachcheck.web.headers import keep_to_yourself

bp = Blueprint("house_call", __name__)


@bp.get(house_calls.PATH)
def arrival() -> Response:
    """404 without a question under the app key of this site."""
    question = request.headers.get(house_calls.HEADER, "")
    if not house_calls.is_asked(services().app_key, question):
        abort(404)
    body = msgspec.json.encode(_arrival())
    proof = house_calls.proof(services().app_key, question, body)
    return keep_to_yourself(Response(body, headers={house_calls.HEADER: proof}, content_type=bodies.JSON))


def _arrival() -> Arrival:
    way = forwarded.way_of(request.environ)
    return Arrival(
        client=request.remote_addr or "",
        scheme=request.scheme,
        host=request.host,
        peer=way.peer,
        hops=way.hops,
        is_forwarded=way.is_forwarded,
    )
