"""Places: where a server is, and what opens it, checked before anything is sent. A key is never repeated."""

import re

import httpx

from breachcheck.errors import ConfigError, MalformedKey

API = "/api/v1"

_key_form = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)


def api_of(url: str) -> str:
    """The address of the API of the site at *url*. Raises ConfigError."""
    try:
        place = httpx.URL(url)
    except httpx.InvalidURL:
        place = httpx.URL("")
    if place.scheme not in ("http", "https") or not place.host or place.userinfo or place.query or place.fragment:
        raise ConfigError("The server's address must be that of a site, such as https://breaches.example.org")
    return url.rstrip("/").removesuffix(API) + API


def require_key(text: str) -> str:
    """*text* without the space around it. Raises MalformedKey where that is no API key."""
    if not _key_form.fullmatch(text.strip()):
        raise MalformedKey("This is not an API key: one has 32 hexadecimal digits. Make one with `breachcheck keys`.")
    return text.strip()
