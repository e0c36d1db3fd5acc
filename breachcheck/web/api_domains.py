"""/api/v1/domains: a key's holder proves domains, and is told what breaches hold of their people."""

from collections.abc import Mapping
from typing import Any

import msgspec
from flask import Blueprint, Response, request

from breachcheck.answers import timestamp
from breachcheck.api_keys import ApiKey
from breachcheck.domain_reports import DomainReport, ReportedExposure, numbers_json
from breachcheck.domains import DomainClaim, Way
from breachcheck.errors import InvalidRequest, MailOff, UnprovedDomain
from breachcheck.proof_ways import MAILBOXES, instructions
from breachcheck.proofs import Miss, domain_in
from breachcheck.web import api, bodies, limits
from breachcheck.web.access import admit
from breachcheck.web.context import services
from breachcheck.web.domain_viewers import note, viewer_about
from breachcheck.web.headers import keep_to_yourself

SCOPE = "domains"
CHECKS_A_MINUTE = 10
LARGEST_BODY = 64 * 2**10

bp = Blueprint("api_domains", __name__, url_prefix=f"{api.PREFIX}/domains")


class Beginning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body that begins a proof. *mail_to*: a standard mailbox that a code is mailed to."""

    domain: str
    mail_to: str | None = None


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a check, or none. *code*: what came by mail."""

    way: Way | None = None
    code: str | None = None


_beginning = msgspec.json.Decoder(Beginning)
_check = msgspec.json.Decoder(Check)


@bp.get("")
def domains() -> Response:
    """Every domain that the key's holder has proved, or begun to."""
    key = admit(SCOPE)
    return _answer({"domains": [_facts(one) for one in services().domains.of_key(key.id)]})


@bp.post("")
def begin() -> Response:
    """Begin a proof: what to put where. Again, it changes nothing, but for another mail."""
    key = admit(SCOPE)
    request.max_content_length = LARGEST_BODY
    bodies.require_json()
    sent = bodies.read(_beginning, 'like {"domain": "example.com"}')
    claim = services().proofs.begin(key.id, sent.domain)
    if sent.mail_to is not None:
        _mail(claim, sent.mail_to)
    return _answer(_facts(claim))


@bp.post("/<domain>/check")
def check(domain: str) -> Response:
    """Look for the proof now."""
    key = admit(SCOPE)
    limits.spend("domain checks", CHECKS_A_MINUTE, str(key.id))
    request.max_content_length = LARGEST_BODY
    sent = _sent_check()
    claim, misses = services().proofs.check(key.id, domain_in(domain), way=sent.way, code=sent.code or "", by=_by(key))
    return _answer(_facts(claim) | {"missed": [_miss(one) for one in misses]})


@bp.delete("/<domain>")
def forget(domain: str) -> Response:
    """Give a domain up: what it opened is closed at once."""
    key = admit(SCOPE)
    services().proofs.forget(key.id, domain_in(domain), by=_by(key))
    return Response(status=204)


@bp.get("/<domain>/exposures")
def exposures(domain: str) -> Response:
    """What the breaches hold of the people of a proved domain, and who, where they are sealed."""
    key = admit(SCOPE)
    name = domain_in(domain)
    if not services().proofs.proved_by(key.id).covers(name):
        raise UnprovedDomain("The holder of this key has not proved that domain, or the proof has ended.")
    viewer = viewer_about(key, name)
    note(key, "ask about domain", f"people of {name}")
    return _answer({"domain": name} | _report(services().domain_reports.report(name, viewer)))


def _mail(claim: DomainClaim, mailbox: str) -> None:
    try:
        services().proofs.mail_code(claim, mailbox)
    except MailOff:
        raise InvalidRequest("This site sends no mail; prove the domain in another way.", "/mail_to") from None


def _sent_check() -> Check:
    if not request.get_data():
        return Check()
    bodies.require_json()
    return bodies.read(_check, 'like {"way": "dns"}')


def _by(key: ApiKey) -> str:
    return f"key {key.id}"


def _facts(claim: DomainClaim) -> dict[str, Any]:
    now = services().proofs.now()
    return {
        "domain": claim.domain,
        "state": claim.state(now),
        "way": claim.way,
        "covers_subdomains": claim.is_proved(now) and claim.way is Way.DNS,
        "begun_at": timestamp(claim.begun_at),
        "proved_at": _when(claim.proved_at),
        "checked_at": _when(claim.checked_at),
        "lapses_at": _when(claim.lapses_at),
        "ways": _ways(claim),
    }


def _ways(claim: DomainClaim) -> Mapping[str, object]:
    what = instructions(claim.domain, services().domains.token(claim.key_id, claim.domain))
    return {
        "dns": {"name": claim.domain, "type": "TXT", "value": what.txt},
        "file": {"url": what.file_url, "content": what.file_content},
        "meta": {"url": what.page_url, "tag": what.meta_tag},
        "mail": {"mailboxes": MAILBOXES if services().post.delivery else ()},
    }


def _miss(one: Miss) -> dict[str, str]:
    return {"way": one.way, "why": one.why}


def _report(report: DomainReport) -> dict[str, Any]:
    return {
        "checked": {
            "breaches": report.checked.breaches,
            "as_of": timestamp(report.checked.as_of),
            "newest_added": timestamp(report.checked.newest_added),
        },
        "exposures": [_exposure(one) for one in report.exposures],
        "not_counted": [{"name": one.name, "title": one.title} for one in report.not_counted],
    }


def _exposure(one: ReportedExposure) -> dict[str, Any]:
    accounts = None if one.accounts is None else [{"account": a.address, "leaked": a.leaked} for a in one.accounts]
    return numbers_json(one) | {"accounts": accounts}


def _when(at: int | None) -> str | None:
    return None if at is None else timestamp(at)


def _answer(body: Mapping[str, object]) -> Response:
    marked = dict(body) | ({"demo": True} if services().is_demo else {})
    return keep_to_yourself(Response(msgspec.json.encode(marked), content_type=api.JSON))
