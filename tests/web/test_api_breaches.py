"""/api/v1/breaches: what is published, where it comes from, and what to do about it."""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from breachcheck.breaches import CompanyStep
from breachcheck.listings import Entry
from breachcheck.services import Services
from breachcheck.tallies import LEFT_OUT
from breachcheck.web.app import create_app
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, break_catalogue, facts, held_breach, published_breach

EMAIL, NAMES, PASSWORDS, PHONES = "Email addresses", "Names", "Passwords", "Phone numbers"
PRIVATE = "Sexual orientations"
PEOPLE = {f"person{number}@example.com": [EMAIL, NAMES] for number in range(6)} | {"a@example.com": [EMAIL, PASSWORDS]}
BREACHES = "/api/v1/breaches"
ECS = "application/vnd.breachcheck.ecs+x-ndjson"


@pytest.fixture
def client(store: Services) -> FlaskClient:
    about = facts(disclosed_classes=(EMAIL, PHONES), class_notes={NAMES: "As typed."})
    published_breach(store, about, PEOPLE, rejected={"no address": 3, LEFT_OUT: 2})
    return create_app(store).test_client()


def body_of(client: FlaskClient, path: str, status: int = 200, **headers: str) -> Any:
    response = client.get(path, headers=headers)
    assert response.status_code == status
    return json.loads(response.data)


def test_a_breach_says_where_it_comes_from(client: FlaskClient) -> None:
    provenance = body_of(client, f"{BREACHES}/shop")["provenance"]

    assert (provenance["program"], provenance["manifest_sha256"]) == ("test", "ab" * 32)
    assert provenance["loaded_at"] == "2026-11-15T00:00:00Z"
    assert [(one["name"], one["sha256"]) for one in provenance["files"]] == [("people.csv", "cd" * 32)]


def test_a_breach_says_what_was_counted_as_if_no_file_held_who_opted_out(client: FlaskClient) -> None:
    told = body_of(client, f"{BREACHES}/shop")

    tally = told["tally"]
    assert tally["rejected"] == {"no address": 3}
    assert tally["read"] == tally["indexed"] + tally["duplicates"] + 3
    assert LEFT_OUT not in json.dumps(told)


def test_a_breach_says_how_many_have_each_class_but_not_of_a_handful(client: FlaskClient) -> None:
    coverage = {one["data_class"]: one for one in body_of(client, f"{BREACHES}/shop")["coverage"]}

    assert (coverage[NAMES]["people"], coverage[NAMES]["note"]) == (6, "As typed.")
    assert (coverage[PASSWORDS]["people"], coverage[PASSWORDS]["fewer_than"]) == (None, 5)
    assert (coverage[PHONES]["people"], coverage[PHONES]["can_show"]) == (None, False)


def test_a_correction_is_told_by_its_facts_and_not_by_who_made_it(client: FlaskClient, store: Services) -> None:
    store.publishing.update(facts(title="Corner Shops", affected=9), by="some operator")

    told = body_of(client, f"{BREACHES}/Shop")

    assert [set(one["changed"]) >= {"title", "affected"} for one in told["corrections"]] == [True]
    assert told["title"] == "Corner Shops"
    assert "some operator" not in json.dumps(told)


def test_a_breach_that_is_listed_only_counted_nothing(client: FlaskClient, store: Services) -> None:
    store.listings.enter([Entry(facts(name="Heard", title="Heard of"), "{}")], by="tests")

    told = body_of(client, f"{BREACHES}/heard")

    assert (told["listed_only"], told["kinds"], told["tally"]) == (True, [], None)


def test_a_breach_that_was_withdrawn_says_so(client: FlaskClient, store: Services) -> None:
    store.publishing.withdraw("Shop", by="tests", reason="It was made up.")

    for path in (f"{BREACHES}/Shop", f"{BREACHES}/Shop/advice"):
        problem = body_of(client, path, 410)
        assert (problem["status"], problem["reason"]) == ("could_not_check", "withdrawn_breach")
        assert "It was made up." in problem["detail"]
    assert body_of(client, BREACHES)["breaches"] == []


def test_a_sensitive_breach_that_was_withdrawn_never_was_here(client: FlaskClient, store: Services) -> None:
    published_breach(store, facts(name="Whisper", is_sensitive=True), {"a@example.com": [EMAIL]})
    store.publishing.withdraw("Whisper", by="tests", reason="x")

    assert body_of(client, f"{BREACHES}/Whisper", 404)["reason"] == "unknown_breach"


def test_a_held_breach_is_not_told_of(client: FlaskClient, store: Services) -> None:
    held_breach(store, facts(name="Held", title="Held"), {"a@example.com": [EMAIL]})

    for path in (f"{BREACHES}/Held", f"{BREACHES}/Held/advice"):
        assert body_of(client, path, 404)["status"] == "could_not_check"


def test_a_broken_catalogue_is_no_answer(client: FlaskClient, store: Services) -> None:
    break_catalogue(store)

    for path in (BREACHES, f"{BREACHES}/Shop", f"{BREACHES}/Shop/advice"):
        assert body_of(client, path, 503)["status"] == "could_not_check"


def test_advice_is_that_of_the_look_up(client: FlaskClient, store: Services) -> None:
    key = store.api_keys.create("tests", ["lookup"])[1]
    answer = client.post("/api/v1/lookup", json={"account": "a@example.com"}, headers={"hibp-api-key": key})
    [exposure] = json.loads(answer.data)["exposures"]

    told = body_of(client, f"{BREACHES}/shop/advice?classes={','.join(exposure['leaked'])}")

    assert told["advice"] == exposure["advice"]
    assert told["classes"] == exposure["leaked"]


def test_classes_may_be_repeated_or_left_out(client: FlaskClient) -> None:
    both = body_of(client, f"{BREACHES}/Shop/advice?classes=Names&classes=Email%20addresses")

    assert body_of(client, f"{BREACHES}/Shop/advice?classes=Names,%20Email%20addresses,") == both
    assert set(body_of(client, f"{BREACHES}/Shop/advice")["classes"]) == {EMAIL, NAMES, PASSWORDS, PHONES}


def test_advice_is_in_the_callers_language(client: FlaskClient) -> None:
    german = client.get(f"{BREACHES}/Shop/advice", headers={"Accept-Language": "de-CH, de;q=0.9, en;q=0.5"})
    english = client.get(f"{BREACHES}/Shop/advice", headers={"Accept-Language": "tlh"})

    assert (german.headers["Content-Language"], english.headers["Content-Language"]) == ("de", "en")
    assert (json.loads(german.data)["language"], json.loads(english.data)["language"]) == ("de", "en")
    assert json.loads(german.data)["advice"] != json.loads(english.data)["advice"]
    assert "Accept-Language" in german.headers["Vary"]


def test_advice_about_what_is_for_the_owner_alone_is_given_to_who_names_it(store: Services) -> None:
    about = facts(name="Whisper", title="Whisper", is_sensitive=True)
    published_breach(store, about, {"a@example.com": [EMAIL, PRIVATE]})

    told = body_of(create_app(store).test_client(), f"{BREACHES}/Whisper/advice?classes={PRIVATE}")

    assert told["classes"] == [PRIVATE]


def test_a_companys_own_steps_come_first(store: Services) -> None:
    step = CompanyStep(title="Call us", how="Any day.")
    published_breach(store, facts(advice=(step,)), {"a@example.com": [EMAIL]})

    told = body_of(create_app(store).test_client(), f"{BREACHES}/Shop/advice")

    assert (told["advice"][0]["id"], told["advice"][0]["title"]) == ("company-1", "Call us")


@pytest.mark.parametrize("classes", ["Name", "a@example.com", "Credit cards", "names"])
def test_a_class_that_is_none_of_the_breachs_is_refused(client: FlaskClient, classes: str) -> None:
    problem = body_of(client, f"{BREACHES}/Shop/advice?classes={classes}", 422)

    assert problem["reason"] == "invalid_request"
    assert "@" not in problem["detail"]


def test_a_list_that_did_not_change_is_not_sent_again(client: FlaskClient, store: Services) -> None:
    for path in (BREACHES, f"{BREACHES}/Shop", f"{BREACHES}/Shop/advice", f"{BREACHES}?format=csv"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    seen = client.get(BREACHES).headers["ETag"]
    published_breach(store, facts(name="Cafe", title="Cafe"), {"a@example.com": [EMAIL]})

    assert client.get(BREACHES, headers={"If-None-Match": seen}).status_code == 200


def test_breaches_are_rows_that_no_spreadsheet_reckons_with(store: Services) -> None:
    published_breach(store, facts(title="=HYPERLINK(1)", breach_date=date(2020, 1, 2)), {"a@example.com": [EMAIL]})
    client = create_app(store).test_client()

    for path in (BREACHES, f"{BREACHES}/Shop"):
        response = client.get(path, headers={"Accept": "text/csv"})
        [row] = csv.DictReader(io.StringIO(response.text))
        assert response.mimetype == "text/csv"
        assert (row["title"], row["breach_date"], row["data_classes"]) == ("'=HYPERLINK(1)", "2020-01-02", EMAIL)


def test_breaches_are_events_of_ecs(client: FlaskClient) -> None:
    for path in (BREACHES, f"{BREACHES}/Shop"):
        response = client.get(path, headers={"Accept": ECS})
        [event] = [json.loads(line) for line in response.text.splitlines()]
        assert response.content_type == ECS
        assert event["event"]["dataset"] == "breachcheck.breach"
        assert event["@timestamp"] == event["breachcheck"]["modified_at"]


def test_a_format_that_there_is_not_is_refused(client: FlaskClient, store: Services) -> None:
    key = {"hibp-api-key": store.api_keys.create("tests", ["lookup", "batch"])[1]}
    responses = [
        client.get(f"{BREACHES}?format=xml"),
        client.get(f"{BREACHES}/Shop?format=xml"),
        client.post("/api/v1/lookup?format=xml", json={"account": "a@example.com"}, headers=key),
        client.post("/api/v1/lookup/batch?format=", data='["a@example.com"]', headers=key),
    ]

    assert [one.status_code for one in responses] == [422] * 4
    assert "json, csv, ecs" in json.loads(responses[0].data)["detail"]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/json"),
        ("text/html", "application/json"),
        ("text/csv;q=0.5, application/json", "application/json"),
        ("text/csv", "text/csv"),
        (ECS, ECS),
    ],
)
def test_what_is_accepted_decides_unless_a_format_is_named(client: FlaskClient, accept: str, media_type: str) -> None:
    assert client.get(BREACHES, headers={"Accept": accept}).mimetype == media_type
    assert client.get(f"{BREACHES}?format=JSON", headers={"Accept": accept}).mimetype == "application/json"


def test_a_look_up_can_be_a_row_or_an_event_too(client: FlaskClient, store: Services) -> None:
    key = {"hibp-api-key": store.api_keys.create("tests", ["lookup"])[1]}
    asked = {"json": {"account": "a@example.com"}, "headers": key}

    rows = client.post("/api/v1/lookup?format=csv", **asked)
    events = client.post("/api/v1/lookup?format=ecs", **asked)

    [row] = csv.DictReader(io.StringIO(rows.text))
    assert row["event_id"] == json.loads(events.text)["event"]["id"]
    assert (row["status"], row["breach"], row["severity_level"]) == ("exposed", SHOP.name, "critical")
    assert [one.headers["Cache-Control"] for one in (rows, events)] == ["no-store"] * 2
