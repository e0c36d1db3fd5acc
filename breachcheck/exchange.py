"""Exchanges: one request in HTTP and its answer, over a connection that goes where it may and ends in time.

For `fetching` alone, which says where it may go.
"""

import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import httpcore

from breachcheck.errors import FetchFailed
from breachcheck.resolving import IPAddress

MOST_ADDRESSES = 4

_FAULTS = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, httpcore.UnsupportedProtocol)

AddressesOf = Callable[[str, float], Sequence[IPAddress]]
"""The addresses of a host, found within so many seconds. Raises FetchRefused where any must not be reached."""
SocketOptions = Iterable[Any] | None


def exchange(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    addresses_of: AddressesOf,
    tls: ssl.SSLContext,
    patience_s: float,
    most_bytes: int,
) -> tuple[int, Mapping[str, str], bytes]:
    """The status, the headers, their names in lower case, and the body. Raises FetchFailed where none came."""
    backend = _Guarded(addresses_of, _Deadline(patience_s))
    try:
        with (
            httpcore.ConnectionPool(tls, network_backend=backend, max_connections=1) as pool,
            pool.stream(method, url, headers=list(headers.items()), content=body or None) as response,
        ):
            return response.status, _headers(response), _read(response, most_bytes)
    except httpcore.TimeoutException:
        raise FetchFailed(f"There was no whole answer within {patience_s:g} seconds.") from None
    except _FAULTS as error:
        raise FetchFailed(f"There was no answer ({type(error).__name__}).") from None


class _Deadline:
    """When one fetch has to be over, all in all."""

    def __init__(self, patience_s: float) -> None:
        self._at = time.monotonic() + patience_s

    def left(self, at_most: float | None = None) -> float:
        """Seconds. Raises httpcore's own timeout where there are none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if at_most is None else min(left, at_most)


class _Guarded(httpcore.NetworkBackend):
    """Connects to allowed addresses alone. Nothing below it resolves a name again."""

    def __init__(self, addresses_of: AddressesOf, deadline: _Deadline) -> None:
        self._addresses_of = addresses_of
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - httpcore's signature; the deadline stands for it
        local_address: str | None = None,  # noqa: ARG002
        socket_options: SocketOptions = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        *others, last = self._addresses_of(host, self._deadline.left())[:MOST_ADDRESSES]
        for address in others:
            try:
                return self._connected(address, port, self._deadline.left() / 2)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connected(last, port, self._deadline.left())

    def _connected(self, address: IPAddress, port: int, patience_s: float) -> "_Bounded":
        return _Bounded(self._plain.connect_tcp(str(address), port, timeout=patience_s), self._deadline)


class _Bounded(httpcore.NetworkStream):
    """A connection whose every step ends at the deadline of the whole, however slowly bytes drip."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inside = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _Bounded(inside, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _headers(response: httpcore.Response) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}


def _read(response: httpcore.Response, most_bytes: int) -> bytes:
    body = bytearray()
    for chunk in response.iter_stream():
        body += chunk
        if len(body) > most_bytes:
            raise FetchFailed(f"The answer has more than {most_bytes:,} bytes.")
    return bytes(body)
