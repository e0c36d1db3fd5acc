"""The client against servers that are none, or fail half-way: nothing of that is ever "not found"."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from breachcheck.client import Client
from breachcheck.errors import (
    BreachcheckError,
    Busy,
    ConfigError,
    CouldNotCheck,
    CutOff,
    InvalidRequest,
    NotUnderstood,
    StoreUnavailable,
    Unreachable,
)
from tests.cli.servers import free_port

KEY = "0" * 32
ACCOUNT = "ann@example.com"
CHECKED = {"breaches": 1, "as_of": "2026-11-22T10:00:00Z", "newest_added": "2026-11-12T08:00:00Z"}
MISS = {"status": "not_found", "checked": CHECKED, "exposures": []}


@contextmanager
def answering(
    status: int, body: bytes, headers: dict[str, str] | None = None, length: int | None = None
) -> Iterator[Client]:
    """A client of a server that answers everything like this; *length*: what it says of the body's."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body) if length is None else length))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        with Client(f"http://127.0.0.1:{server.server_port}", KEY) as client:
            yield client
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"<html>Please sign in to the guest network</html>", NotUnderstood),
        (200, b"", NotUnderstood),
        (200, encoded([]), NotUnderstood),
        (200, encoded({}), NotUnderstood),
        (200, encoded({"status": "not_found"}), NotUnderstood),
        (200, encoded(MISS | {"status": "exposed"}), NotUnderstood),
        (200, encoded(MISS | {"status": "could_not_check"}), NotUnderstood),
        (200, encoded(MISS | {"exposures": [{}]}), NotUnderstood),
        (204, b"", NotUnderstood),
        (302, b"", NotUnderstood),
        (404, b"", NotUnderstood),
        (404, encoded([{"Name": "Shop"}]), NotUnderstood),
        (404, encoded({"status": "could_not_check", "reason": "unknown_route"}), CouldNotCheck),
        (502, b"Bad gateway", NotUnderstood),
        (503, encoded({"status": "could_not_check", "reason": "store_unavailable"}), StoreUnavailable),
        (503, encoded({"status": "could_not_check", "reason": "of_tomorrow"}), CouldNotCheck),
        (410, encoded({"status": 410, "reason": "of_tomorrow"}), CouldNotCheck),
        (422, encoded({"status": 422, "reason": "of_tomorrow"}), InvalidRequest),
    ],
)
def test_what_is_no_answer_is_raised(status, body, kind):
    with answering(status, body) as client, pytest.raises(kind):
        client.lookup(ACCOUNT)


def test_a_whole_miss_is_one():
    with answering(200, encoded(MISS)) as client:
        assert client.lookup(ACCOUNT).status == "not_found"


def test_the_word_of_a_problem_is_kept():
    body = encoded({"status": "could_not_check", "reason": "of_tomorrow"})
    with answering(503, body) as client, pytest.raises(CouldNotCheck) as caught:
        client.lookup(ACCOUNT)

    assert caught.value.reason == "of_tomorrow"


def test_a_busy_server_says_when_to_come_back():
    body = encoded({"status": "could_not_check", "reason": "busy", "detail": "Later."})
    with answering(503, body, {"Retry-After": "5"}) as client, pytest.raises(Busy) as caught:
        client.lookup(ACCOUNT)

    assert (caught.value.retry_after_s, str(caught.value)) == (5, "Later.")


def test_an_answer_that_is_cut_off_is_none():
    whole = encoded(MISS)
    with answering(200, whole[:-1], length=len(whole)) as client, pytest.raises(CutOff):
        client.lookup(ACCOUNT)


def line(number: int, of: int) -> bytes:
    return encoded({"ref": None, "line": number, "lines": of} | MISS) + b"\n"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", CutOff),
        (line(1, 2), CutOff),
        (line(1, 2) + line(2, 2)[:-20], CutOff),
        (line(1, 2) + line(1, 2), NotUnderstood),
        (line(1, 3) + line(2, 3), NotUnderstood),
        (line(1, 2) + line(2, 2) + line(3, 2), NotUnderstood),
    ],
)
def test_a_batch_without_all_of_its_lines_is_raised(body, kind):
    with answering(200, body) as client, pytest.raises(kind):
        list(client.batch([ACCOUNT, ACCOUNT]))


def test_nobody_there_is_unreachable_and_says_where():
    with Client(f"http://127.0.0.1:{free_port()}", KEY) as client, pytest.raises(Unreachable) as caught:
        client.lookup(ACCOUNT)

    assert "127.0.0.1" in str(caught.value)
    assert ACCOUNT not in repr(caught.value)


def test_what_a_server_says_steers_no_terminal():
    body = encoded({"status": 422, "reason": "invalid_request", "detail": "\x1b[2Jfine"})
    with answering(422, body) as client, pytest.raises(BreachcheckError) as caught:
        client.lookup(ACCOUNT)

    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["", "breaches.example.org", "ftp://example.org", "http://", "http://me:pw@example.org"]
)
def test_an_address_that_is_none_is_refused_before_anything_is_sent(url):
    with pytest.raises(ConfigError) as caught:
        Client(url, KEY)

    assert "pw" not in str(caught.value)
