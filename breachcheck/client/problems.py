"""Problems: what a server answered instead of an answer, as the exceptions that the same fault raises here."""

from collections.abc import Mapping

import msgspec

from breachcheck import errors
from breachcheck.errors import BreachcheckError, CouldNotCheck, InvalidRequest, LimitReached, NotUnderstood

COULD_NOT_CHECK = "could_not_check"
LONGEST_DETAIL = 2000
MIGHT_PASS_FOR_AN_ANSWER = (404, 410)

KINDS: Mapping[str, type[BreachcheckError]] = {
    kind.reason: kind
    for kind in (
        errors.InvalidAccount,
        errors.NothingToAsk,
        errors.IndexMoved,
        errors.Busy,
        errors.StoreUnavailable,
        errors.UnknownBreach,
        errors.WithdrawnBreach,
        errors.InvalidKey,
        errors.MissingKey,
        errors.MalformedKey,
        errors.ExpiredKey,
        errors.MissingScope,
        errors.InvalidRequest,
        errors.UnknownCursor,
        errors.UnknownWatchlist,
        errors.WatchlistFull,
        errors.MalformedJson,
        errors.NestedTooDeeply,
        errors.TooManyAccounts,
        errors.HoldsAddress,
        errors.LimitReached,
    )
}
"""By the stable word of a problem. Words that are not here keep theirs under a wider kind."""


class Problem(msgspec.Struct, frozen=True):
    """The members of a problem (RFC 9457) that a program goes by."""

    reason: str
    detail: str = ""
    pointer: str = ""
    status: int | str = COULD_NOT_CHECK


def raised_by(status: int, retry_after: str, body: bytes) -> BreachcheckError:
    """What the answer *body* with an HTTP *status* that is not a success means."""
    try:
        problem = msgspec.json.decode(body, type=Problem)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return NotUnderstood(
            f"What answered is no breachcheck, or something before it: HTTP status {status}. See to the address."
        )
    return told(problem, status, int(retry_after) if retry_after.isdecimal() else None)


def told(problem: Problem, status: int = 0, retry_after_s: int | None = None) -> BreachcheckError:
    """*problem* as an exception; of a line of a batch, which has no HTTP status of its own."""
    kind = KINDS.get(problem.reason) or _wider(problem, status)
    detail = _printable(problem.detail) or f"The server refused this ({_printable(problem.reason)})."
    error = kind(detail, problem.pointer) if issubclass(kind, InvalidRequest) else kind(detail)
    error.reason = problem.reason
    if isinstance(error, LimitReached | errors.Busy):
        error.retry_after_s = retry_after_s
    return error


def _wider(problem: Problem, status: int) -> type[BreachcheckError]:
    """Of a word that this version does not know."""
    is_refusal = 400 <= status < 500 and status not in MIGHT_PASS_FOR_AN_ANSWER and problem.status != COULD_NOT_CHECK
    return InvalidRequest if is_refusal else CouldNotCheck


def _printable(text: str) -> str:
    """Nothing that would steer a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:LONGEST_DETAIL])
