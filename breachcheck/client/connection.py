"""The connection to a server: every call of the client."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from breachcheck.client import problems
from breachcheck.client.lines import Bodies, read_lines
from breachcheck.client.places import api_of, require_key
from breachcheck.client.values import (
    Account,
    Acknowledged,
    Answer,
    Breach,
    Breaches,
    Change,
    ChangePage,
    Entry,
    Event,
    EventPage,
    Kept,
    Line,
)
from breachcheck.errors import CutOff, NotUnderstood, Unreachable

TIMEOUT_S = 60.0
PAGE = 1000
MOST_ACKNOWLEDGED = 10_000
JSON_LINES = {"Content-Type": "application/x-ndjson"}

Read = TypeVar("Read")


class Client:
    """One server and one key. May be shared by threads; close it once.

    Every method raises BreachcheckError where there is no answer: the kinds that the same fault has in this program
    (InvalidAccount, UnknownBreach, InvalidKey, MissingScope, LimitReached, StoreUnavailable …), Unreachable where
    nothing answered and NotUnderstood where something else did. An answer that says "not found" was read whole.
    Redirects are not followed, so that the key goes where it was meant to go.
    """

    def __init__(self, url: str, key: str | None = None, *, timeout_s: float = TIMEOUT_S) -> None:
        """*url* is the site's, with or without /api/v1. Raises ConfigError, MalformedKey."""
        headers = {"User-Agent": "breachcheck-client"}
        if key is not None:
            headers["Authorization"] = f"Bearer {require_key(key)}"
        self._http = httpx.Client(base_url=api_of(url), headers=headers, timeout=timeout_s)

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def lookup(self, account: str, *, kind: str = "email", breach: str | None = None) -> Answer:
        """What the published breaches hold of *account*."""
        return msgspec.json.decode(self.lookup_json(account, kind=kind, breach=breach), type=Answer)

    def lookup_json(self, account: str, *, kind: str = "email", breach: str | None = None) -> bytes:
        """As ``lookup``, as it was sent. It was read, and is an answer."""
        sent = msgspec.json.encode({"account": account, "kind": kind, "breach": breach})
        body = self._call("POST", "/lookup", content=sent, headers={"Content-Type": "application/json"})
        _read(body, Answer)
        return body

    def batch(self, accounts: Iterable[str | Account]) -> Iterator[Line]:
        """What became of each of *accounts*, in order, however many: they are read and sent as the server takes them.

        Raises CutOff where the answer ends early: of the accounts without a line nothing is known.
        """
        bodies = Bodies(msgspec.json.encode(one) for one in accounts)
        before = 0
        while bodies.has_more:
            with self._stream("POST", "/lookup/batch", content=bodies.next_body(), headers=JSON_LINES) as response:
                for line in read_lines(_pieces(response), bodies.sent):
                    yield replace(line, line=before + line.line)
            before += bodies.sent

    def breaches(self) -> tuple[Breach, ...]:
        """Every published breach, by title."""
        return _read(self._call("GET", "/breaches"), Breaches).breaches

    def breach(self, name: str) -> Breach:
        """One breach by its name. Raises UnknownBreach, WithdrawnBreach."""
        return _read(self._call("GET", f"/breaches/{quote(name, safe='')}"), Breach)

    def changes(self, cursor: str = "") -> Iterator[Change]:
        """What happened to the catalogue after *cursor*, oldest first, page by page to the end."""
        return self._pages("/changes", cursor, ChangePage)

    def put_watchlist(self, name: str, entries: Iterable[Entry]) -> Kept:
        """Watch exactly *entries*, which are sent as they are read. Refused ones are told by their place, from 1."""
        content = (msgspec.json.encode(one) + b"\n" for one in entries)
        return _read(self._call("PUT", _watchlist(name), content=content, headers=JSON_LINES), Kept)

    def events(self, name: str, cursor: str = "") -> Iterator[Event]:
        """What the watchlist *name* was told after *cursor*, oldest first, page by page to the end."""
        return self._pages(f"{_watchlist(name)}/exposures", cursor, EventPage)

    def acknowledge(self, name: str, events: Iterable[Event | str]) -> int:
        """Note that someone has seen to *events*, or those of these ids; how many."""
        ids = iter(one.id if isinstance(one, Event) else one for one in events)
        path, number = f"{_watchlist(name)}/exposures/acknowledge", 0
        while some := list(islice(ids, MOST_ACKNOWLEDGED)):
            body = self._call("POST", path, content=msgspec.json.encode({"ids": some}))
            number += _read(body, Acknowledged).acknowledged
        return number

    def _pages(self, path: str, cursor: str, kind: type[Any]) -> Iterator[Any]:
        has_more = True
        while has_more:
            page = _read(self._call("GET", path, params={"cursor": cursor, "limit": PAGE}), kind)
            yield from page
            cursor, has_more = page.cursor, page.has_more

    def _call(self, method: str, path: str, **sent: Any) -> bytes:
        with self._stream(method, path, **sent) as response:
            return b"".join(_pieces(response))

    @contextmanager
    def _stream(self, method: str, path: str, **sent: Any) -> Iterator[httpx.Response]:
        """The beginning of a successful answer. What httpx says may quote what was sent, and is not repeated."""
        request = self._http.build_request(method, path, **sent)
        try:
            response = self._http.send(request, stream=True)
        except httpx.HTTPError as error:
            raise Unreachable(
                f"{request.url.host} did not answer ({type(error).__name__}); see to the address and the network."
            ) from None
        try:
            if not response.is_success:
                body = b"".join(_pieces(response))
                raise problems.raised_by(response.status_code, response.headers.get("Retry-After", ""), body)
            yield response
        finally:
            response.close()


def _pieces(response: httpx.Response) -> Iterator[bytes]:
    try:
        yield from response.iter_bytes()
    except httpx.HTTPError as error:
        raise CutOff(f"The answer was cut off ({type(error).__name__}); ask again.") from None


def _read(body: bytes, kind: type[Read]) -> Read:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise NotUnderstood("What came back is no answer of breachcheck; see to the address.") from None


def _watchlist(name: str) -> str:
    return f"/watchlists/{quote(name, safe='')}"
