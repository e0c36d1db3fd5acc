"""/api/v3 when it cannot or will not answer: never a 404 that reads as "in no breach"; demo stores are marked."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from breachcheck.services import Services
from breachcheck.web.app import create_app
from tests.engines import ENGINES as ENGINES
from tests.stores import break_catalogue, break_index, drop_table, new_store, published_breach
from tests.web.hibp.breaches import ACCOUNT, ADOBE, AGENT, EMAIL, KEYLESS, PRIVATE, fill


@pytest.mark.parametrize("query", ["", "?truncateResponse=false", "?domain=nowhere.example"])
def test_a_broken_index_is_never_a_404(client: FlaskClient, key: dict[str, str], store: Services, query: str) -> None:
    break_index(store)

    response = client.get(f"{ACCOUNT}nobody@example.com{query}", headers=key)

    assert (response.status_code, (response.json or {})["statusCode"]) == (503, 503)


@pytest.mark.parametrize("path", [*KEYLESS, "breachedaccount/nobody@example.com", "breach/Nowhere"])
def test_a_broken_catalogue_is_never_a_404(
    client: FlaskClient, key: dict[str, str], store: Services, path: str
) -> None:
    break_catalogue(store)

    assert client.get(f"/api/v3/{path}", headers=key).status_code == 503


@pytest.mark.parametrize("table", ["breach", "load", "field_set", "counter", "api_key"])
def test_a_table_that_is_gone_is_never_a_404(
    client: FlaskClient, key: dict[str, str], store: Services, table: str
) -> None:
    drop_table(store, table)

    assert client.get(f"{ACCOUNT}nobody@example.com", headers=key).status_code == 503


def test_a_load_that_is_lost_is_never_a_404(client: FlaskClient, key: dict[str, str], store: Services) -> None:
    store.databases[1].execute("DELETE FROM field_set")
    store.databases[1].execute("DELETE FROM load")
    store.databases[1].execute("UPDATE counter SET value = value + 1 WHERE name = 'generation'")

    response = client.get(f"{ACCOUNT}nobody@example.com", headers=key)

    assert (response.status_code, (response.json or {})["statusCode"]) == (503, 503)


def test_a_fault_of_ours_is_never_a_404(client: FlaskClient, key: dict[str, str], store: Services) -> None:
    store.databases[1].execute("UPDATE field_set SET classes = 'not JSON'")
    store.publishing.update(ADOBE, by="tests")

    response = client.get(f"{ACCOUNT}nobody@example.com", headers=key)

    assert (response.status_code, (response.json or {})["statusCode"]) == (500, 500)


def test_nothing_to_ask_is_never_a_404(store: Services, key: dict[str, str]) -> None:
    published_breach(store, PRIVATE, {"alice@example.com": EMAIL})

    assert create_app(store).test_client().get(f"{ACCOUNT}nobody@example.com", headers=key).status_code == 503


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[FlaskClient]:
    services = new_store(tmp_path / "demo", is_demo=True)
    fill(services)
    yield create_app(services).test_client()
    services.close()


@pytest.mark.parametrize("path", [*KEYLESS, "breachedaccount/alice@example.com", "nothing", "", "breach/Nowhere"])
def test_a_demo_marks_every_answer(demo: FlaskClient, path: str) -> None:
    assert demo.get(f"/api/v3/{path}", headers=AGENT).headers["Breachcheck-Demo"] == "true"


def test_only_a_demo_is_marked_as_one(client: FlaskClient) -> None:
    assert "Breachcheck-Demo" not in client.get("/api/v3/breaches", headers=AGENT).headers


@pytest.mark.parametrize("service", ["pasteaccount", "stealerlogsbyemail"])
def test_pastes_and_stealer_logs_there_are_none(client: FlaskClient, key: dict[str, str], service: str) -> None:
    path = f"/api/v3/{service}/alice@example.com"

    told = client.get(path, headers=key)
    assert (told.status_code, told.headers["Breachcheck-Breaches-Checked"]) == (404, "0")
    assert client.get(path, headers=AGENT).status_code == 401


@pytest.mark.parametrize(
    ("prefix", "status", "says"),
    [
        ("abc123", 403, "SHA-1"),
        ("ABC123", 403, "SHA-1"),
        ("abc12", 400, "Invalid hex prefix"),
        ("", 400, "Invalid hex"),
    ],
)
def test_the_range_is_declined_in_plain_text(
    client: FlaskClient, key: dict[str, str], prefix: str, status: int, says: str
) -> None:
    response = client.get(f"{ACCOUNT}range/{prefix}", headers=key)

    assert (response.status_code, response.mimetype) == (status, "text/plain")
    assert says in response.text


def test_an_address_may_begin_like_the_range(client: FlaskClient, key: dict[str, str]) -> None:
    response = client.get(f"{ACCOUNT}range/abc123@example.com", headers=key)

    assert response.headers["Breachcheck-Breaches-Checked"] == "2"


@pytest.mark.parametrize(
    "path", ["breacheddomain/example.com", "stealerlogsbywebsitedomain/a.example", "stealerlogsbyemaildomain/a.example"]
)
def test_what_needs_local_parts_is_declined_in_words(client: FlaskClient, key: dict[str, str], path: str) -> None:
    response = client.get(f"/api/v3/{path}", headers=key)

    assert (response.status_code, (response.json or {})["statusCode"]) == (403, 403)
    assert "/api/v1/lookup" in response.text


def test_no_domain_is_subscribed_to_that_was_not_proved(client: FlaskClient, key: dict[str, str]) -> None:
    assert client.get("/api/v3/subscribeddomains", headers=key).json == []


def test_a_key_is_a_subscription(client: FlaskClient, key: dict[str, str]) -> None:
    status = client.get("/api/v3/subscription/status", headers=key).json or {}

    assert (status["SubscriptionName"], status["Rpm"]) == ("tests", 1000)


def test_verifying_a_domain_needs_a_scope_of_its_own(client: FlaskClient, key: dict[str, str]) -> None:
    path = "/api/v3/domainverification/generatednstoken"
    response = client.post(path, json={"DomainName": "example.com"}, headers=key)

    assert response.status_code == 403
    assert "message" in (response.json or {})
