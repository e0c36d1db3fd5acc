"""Mistakes of a caller of /api/v1: each is told in its own words, with the place of it, and changes nothing."""

import gzip
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from breachcheck.services import Services
from breachcheck.web.app import create_app
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, published_breach

ANN = "ann@example.com"
DEEP = 100_000
LOOKUP, BATCH, DOMAINS = "/api/v1/lookup", "/api/v1/lookup/batch", "/api/v1/domains"
STAFF = "/api/v1/watchlists/staff"
ACKNOWLEDGE = f"{STAFF}/exposures/acknowledge"
CHECK = f"{DOMAINS}/example.com/check"
JSON_BODIES = [("POST", LOOKUP), ("POST", DOMAINS), ("POST", CHECK), ("PATCH", STAFF), ("POST", ACKNOWLEDGE)]
MANY = [*JSON_BODIES, ("POST", BATCH), ("PUT", STAFF)]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW")


@pytest.fixture
def client(store: Services) -> FlaskClient:
    published_breach(store, SHOP, {ANN: ["Email addresses"]})
    client = create_app(store).test_client()
    key = store.api_keys.create("tests", ["lookup", "batch", "watch", "domains"], limit_per_minute=0)[1]
    client.environ_base |= {"HTTP_AUTHORIZATION": f"Bearer {key}"}
    client.put(STAFF, json=[{"ref": "e-1", "account": ANN}])
    return client


def problem(response: TestResponse) -> tuple[int, str, Any]:
    """(status, reason, pointer) of what must be a problem without a value of the caller's."""
    assert response.content_type == "application/problem+json"
    said = json.loads(response.data)
    assert said["type"] == f"urn:breachcheck:problem:{said['reason']}"
    assert said["title"]
    assert said["detail"]
    assert ANN not in response.text
    return response.status_code, said["reason"], said.get("pointer")


@pytest.mark.parametrize(
    ("method", "path", "body", "pointer"),
    [
        ("POST", LOOKUP, {"account": 7}, "/account"),
        ("POST", LOOKUP, {"account": ANN, "kind": "fax"}, "/kind"),
        ("POST", LOOKUP, {"account": ANN, "a/b~c": 1}, "/a~1b~0c"),
        ("POST", LOOKUP, {"account": ANN, ANN: 1}, ""),
        ("POST", LOOKUP, {}, "/account"),
        ("POST", LOOKUP, [ANN], ""),
        ("POST", DOMAINS, {"domain": 7}, "/domain"),
        ("POST", DOMAINS, {"domain": "example.com", "mail": "x"}, "/mail"),
        ("POST", DOMAINS, {"domain": "example.com", ANN: "x"}, ""),
        ("POST", DOMAINS, {}, ""),
        ("POST", CHECK, {"way": ANN}, "/way"),
        ("PATCH", STAFF, {"remove": ["e-1", 2]}, "/remove/1"),
        ("PATCH", STAFF, {"add": {"ref": "e-2"}}, "/add"),
        ("PATCH", STAFF, {"add": [{"ref": ANN, "account": ANN}]}, "/add/0/ref"),
        ("PATCH", STAFF, {"take": []}, "/take"),
        ("POST", ACKNOWLEDGE, {"ids": "1-1"}, "/ids"),
        ("POST", ACKNOWLEDGE, {"ids": ["1-1", None]}, "/ids/1"),
        ("PUT", STAFF, {"ref": "e-2", "account": ANN}, ""),
        ("PUT", STAFF, [{"ref": ANN, "account": ANN}], "/0/ref"),
    ],
)
def test_the_place_of_a_mistake_is_named(
    client: FlaskClient, method: str, path: str, body: object, pointer: str
) -> None:
    status, reason, place = problem(client.open(path, method=method, json=body))

    assert (status, place) == (422, pointer)
    assert reason in ("invalid_request", "holds_address")


@pytest.mark.parametrize(("method", "path"), MANY)
def test_what_is_no_json_is_told_so(client: FlaskClient, method: str, path: str) -> None:
    for body in (b'{"account": "ann@example.com"', b"\xff\xfe", b"[1,"):
        response = client.open(path, method=method, data=body, content_type="application/json")
        assert problem(response) == (400, "malformed_json", "")


@pytest.mark.parametrize(("method", "path"), MANY)
def test_what_is_nested_too_deeply_is_refused_and_does_no_harm(client: FlaskClient, method: str, path: str) -> None:
    for opening, closing in ((b"[", b"]"), (b'{"account":', b"}")):
        body = opening * DEEP + closing * DEEP
        status, reason, _ = problem(client.open(path, method=method, data=body, content_type="application/json"))
        assert (status, reason) in ((422, "invalid_request"), (413, "body_too_large"), (400, "nested_too_deeply"))


def test_what_is_nested_too_deeply_is_told_so(client: FlaskClient) -> None:
    response = client.post(LOOKUP, data=b"[" * 20_000 + b"]" * 20_000, content_type="application/json")

    assert problem(response) == (400, "nested_too_deeply", "")


@pytest.mark.parametrize(("method", "path"), [*JSON_BODIES, ("POST", BATCH), ("PUT", STAFF)])
def test_a_body_of_another_type_is_refused_as_such(client: FlaskClient, method: str, path: str) -> None:
    response = client.open(path, method=method, data=b"<xml/>", content_type="application/xml")

    assert problem(response)[:2] == (415, "unsupported_media_type")


@pytest.mark.parametrize(("method", "path"), MANY)
def test_a_body_that_is_compressed_is_refused_as_such(client: FlaskClient, method: str, path: str) -> None:
    sent = gzip.compress(b'{"account": "ann@example.com"}')
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}

    assert problem(client.open(path, method=method, data=sent, headers=headers))[:2] == (415, "unsupported_media_type")


@pytest.mark.parametrize(("method", "path"), [("POST", LOOKUP), ("POST", DOMAINS), ("POST", CHECK)])
def test_a_body_that_is_too_large_is_refused_before_it_is_understood(
    client: FlaskClient, method: str, path: str
) -> None:
    response = client.open(path, method=method, data=b" " * 70_000 + b"{}", content_type="application/json")

    assert problem(response)[:2] == (413, "body_too_large")


def test_a_method_that_is_not_taken_is_told_which_are(client: FlaskClient) -> None:
    rules = [rule for rule in client.application.url_map.iter_rules() if rule.rule.startswith("/api/v1/")]
    for path in {rule.rule.replace("<name>", "Shop").replace("<domain>", "example.com") for rule in rules}:
        adapter = client.application.url_map.bind("localhost")
        allowed = set(adapter.allowed_methods(path))
        for method in set(METHODS) - allowed:
            response = client.open(path, method=method)
            assert problem(response)[:2] == (405, "unknown_method"), (method, path)
            assert response.allow.as_set(preserve_casing=True) == allowed


def test_the_same_directory_put_twice_changes_nothing(client: FlaskClient) -> None:
    directory = [{"ref": "e-1", "account": ANN}, {"ref": "e-2", "account": "bo@example.com"}]
    outcomes = [client.put(STAFF, json=directory).json for _ in range(3)]
    events = [client.get(f"{STAFF}/exposures").json for _ in range(2)]

    assert outcomes[1] == outcomes[2] == outcomes[0] | {"added": 0, "removed": 0}
    assert events[0] == events[1]


def test_a_list_that_is_deleted_twice_is_gone_once(client: FlaskClient) -> None:
    assert [client.delete(STAFF).status_code for _ in range(2)] == [204, 404]
