"""Plain look-ups are answered before Flask, and in nothing but speed can anybody tell."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from breachcheck.addresses import canonical
from breachcheck.services import Services
from breachcheck.suppressions import Level
from breachcheck.web.app import create_app
from breachcheck.web.express import Express
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, break_catalogue, break_index, facts, new_store, published_breach

LOOKUP = "/api/v1/lookup"
ACCOUNT = "/api/v3/breachedaccount/"
EMAIL = ["Email addresses"]
PASSING = ("X-Request-Id", "RateLimit")
"""What differs between two calls in any case."""

V1 = [
    {"json": {"account": "ann@example.com"}},
    {"json": {"account": " Bob@Example.com ", "kind": "email", "breach": None}},
    {"json": {"account": "nobody@example.com"}},
    {"json": {"account": "hidden@example.com"}},
    {"json": {"account": "ann@example.com", "breach": "shop"}},
    {"data": b'{"account": "ann@example.com"}', "content_type": None},
]
V3 = ["ann@example.com", "Bob@Example.com", "bob+tag@example.com", "nobody@example.com", "hidden@example.com"]
NOT_PLAIN_V1 = [
    {"json": {"account": "nobody"}},
    {"json": {"account": "ann@example.com", "breach": "None"}},
    {"json": {"account": "+1 555 0100", "kind": "phone"}},
    {"json": {"account": "ann@example.com"}, "query_string": "format=csv"},
    {"json": {"account": "ann@example.com"}, "headers": {"Accept": "text/csv"}},
    {"json": {"account": "ann@example.com"}, "headers": {"Host": "elsewhere.example"}},
    {"json": {"account": "ann@example.com"}, "headers": {"Content-Encoding": "gzip"}},
    {"json": {"account": "ann@example.com"}, "headers": {"Transfer-Encoding": "chunked"}},
    {"json": {"account": "ann@example.com"}, "headers": {"Authorization": ""}},
    {"json": {"account": "ann@example.com"}, "headers": {"hibp-api-key": ""}},
    {"json": {"account": "ann@example.com"}, "headers": {"Authorization": "Bearer 0"}},
    {"json": {"account": "ann@example.com"}, "headers": {"Authorization": f"Bearer {'0' * 32}"}},
    {"data": b"{", "content_type": "application/json"},
    {"data": b"account", "content_type": "text/plain"},
    {"data": b'{"account": "ann@example.com"}' + b" " * 70_000, "content_type": "application/json"},
    {"json": {"account": "ann@example.com"}, "headers": {"Content-Encoding": "gzip"}},
    {"json": {"account": "ann@example.com"}, "method": "PUT"},
]
NOT_PLAIN_V3 = ["nobody", "%20", "range/abcdef", "range", "a/b@example.com", "ann@example.com/", "%ff@example.com",
                "ann@example.com?truncateResponse=false", "ann@example.com?domain=x"]  # fmt: skip


def fill(store: Services) -> Services:
    people = ("ann@example.com", "bob+tag@example.com", "hidden@example.com")
    published_breach(store, SHOP, dict.fromkeys(people, EMAIL))
    published_breach(store, facts(name="Quiet", title="Quiet", is_sensitive=True), {"ann@example.com": EMAIL})
    store.opt_outs.opt_out(store.digester.of_address(canonical("hidden@example.com")), Level.HIDE)
    return store


@pytest.fixture
def loaded(store: Services) -> Services:
    return fill(store)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory, lasting_engine: str) -> Iterator[Services]:
    """For tests that change nothing."""
    store = fill(new_store(tmp_path_factory.mktemp("lasting") / "data"))
    yield store
    store.close()


@pytest.fixture(scope="module")
def lasting_key(lasting: Services) -> str:
    return lasting.api_keys.create("tests", ["lookup"])[1]


@pytest.fixture(scope="module")
def both(lasting: Services) -> tuple[FlaskClient, FlaskClient]:
    """With the express, and without it."""
    return create_app(lasting).test_client(), without_express(create_app(lasting))


@pytest.fixture
def express(loaded: Services) -> FlaskClient:
    return create_app(loaded).test_client()


@pytest.fixture
def key(loaded: Services) -> str:
    return loaded.api_keys.create("tests", ["lookup"])[1]


@pytest.fixture
def one_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """All is asked at the same second: answers say it."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)


def without_express(app: Flask) -> FlaskClient:
    assert isinstance(app.wsgi_app, Express)
    app.wsgi_app = app.wsgi_app._next  # type: ignore[method-assign]
    return app.test_client()


def ask(client: FlaskClient, key: str, call: dict[str, Any]) -> TestResponse:
    headers = {"Authorization": f"Bearer {key}", "User-Agent": "tests"} | call.get("headers", {})
    return client.open(**({"path": LOOKUP, "method": "POST"} | call | {"headers": headers}))


def account(path: str) -> dict[str, Any]:
    return {"path": ACCOUNT + path, "method": "GET"}


COMPRESSED_V3 = {"path": f"{ACCOUNT}ann@example.com", "method": "GET", "headers": {"Content-Encoding": "gzip"}}


def seen(response: TestResponse) -> tuple[str, dict[str, str], Any]:
    """All that a caller can tell of an answer."""
    headers = {name: value for name, value in response.headers.items() if name not in PASSING}
    body = json.loads(response.data) if response.data.startswith(b"{") else response.data
    return response.status, headers, body


def only_express(app: Flask) -> FlaskClient:
    """A client for which Flask is not there."""

    def nobody(*_: object) -> Iterator[bytes]:
        raise AssertionError("this was passed on")

    app.wsgi_app._next = nobody  # type: ignore[attr-defined]
    return app.test_client()


@pytest.mark.parametrize("call", [*V1, *map(account, V3)])
def test_a_plain_look_up_is_answered_without_flask(lasting: Services, lasting_key: str, call: dict[str, Any]) -> None:
    assert ask(only_express(create_app(lasting)), lasting_key, call).status_code in (200, 404)


@pytest.mark.usefixtures("one_second")
@pytest.mark.parametrize("call", [*V1, *map(account, V3), *NOT_PLAIN_V1, *map(account, NOT_PLAIN_V3), COMPRESSED_V3])
def test_nobody_can_tell_who_answered(
    both: tuple[FlaskClient, FlaskClient], lasting_key: str, call: dict[str, Any]
) -> None:
    quick, slow = (seen(ask(client, lasting_key, call)) for client in both)

    assert quick == slow


@pytest.mark.usefixtures("one_second")
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("call", [V1[0], account(V3[0])])
def test_a_demo_over_tls_says_the_same_too(tmp_path: Any, call: dict[str, Any], scheme: str) -> None:
    store = new_store(tmp_path / "demo", is_demo=True)
    published_breach(store, SHOP, {"ann@example.com": EMAIL})
    key = store.api_keys.create("tests", ["lookup"], limit_per_minute=0)[1]
    app = create_app(store)
    quick = ask(app.test_client(), key, call | {"base_url": f"{scheme}://localhost"})
    slow = ask(without_express(app), key, call | {"base_url": f"{scheme}://localhost"})
    store.close()

    assert seen(quick) == seen(slow)


@pytest.mark.parametrize("call", [V1[0], V1[2], account(V3[0]), account(V3[3])])
def test_it_is_logged_and_counted_as_ever(
    lasting: Services, both: tuple[FlaskClient, FlaskClient], call: dict[str, Any]
) -> None:
    key, text = lasting.api_keys.create("counted", ["lookup"])
    with structlog.testing.capture_logs() as logged:
        quick, slow = (ask(client, text, call) for client in both)
    lasting.use_counter.flush()
    ids = [one.pop("id") for one in logged]
    assert [isinstance(one.pop("ms"), float) for one in logged] == [True, True]

    assert logged[0] == logged[1]
    assert ids == [quick.headers["X-Request-Id"], slow.headers["X-Request-Id"]]
    assert sum(one.calls for one in lasting.key_uses.of_key(key.id, since=0, step_s=60)) == 2


def test_a_limit_holds_across_both_and_a_refusal_counts_for_nothing(loaded: Services, express: FlaskClient) -> None:
    key = loaded.api_keys.create("few", ["lookup"], limit_per_minute=3)[1]
    calls = [V1[0], {"json": {"account": "nobody"}}, account(V3[0]), V1[0], V1[0]]

    answers = [ask(express, key, call) for call in calls]
    assert [one.status_code for one in answers] == [200, 400, 200, 429, 429]
    assert [one.headers["RateLimit"].split(";")[1] for one in answers[:3]] == ["r=2", "r=1", "r=0"]


@pytest.mark.parametrize("break_it", [break_index, break_catalogue])
@pytest.mark.parametrize("call", [V1[2], account(V3[3])])
def test_a_store_that_cannot_be_asked_is_never_a_miss(
    loaded: Services, express: FlaskClient, key: str, call: dict[str, Any], break_it: Any
) -> None:
    ask(express, key, call)
    break_it(loaded)

    assert ask(express, key, call).status_code == 503


def test_a_fault_of_ours_is_said_by_the_app(loaded: Services, express: FlaskClient, key: str, monkeypatch: Any) -> None:
    monkeypatch.setattr("breachcheck.lookup.Lookup.checked_by", lambda *_: 1 / 0)

    response = ask(express, key, V1[0])
    assert (response.status_code, response.json["reason"]) == (500, "fault")


def test_a_revoked_key_opens_nothing_at_once(loaded: Services, express: FlaskClient, key: str) -> None:
    before = ask(express, key, V1[0]).status_code
    loaded.api_keys.revoke(1)

    assert (before, ask(express, key, V1[0]).status_code) == (200, 401)


def test_where_pages_of_others_may_ask_the_app_answers_all(tmp_path: Any) -> None:
    store = new_store(tmp_path / "data", cors_origins="https://team.example")
    app = create_app(store)
    store.close()

    assert not isinstance(app.wsgi_app, Express)
