"""Events of the Elastic Common Schema (version 8): what is ours alone stands under ``breachcheck``."""

import time
from collections.abc import Mapping
from typing import Any

from breachcheck.answers import Answer, checked_json, exposure_json, records_json, timestamp

Event = dict[str, Any]

VERSION = {"version": "8.11.0"}


def of_answer(answer: Answer, place: Mapping[str, Any]) -> list[Event]:
    """An alert for each exposure, whose ``event.id`` is the same whenever it is told; one event for a miss."""
    if not answer.exposures:
        return [_event("event", "exposure", {"action": "not_found", "outcome": "success"}, _about(answer, place))]
    return [_exposed(answer, number, _about(answer, place)) for number in range(len(answer.exposures))]


def of_problem(problem: Mapping[str, Any], place: Mapping[str, Any]) -> Event:
    """An account that could not be checked: neither a yes nor a no."""
    about = {**place, "status": problem["status"], "reason": problem["reason"]}
    event = _event("event", "exposure", {"action": "could_not_check", "outcome": "failure"}, about)
    return event | {"error": {"code": problem["reason"], "message": problem["detail"]}}


def of_breach(breach: Mapping[str, Any]) -> Event:
    """*breach* as the API tells it, as of when it was last changed."""
    event = _event("state", "breach", {"action": "published", "created": breach["added_at"]}, dict(breach))
    return event | {"@timestamp": breach["modified_at"], "message": breach["title"]}


def _exposed(answer: Answer, number: int, about: Event) -> Event:
    shared = exposure_json(answer.exposures[number])
    what = {
        "id": answer.event_ids[number],
        "action": "exposed",
        "category": ["threat"],
        "type": ["indicator"],
        "severity": shared["severity"],
    }
    about |= {key: value for key, value in shared.items() if key != "advice"}
    about |= records_json(answer.records[number]) if answer.records else {}
    message = f"{shared['breach']['title']}: {', '.join(shared['leaked'])}"
    return _event("alert", "exposure", what, about) | {"message": message}


def _about(answer: Answer, place: Mapping[str, Any]) -> Event:
    demo = {"demo": True} if answer.is_demo else {}
    return {**place, "status": answer.status, "checked": checked_json(answer.checked), **demo}


def _event(kind: str, dataset: str, what: Event, about: Event) -> Event:
    event: Event = {
        "@timestamp": about["checked"]["as_of"] if "checked" in about else timestamp(int(time.time())),
        "ecs": VERSION,
        "event": {"kind": kind, "module": "breachcheck", "dataset": f"breachcheck.{dataset}", **what},
        "breachcheck": about,
    }
    return event | ({"user": {"id": str(about["ref"])}} if about.get("ref") is not None else {})
