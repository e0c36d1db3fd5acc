"""/api/v1/lookup/batch: many accounts in one call, answered as a stream, in order, by one state of the store."""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import cast

from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.exceptions import UnsupportedMediaType

from breachcheck.answers import Answer
from breachcheck.api_keys import ApiKey
from breachcheck.batch_lookup import Outcome
from breachcheck.errors import Busy, InvalidRequest
from breachcheck.health.measures import Measures, outcome_of
from breachcheck.health.measures import Outcome as Became
from breachcheck.web import batch_body, batch_lines, formats, problems
from breachcheck.web.access import admit
from breachcheck.web.api import PREFIX
from breachcheck.web.batch_body import Item
from breachcheck.web.batch_lines import Told
from breachcheck.web.context import services
from breachcheck.web.domain_viewers import note, viewer_of_many
from breachcheck.web.headers import keep_to_yourself

AT_ONCE = 2
"""Batches that one process answers at a time, so that slow readers of long answers never hold every thread."""
PIECE = 64 * 2**10
GATE = "breachcheck batches"
MEDIA_TYPES = {**formats.MEDIA_TYPES, "json": "application/x-ndjson"}

bp = Blueprint("api_batch", __name__, url_prefix=PREFIX)


def install(app: Flask) -> None:
    app.extensions[GATE] = threading.BoundedSemaphore(AT_ONCE)


@bp.post("/lookup/batch")
def batch() -> Response:
    """What the published breaches hold of up to 100,000 accounts: a line for each. One call, whatever their number."""
    key = admit("batch")
    wanted = formats.wanted()
    gate = cast(threading.BoundedSemaphore, current_app.extensions[GATE])
    if not gate.acquire(blocking=False):
        raise Busy(f"{AT_ONCE} batches are being answered already; nothing was asked. Send this one again later.")
    with ExitStack() as leaving:
        leaving.callback(gate.release)
        told = _told(batch_body.read(request.get_data(cache=False), _media_type()), key)
        lines = batch_lines.WRITERS[wanted](told)
        response = keep_to_yourself(Response(_pieces(lines), content_type=MEDIA_TYPES[wanted]))
        response.call_on_close(leaving.pop_all().close)
    return response


def _media_type() -> str:
    """Of the body; JSON where none is declared."""
    declared = request.mimetype or "application/json"
    if declared not in batch_body.READERS:
        raise UnsupportedMediaType(f"Send the body as one of {', '.join(batch_body.READERS)}.")
    return declared


def _told(items: Sequence[Item], key: ApiKey) -> Iterator[Told]:
    """Every account is looked up, and the call is on record, before the first line of the answer is made."""
    asked = [item.question for item in items if not isinstance(item.question, InvalidRequest)]
    what = f"{len(items):,} accounts"
    note(key, "batch", what)
    viewer = viewer_of_many(key, f"a batch of {what}")
    outcomes = services().batch_lookup.ask(asked, viewer)
    return _in_order(items, outcomes, services().measures, is_demo=services().is_demo)


def _in_order(
    items: Sequence[Item], outcomes: Iterator[Outcome], measures: Measures, *, is_demo: bool
) -> Iterator[Told]:
    """The batch is counted when its last line was read."""
    demo = {"demo": True} if is_demo else {}
    counted: Counter[Became] = Counter()
    for line, item in enumerate(items, 1):
        outcome = item.question if isinstance(item.question, InvalidRequest) else next(outcomes)
        told = outcome if isinstance(outcome, Answer) else problems.of_line(outcome) | demo
        yield Told(item.ref, line, len(items), told)
        if became := outcome_of(outcome):
            counted[became] += 1
    measures.batch(counted)


def _pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """*lines* in pieces worth a packet or two."""
    piece, size = [], 0
    for line in lines:
        piece.append(line)
        size += len(line)
        if size >= PIECE:
            yield b"".join(piece)
            piece, size = [], 0
    yield b"".join(piece)
