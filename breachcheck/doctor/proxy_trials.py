"""Proxy trials: the site asked at its public address, as a visitor would, to see what proxies make of a request."""

import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import msgspec

from breachcheck import house_calls
from breachcheck.config import Config
from breachcheck.doctor.findings import Finding, fine, problem, warning
from breachcheck.house_calls import Arrival

KIND = "visit"
PATIENCE_S = 10
STALE_DAYS = 14
DAY_S = 86_400
ANYBODY = "192.0.2.254"
"""Nobody has this address (RFC 5737); what a visitor may say of itself."""
SPOOFS = {
    "X-Forwarded-For": ANYBODY,
    "X_Forwarded_For": ANYBODY,
    "X-Real-IP": ANYBODY,
    "Forwarded": f"for={ANYBODY};proto=https",
}
REFUSED = {
    404: (
        "What answers there is not this site, or an older breachcheck.",
        "Let the proxy lead there, and see that `serve` has the same app.key and was started again.",
    ),
    421: (
        "The site is asked under another name than that of public_url.",
        "Let the proxy pass Host on as it is, and set public_url to the address that visitors type.",
    ),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What came back for one *question*."""

    question: str
    response: httpx.Response
    expires_at: float | None


def ask(settings: Config, app_key: bytes, url: str) -> Iterator[Finding]:
    """Everything that was seen of two requests to *url*."""
    place = url.rstrip("/")
    yield from _of_name(settings, place)
    try:
        with httpx.Client(verify=ssl.create_default_context(), timeout=PATIENCE_S, trust_env=False) as client:
            plain, spoofed = _told(client, place, app_key, {}), _told(client, place, app_key, SPOOFS)
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
        yield problem(KIND, f"{place} gave no answer ({_reason(error)}).", "See to its name, its TLS and the proxy.")
        return
    yield from _of_answers(app_key, place, plain, spoofed)


def _told(client: httpx.Client, place: str, app_key: bytes, spoofs: dict[str, str]) -> Told:
    question = house_calls.new_question(app_key)
    with client.stream("GET", place + house_calls.PATH, headers=spoofs | {house_calls.HEADER: question}) as response:
        tls = response.extensions["network_stream"].get_extra_info("ssl_object")  # of a connection that is still open
        expires_at = ssl.cert_time_to_seconds(tls.getpeercert()["notAfter"]) if tls else None
        response.read()
    return Told(question, response, expires_at)


def _of_answers(app_key: bytes, place: str, plain: Told, spoofed: Told) -> Iterator[Finding]:
    arrivals = [_arrival(app_key, told) for told in (plain, spoofed)]
    if arrivals[0] is None or arrivals[1] is None:
        yield _not_ours(plain if arrivals[0] is None else spoofed)
        return
    found = [
        *_of_scheme(place, plain, arrivals[0]),
        *_of_client(arrivals[0]),
        *_of_spoof(arrivals[1]),
        *_of_certificate(plain),
    ]
    yield from found or [fine(KIND, f"{place} is this site, and knows who asks and by what.")]


def _arrival(app_key: bytes, told: Told) -> Arrival | None:
    """None where the answer is not this site's to this very question."""
    body, said = told.response.content, told.response.headers.get(house_calls.HEADER, "")
    if told.response.status_code != 200 or not house_calls.is_proof(app_key, told.question, body, said):
        return None
    return msgspec.json.decode(body, type=Arrival)


def _not_ours(told: Told) -> Finding:
    status = told.response.status_code
    if status == 200:
        return problem(
            KIND, "The answer is to another question: something in between keeps answers, or is another site.",
            "Let nothing in front of breachcheck keep what it answers.",
        )  # fmt: skip
    what, do = REFUSED.get(
        status,
        (f"There it answers with {status}.", "Look at the proxy: it should hand everything over, and lead nobody on."),
    )
    return problem(KIND, what, do)


def _of_name(settings: Config, place: str) -> Iterator[Finding]:
    if settings.public_url is not None and settings.site_url != place:
        yield warning(
            KIND, f"{place} is asked, and public_url is {settings.site_url}.",
            "Links lead to public_url: set it to what visitors type.",
        )  # fmt: skip


def _of_scheme(place: str, told: Told, arrival: Arrival) -> Iterator[Finding]:
    asked_by = urlsplit(place).scheme
    if asked_by != "https":
        yield warning(KIND, f"{place} is not https: accounts go over the network in clear.", "Let the proxy do TLS.")
    elif arrival.scheme != "https":
        yield problem(
            KIND, "It does not know that it was asked by https: cookies are not Secure, and HSTS is not said.",
            "Let the proxy set X-Forwarded-Proto, and name it in trusted_proxies.",
        )  # fmt: skip
    elif "Strict-Transport-Security" not in told.response.headers:
        yield warning(KIND, "The proxy takes Strict-Transport-Security away.", "Let it pass headers on as they are.")


def _of_client(arrival: Arrival) -> Iterator[Finding]:
    if arrival.hops:
        return
    if arrival.is_forwarded:
        yield problem(
            KIND, f"X-Forwarded-For arrives from {arrival.peer}, which is no trusted proxy: all count as one visitor.",
            f'If that is your proxy, set trusted_proxies to ["{arrival.peer}"].',
        )  # fmt: skip
    else:
        yield problem(
            KIND, f"Nothing says who asks: all count as one visitor, {arrival.peer}.",
            "Let the proxy set X-Forwarded-For.",
        )  # fmt: skip


def _of_spoof(arrival: Arrival) -> Iterator[Finding]:
    if arrival.client == ANYBODY:
        yield problem(
            KIND, "Visitors can say who they are: what they send as X-Forwarded-For or X_Forwarded_For is believed.",
            "Let the proxy set X-Forwarded-For itself and drop headers with an underscore; name in trusted_proxies the"
            " proxies alone.",
        )  # fmt: skip


def _of_certificate(told: Told) -> Iterator[Finding]:
    if told.expires_at is not None and (days := (told.expires_at - time.time()) / DAY_S) < STALE_DAYS:
        yield warning(KIND, f"The certificate ends in {max(0, int(days))} days.", "See why it is not renewed.")


def _reason(error: Exception) -> str:
    """Why there was no answer, without quoting what was sent."""
    cause = error.__context__ or error
    while cause.__context__ is not None:
        cause = cause.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return cause.verify_message
    return getattr(cause, "strerror", None) or type(error).__name__
