"""/api/v3: Have I Been Pwned's dialect, so that its clients just work. PascalCase lives here and in its model alone.

One route takes every path: services in any letter case, with a slash at the end or without, accounts with slashes in
them; and never a redirect, which would put the account into ``Location``, nor a 404 of the router's, which a client
would read as "in no breach".
"""

from collections.abc import Callable, Iterable, Mapping

import msgspec
from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, Forbidden, MethodNotAllowed

from breachcheck.catalog import Breach
from breachcheck.disclosure import KEY_WITHOUT_ALIASES
from breachcheck.errors import UnknownBreach
from breachcheck.web import hibp_declined, hibp_domains, measuring, metering
from breachcheck.web.access import admit
from breachcheck.web.context import services
from breachcheck.web.hibp_model import full, headers_of, json_response, truncated
from breachcheck.web.shared_answers import shared

PREFIX = "/api/v3"
VERIFICATION = "domainverification"
NOT_UTF_8 = "\ufffd"
"""What werkzeug puts in place of bytes that are not; the address that was meant would be asked as another one."""
BOOLEANS = {"true": True, "false": False}

bp = Blueprint("hibp", __name__, url_prefix=PREFIX)


@bp.get("/<path:asked>")
def ask(asked: str) -> Response:
    """Whatever HIBP's clients ask for."""
    require_user_agent()
    if NOT_UTF_8 in asked:
        raise BadRequest("The path is not UTF-8.")
    service, _, rest = asked.partition("/")
    if service.lower() == VERIFICATION:
        raise MethodNotAllowed(["POST"])
    serve = SERVICES.get(service.lower())
    if serve is None:
        raise BadRequest("There is no such service here.")
    metering.name_endpoint(f"{PREFIX}/{service.lower()}")
    return serve(rest.rstrip("/"))


@bp.post(f"/{VERIFICATION}/<path:step>")
def verify_domain(step: str) -> Response:
    """By a TXT record, as with HIBP."""
    require_user_agent()
    return hibp_domains.verification(step)


def require_user_agent() -> None:
    """Raises Forbidden where the client does not say what it is, as HIBP does."""
    if not request.headers.get("User-Agent", "").strip():
        raise Forbidden("Access denied: every call must carry a user-agent header.")


def breached_account(account: str) -> Response:
    """The breaches that expose *account*. As with HIBP, none is a 404."""
    if hibp_declined.is_range(account):
        return hibp_declined.hash_range(account)
    measuring.at("v3")
    admit("lookup")
    answer = measuring.told(services().lookup.ask(account, KEY_WITHOUT_ALIASES))
    shape = truncated if _flag("truncateResponse", True) else full
    found = [shape(one) for one in _wanted(exposure.breach for exposure in answer.exposures)]
    return Response(msgspec.json.encode(found) if found else b"", 200 if found else 404, headers_of(answer.checked))


def breaches(rest: str) -> Response:
    """Every published breach by title, sensitive and retired ones too."""
    _require_nothing_after(rest)
    domain, is_spam_list = _parameter("domain"), _flag("isSpamList", None)
    every = services().catalogue.published().breaches
    wanted = [one for one in every if _has_domain(one, domain) and is_spam_list in (None, one.facts.is_spam_list)]
    return shared(json_response([full(one) for one in wanted]))


def breach(name: str) -> Response:
    """One published breach by its name, in any letter case. Raises UnknownBreach."""
    if not name.strip():
        raise BadRequest("The name of the breach is blank.")
    return shared(json_response(full(services().catalogue.published().get(name.strip()))))


def latest_breach(rest: str) -> Response:
    """The breach that was added last. Raises UnknownBreach where there is none."""
    _require_nothing_after(rest)
    published = services().catalogue.published().breaches
    if not published:
        raise UnknownBreach("No breach is published here yet.")
    return shared(json_response(full(max(published, key=lambda one: (one.added_at, one.load_id)))))


def all_data_classes(rest: str) -> Response:
    """Every data class of the published breaches."""
    _require_nothing_after(rest)
    classes = (one.data_classes for one in services().catalogue.published().breaches)
    return shared(json_response(sorted(frozenset[str]().union(*classes), key=str.lower)))


SERVICES: Mapping[str, Callable[[str], Response]] = {
    "breachedaccount": breached_account,
    "breaches": breaches,
    "breach": breach,
    "latestbreach": latest_breach,
    "dataclasses": all_data_classes,
    **hibp_domains.SERVICES,
    **hibp_declined.SERVICES,
}
"""By the first part of the path, in lower case; each takes the rest of it."""


def _wanted(found: Iterable[Breach]) -> list[Breach]:
    """Of what was found, what the caller's filters leave."""
    domain, with_unverified = _parameter("domain"), _flag("includeUnverified", True)
    return [one for one in found if _has_domain(one, domain) and (with_unverified or one.facts.is_verified)]


def _has_domain(one: Breach, domain: str) -> bool:
    return not domain or one.facts.domain.lower() == domain.lower()


def _require_nothing_after(rest: str) -> None:
    if rest:
        raise BadRequest("There is no such service here.")


def _parameter(name: str) -> str:
    """The query's value of *name*, in any letter case; "" where there is none.

    It ends at a question mark: a published client joins its parameters with one.
    """
    sent = (value for key, value in request.args.items() if key.lower() == name.lower())
    return next(sent, "").partition("?")[0].strip()


def _flag(name: str, default: bool | None) -> bool | None:
    """The query's boolean, in any letter case; *default* for whatever is none."""
    return BOOLEANS.get(_parameter(name).lower(), default)
