"""/api/v1/changes: what happened to the catalogue, as a feed to follow. For everyone who has a key."""

import re

import msgspec
from flask import Blueprint, Response, request

from breachcheck import change_feed
from breachcheck.catalog import DEMO_SUFFIX
from breachcheck.errors import InvalidRequest, UnknownCursor
from breachcheck.web import api
from breachcheck.web.access import require_api_key
from breachcheck.web.context import services
from breachcheck.web.shared_answers import shared

MOST = 1000
USUAL = 100

bp = Blueprint("api_changes", __name__, url_prefix=api.PREFIX)

_number = re.compile(r"[0-9]{1,18}", re.ASCII)


@bp.get("/changes")
@require_api_key(scope=None)
def changes() -> Response:
    """What was published, replaced, withdrawn, corrected or listed after a cursor, oldest first."""
    page = services().changes.after(_cursor(), page_length())
    body = change_feed.as_json(page, suffix=DEMO_SUFFIX if services().is_demo else "")
    demo = {"demo": True} if services().is_demo else {}
    return shared(Response(msgspec.json.encode(body | demo), content_type=api.JSON))


def page_length() -> int:
    """The query's ``limit``. Raises InvalidRequest."""
    text = request.args.get("limit", str(USUAL))
    if not _number.fullmatch(text) or not 1 <= int(text) <= MOST:
        raise InvalidRequest(f"The parameter limit must be a number from 1 to {MOST:,}.")
    return int(text)


def _cursor() -> int:
    text = request.args.get("cursor", "")
    if text and not _number.fullmatch(text):
        raise UnknownCursor("The parameter cursor must be one that this feed gave; begin without one.")
    return int(text or 0)
