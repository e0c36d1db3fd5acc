"""What a server, or nginx before it, cannot read or will not take is refused in words that are no answer."""

import json
import re
from collections.abc import Iterator

import pytest

from breachcheck.web.problems import TITLES
from tests.cli.servers import Server, running
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, new_store, published_breach

GOOD_NEWS = re.compile(r"not found in|no breach|safe|good news|all clear|no problem", re.IGNORECASE)
TOO_LONG = "99000000"
UNREADABLE = "many"


@pytest.fixture(scope="module")
def server(lasting_engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    store = new_store(tmp_path_factory.mktemp("refusing") / "data")
    published_breach(store, SHOP, {"ann@example.com": ["Email addresses"]})
    store.close()
    with running(store.config.data, "--no-worker") as one:
        yield one


def sent(server: Server, path: str, length: str) -> tuple[int, dict[str, str], str]:
    """(status, headers, body) of what comes back for a request that claims *length*."""
    return server.request("POST", path, "account=ann%40example.com", Content_Length=length)


@pytest.mark.parametrize(
    ("length", "status", "heading"),
    [(TOO_LONG, 413, "That was too much text"), (UNREADABLE, 400, "We did not understand that")],
)
def test_a_request_that_cannot_be_read_gets_a_page(server: Server, length: str, status: int, heading: str) -> None:
    said, headers, body = sent(server, "/", length)

    assert said == status
    assert f"<h1>{heading}</h1>" in body
    assert "Nothing was looked up." in body
    assert not GOOD_NEWS.search(body)
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("length", "status"), [(TOO_LONG, 413), (UNREADABLE, 400)])
def test_a_program_gets_what_it_can_read(server: Server, length: str, status: int) -> None:
    v1, v3 = (sent(server, path, length) for path in ("/api/v1/lookup", "/api/v3/breaches"))
    told = json.loads(v1[2])

    assert (v1[0], v3[0]) == (status, status)
    assert (v1[1]["content-type"], v3[1]["content-type"]) == ("application/problem+json", "application/json")
    assert (told["status"], told["title"]) == (status, TITLES[told["reason"]])
    assert json.loads(v3[2]).keys() == {"statusCode", "message"}


def test_the_server_goes_on_after_it(server: Server) -> None:
    sent(server, "/", TOO_LONG)

    assert server.request("GET", "/")[0] == 200
