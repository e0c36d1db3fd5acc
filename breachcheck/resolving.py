"""Resolving: what DNS says of a name, in bounded time. The system's hosts file is not asked."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import TYPE_CHECKING

from breachcheck.errors import ConfigError, FetchFailed

if TYPE_CHECKING:
    import dns.resolver

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

PORT = 53
PATIENCE_S = 5.0


class Resolver:
    """Asks *servers*, each an address or ``ADDRESS:PORT`` (``[ADDRESS]:PORT`` for IPv6), or else the system's.

    Nothing is kept between two questions. May be shared by threads. Raises ConfigError for what is no address.
    """

    def __init__(self, servers: Sequence[str] = ()) -> None:
        self._servers = [_server(text) for text in servers]

    def addresses_of(self, host: str, patience_s: float = PATIENCE_S) -> list[IPAddress]:
        """Every address of *host*, which may be one itself. Raises FetchFailed where there is none, or no answer."""
        try:
            return [ipaddress.ip_address(host)]
        except ValueError:
            found = self._named(host, patience_s)
        if not found:
            raise FetchFailed("DNS has no address of that name.")
        return found

    def texts_at(self, name: str, patience_s: float = PATIENCE_S) -> list[str]:
        """The TXT records of *name* itself: what stands at another name that it is an alias of (CNAME) is not its own.

        None is an empty list. Raises FetchFailed where DNS gives no answer.
        """
        answer = self._asked(name, "TXT", patience_s)
        if answer is None or answer.canonical_name != answer.qname:
            return []
        return [b"".join(one.strings).decode("utf-8", "replace") for one in answer]

    def _named(self, host: str, patience_s: float) -> list[IPAddress]:
        kinds = ("A", "AAAA")
        answers = [self._asked(host, kind, patience_s / len(kinds)) for kind in kinds]
        return [ipaddress.ip_address(one.address) for answer in answers if answer is not None for one in answer]

    def _asked(self, name: str, kind: str, patience_s: float) -> dns.resolver.Answer | None:
        import dns.exception  # few programs that could ask do, and this takes long to import
        import dns.resolver

        try:
            return self._engine().resolve(name, kind, lifetime=patience_s, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return None
        except dns.exception.DNSException as error:  # their texts hold the name, and what servers said
            raise FetchFailed(f"DNS gave no answer ({type(error).__name__}).") from None

    def _engine(self) -> dns.resolver.Resolver:
        from dns.nameserver import Do53Nameserver
        from dns.resolver import Resolver as Engine

        engine = Engine(configure=not self._servers)
        if self._servers:
            engine.nameservers = [Do53Nameserver(address, port) for address, port in self._servers]
        return engine


def _server(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":") if text.count(":") == 1 or text.startswith("[") else (text, "", "")
    try:
        return str(ipaddress.ip_address(host.strip("[]"))), int(port) if colon else PORT
    except ValueError:
        raise ConfigError(f"dns_servers has {text}, which is no address; write them like 192.0.2.53.") from None
