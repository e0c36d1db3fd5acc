"""Problems: how /api/v1 says that something went wrong (RFC 9457)."""

from collections.abc import Mapping
from typing import Any

import msgspec
from flask import Response
from werkzeug.exceptions import HTTPException, TooManyRequests

from breachcheck.errors import (
    BreachcheckError,
    Busy,
    CouldNotCheck,
    InvalidAccount,
    InvalidRequest,
    NothingToAsk,
    StoreReadOnly,
)
from breachcheck.web.context import services

MEDIA_TYPE = "application/problem+json"
COULD_NOT_CHECK = "could_not_check"
BUSY_FOR_S = 5
"""After how long whoever found too many at it should try again."""

REASON_OF_STATUS: Mapping[int, str] = {
    404: "unknown_route",
    405: "unknown_method",
    413: "body_too_large",
    415: "unsupported_media_type",
    421: "unknown_host",
    429: "limit_reached",
    500: "fault",
}
"""Why the request was refused, where Flask refused it and not we."""

TITLES: Mapping[str, str] = {
    "malformed_json": "The body is not JSON",
    "nested_too_deeply": "The body is nested too deeply",
    "invalid_request": "The request is not what this endpoint takes",
    "invalid_account": "The account is not an identifier of this kind",
    "invalid_key": "The API key is unknown or revoked",
    "expired_key": "The API key has expired",
    "missing_key": "An API key is needed",
    "malformed_key": "This is not an API key",
    "missing_scope": "The API key does not open this",
    "holds_address": "What would be kept holds an email address",
    "watchlist_full": "That is more than may be watched",
    "unknown_watchlist": "There is no such watchlist",
    "unknown_webhook": "There is no such webhook",
    "unknown_cursor": "This cursor was not given out here",
    "unprovable_domain": "Nobody can prove that domain",
    "unproved_domain": "This is for who has proved the domain",
    "unknown_domain": "This key has begun no proof of that domain",
    "unknown_breach": "No such breach is published here",
    "withdrawn_breach": "The breach was withdrawn",
    "unknown_route": "There is no such endpoint",
    "unknown_method": "This endpoint does not take this method",
    "body_too_large": "The body is too large",
    "unsupported_media_type": "This endpoint does not read bodies of that kind",
    "unknown_host": "This site does not answer under that host name",
    "limit_reached": "Too many calls with this API key",
    "nothing_to_ask": "No breach here can be asked this",
    "too_many_accounts": "The batch has too many accounts",
    "busy": "Too many batches are being answered",
    "index_moved": "What is published changed while we looked",
    "store_unavailable": "The store cannot be asked just now",
    "store_read_only": "The store cannot be written to just now",
    "fault": "This went wrong on our side",
}

WHAT_THERE_IS = "Nothing was asked. What there is stands in /api/v1/docs."
NOT_SAVED = "Nothing was saved: just now there are answers alone. Ask again later."
NO_ANSWER = "Nothing was found out about the account: this is neither a yes nor a no. Ask again later."


def render(status: int, error: Exception) -> Response:
    """*error* as a problem.

    Its member ``status`` is the number of RFC 9457, but ``could_not_check`` wherever someone might take the number, or
    a 404, for an answer: a program that reads ``status`` never sees anything else there that could be one.
    """
    said = COULD_NOT_CHECK if _might_pass_for_an_answer(status, error) else status
    problem = _members(status, error, said) | ({"demo": True} if services().is_demo else {})
    response = Response(
        msgspec.json.encode(problem), status, content_type=MEDIA_TYPE, headers=headers_of(status, error)
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def of_line(error: BreachcheckError) -> dict[str, Any]:
    """*error* as what became of one account of many: never anything that could pass for an answer."""
    return _members(0, error, COULD_NOT_CHECK)


def _members(status: int, error: Exception, said: int | str) -> dict[str, Any]:
    reason = reason_of(status, error)
    return {
        "type": f"urn:breachcheck:problem:{reason}",
        "title": TITLES.get(reason, "The request was refused"),
        "status": said,
        "reason": reason,
        "detail": _detail(status, error),
        **({"pointer": error.pointer} if isinstance(error, InvalidRequest) else {}),
    }


def reason_of(status: int, error: Exception) -> str:
    """The stable word for programs."""
    if isinstance(error, BreachcheckError):
        return error.reason
    return REASON_OF_STATUS.get(status, "invalid_request")


def headers_of(status: int, error: Exception) -> dict[str, str]:
    """Those that HTTP asks for beside this status (RFC 9110, 11.6.1, 10.2.1 and 10.2.3)."""
    if isinstance(error, TooManyRequests) and error.retry_after:
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, Busy):
        return {"Retry-After": str(BUSY_FOR_S)}
    if isinstance(error, HTTPException):
        return {name: value for name, value in error.get_headers() if name == "Allow"}
    return {"WWW-Authenticate": "Bearer"} if status == 401 else {}


def _might_pass_for_an_answer(status: int, error: Exception) -> bool:
    return status in (404, 410) or status >= 500 or isinstance(error, InvalidAccount | CouldNotCheck)


def _detail(status: int, error: Exception) -> str:
    if isinstance(error, TooManyRequests):
        return f"Nothing was asked. Try again in {error.retry_after} seconds."
    if status in (404, 405) and isinstance(error, HTTPException):
        return WHAT_THERE_IS
    if isinstance(error, HTTPException):
        return error.description or ""
    if isinstance(error, StoreReadOnly):
        return NOT_SAVED
    if isinstance(error, CouldNotCheck) and not isinstance(error, NothingToAsk | Busy):
        return NO_ANSWER
    return str(error) if isinstance(error, BreachcheckError) else NO_ANSWER
