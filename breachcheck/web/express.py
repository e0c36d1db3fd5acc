"""Express: the two plain look-ups of programs, answered before Flask, which would spend more on the call than on them.

It answers what it can answer at once, with what the app would have said, to the byte. Everything else it passes on
untouched, and so whatever goes wrong here: the app asks again, and says it. What the app's hooks would refuse, or add
to an answer, has to be thought of here too.
"""

import io
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from flask import Flask

from breachcheck.answers import Answer, as_json
from breachcheck.api_keys import ApiKey
from breachcheck.disclosure import KEY, KEY_WITHOUT_ALIASES, SENSITIVE
from breachcheck.health.measures import Door, Outcome, answered
from breachcheck.services import Services
from breachcheck.web import (
    access,
    api,
    headers,
    hibp,
    hibp_declined,
    hibp_model,
    hosts,
    limits,
    metering,
    questions,
    request_log,
)
from breachcheck.web.headers import EVERYWHERE
from breachcheck.web.questions import Question

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOOKUP = f"{api.PREFIX}/lookup"
ACCOUNT = f"{hibp.PREFIX}/breachedaccount/"
JSON_OR_NOT_SAID = (api.JSON, "", None)
STATUS_LINES = {200: "200 OK", 404: "404 NOT FOUND"}

Headers = list[tuple[str, str]]


class Said(NamedTuple):
    """An answer, but for what all answers carry."""

    outcome: Outcome
    status: int
    headers: Headers
    body: bytes


Say = Callable[["WSGIEnvironment", Services, ApiKey], Said | None]


@dataclass(frozen=True, slots=True)
class Lane:
    """One form of a call. *door*, *rule*, *endpoint*: what it is counted and logged as; *say*: asks; None is for the
    app."""

    door: Door
    rule: str
    endpoint: str
    say: Say


class Express:
    """WSGI, in front of a Flask app."""

    def __init__(self, app: Flask, services: Services) -> None:
        self._app = app
        self._next: WSGIApplication = app.wsgi_app
        self._services = services
        self._hosts = hosts.Hosts(services.config.public_url)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        began = time.monotonic()
        lane = self._lane_of(environ)
        told = self._told(lane, environ) if lane else None
        if lane is None or told is None:
            return self._next(environ, start_response)
        key, said, allowance = told
        request_id = request_log.new_id(environ)
        common = OVER_HTTPS if environ["wsgi.url_scheme"] == "https" else OVER_HTTP
        start_response(STATUS_LINES[said.status], [*said.headers, *common, *allowance, ("X-Request-Id", request_id)])
        self._services.use_counter.count(key.id, lane.endpoint, metering.outcome_of(said.status))
        method, seconds = environ["REQUEST_METHOD"], time.monotonic() - began
        self._services.measures.request(method, lane.rule, said.status, seconds)
        self._services.measures.lookup(lane.door, said.outcome, seconds)
        request_log.note(method, lane.rule, said.status, seconds, request_id)
        return [said.body]

    def _lane_of(self, environ: "WSGIEnvironment") -> Lane | None:
        """None for whatever is not plain."""
        path = environ["PATH_INFO"]
        if "HTTP_CONTENT_ENCODING" in environ or "HTTP_TRANSFER_ENCODING" in environ:
            return None
        if path == LOOKUP:
            is_plain = _is_plain_question(environ) and self._hosts.answers(environ.get("HTTP_HOST", ""))
            return V1 if is_plain else None
        return V3 if path.startswith(ACCOUNT) and _is_plain_account(environ, path) else None

    def _told(self, lane: Lane, environ: "WSGIEnvironment") -> tuple[ApiKey, Said, Headers] | None:
        """What is said to whom, and what they have left; None where the app is to say it."""
        try:
            return self._asked(lane, environ)
        except Exception:  # noqa: BLE001 - whatever it is: the app comes upon it too, and says and logs it
            return None

    def _asked(self, lane: Lane, environ: "WSGIEnvironment") -> tuple[ApiKey, Said, Headers] | None:
        """Spends a call of the key last, so that what is passed on to the app is not counted twice."""
        text = access.key_in(environ.get("HTTP_HIBP_API_KEY"), environ.get("HTTP_AUTHORIZATION", ""))
        key = self._services.api_keys.authenticate(text)
        access.require_scope(key, "lookup")
        said = lane.say(environ, self._services, key)
        return (key, said, self._spend(key)) if said else None

    def _spend(self, key: ApiKey) -> Headers:
        if not key.limit_per_minute:
            return []
        with self._app.app_context():
            limits.spend(access.LIMITED, key.limit_per_minute, str(key.id))
            return metering.allowance_of(key)


def _is_plain_question(environ: "WSGIEnvironment") -> bool:
    length, accepted = environ.get("CONTENT_LENGTH") or "", environ.get("HTTP_ACCEPT", "")
    return (
        environ["REQUEST_METHOD"] == "POST"
        and not environ.get("QUERY_STRING")
        and environ.get("CONTENT_TYPE") in JSON_OR_NOT_SAID
        and length.isdecimal()
        and int(length) <= api.LARGEST_QUESTION
        and "csv" not in accepted
        and "ecs" not in accepted
    )


def _is_plain_account(environ: "WSGIEnvironment", path: str) -> bool:
    return (
        environ["REQUEST_METHOD"] == "GET"
        and not environ.get("QUERY_STRING")
        and path.isascii()
        and bool(environ.get("HTTP_USER_AGENT", "").strip())
    )


def _of_question(environ: "WSGIEnvironment", services: Services, key: ApiKey) -> Said | None:
    """Not for a key that may be told more of some people: that is on record, which is for the app to see to."""
    if SENSITIVE in key.scopes:
        return None
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    environ["wsgi.input"] = io.BytesIO(body)  # for the app, should it have to read it
    question = questions.read(body, Question)
    answer = services.lookup.ask(question.account, KEY, kind=question.kind, breach=question.breach)
    return _said(answer, 200, api.ABOUT_AN_ACCOUNT, msgspec.json.encode(as_json(answer)))


def _of_account(environ: "WSGIEnvironment", services: Services, _key: ApiKey) -> Said | None:
    account = environ["PATH_INFO"].removeprefix(ACCOUNT)
    if hibp_declined.is_range(account):
        return None
    answer = services.lookup.ask(account, KEY_WITHOUT_ALIASES)
    found = [hibp_model.truncated(one.breach) for one in answer.exposures]
    demo = [("Breachcheck-Demo", "true")] if services.is_demo else []
    headers = [*hibp_model.headers_of(answer.checked), *demo]
    if found:
        return _said(answer, 200, headers, msgspec.json.encode(found))
    return _said(answer, 404, headers, b"")


def _said(answer: Answer, status: int, said: Iterable[tuple[str, str]], body: bytes) -> Said:
    return Said(answered(answer), status, [*said, ("Content-Length", str(len(body)))], body)


V1 = Lane("v1", LOOKUP, f"POST {LOOKUP}", _of_question)
V3 = Lane("v3", f"{hibp.PREFIX}/<path:asked>", f"GET {hibp.PREFIX}/breachedaccount", _of_account)

OVER_HTTP = [(name, value) for name, value in EVERYWHERE.items() if name not in ("Cache-Control", "Referrer-Policy")]
OVER_HTTPS = [*OVER_HTTP, *headers.OVER_HTTPS.items()]
"""What answers about accounts carry besides what they say themselves."""
