"""Forwarded: whom a request is from, and by which scheme, as the proxies that are trusted say, and nobody else."""

import ipaddress
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

SCHEMES = ("http", "https")
SAID_BY_PROXIES = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_SCHEME",
    "HTTP_X_FORWARDED_SSL",
    "HTTP_X_REAL_IP",
    "HTTP_X_REQUEST_ID",
)
"""Nothing behind a proxy reads them, whoever sent them."""
_WAY = "breachcheck.way"


class Way(NamedTuple):
    """Who connected, through how many trusted proxies a request came, and whether anybody said whom it is from."""

    peer: str
    hops: int
    is_forwarded: bool


def way_of(environ: "WSGIEnvironment") -> Way:
    """The way that a request came; where no proxy is trusted there is nothing to tell but who connected."""
    way = environ.get(_WAY) or Way(environ.get("REMOTE_ADDR") or "", 0, "HTTP_X_FORWARDED_FOR" in environ)
    return cast(Way, way)


GIVEN_ID = "breachcheck.request_id"
"""Where in the environ the id stands that a proxy gave the request."""

_ID_FORM = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""128 bits, as nginx has them or as a UUID: anything else could be somebody's words, and ids are logged."""


class Forwarded:
    """WSGI, in front of everything: puts the client's address and scheme where all that is behind looks for them.

    *trusted* are the networks of the proxies, or how many there are. X-Forwarded-For is walked from its end, the
    nearest proxy, to the first that is no proxy: what stands before it anybody can have written.
    """

    def __init__(self, app: "WSGIApplication", trusted: int | Iterable[str]) -> None:
        self._next = app
        self._count = trusted if isinstance(trusted, int) else 0
        self._networks = [] if isinstance(trusted, int) else [ipaddress.ip_network(one) for one in trusted]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        said = {name: environ.pop(name, "") for name in SAID_BY_PROXIES}
        peer, hops = address_in(environ.get("REMOTE_ADDR") or ""), 0
        if self._is_proxy(peer, 0):
            client, hops = self._client(peer, _listed(said["HTTP_X_FORWARDED_FOR"]))
            environ["REMOTE_ADDR"] = str(client or "")
            if _ID_FORM.fullmatch(said["HTTP_X_REQUEST_ID"]):
                environ[GIVEN_ID] = said["HTTP_X_REQUEST_ID"].lower()
            environ["wsgi.url_scheme"] = _scheme(_listed(said["HTTP_X_FORWARDED_PROTO"]), hops, environ)
        environ[_WAY] = Way(str(peer or ""), hops, bool(said["HTTP_X_FORWARDED_FOR"]))
        return self._next(environ, start_response)

    def _client(self, peer: IPAddress | None, said: list[str]) -> tuple[IPAddress | None, int]:
        """The last address that a proxy vouches for, and how many proxies the request came through."""
        client = peer
        for hops, text in enumerate(reversed(said)):
            address = address_in(text)
            if address is None or not self._is_proxy(client, hops):
                return client, hops
            client = address
        return client, len(said)

    def _is_proxy(self, address: IPAddress | None, hops: int) -> bool:
        """Whether *address*, which is *hops* proxies away, is one."""
        return hops < self._count or (address is not None and any(address in network for network in self._networks))


def address_in(text: str) -> IPAddress | None:
    """The IP address that *text* is, with a port or without; None where it is none.

    An IPv4 address that a socket of both kinds wrote as IPv6 is itself; the zone of a link is left out.
    """
    text = text.strip()
    if text.startswith("[") and "]" in text:
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None) or address


def _listed(said: str) -> list[str]:
    """The parts of a header that several proxies wrote to; lines of one name come joined by commas."""
    return [part for one in said.split(",") if (part := one.strip())]


def _scheme(said: list[str], hops: int, environ: "WSGIEnvironment") -> str:
    """By what the client asked the outermost trusted proxy, as far back as this header goes."""
    scheme = said[-min(max(hops, 1), len(said))].lower() if said else ""
    return scheme if scheme in SCHEMES else str(environ["wsgi.url_scheme"])
