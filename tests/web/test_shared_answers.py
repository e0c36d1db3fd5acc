"""Shared answers: small for who reads gzip, told apart by an ETag, and none of them about anybody."""

import gzip
import json
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from breachcheck.services import Services
from breachcheck.web.app import create_app
from breachcheck.web.shared_answers import SMALLEST
from tests.engines import ENGINES as ENGINES
from tests.stores import facts, published_breach

SHARED = [
    *("/api/v1/breaches", "/api/v1/breaches/Shop", "/api/v1/breaches/Shop/advice", "/api/v1/changes?limit=1000"),
    *("/api/v1/breaches?format=csv", "/api/v1/breaches?format=ecs", "/api/v1/openapi.json"),
    *("/api/v3/breaches", "/api/v3/breach/Shop", "/api/v3/latestbreach", "/api/v3/dataclasses"),
]
LARGE = [path for path in SHARED if path not in ("/api/v3/latestbreach", "/api/v3/breach/Shop", "/api/v3/dataclasses")]
CLASSES = ["Email addresses", "Names", "Passwords", "Phone numbers"]
REF = "e-1041"


@pytest.fixture
def client(store: Services) -> Iterator[FlaskClient]:
    for number in range(12):
        about = facts(name=f"Shop{number or ''}", title=f"Shop {number}")
        published_breach(store, about, {"ann@example.com": CLASSES})
    client = create_app(store).test_client()
    key = store.api_keys.create("tests", ["lookup", "batch", "watch", "domains"])[1]
    client.environ_base |= {"HTTP_HIBP_API_KEY": key, "HTTP_USER_AGENT": "tests"}
    return client


@pytest.mark.parametrize("path", LARGE)
def test_a_large_shared_answer_is_compressed_for_who_reads_gzip(client: FlaskClient, path: str) -> None:
    plain = client.get(path)
    small = client.get(path, headers={"Accept-Encoding": "br, gzip;q=0.5"})

    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) < len(plain.data) / 2
    assert int(small.headers["Content-Length"]) == len(small.data)
    assert {"Accept-Encoding"} <= set(plain.vary.as_set(preserve_casing=True))


@pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", "br", ""])
def test_who_reads_no_gzip_gets_none(client: FlaskClient, accepted: str) -> None:
    assert "Content-Encoding" not in client.get(SHARED[0], headers={"Accept-Encoding": accepted}).headers


def test_a_small_answer_is_sent_as_it_is(client: FlaskClient) -> None:
    answer = client.get("/api/v3/dataclasses", headers={"Accept-Encoding": "gzip"})

    assert len(answer.data) < SMALLEST
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("accepted", ["identity", "gzip"])
@pytest.mark.parametrize("path", SHARED)
def test_who_has_a_shared_answer_already_is_told_so(client: FlaskClient, path: str, accepted: str) -> None:
    headers = {"Accept-Encoding": accepted}
    etag = client.get(path, headers=headers).headers["ETag"]

    again = client.get(path, headers=headers | {"If-None-Match": etag})

    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)


@pytest.mark.parametrize("path", [path for path in SHARED if "openapi" not in path and path != "/api/v3/dataclasses"])
def test_a_shared_answer_that_changed_has_another_etag(client: FlaskClient, store: Services, path: str) -> None:
    etag = client.get(path).headers["ETag"]
    for number in (0, 11):
        about = facts(name=f"Shop{number or ''}", title=f"Store {number}", affected=9, help=None, domain="new.example")
        published_breach(store, about, {"ann@example.com": ["Dates of birth"]})
    again = client.get(path, headers={"If-None-Match": etag})

    assert (again.status_code, again.headers["ETag"] == etag) == (200, False)


def test_the_two_forms_of_an_answer_have_different_etags(client: FlaskClient) -> None:
    etags = {client.get(SHARED[0], headers={"Accept-Encoding": one}).headers["ETag"] for one in ("gzip", "identity")}

    assert len(etags) == 2


def test_what_is_about_somebody_is_never_compressed_nor_known_again(client: FlaskClient) -> None:
    lines = [{"ref": f"{REF}-{number}", "account": "ann@example.com"} for number in range(200)]
    sent = "".join(json.dumps(line) + "\n" for line in lines)
    headers = {"Accept-Encoding": "gzip", "Content-Type": "application/x-ndjson"}
    answers = [
        client.put("/api/v1/watchlists/staff", json=lines, headers={"Accept-Encoding": "gzip"}),
        client.get("/api/v1/watchlists/staff/exposures", headers={"Accept-Encoding": "gzip"}),
        client.post("/api/v1/lookup", json={"account": "ann@example.com"}, headers={"Accept-Encoding": "gzip"}),
        client.post("/api/v1/lookup/batch", data=sent, headers=headers),
        client.get("/api/v1/domains", headers={"Accept-Encoding": "gzip"}),
        client.get(
            "/api/v3/breachedaccount/ann@example.com?truncateResponse=false", headers={"Accept-Encoding": "gzip"}
        ),
    ]

    assert {answer.status_code for answer in answers} <= {200, 201}
    assert [answer.headers.get("Content-Encoding") for answer in answers] == [None] * len(answers)
    assert [answer.headers.get("ETag") for answer in answers] == [None] * len(answers)
    assert max(len(answer.data) for answer in answers) > 100 * SMALLEST
