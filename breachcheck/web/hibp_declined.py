"""What HIBP answers and this index cannot or will not: said plainly, in the dialect's own terms."""

import re
from collections.abc import Callable, Mapping

from flask import Response
from werkzeug.exceptions import BadRequest

from breachcheck.answers import timestamp
from breachcheck.web.access import admit
from breachcheck.web.hibp_model import headers_of, json_response

NO_RANGE = "This index is not searched by SHA-1 prefix, which would give it away piece by piece; ask by account."
NEVER_ENDS = "2999-12-31T23:59:59Z"

_range = re.compile(r"range(?:/([^@]*))?", re.IGNORECASE)
_hex_prefix = re.compile(r"[0-9a-f]{6}", re.IGNORECASE)


def is_range(account: str) -> bool:
    """Whether ``breachedaccount/`` is followed by a range rather than an account: no address goes without an @."""
    return _range.fullmatch(account) is not None


def hash_range(asked: str) -> Response:
    """Errors are plain text here, as with HIBP."""
    prefix = asked.partition("/")[2]
    status, message = (403, NO_RANGE) if _hex_prefix.fullmatch(prefix) else (400, "Invalid hex prefix")
    return Response(message, status, content_type="text/plain; charset=utf-8")


def nothing_of_the_kind(account: str) -> Response:
    """There are no pastes and no stealer logs here, of nobody."""
    admit("lookup")
    if not account.strip():
        raise BadRequest("The account is blank.")
    return nothing()


def nothing() -> Response:
    """What there is none of here; no breach was asked."""
    return Response(status=404, headers=headers_of(None))


def subscription(rest: str) -> Response:
    """What the key may do, as a subscription of HIBP's."""
    key = admit("lookup")
    if rest.lower() != "status":
        raise BadRequest("There is no such service here.")
    return json_response(
        {
            "SubscriptionName": key.name,
            "Description": "An API key of this breachcheck.",
            "SubscribedUntil": timestamp(key.expires_at) if key.expires_at else NEVER_ENDS,
            "Rpm": key.limit_per_minute,
            "DomainSearchMaxBreachedAccounts": 0,
            "MaxBreachedDomains": 0,
            "IncludesStealerLogs": False,
        }
    )


SERVICES: Mapping[str, Callable[[str], Response]] = {
    "pasteaccount": nothing_of_the_kind,
    "stealerlogsbyemail": nothing_of_the_kind,
    "subscription": subscription,
}
