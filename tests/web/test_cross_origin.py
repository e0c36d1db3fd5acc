"""Cross origin: no other site's page may call the APIs, but for those that the settings name."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from breachcheck.web.app import create_app
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, new_store, published_breach

OURS, OTHERS = "https://soc.example.org", "https://soc.example.org.attacker.example"
LOOKUP = "/api/v1/lookup"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}


@contextmanager
def client_of(place: Path, **settings: str) -> Iterator[FlaskClient]:
    with closing(new_store(place / "data", **settings)) as store:
        published_breach(store, SHOP, {"ann@example.com": ["Email addresses"]})
        client = create_app(store).test_client()
        key = store.api_keys.create("tests", ["lookup"])[1]
        client.environ_base |= {"HTTP_AUTHORIZATION": f"Bearer {key}"}
        yield client


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    with client_of(tmp_path, cors_origins=OURS) as client:
        yield client


def cors_headers(client: FlaskClient, method: str, path: str, **headers: str) -> dict[str, str]:
    said = client.open(path, method=method, json={"account": "ann@example.com"}, headers=headers).headers
    return {name: value for name, value in said if name.startswith("Access-Control")}


@pytest.mark.parametrize("path", [LOOKUP, "/api/v1/breaches", "/api/v3/breaches", "/"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_no_page_of_another_site_may_call_unless_the_settings_say_so(tmp_path: Path, method: str, path: str) -> None:
    with client_of(tmp_path) as client:
        assert cors_headers(client, method, path, Origin=OURS, **PREFLIGHT) == {}


def test_a_page_of_a_named_origin_may_call_and_read_the_answer(client: FlaskClient) -> None:
    asked = client.options(LOOKUP, headers={"Origin": OURS, **PREFLIGHT})
    answer = client.post(LOOKUP, json={"account": "ann@example.com"}, headers={"Origin": OURS})

    assert (asked.status_code, asked.data) == (204, b"")
    assert asked.headers["Access-Control-Allow-Origin"] == OURS
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]
    assert {"Authorization", "Content-Type"} <= set(asked.headers["Access-Control-Allow-Headers"].split(", "))
    assert answer.json["status"] == "exposed"
    assert answer.headers["Access-Control-Allow-Origin"] == OURS
    assert {"RateLimit", "Retry-After"} <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    assert "Origin" in answer.vary


def test_a_page_of_a_named_origin_reads_refusals_too(client: FlaskClient) -> None:
    refused = client.post(LOOKUP, data=b"no", headers={"Origin": OURS, "Authorization": ""})

    assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (401, OURS)


@pytest.mark.parametrize("origin", [OTHERS, "null", "http://soc.example.org", "https://soc.example.org:444", ""])
def test_a_page_of_any_other_origin_may_not(client: FlaskClient, origin: str) -> None:
    assert cors_headers(client, "OPTIONS", LOOKUP, Origin=origin, **PREFLIGHT) == {}
    assert cors_headers(client, "POST", LOOKUP, Origin=origin) == {}


def test_cookies_are_allowed_to_nobody(client: FlaskClient) -> None:
    said = cors_headers(client, "OPTIONS", LOOKUP, Origin=OURS, **PREFLIGHT)

    assert "Access-Control-Allow-Credentials" not in said
    assert "cookie" not in said["Access-Control-Allow-Headers"].lower()


@pytest.mark.parametrize("path", ["/", "/status", "/admin/", "/owner"])
def test_pages_are_for_their_own_site_alone(client: FlaskClient, path: str) -> None:
    assert cors_headers(client, "GET", path, Origin=OURS) == {}
    assert cors_headers(client, "OPTIONS", path, Origin=OURS, **PREFLIGHT) == {}


def test_options_without_a_preflight_say_which_methods_there_are(client: FlaskClient) -> None:
    asked = client.options(LOOKUP, headers={"Origin": OURS})

    assert (asked.status_code, sorted(asked.allow)) == (200, ["OPTIONS", "POST"])
