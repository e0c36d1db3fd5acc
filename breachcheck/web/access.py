"""Access to the APIs: the key that a request carries, what it opens and how often."""

import math
import re
import time
from collections.abc import Callable
from functools import wraps

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from breachcheck.api_keys import ApiKey
from breachcheck.errors import LimitReached, MalformedKey, MissingKey, MissingScope
from breachcheck.web.context import services

View = Callable[..., ResponseReturnValue]

EXTENSION = "breachcheck.allowance"
HIBP_HEADER = "hibp-api-key"

_key_form = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)


class Allowance:
    """What each key may still ask: no more than its limit in any minute. Exact in one process, which forgets it at its end.

    Flask-Limiter's engine without its decorators, which would know the limit only after the key has been looked up twice.
    """

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def spend(self, key: ApiKey) -> None:
        """Count one call. Raises LimitReached where it is one too many; such a call counts for nothing."""
        if not key.limit_per_minute:
            return
        limit = RateLimitItemPerMinute(key.limit_per_minute)
        if not self._limiter.hit(limit, str(key.id)):
            free_at = self._limiter.get_window_stats(limit, str(key.id)).reset_time
            wait_s = max(1, math.ceil(free_at - time.time()))
            raise LimitReached(f"Rate limit is exceeded. Try again in {wait_s} seconds.", wait_s)


def install(app: Flask) -> None:
    """Give *app* an allowance of its own."""
    app.extensions[EXTENSION] = Allowance()


def require_api_key(scope: str) -> Callable[[View], View]:
    """Let only calls through whose key has *scope*, and no more of them than the key's limit.

    Raises MissingKey, MalformedKey or InvalidKey, MissingScope, LimitReached; StoreUnavailable where keys cannot be read.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
            admit(scope)
            return view(*args, **kwargs)

        return guarded

    return decorate


def admit(scope: str) -> ApiKey:
    """The key of the current request, one call of its allowance spent. Raises as ``require_api_key`` says."""
    key = services().api_keys.authenticate(_key_text())
    if scope not in key.scopes:
        raise MissingScope(f"This API key lacks the scope {scope}; make one with `breachcheck keys create`.")
    current_app.extensions[EXTENSION].spend(key)
    return key


def _key_text() -> str:
    text = request.headers.get(HIBP_HEADER) or _bearer()
    if not text:
        raise MissingKey("Access denied due to missing hibp-api-key.")
    if not _key_form.fullmatch(text):
        raise MalformedKey("Access denied due to improperly formed hibp-api-key.")
    return text


def _bearer() -> str:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""
