"""Metering: what a key has left stands on every answer, and what it called is counted, never for whom."""

import re
import time
from collections import Counter

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from breachcheck.services import Services
from breachcheck.web.app import create_app
from breachcheck.web.metering import outcome_of
from tests.engines import ENGINES as ENGINES
from tests.stores import break_index, facts, published_breach

ANN = "ann@example.com"
AGENT = {"User-Agent": "tests"}


@pytest.fixture
def client(store: Services) -> FlaskClient:
    published_breach(store, facts(), {ANN: ["Email addresses"]})
    return create_app(store).test_client()


def ask(client: FlaskClient, text: str, body: object = None) -> TestResponse:
    return client.post("/api/v1/lookup", json=body or {"account": ANN}, headers={"Authorization": f"Bearer {text}"})


def ask_v3(client: FlaskClient, text: str, path: str) -> TestResponse:
    return client.get(f"/api/v3/{path}", headers=AGENT | {"hibp-api-key": text})


def used(store: Services) -> dict[tuple[str, str], int]:
    """(endpoint, outcome) -> calls of the first key, in whatever minute each was made."""
    store.use_counter.flush()
    calls: Counter[tuple[str, str]] = Counter()
    for one in store.key_uses.of_key(1, since=0, step_s=60):
        calls[one.endpoint, one.outcome] += one.calls
    return calls


def test_every_answer_says_what_the_key_has_left(client: FlaskClient, store: Services) -> None:
    text = store.api_keys.create("tests", ["lookup"], limit_per_minute=3)[1]

    said = [ask(client, text).headers for _ in range(4)]

    assert [one["RateLimit-Policy"] for one in said] == ['"key";q=3;w=60'] * 4
    assert [one["RateLimit"].partition(";t=")[0] for one in said] == [f'"key";r={left}' for left in (2, 1, 0, 0)]
    assert all(re.fullmatch(r'"key";r=\d;t=(?:[1-9]|[1-5]\d|60)', one["RateLimit"]) for one in said)


def test_whoever_must_wait_is_told_the_same_twice(
    client: FlaskClient, store: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = time.time()
    monkeypatch.setattr(time, "time", lambda: moment)
    text = store.api_keys.create("tests", ["lookup"], limit_per_minute=1)[1]
    ask(client, text)

    refused = ask(client, text)

    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == refused.headers["RateLimit"].partition(";t=")[2]


def test_a_refusal_says_what_is_left_too_and_costs_one_call(client: FlaskClient, store: Services) -> None:
    text = store.api_keys.create("tests", ["lookup"], limit_per_minute=3)[1]

    assert ask(client, text, {"account": "ann"}).headers["RateLimit"].startswith('"key";r=2;')


def test_a_key_without_a_limit_is_told_of_none(client: FlaskClient, store: Services) -> None:
    text = store.api_keys.create("tests", ["lookup"], limit_per_minute=0)[1]

    assert not {name for name, _ in ask(client, text).headers if name.startswith("RateLimit")}


def test_whoever_has_no_key_is_told_of_no_limit_and_not_counted(client: FlaskClient, store: Services) -> None:
    store.api_keys.create("tests", ["lookup"])

    assert "RateLimit" not in client.post("/api/v1/lookup", json={"account": ANN}).headers
    assert used(store) == {}


def test_calls_are_counted_by_endpoint_and_outcome(client: FlaskClient, store: Services) -> None:
    text = store.api_keys.create("tests", ["lookup"])[1]
    for account in (ANN, "nobody@example.org", "nobody"):
        ask(client, text, {"account": account})
        ask_v3(client, text, f"breachedaccount/{account}")
    client.get("/api/v1/watchlists/staff", headers={"Authorization": f"Bearer {text}"})
    ask_v3(client, text, "Subscription/Status")

    assert used(store) == {
        ("POST /api/v1/lookup", "answered"): 2,
        ("POST /api/v1/lookup", "refused"): 1,
        ("GET /api/v3/breachedaccount", "answered"): 1,
        ("GET /api/v3/breachedaccount", "not_found"): 1,
        ("GET /api/v3/breachedaccount", "refused"): 1,
        ("GET /api/v1/watchlists/{name}", "refused"): 1,
        ("GET /api/v3/subscription", "answered"): 1,
    }


def test_a_failure_and_a_call_too_many_are_counted_as_such(client: FlaskClient, store: Services) -> None:
    text = store.api_keys.create("tests", ["lookup"], limit_per_minute=1)[1]
    break_index(store)
    for _ in range(2):
        ask(client, text)

    assert used(store) == {("POST /api/v1/lookup", "failed"): 1, ("POST /api/v1/lookup", "limited"): 1}


def test_nothing_of_a_path_is_counted(client: FlaskClient, store: Services) -> None:
    text = store.api_keys.create("tests", ["lookup", "watch", "domains"])[1]
    for path in (
        "v1/watchlists/secret-name",
        "v1/domains/secret.example/exposures",
        "v3/breacheddomain/secret.example",
    ):
        client.get(f"/api/{path}", headers=AGENT | {"hibp-api-key": text})

    assert len(used(store)) == 3
    assert "secret" not in str(used(store))


def test_an_expired_key_is_told_so_in_both_apis(client: FlaskClient, store: Services) -> None:
    text = store.api_keys.create("tests", ["lookup"], expires_at=1)[1]
    first, second = ask(client, text), ask_v3(client, text, f"breachedaccount/{ANN}")

    assert (first.status_code, first.json["reason"], "expired" in first.json["detail"]) == (401, "expired_key", True)
    assert first.headers["WWW-Authenticate"] == "Bearer"
    assert second.status_code == 401
    assert second.json["message"].startswith("Access denied due to invalid hibp-api-key. It has expired")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, "answered"), (304, "answered"), (404, "not_found"), (410, "not_found"), (429, "limited"), (503, "failed")],
)
def test_an_outcome_is_one_of_a_few_words(status: int, outcome: str) -> None:
    assert outcome_of(status) == outcome
