"""Measuring: every answer of the app is counted by its route's rule, and a look-up by its door and what came of it."""

from collections.abc import Mapping

from flask import Flask, Response, g, request

from breachcheck.answers import Answer
from breachcheck.health.measures import Door, Outcome, outcome_of
from breachcheck.web import request_log
from breachcheck.web.context import services

LIMITED = 429

DOORS: Mapping[str, Door] = {
    "site.ask": "page",
    "site.answer": "page",
    "owner.answer": "owner",
    "api.lookup": "v1",
    "api_batch.batch": "batch",
}
"""By endpoint; that of v3 serves much else, so that a look-up there says so itself."""


def install(app: Flask) -> None:
    """Count every answer of *app*."""

    @app.after_request
    def count(response: Response) -> Response:
        measures, seconds = services().measures, request_log.seconds()
        measures.request(request.method, request_log.rule(), response.status_code, seconds)
        door = DOORS.get(request.endpoint or "") or g.get("door")
        outcome = g.get("outcome") or _without_answer(response.status_code)
        if door and outcome:
            measures.lookup(door, outcome, seconds)
        return response


def at(door: Door) -> None:
    """The current request is a look-up at *door*, where its endpoint does not say so."""
    g.door = door


def told(answer: Answer) -> Answer:
    """*answer*, which is what the current request asked for."""
    g.outcome = outcome_of(answer)
    return answer


def _without_answer(status: int) -> Outcome | None:
    """What a look-up came to that has no answer; None where nothing was asked."""
    if status == LIMITED:
        return "limited"
    return "could_not_check" if status >= 500 else None
