"""What HIBP answers and this index cannot or will not: said plainly, in the dialect's own terms."""

import re
from collections.abc import Callable, Mapping

from flask import Response
from werkzeug.exceptions import BadRequest, Forbidden

from breachcheck.web.access import admit
from breachcheck.web.hibp_model import json_response

NO_LOCAL_PARTS = (
    "This index keeps no local parts, so it cannot list a domain's accounts; ask POST /api/v1/lookup for each."
)
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
    return Response(status=404, content_type="application/json", headers={"Cache-Control": "no-store"})


def stealer_logs_of_domain(_domain: str) -> Response:
    """Raises Forbidden, in words."""
    admit("lookup")
    raise Forbidden(NO_LOCAL_PARTS)


def subscription(rest: str) -> Response:
    """What the key may do, as a subscription of HIBP's."""
    key = admit("lookup")
    if rest.lower() != "status":
        raise BadRequest("There is no such service here.")
    return json_response(
        {
            "SubscriptionName": key.name,
            "Description": "An API key of this breachcheck.",
            "SubscribedUntil": NEVER_ENDS,
            "Rpm": key.limit_per_minute,
            "DomainSearchMaxBreachedAccounts": 0,
            "MaxBreachedDomains": 0,
            "IncludesStealerLogs": False,
        }
    )


SERVICES: Mapping[str, Callable[[str], Response]] = {
    "pasteaccount": nothing_of_the_kind,
    "stealerlogsbyemail": nothing_of_the_kind,
    "stealerlogsbywebsitedomain": stealer_logs_of_domain,
    "stealerlogsbyemaildomain": stealer_logs_of_domain,
    "subscription": subscription,
}
