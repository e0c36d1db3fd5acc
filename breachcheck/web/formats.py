"""Formats: how a program wants what /api/v1 tells, by ``?format=`` or else by ``Accept``."""

from collections.abc import Mapping
from typing import Literal

from flask import request

from breachcheck.errors import InvalidRequest

Format = Literal["json", "csv", "ecs"]

ECS = "application/vnd.breachcheck.ecs+x-ndjson"
MEDIA_TYPES: Mapping[Format, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8; header=present",
    "ecs": ECS,
}
_ACCEPTED: Mapping[str, Format] = {"application/json": "json", "text/csv": "csv", ECS: "ecs"}


def wanted() -> Format:
    """JSON where nothing is said, and where ``Accept`` names nothing that there is. Raises InvalidRequest."""
    if request.query_string and (named := request.args.get("format")) is not None:
        return _named(named)
    accept = request.headers.get("Accept", "")
    if "csv" not in accept and "ecs" not in accept:
        return "json"
    return _ACCEPTED[request.accept_mimetypes.best_match(_ACCEPTED, "application/json")]


def _named(name: str) -> Format:
    for known in MEDIA_TYPES:
        if name.lower() == known:
            return known
    raise InvalidRequest(f"format must be one of {', '.join(MEDIA_TYPES)}.")
