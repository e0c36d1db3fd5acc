"""/api/v1/changes over HTTP: who may read it, and what it refuses."""

import pytest

from breachcheck.web.app import create_app
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, break_catalogue, new_store, published_breach

CHANGES = "/api/v1/changes"
PEOPLE = {"ann@example.com": ["Email addresses"]}


@pytest.fixture
def client(store):
    published_breach(store, SHOP, PEOPLE)
    store.publishing.withdraw("Shop", by="tests", reason="Not theirs.")
    return create_app(store).test_client()


@pytest.fixture
def headers(store):
    return {"Authorization": f"Bearer {store.api_keys.create('tests', ['batch'])[1]}"}


def test_any_key_reads_it(client, headers):
    answer = client.get(CHANGES, headers=headers)

    assert answer.status_code == 200
    assert [(one["id"], one["change"], one["reason"]) for one in answer.json["changes"]] == [
        ("1", "published", None),
        ("2", "withdrawn", "Not theirs."),
    ]
    assert (answer.json["cursor"], answer.json["has_more"]) == ("2", False)


def test_nobody_reads_it_without_a_key(client):
    assert client.get(CHANGES).status_code == 401


def test_it_goes_on_after_the_cursor(client, headers):
    first = client.get(f"{CHANGES}?limit=1", headers=headers).json
    second = client.get(f"{CHANGES}?limit=1&cursor={first['cursor']}", headers=headers).json

    assert first["has_more"]
    assert [one["id"] for one in second["changes"]] == ["2"]
    assert not second["has_more"]


@pytest.mark.parametrize("cursor", ["3", "-1", "x", "\u0661", "9" * 19])
def test_a_cursor_that_was_never_given_is_refused(client, headers, cursor):
    answer = client.get(CHANGES, query_string={"cursor": cursor}, headers=headers)

    assert (answer.status_code, answer.json["reason"]) == (422, "unknown_cursor")


@pytest.mark.parametrize("limit", ["0", "1001", "", "x", "-1"])
def test_a_limit_out_of_bounds_is_refused(client, headers, limit):
    answer = client.get(CHANGES, query_string={"limit": limit}, headers=headers)

    assert (answer.status_code, answer.json["reason"]) == (422, "invalid_request")


def test_a_broken_store_is_no_empty_feed(store, client, headers):
    break_catalogue(store)
    answer = client.get(CHANGES, headers=headers)

    assert (answer.status_code, answer.json["status"]) == (503, "could_not_check")


def test_a_demo_says_so(tmp_path):
    demo = new_store(tmp_path / "demo", is_demo=True)
    published_breach(demo, SHOP, PEOPLE)
    key = demo.api_keys.create("tests", ["watch"])[1]
    body = create_app(demo).test_client().get(CHANGES, headers={"hibp-api-key": key}).json
    demo.close()

    assert body["demo"] is True
    assert body["changes"][0]["breach"]["title"] == "Corner Shop (demo)"
