"""/api/v1: our own JSON API. What it takes is strict, what it refuses is a problem (RFC 9457)."""

import msgspec
from flask import Blueprint, Response, request

from breachcheck.answers import as_json
from breachcheck.web import api_description, batch_lines, bodies, formats, measuring, questions
from breachcheck.web.access import admit
from breachcheck.web.batch_lines import Told
from breachcheck.web.context import services
from breachcheck.web.domain_viewers import viewer_of
from breachcheck.web.headers import keep_to_yourself
from breachcheck.web.questions import Question
from breachcheck.web.shared_answers import shared

PREFIX = "/api/v1"
LARGEST_QUESTION = 64 * 2**10

JSON = bodies.JSON
ABOUT_AN_ACCOUNT = (("Content-Type", JSON), ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"))

bp = Blueprint("api", __name__, url_prefix=PREFIX)


@bp.post("/lookup")
def lookup() -> Response:
    """What the published breaches hold of one account."""
    key = admit("lookup")
    wanted = formats.wanted()
    question = _read_question()
    viewer = viewer_of(key, question)
    answer = measuring.told(services().lookup.ask(question.account, viewer, kind=question.kind, breach=question.breach))
    if wanted != "json":
        body = b"".join(batch_lines.WRITERS[wanted]([Told(None, 1, 1, answer)]))
        return keep_to_yourself(Response(body, content_type=formats.MEDIA_TYPES[wanted]))
    return Response(msgspec.json.encode(as_json(answer)), headers=ABOUT_AN_ACCOUNT)


@bp.get("/openapi.json")
def openapi() -> Response:
    """What this API takes and answers, for programs (OpenAPI 3.1)."""
    return shared(Response(api_description.document(services().config), content_type=JSON))


def _read_question() -> Question:
    request.max_content_length = LARGEST_QUESTION
    bodies.require_json()
    return questions.read(request.get_data(cache=False), Question)
