"""Fetching: the one guarded way out. Whoever names an address here never reaches what only this machine may reach."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from breachcheck import __version__
from breachcheck.errors import ConfigError, FetchRefused
from breachcheck.resolving import IPAddress, Resolver

if TYPE_CHECKING:
    import ssl

PATIENCE_S = 10.0
MOST_BYTES = 256 * 2**10

_SCHEMES = ("http", "https")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whatever the *status*: a redirect is an answer like others. Names of *headers* in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Allowed:
    """Which hosts may be reached: all of the open Internet, and of the rest the networks and names in *exceptions*.

    Raises ConfigError for what is neither network nor name.
    """

    def __init__(self, exceptions: Iterable[str] = ()) -> None:
        every = [(text, _network(text)) for text in exceptions]
        self._networks = [network for _, network in every if network]
        self._hosts = frozenset(_host(text) for text, network in every if network is None)

    def require(self, host: str, addresses: Iterable[IPAddress]) -> None:
        """Raises FetchRefused where any of the *addresses* of *host* may not be reached."""
        if host.lower().rstrip(".") in self._hosts:
            return
        if not all(self._allows(_reached(address)) for address in addresses):
            raise FetchRefused(
                "That leads into a network that is not of the open Internet; an operator can allow it with the setting"
                " outbound_allowed."
            )

    def names(self, host: str) -> bool:
        """Whether an operator named *host* itself, or a network that it is an address of."""
        address = _address(host)
        if address is None:
            return host.lower().rstrip(".") in self._hosts
        return any(_reached(address) in network for network in self._networks)

    def require_literal(self, host: str) -> None:
        """Raises FetchRefused where *host* is an address that may not be reached. Names are looked at when asked."""
        address = _address(host)
        if address is not None:
            self.require(host, [address])

    def _allows(self, address: IPAddress) -> bool:
        return is_open(address) or any(address in network for network in self._networks)


class Fetcher:
    """HTTP to where others say. May be shared by threads.

    A name is resolved once, every address of it must be allowed, and the connection goes to one of these very
    addresses, under the name that was asked for. Redirects are not followed, proxies of the environment not used,
    bodies not unpacked; time and size are bounded in all.
    """

    def __init__(self, resolver: Resolver, allowed: Allowed, *, tls: ssl.SSLContext | None = None) -> None:
        self._resolver = resolver
        self._allowed = allowed
        self._given_tls = tls

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        patience_s: float = PATIENCE_S,
        most_bytes: int = MOST_BYTES,
    ) -> Reply:
        """What *url* answers. Raises FetchRefused where it must not be asked, FetchFailed where no answer came.

        Neither quotes the address or what was sent back.
        """
        from breachcheck.exchange import exchange  # few programs that could fetch do, and this takes long to import

        _require_url(url)
        sent = {"User-Agent": f"breachcheck/{__version__}", "Accept-Encoding": "identity"} | dict(headers or {})
        return Reply(*exchange(method, url, sent, body, self._allowed_addresses, self._tls, patience_s, most_bytes))

    def require_endpoint(self, url: str) -> None:
        """Raises FetchRefused for an address that is never called, as far as that can be seen without asking anyone.

        Plain http leads only to what an operator named.
        """
        _require_url(url)
        parts = urlsplit(url)
        host = parts.hostname or ""
        self._allowed.require_literal(host)
        if parts.scheme != "https" and not self._allowed.names(host):
            raise FetchRefused(
                "That is not encrypted; use https://. An operator can allow http:// by naming the host in the setting"
                " outbound_allowed."
            )

    def _allowed_addresses(self, host: str, patience_s: float) -> Sequence[IPAddress]:
        addresses = self._resolver.addresses_of(host, patience_s)
        self._allowed.require(host, addresses)
        return addresses

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        import ssl  # as in `fetch`

        return self._given_tls or ssl.create_default_context()


def is_open(address: IPAddress) -> bool:
    """Whether *address* is a single machine's on the open Internet."""
    return address.is_global and not address.is_multicast and not address.is_reserved


def _reached(address: IPAddress) -> IPAddress:
    """Where a packet to *address* ends: an IPv6 address may be one of IPv4 in disguise."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address


def _require_url(url: str) -> None:
    """Raises FetchRefused."""
    is_plain = all("\x20" < character < "\x7f" for character in url)
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0 and parts.username is None
    except ValueError:
        is_whole = False
    if not (is_plain and is_whole and parts.scheme in _SCHEMES):
        raise FetchRefused("That is not an address to fetch; it must begin with https:// or http:// and hold no user.")


def _address(host: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        return None


def _host(text: str) -> str:
    """A name of a host, or a fault: a network with a slip in it must not pass for a name."""
    labels = text.lower().rstrip(".").split(".")
    is_name = all(label.replace("-", "").isalnum() and label.isascii() for label in labels)
    if not is_name or labels[-1].isdigit():
        raise ConfigError(
            f"outbound_allowed has {text}, which is neither a network nor a host; write 192.0.2.0/24 or a name."
        )
    return ".".join(labels)
