"""/api/v1: our own JSON API. What it takes is strict, what it refuses is a problem (RFC 9457)."""

from importlib import resources
from typing import Any

import msgspec
from flask import Blueprint, Response, request
from werkzeug.exceptions import UnsupportedMediaType

from breachcheck.answers import as_json, timestamp
from breachcheck.catalog import Breach
from breachcheck.data_classes import heaviest_first
from breachcheck.disclosure import KEY
from breachcheck.web import batch_lines, formats, questions
from breachcheck.web.access import require_api_key
from breachcheck.web.batch_lines import Told
from breachcheck.web.context import services
from breachcheck.web.headers import keep_to_yourself
from breachcheck.web.questions import Question

PREFIX = "/api/v1"
LARGEST_QUESTION = 64 * 2**10

JSON = "application/json"
ABOUT_AN_ACCOUNT = (("Content-Type", JSON), ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"))

bp = Blueprint("api", __name__, url_prefix=PREFIX)


@bp.post("/lookup")
@require_api_key(scope="lookup")
def lookup() -> Response:
    """What the published breaches hold of one account."""
    wanted = formats.wanted()
    question = _read_question()
    answer = services().lookup.ask(question.account, KEY, kind=question.kind, breach=question.breach)
    if wanted != "json":
        body = b"".join(batch_lines.WRITERS[wanted]([Told(None, 1, 1, answer)]))
        return keep_to_yourself(Response(body, content_type=formats.MEDIA_TYPES[wanted]))
    return Response(msgspec.json.encode(as_json(answer)), headers=ABOUT_AN_ACCOUNT)


@bp.get("/breaches")
def breaches() -> Response:
    """Every published breach, by title."""
    return _json({"breaches": [_breach(one) for one in services().catalogue.published().breaches]} | _demo())


@bp.get("/breaches/<name>")
def breach(name: str) -> Response:
    """One published breach."""
    return _json(_breach(services().catalogue.published().get(name)) | _demo())


@bp.get("/openapi.json")
def openapi() -> Response:
    """What this API takes and answers, for programs (OpenAPI 3.1)."""
    document = resources.files("breachcheck.web").joinpath("openapi.json").read_bytes()
    return Response(document, content_type=JSON)


def _read_question() -> Question:
    request.max_content_length = LARGEST_QUESTION
    if request.content_type not in (None, JSON) and request.mimetype != JSON:
        raise UnsupportedMediaType("Send the body as JSON, with the header `Content-Type: application/json`.")
    return questions.read(request.get_data(cache=False), Question)


def _breach(one: Breach) -> dict[str, Any]:
    facts = one.facts
    return {
        "name": one.name,
        "title": one.title,
        "domain": facts.domain,
        "breach_date": facts.breach_date,
        "disclosed_date": facts.disclosed_date,
        "added_at": timestamp(one.added_at),
        "modified_at": timestamp(one.modified_at),
        "listed_only": one.is_listed,
        "affected": facts.affected,
        "people": one.people,
        "description": facts.description,
        "disclosure_url": facts.disclosure_url,
        "attribution": facts.attribution,
        "held_by": facts.held_by,
        "on_behalf_of": facts.on_behalf_of,
        "who": facts.who,
        "data_classes": heaviest_first(one.data_classes),
        "not_exposed": heaviest_first(one.not_exposed),
        "is_verified": facts.is_verified,
        "is_fabricated": facts.is_fabricated,
        "is_sensitive": facts.is_sensitive,
        "is_retired": facts.is_retired,
        "is_spam_list": facts.is_spam_list,
        "is_malware": facts.is_malware,
        "is_subscription_free": facts.is_subscription_free,
        "is_stealer_log": facts.is_stealer_log,
    }


def _demo() -> dict[str, bool]:
    return {"demo": True} if services().is_demo else {}


def _json(body: object) -> Response:
    return Response(msgspec.json.encode(body), content_type=JSON)
