"""Metering: each call made with a key is counted, and told what the key has left."""

from flask import Flask, Response, g, request

from breachcheck.api_keys import ApiKey
from breachcheck.web import access, limits
from breachcheck.web.context import services

WINDOW_S = 60
NO_ENDPOINT = "no such endpoint"


def install(app: Flask) -> None:
    @app.after_request
    def meter(response: Response) -> Response:
        key = access.admitted()
        if key is not None:
            services().use_counter.count(key.id, _endpoint(), outcome_of(response.status_code))
            if key.limit_per_minute:
                response.headers.extend(allowance_of(key))
        return response


def name_endpoint(name: str) -> None:
    """Under what the current call is counted, where its rule does not say. Never a part of the path that was asked."""
    g.endpoint_name = name


def outcome_of(status: int) -> str:
    """A word that is one of a few. Of v3's look-ups, ``not_found`` is an answer."""
    if status < 400:
        return "answered"
    if status in (404, 410):
        return "not_found"
    if status == 429:
        return "limited"
    return "failed" if status >= 500 else "refused"


def _endpoint() -> str:
    rule = request.url_rule.rule if request.url_rule else NO_ENDPOINT
    name = g.get("endpoint_name") or rule.replace("<", "{").replace(">", "}")
    return f"{request.method} {name}"


def allowance_of(key: ApiKey) -> list[tuple[str, str]]:
    """What the key has left, in headers as draft-ietf-httpapi-ratelimit-headers-10 has them; it has a limit.

    The window moves: with time calls come back one by one.
    """
    left = limits.allowance(access.LIMITED, key.limit_per_minute, str(key.id))
    return [
        ("RateLimit-Policy", f'"{access.LIMITED}";q={key.limit_per_minute};w={WINDOW_S}'),
        ("RateLimit", f'"{access.LIMITED}";r={left.left};t={left.more_in_s}'),
    ]
