"""What the server cannot read or will not take it refuses in the site's words, and none of them is an answer."""

import json
import re
import socket
from collections.abc import Iterator
from http import HTTPStatus

import pytest

from tests.cli.servers import Server, running
from tests.stores import SHOP, new_store, published_breach

GOOD_NEWS = re.compile(r"not found in|no breach|safe|good news|all clear|no problem", re.IGNORECASE)
TOO_LONG = "Content-Length: 99000000\r\n"
UNREADABLE = "Content-Length: many\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    store = new_store(tmp_path_factory.mktemp("refusing") / "data")
    published_breach(store, SHOP, {"ann@example.com": ["Email addresses"]})
    store.close()
    with running(store.config.data, "--no-worker") as one:
        yield one


def sent(server: Server, path: str, header: str) -> tuple[str, str, str]:
    """(status line, headers, body) of what comes back for a request with *header*."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\naccount=ann%40example.com".encode())
        head, _, body = b"".join(iter(lambda: client.recv(65536), b"")).decode().partition("\r\n\r\n")
    status, _, headers = head.partition("\r\n")
    return status, headers, body


@pytest.mark.parametrize(
    ("header", "status", "heading"),
    [
        (TOO_LONG, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "That was too much text"),
        (UNREADABLE, HTTPStatus.BAD_REQUEST, "We did not understand that"),
    ],
)
def test_a_request_that_cannot_be_read_gets_a_page(
    server: Server, header: str, status: HTTPStatus, heading: str
) -> None:
    line, headers, body = sent(server, "/", header)

    assert line == f"HTTP/1.1 {status.value} {status.phrase}"
    assert f"<h1>{heading}</h1>" in body
    assert "Nothing was looked up." in body
    assert not GOOD_NEWS.search(body)
    assert "Content-Security-Policy: default-src 'none'" in headers
    assert "Cache-Control: no-store" in headers


@pytest.mark.parametrize("path", ["/api/v1/lookup", "/api/v3/breaches"])
def test_a_program_gets_what_it_can_read(server: Server, path: str) -> None:
    line, headers, body = sent(server, path, TOO_LONG)

    assert line.startswith("HTTP/1.1 413")
    assert "json" in re.findall(r"Content-Type: (.*)", headers)[0]
    assert isinstance(json.loads(body), dict)


def test_the_server_goes_on_after_it(server: Server) -> None:
    sent(server, "/", TOO_LONG)

    assert server.request("GET", "/")[0] == 200
