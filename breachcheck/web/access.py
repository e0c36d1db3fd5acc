"""Access to the APIs: the key that a request carries, what it opens and how often."""

import re
from collections.abc import Callable
from functools import wraps
from typing import cast

from flask import g, request
from flask.typing import ResponseReturnValue

from breachcheck.api_keys import ApiKey
from breachcheck.errors import MalformedKey, MissingKey, MissingScope
from breachcheck.web import limits
from breachcheck.web.context import services

View = Callable[..., ResponseReturnValue]

HIBP_HEADER = "hibp-api-key"
LIMITED = "key"

_key_form = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)


def require_api_key(scope: str | None) -> Callable[[View], View]:
    """Let only calls through whose key has *scope*, or any where that is None, and no more than the key's limit.

    Raises MissingKey, MalformedKey or InvalidKey, MissingScope, TooManyRequests; StoreUnavailable where the keys
    cannot be read.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
            admit(scope)
            return view(*args, **kwargs)

        return guarded

    return decorate


def admit(scope: str | None) -> ApiKey:
    """The key of the current request, one call of its allowance spent. Raises as ``require_api_key`` says."""
    text = key_in(request.headers.get(HIBP_HEADER), request.headers.get("Authorization", ""))
    key = g.api_key = services().api_keys.authenticate(text)
    if scope is not None:
        require_scope(key, scope)
    limits.spend(LIMITED, key.limit_per_minute, str(key.id))
    return key


def admitted() -> ApiKey | None:
    """The key that the current request was made with, whether or not it opened anything; None before it is known."""
    return cast(ApiKey | None, g.get("api_key"))


def key_in(hibp_key: str | None, authorization: str) -> str:
    """The text of the key in these headers. Raises MissingKey, MalformedKey."""
    text = bearer(authorization) if hibp_key is None else hibp_key
    if not text:
        raise MissingKey("This call needs an API key, as `Authorization: Bearer` or as `hibp-api-key`.")
    if not _key_form.fullmatch(text):
        raise MalformedKey("This is not an API key: one has 32 hexadecimal digits.")
    return text


def require_scope(key: ApiKey, scope: str) -> None:
    """Raises MissingScope."""
    if scope not in key.scopes:
        raise MissingScope(f"This API key lacks the scope {scope}; make one with `breachcheck keys create`.")


def bearer(authorization: str) -> str:
    """What stands after ``Bearer`` in this header; "" where nothing does."""
    scheme, _, text = authorization.partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""
