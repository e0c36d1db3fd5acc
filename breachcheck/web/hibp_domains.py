"""Domains in HIBP's dialect: proved by a TXT record, and told by local part, where all of them are sealed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import msgspec
from flask import Response, request
from werkzeug.exceptions import BadRequest, Forbidden

from breachcheck.addresses import Domain
from breachcheck.answers import timestamp
from breachcheck.api_keys import ApiKey
from breachcheck.disclosure import at_least_fewest
from breachcheck.domain_reports import DomainReport, ReportedExposure
from breachcheck.domains import Way
from breachcheck.errors import InvalidRequest, NothingToAsk, UnprovableDomain
from breachcheck.proof_ways import instructions
from breachcheck.proofs import domain_in
from breachcheck.web import limits
from breachcheck.web.access import admit
from breachcheck.web.api_domains import CHECKS_A_MINUTE, SCOPE
from breachcheck.web.context import services
from breachcheck.web.domain_viewers import viewer_about
from breachcheck.web.hibp_declined import nothing
from breachcheck.web.hibp_model import headers_of, json_response

NOT_PROVED = (
    "The holder of this key has not proved that domain; prove it with POST /api/v1/domains, or ask POST /api/v1/lookup"
    " for one account at a time."
)
NOT_SEALED = (
    "This index keeps no local parts of that domain in every breach, so the list would not be whole."
    " GET /api/v1/domains/{domain}/exposures has numbers and what names there are; POST /api/v1/lookup answers for"
    " each account. Not sealed: {titles}."
)
NO_MAIL = "A proof by mail is begun with POST /api/v1/domains."


def breached_domain(asked: str) -> Response:
    """Local part -> names of breaches, whole or not at all. Raises Forbidden, in words."""
    key = admit("lookup")
    domain = _proved(asked, key)
    report = services().domain_reports.report(domain, viewer_about(key, domain, sees_aliases=False))
    if report.unnamed:
        titles = ", ".join(one.title for one in report.unnamed)
        raise Forbidden(NOT_SEALED.format(domain=domain, titles=titles))
    found = _by_local_part(report)
    headers = headers_of(report.checked)
    return Response(msgspec.json.encode(found) if found else b"", 200 if found else 404, headers)


def stealer_logs_of_domain(asked: str) -> Response:
    """There are none here, as who has proved the domain is told. Raises Forbidden, in words."""
    _proved(asked, admit("lookup"))
    return nothing()


def subscribed_domains(_rest: str) -> Response:
    """The domains that the key's holder has proved."""
    key, now = admit("lookup"), services().proofs.now()
    proved = [one for one in services().domains.of_key(key.id) if one.is_proved(now)]
    return json_response([_subscribed(key, one.domain, one.lapses_at or now) for one in proved])


def verification(step: str) -> Response:
    """``generatednstoken`` and ``verifydnstoken``. Raises BadRequest where the record is not there."""
    key = admit(SCOPE)
    take = STEPS.get(step.rstrip("/").lower())
    if take is None:
        raise Forbidden(NO_MAIL)
    return take(key, _domain(_sent_name()))


def _token(key: ApiKey, domain: Domain) -> Response:
    services().proofs.begin(key.id, domain)
    return json_response({"txtRecordValue": instructions(domain, services().domains.token(key.id, domain)).txt})


def _verify(key: ApiKey, domain: Domain) -> Response:
    limits.spend("domain checks", CHECKS_A_MINUTE, str(key.id))
    services().proofs.begin(key.id, domain)
    _, misses = services().proofs.check(key.id, domain, way=Way.DNS, by=f"key {key.id}")
    for miss in misses:
        raise BadRequest(miss.why)
    return Response(status=200, content_type="application/json")


STEPS: Mapping[str, Callable[[ApiKey, Domain], Response]] = {"generatednstoken": _token, "verifydnstoken": _verify}

SERVICES: Mapping[str, Callable[[str], Response]] = {
    "breacheddomain": breached_domain,
    "subscribeddomains": subscribed_domains,
    "stealerlogsbywebsitedomain": stealer_logs_of_domain,
    "stealerlogsbyemaildomain": stealer_logs_of_domain,
}


def _proved(asked: str, key: ApiKey) -> Domain:
    domain = _domain(asked)
    if not services().proofs.proved_by(key.id).covers(domain):
        raise Forbidden(NOT_PROVED)
    return domain


def _sent_name() -> str:
    try:
        sent = msgspec.json.decode(request.get_data(), type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        sent = {}
    return next((str(value) for name, value in sent.items() if name.lower() == "domainname"), "")


def _domain(text: str) -> Domain:
    try:
        return domain_in(text)
    except (InvalidRequest, UnprovableDomain) as error:
        raise BadRequest(str(error)) from None


def _by_local_part(report: DomainReport) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for exposure in report.exposures:
        for account in exposure.accounts or ():
            found[account.address.rpartition("@")[0]].append(exposure.breach.name)
    return {local: sorted(names) for local, names in sorted(found.items())}


def _subscribed(key: ApiKey, domain: Domain, until: int) -> Mapping[str, object]:
    """Numbers are null where nobody can tell how many different people they are, or they are too few."""
    try:
        report = services().domain_reports.report(domain, viewer_about(key, domain, sees_aliases=False))
    except NothingToAsk:
        report = None
    without_spam = None if report is None else [one for one in report.exposures if not one.breach.facts.is_spam_list]
    return {
        "DomainName": domain,
        "PwnCount": None if report is None or report.unnamed else _people(report.exposures),
        "PwnCountExcludingSpamLists": None if report is None or report.unnamed else _people(without_spam or ()),
        "PwnCountExcludingSpamListsAtLastSubscriptionRenewal": None,
        "NextSubscriptionRenewal": timestamp(until),
    }


def _people(exposures: Iterable[ReportedExposure]) -> int | None:
    people = {account.address for one in exposures for account in one.accounts or ()}
    return at_least_fewest(len(people))
