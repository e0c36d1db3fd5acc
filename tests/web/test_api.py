"""/api/v1: what it answers, what it refuses, and that no failure reads as an answer."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from breachcheck import data_classes
from breachcheck.services import Services
from breachcheck.web.app import create_app
from tests.engines import ENGINES as ENGINES
from tests.stores import break_catalogue, break_index, drop_table, facts, held_breach, new_store, published_breach

LOOKUP = "/api/v1/lookup"
PROBLEM = "application/problem+json"
EVERYTHING = tuple(data_classes.all_classes())


@pytest.fixture
def client(store: Services) -> FlaskClient:
    published_breach(
        store,
        facts(disclosed_classes=("Phone numbers",)),
        {
            "alice@example.com": ["Email addresses", "Names"],
            "bob@example.com": ["Email addresses", "Names", "Geographic locations"],
            "carol+shop@example.com": ["Email addresses"],
        },
    )
    return create_app(store).test_client()


@pytest.fixture
def headers(store: Services) -> dict[str, str]:
    return {"Authorization": f"Bearer {store.api_keys.create('tests', ['lookup'])[1]}"}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Services]:
    services = new_store(tmp_path / "demo", is_demo=True)
    yield services
    services.close()


def ask(client: FlaskClient, headers: dict[str, str], account: str, **more: Any) -> TestResponse:
    return client.post(LOOKUP, json={"account": account, **more}, headers=headers)


def body_of(response: TestResponse) -> dict[str, Any]:
    parsed = json.loads(response.data)
    assert isinstance(parsed, dict)
    return parsed


def test_an_exposed_account_is_told_what_leaked_of_it(client: FlaskClient, headers: dict[str, str]) -> None:
    response = ask(client, headers, "Alice@Example.com ")

    [exposure] = body_of(response)["exposures"]
    assert response.status_code == 200
    assert exposure["breach"]["name"] == "Shop"
    assert exposure["leaked"] == ["Email addresses", "Names"]
    assert exposure["not_leaked"] == ["Geographic locations"]
    assert exposure["unknown"] == ["Phone numbers"]
    assert exposure["via_alias"] is False


def test_an_answer_has_the_shape_that_was_promised(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = body_of(ask(client, headers, "bob@example.com"))

    assert set(answer) == {"status", "checked", "exposures"}
    assert set(answer["checked"]) == {"breaches", "as_of", "newest_added"}
    assert set(answer["exposures"][0]) == {
        "breach", "leaked", "not_leaked", "unknown", "owner_only", "not_exposed", "severity", "severity_level",
        "via_alias", "advice", "event_id",
    }  # fmt: skip
    assert {frozenset(step) for step in answer["exposures"][0]["advice"]} == {frozenset({"id", "title", "why", "how"})}


def test_a_miss_says_how_much_was_asked(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = body_of(ask(client, headers, "nobody@example.com"))

    assert answer["status"] == "not_found"
    assert answer["exposures"] == []
    assert answer["checked"]["breaches"] == 1


def test_an_alias_is_told_as_one(client: FlaskClient, headers: dict[str, str]) -> None:
    [exposure] = body_of(ask(client, headers, "carol@example.com"))["exposures"]

    assert (exposure["via_alias"], exposure["not_leaked"]) == (True, [])


def test_sensitive_breaches_answer_to_no_plain_key(
    client: FlaskClient, headers: dict[str, str], store: Services
) -> None:
    private = facts(name="Private", title="Private", is_sensitive=True)
    published_breach(store, private, {"alice@example.com": ["Email addresses"], "dan@example.com": ["Email addresses"]})

    assert body_of(ask(client, headers, "dan@example.com"))["status"] == "not_found"
    assert body_of(ask(client, headers, "alice@example.com"))["checked"]["breaches"] == 1


def test_one_breach_can_be_asked_alone(client: FlaskClient, headers: dict[str, str], store: Services) -> None:
    published_breach(store, facts(name="Cafe", title="Cafe"), {"alice@example.com": ["Email addresses"]})

    answer = body_of(ask(client, headers, "alice@example.com", breach="cafe"))

    assert [one["breach"]["name"] for one in answer["exposures"]] == ["Cafe"]
    assert answer["checked"]["breaches"] == 1


def test_null_and_email_are_what_is_meant_where_nothing_is_said(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = body_of(ask(client, headers, "alice@example.com", kind="email", breach=None))

    assert answer["status"] == "exposed"


def test_an_answer_is_kept_by_no_cache(client: FlaskClient, headers: dict[str, str]) -> None:
    response = ask(client, headers, "alice@example.com")

    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("sent", "pointer", "named"),
    [
        ({"account": "a@example.com", "acount": 1}, "/acount", '"acount"'),
        ({"account": "a@example.com", "a/b~c": 1}, "/a~1b~0c", '"a/b~c"'),
        ({}, "/account", "account"),
        ({"account": None}, "/account", "account"),
        ({"account": 17}, "/account", "account"),
        ({"account": ["a@example.com"]}, "/account", "account"),
        ({"account": "a@example.com", "kind": "shoe-size"}, "/kind", "account-id"),
        ({"account": "a@example.com", "kind": None}, "/kind", "kind"),
        ({"account": "a@example.com", "breach": 7}, "/breach", "breach"),
        ([], "", "object"),
        ("alice@example.com", "", "object"),
        (17, "", "object"),
    ],
)
def test_a_question_of_the_wrong_shape_is_refused_by_name(
    client: FlaskClient, headers: dict[str, str], sent: object, pointer: str, named: str
) -> None:
    response = client.post(LOOKUP, json=sent, headers=headers)

    problem = body_of(response)
    assert (response.status_code, response.content_type) == (422, PROBLEM)
    assert problem["pointer"] == pointer
    assert named in problem["detail"]


@pytest.mark.parametrize("sent", [b"", b"{", b"\xff\xfe", b'{"account": "\xe9"}', b"{'account': 1}", b"account=alice"])
def test_what_is_not_json_is_refused_as_such(client: FlaskClient, headers: dict[str, str], sent: bytes) -> None:
    response = client.post(LOOKUP, data=sent, headers=headers, content_type="application/json")

    assert (response.status_code, response.content_type) == (400, PROBLEM)
    assert body_of(response)["reason"] == "malformed_json"


def test_a_form_is_not_json(client: FlaskClient, headers: dict[str, str]) -> None:
    response = client.post(LOOKUP, data={"account": "alice@example.com"}, headers=headers)

    assert (response.status_code, response.content_type) == (415, PROBLEM)


def test_a_body_without_a_media_type_is_taken_for_json(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post(LOOKUP, data=b'{"account": "alice@example.com"}', headers=headers).status_code == 200


def test_a_body_above_64_kib_is_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    response = ask(client, headers, "a" * 64 * 1024)

    assert (response.status_code, response.content_type) == (413, PROBLEM)


@pytest.mark.parametrize(
    "account",
    ["", " ", "alice", "alice@", "@example.com", "alice@example", "a@b@example.com", "alice\x00@example.com", "\ud800"],
)
def test_what_is_no_address_is_refused_and_not_repeated(
    client: FlaskClient, headers: dict[str, str], account: str
) -> None:
    response = ask(client, headers, account)

    assert (response.status_code, response.content_type) == (400, PROBLEM)
    assert body_of(response)["status"] != "not_found"
    assert "alice" not in response.text


def test_a_key_that_is_an_address_is_not_repeated(client: FlaskClient, headers: dict[str, str]) -> None:
    response = client.post(LOOKUP, json={"alice@example.com": True}, headers=headers)

    assert response.status_code == 422
    assert "alice" not in response.text


def test_a_breach_that_is_not_there_is_no_miss(client: FlaskClient, headers: dict[str, str]) -> None:
    response = ask(client, headers, "nobody@example.com", breach="Nowhere")

    assert (response.status_code, response.content_type) == (404, PROBLEM)
    assert body_of(response)["status"] == "could_not_check"
    assert body_of(response)["reason"] == "unknown_breach"


def test_a_breach_that_is_held_is_not_there(client: FlaskClient, headers: dict[str, str], store: Services) -> None:
    held_breach(store, facts(name="Held", title="Held"), {"alice@example.com": ["Email addresses"]})

    assert ask(client, headers, "alice@example.com", breach="Held").status_code == 404


@pytest.mark.parametrize("kind", ["phone", "account-id", "org-id", "username"])
def test_a_kind_that_no_breach_carries_is_no_miss(client: FlaskClient, headers: dict[str, str], kind: str) -> None:
    response = ask(client, headers, "17", kind=kind)

    assert (response.status_code, response.content_type) == (422, PROBLEM)
    assert body_of(response)["status"] == "could_not_check"
    assert body_of(response)["reason"] == "nothing_to_ask"


def test_an_empty_store_has_nothing_to_ask(store: Services, headers: dict[str, str]) -> None:
    response = ask(create_app(store).test_client(), headers, "alice@example.com")

    assert (response.status_code, body_of(response)["reason"]) == (503, "nothing_to_ask")


def test_a_broken_index_is_never_reported_as_no_breach(
    client: FlaskClient, headers: dict[str, str], store: Services
) -> None:
    break_index(store)

    response = ask(client, headers, "nobody@example.com")

    assert (response.status_code, response.content_type) == (503, PROBLEM)
    assert body_of(response)["status"] == "could_not_check"
    assert body_of(response)["reason"] == "store_unavailable"


def test_a_broken_catalogue_is_never_reported_as_no_breach(
    client: FlaskClient, headers: dict[str, str], store: Services
) -> None:
    break_catalogue(store)

    response = ask(client, headers, "nobody@example.com")

    assert (response.status_code, body_of(response)["status"]) == (503, "could_not_check")


@pytest.mark.parametrize("table", ["breach", "load", "field_set", "counter"])
def test_a_table_that_is_gone_is_never_reported_as_no_breach(
    client: FlaskClient, headers: dict[str, str], store: Services, table: str
) -> None:
    drop_table(store, table)

    response = ask(client, headers, "nobody@example.com")

    assert (response.status_code, body_of(response)["status"]) == (503, "could_not_check")


def test_exposures_that_are_gone_are_never_reported_as_no_breach(
    client: FlaskClient, headers: dict[str, str], store: Services
) -> None:
    drop_table(store, "exposure")

    response = ask(client, headers, "nobody@example.com")

    assert (response.status_code, body_of(response)["status"]) == (503, "could_not_check")


@pytest.mark.engines("sqlite")
def test_a_store_file_that_is_removed_while_running_is_never_reported_as_no_breach(
    client: FlaskClient, headers: dict[str, str], store: Services
) -> None:
    for database in store.databases:
        database.close()
    store.config.index_path.unlink()

    response = ask(client, headers, "nobody@example.com")

    assert (response.status_code, body_of(response)["status"]) == (503, "could_not_check")


def test_a_load_that_is_lost_is_never_reported_as_no_breach(
    client: FlaskClient, headers: dict[str, str], store: Services
) -> None:
    store.databases[1].execute("DELETE FROM field_set")
    store.databases[1].execute("DELETE FROM load")
    store.databases[1].execute("UPDATE counter SET value = value + 1 WHERE name = 'generation'")

    response = ask(client, headers, "nobody@example.com")

    assert (response.status_code, body_of(response)["status"]) == (503, "could_not_check")


def test_a_fault_of_ours_is_never_reported_as_no_breach(
    client: FlaskClient, headers: dict[str, str], store: Services
) -> None:
    store.databases[1].execute("UPDATE field_set SET classes = 'not JSON'")
    store.publishing.update(facts(), by="tests")

    response = ask(client, headers, "nobody@example.com")

    assert (response.status_code, response.content_type) == (500, PROBLEM)
    assert body_of(response)["status"] == "could_not_check"
    assert "nobody" not in response.text


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v1//lookup", "/api/"])
def test_what_is_not_there_is_a_problem_and_no_answer(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert (response.status_code, response.content_type) == (404, PROBLEM)
    assert body_of(response)["status"] == "could_not_check"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_a_method_that_is_not_taken_names_those_that_are(client: FlaskClient, method: str) -> None:
    response = client.open(LOOKUP, method=method)

    assert (response.status_code, response.content_type) == (405, PROBLEM)
    assert "POST" in response.headers["Allow"]


def test_a_problem_is_kept_by_no_cache(client: FlaskClient, headers: dict[str, str]) -> None:
    assert ask(client, headers, "alice").headers["Cache-Control"] == "no-store"


def test_a_demo_marks_every_answer(demo: Services) -> None:
    published_breach(demo, facts(), {"alice@example.com": ["Email addresses"]})
    client = create_app(demo).test_client()
    key = {"Authorization": f"Bearer {demo.api_keys.create('tests', ['lookup'])[1]}"}
    responses = [
        ask(client, key, "alice@example.com"),
        ask(client, key, "nobody@example.com"),
        ask(client, key, "nobody"),
        ask(client, key, "nobody@example.com", breach="Nowhere"),
        ask(client, {}, "alice@example.com"),
        client.get(LOOKUP),
        client.get("/api/v1/nothing"),
        client.get("/api/v1/breaches"),
        client.get("/api/v1/breaches/Shop"),
    ]

    assert [body_of(one)["demo"] for one in responses] == [True] * len(responses)


def test_only_a_demo_is_marked_as_one(client: FlaskClient, headers: dict[str, str]) -> None:
    assert "demo" not in body_of(ask(client, headers, "alice@example.com"))
    assert "demo" not in body_of(ask(client, headers, "alice"))


def test_the_catalogue_needs_no_key(client: FlaskClient) -> None:
    [listed] = body_of(client.get("/api/v1/breaches"))["breaches"]

    assert listed.items() <= body_of(client.get("/api/v1/breaches/shop")).items()
    assert listed["data_classes"] == ["Phone numbers", "Email addresses", "Names", "Geographic locations"]
    assert (listed["people"], listed["affected"]) == (3, None)


def test_an_unknown_breach_is_not_listed(client: FlaskClient) -> None:
    response = client.get("/api/v1/breaches/Nowhere")

    assert (response.status_code, body_of(response)["status"]) == (404, "could_not_check")


def test_a_broken_catalogue_is_no_empty_one(client: FlaskClient, store: Services) -> None:
    break_catalogue(store)

    assert client.get("/api/v1/breaches").status_code == 503
