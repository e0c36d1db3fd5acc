"""/api/v3: HIBP's conventions one by one."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from breachcheck.services import Services
from breachcheck.web.app import create_app
from breachcheck.web.hibp_model import full
from tests.engines import ENGINES as ENGINES
from tests.stores import facts, new_store, published_breach
from tests.web.hibp.breaches import ACCOUNT, AGENT, EMAIL, KEYLESS, PRIVATE

MODEL = [
    "Name", "Title", "Domain", "BreachDate", "AddedDate", "ModifiedDate", "PwnCount", "Description", "LogoPath",
    "Attribution", "DisclosureUrl", "DataClasses", "IsVerified", "IsFabricated", "IsSensitive", "IsRetired",
    "IsSpamList", "IsMalware", "IsSubscriptionFree", "IsStealerLog",
]  # fmt: skip


def names(response: TestResponse) -> list[str]:
    assert response.status_code == 200
    return [one["Name"] for one in response.json or []]


def test_a_look_up_gives_names_and_nothing_else(client: FlaskClient, key: dict[str, str]) -> None:
    response = client.get(f"{ACCOUNT}alice@example.com", headers=key)

    assert response.json == [{"Name": "Rumour"}, {"Name": "Adobe"}]
    assert response.content_type == "application/json"


@pytest.mark.parametrize("query", ["truncateResponse=false", "truncateResponse=false?domain=x"])
def test_a_look_up_gives_whole_models_where_asked(client: FlaskClient, key: dict[str, str], query: str) -> None:
    response = client.get(f"{ACCOUNT}alice@example.com?{query}", headers=key)

    assert response.json == [client.get(f"/api/v3/breach/{name}", headers=AGENT).json for name in ("Rumour", "Adobe")]


def test_the_model_has_every_key_of_hibps(client: FlaskClient) -> None:
    model = client.get("/api/v3/breach/Adobe", headers=AGENT).json or {}

    assert set(model) == set(MODEL)
    assert model["BreachDate"] == "2013-10-04"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", model["AddedDate"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", model["ModifiedDate"])
    assert model["PwnCount"] == 152_445_165
    assert model["DataClasses"] == ["Email addresses", "Password hints", "Usernames"]
    assert (model["Attribution"], model["DisclosureUrl"]) == ("Someone", "https://adobe.example/notice")
    assert isinstance(model["LogoPath"], str)
    assert {model[one] for one in MODEL if one.startswith("Is")} == {True, False}


def test_the_model_tells_when_a_breach_came_from_when_it_was_changed(client: FlaskClient, store: Services) -> None:
    breach = store.catalogue.published().breaches[0]

    model = full(replace(breach, added_at=0, modified_at=60))

    assert (model["AddedDate"], model["ModifiedDate"]) == ("1970-01-01T00:00:00Z", "1970-01-01T00:01:00Z")


def test_a_description_keeps_its_paragraphs_where_it_has_several(client: FlaskClient, store: Services) -> None:
    published_breach(store, facts(name="Two", description="One.\n\nAnother."), {"alice@example.com": EMAIL})

    model = client.get("/api/v3/breach/Two", headers=AGENT).json or {}

    assert model["Description"] == "<p>One.</p>\n<p>Another.</p>"


def test_the_model_has_every_key_where_the_manifest_says_nothing(client: FlaskClient) -> None:
    model = client.get("/api/v3/breach/Private", headers=AGENT).json or {}

    assert set(model) == set(MODEL)
    assert (model["Attribution"], model["DisclosureUrl"], model["LogoPath"]) == (None, None, "")


def test_people_indexed_are_counted_where_the_discloser_did_not_say(client: FlaskClient) -> None:
    assert (client.get("/api/v3/breach/Rumour", headers=AGENT).json or {})["PwnCount"] == 3


def test_descriptions_are_html_that_runs_nothing(client: FlaskClient) -> None:
    description = (client.get("/api/v3/breach/Adobe", headers=AGENT).json or {})["Description"]

    assert description.startswith("Someone copied <strong>customers</strong>.")
    assert 'href="https://adobe.example/more"' in description
    assert "<script" not in description


def test_a_miss_is_a_404_that_says_how_much_was_asked(client: FlaskClient, key: dict[str, str]) -> None:
    response = client.get(f"{ACCOUNT}nobody@example.com", headers=key)

    assert (response.status_code, response.data) == (404, b"")
    assert response.headers["Breachcheck-Breaches-Checked"] == "2"
    assert response.headers["Breachcheck-Newest-Added"].endswith("Z")


def test_a_hit_says_how_much_was_asked_too(client: FlaskClient, key: dict[str, str]) -> None:
    assert client.get(f"{ACCOUNT}alice@example.com", headers=key).headers["Breachcheck-Breaches-Checked"] == "2"


def test_answers_about_accounts_are_kept_by_no_cache(client: FlaskClient, key: dict[str, str]) -> None:
    kept = {client.get(f"{ACCOUNT}{one}@example.com", headers=key).headers["Cache-Control"] for one in ("alice", "no")}

    assert kept == {"no-store"}


@pytest.mark.parametrize("account", ["secret@example.com", "gone@example.com", "bob@example.com"])
def test_sensitive_retired_and_alias_exposures_are_told_to_no_plain_key(
    client: FlaskClient, key: dict[str, str], account: str
) -> None:
    asked = [client.get(ACCOUNT + account + query, headers=key) for query in ("", "?includeUnverified=true")]

    assert [one.status_code for one in asked] == [404, 404]


def test_sensitive_and_retired_breaches_are_listed_by_title(client: FlaskClient) -> None:
    listed = client.get("/api/v3/breaches", headers=AGENT)

    assert names(listed) == ["Rumour", "Adobe", "Private", "Retired"]


@pytest.mark.parametrize(
    "path",
    [
        "alice@example.com",
        "alice%40example.com",
        "ALICE@Example.com",
        "%20alice@example.com%20",
        "alice@example.com/",
        "alice@example.com%09",
    ],
)
def test_an_account_in_any_spelling_of_its_path_is_found(client: FlaskClient, key: dict[str, str], path: str) -> None:
    assert names(client.get(ACCOUNT + path, headers=key)) == ["Rumour", "Adobe"]


@pytest.mark.parametrize("path", ["bob+shop@example.com", "bob%2Bshop@example.com", "bob%2bshop%40example.com"])
def test_a_plus_in_the_path_is_a_plus(client: FlaskClient, key: dict[str, str], path: str) -> None:
    assert names(client.get(ACCOUNT + path, headers=key)) == ["Adobe"]


@pytest.mark.parametrize(
    "path", ["customer/department@example.com", "customer%2Fdepartment%40example.com", "/x@example.com"]
)
def test_a_slash_in_the_path_is_part_of_the_address(client: FlaskClient, key: dict[str, str], path: str) -> None:
    assert names(client.get(ACCOUNT + path, headers=key)) == ["Rumour"]


@pytest.mark.parametrize(
    "path",
    ["", "%20", "/", "alice", "alice@", "a%40b%40example.com", "alice%2540example.com", "%00", "%ff@example.com"],
)
def test_what_is_no_address_is_refused(client: FlaskClient, key: dict[str, str], path: str) -> None:
    response = client.get(ACCOUNT + path, headers=key)

    assert (response.status_code, response.content_type) == (400, "application/json")
    assert (response.json or {})["statusCode"] == 400
    assert "alice" not in response.text


@pytest.mark.parametrize("value", ["false", "False", "FALSE"])
@pytest.mark.parametrize("name", ["truncateResponse", "truncateresponse", "TruncateResponse"])
def test_parameters_are_known_in_any_letter_case(
    client: FlaskClient, key: dict[str, str], name: str, value: str
) -> None:
    response = client.get(f"{ACCOUNT}alice@example.com?{name}={value}", headers=key)

    assert len((response.json or [{}])[0]) == len(MODEL)


@pytest.mark.parametrize("service", ["breachedAccount", "BREACHEDACCOUNT", "BreachedAccount"])
def test_services_are_known_in_any_letter_case(client: FlaskClient, key: dict[str, str], service: str) -> None:
    assert names(client.get(f"/api/v3/{service}/alice@example.com", headers=key)) == ["Rumour", "Adobe"]


@pytest.mark.parametrize(
    "query",
    [
        "truncateResponse=maybe",
        "truncateResponse",
        "truncateResponse=%ff",
        "&&==&%",
        "?",
        "truncateResponse=true&truncateResponse=false",
    ],
)
def test_a_malformed_query_is_answered(client: FlaskClient, key: dict[str, str], query: str) -> None:
    response = client.get(f"{ACCOUNT}alice@example.com?{query}", headers=key)

    assert response.json == [{"Name": "Rumour"}, {"Name": "Adobe"}]


def test_unverified_breaches_can_be_left_out(client: FlaskClient, key: dict[str, str]) -> None:
    response = client.get(f"{ACCOUNT}alice@example.com?includeUnverified=False", headers=key)

    assert names(response) == ["Adobe"]


def test_one_domain_can_be_asked_for(client: FlaskClient, key: dict[str, str]) -> None:
    assert names(client.get(f"{ACCOUNT}alice@example.com?Domain=Adobe.example", headers=key)) == ["Adobe"]


def test_an_unknown_domain_is_a_miss_over_everything(client: FlaskClient, key: dict[str, str]) -> None:
    response = client.get(f"{ACCOUNT}alice@example.com?domain=nowhere.example", headers=key)

    assert (response.status_code, response.headers["Breachcheck-Breaches-Checked"]) == (404, "2")


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("domain=adobe.example", ["Adobe"]),
        ("Domain=ADOBE.example", ["Adobe"]),
        ("domain=nowhere.example", []),
        ("isSpamList=true", ["Rumour"]),
        ("IsSpamList=True&domain=adobe.example", []),
        ("isspamlist=FALSE", ["Adobe", "Private", "Retired"]),
    ],
)
def test_the_list_of_breaches_can_be_narrowed(client: FlaskClient, query: str, listed: list[str]) -> None:
    assert names(client.get(f"/api/v3/breaches?{query}", headers=AGENT)) == listed


@pytest.mark.parametrize("path", ["breaches/?domain=adobe.example", "dataclasses/", "breach/Adobe/", "latestbreach/"])
def test_a_slash_at_the_end_changes_nothing(client: FlaskClient, path: str) -> None:
    with_slash, without = (client.get(f"/api/v3/{one}", headers=AGENT) for one in (path, path.replace("/?", "?")))

    assert with_slash.status_code == 200
    assert with_slash.json == without.json


def test_a_breach_is_known_in_any_letter_case(client: FlaskClient) -> None:
    assert (client.get("/api/v3/breach/aDOBE", headers=AGENT).json or {})["Name"] == "Adobe"


def test_a_breach_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    response = client.get("/api/v3/breach/Nowhere", headers=AGENT)

    assert (response.status_code, (response.json or {})["statusCode"]) == (404, 404)


def test_the_latest_breach_is_the_one_added_last(client: FlaskClient, store: Services) -> None:
    store.databases[1].execute("UPDATE breach SET added_at = added_at + 60 WHERE name = 'Private'")
    store.publishing.update(PRIVATE, by="tests")

    assert (client.get("/api/v3/latestbreach", headers=AGENT).json or {})["Name"] == "Private"


def test_of_breaches_added_in_one_second_the_latest_is_the_one_loaded_last(tmp_path: Path) -> None:
    store = new_store(tmp_path / "data")
    for name in ("Second-by-title", "A-first-by-title"):
        published_breach(store, facts(name=name, title=name), {"alice@example.com": ["Email addresses"]})
    store.databases[1].execute("UPDATE breach SET added_at = 1794700800")
    latest = create_app(store).test_client().get("/api/v3/latestbreach", headers=AGENT).json or {}
    store.close()

    assert latest["Name"] == "A-first-by-title"


def test_an_empty_store_has_no_latest_breach(store: Services) -> None:
    assert create_app(store).test_client().get("/api/v3/latestbreach", headers=AGENT).status_code == 404


def test_data_classes_are_listed_in_order(client: FlaskClient) -> None:
    assert client.get("/api/v3/dataclasses", headers=AGENT).json == ["Email addresses", "Password hints", "Usernames"]


@pytest.mark.parametrize("path", [*KEYLESS, "breachedaccount/alice@example.com", "nothing", "pasteaccount/x"])
@pytest.mark.parametrize("agent", ["", " "])
def test_whoever_does_not_say_what_it_is_is_refused(
    client: FlaskClient, key: dict[str, str], path: str, agent: str
) -> None:
    response = client.get(f"/api/v3/{path}", headers=key | {"User-Agent": agent})

    assert (response.status_code, (response.json or {})["statusCode"]) == (403, 403)


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({}, "Access denied due to missing hibp-api-key."),
        ({"hibp-api-key": "abc"}, "Access denied due to improperly formed hibp-api-key."),
        ({"hibp-api-key": "0" * 32}, "Access denied due to invalid hibp-api-key."),
    ],
)
def test_a_refused_key_is_told_so_in_hibps_words(client: FlaskClient, sent: dict[str, str], message: str) -> None:
    response = client.get(f"{ACCOUNT}alice@example.com", headers=AGENT | sent)

    assert response.json == {"statusCode": 401, "message": message}
    assert response.content_type == "application/json"


@pytest.mark.parametrize(
    "path",
    ["nothing", "breachedaccounts/alice@example.com", "breaches/x", "dataclasses/x/y", "", "/breaches", "v4/../x"],
)
def test_the_router_never_says_404(client: FlaskClient, path: str) -> None:
    response = client.get(f"/api/v3/{path}", headers=AGENT)

    assert (response.status_code, (response.json or {})["statusCode"]) == (400, 400)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_method_that_is_not_taken_is_no_miss(client: FlaskClient, key: dict[str, str], method: str) -> None:
    response = client.open(f"{ACCOUNT}nobody@example.com", method=method, headers=key)

    assert (response.status_code, (response.json or {})["statusCode"]) == (405, 405)


def test_any_accept_header_is_answered(client: FlaskClient, key: dict[str, str]) -> None:
    accept = {"Accept": "application/vnd.haveibeenpwned.v3+json"}

    assert names(client.get(f"{ACCOUNT}alice@example.com", headers=key | accept)) == ["Rumour", "Adobe"]


@pytest.mark.parametrize("host", ["haveibeenpwned.com", "bad host", "["])
def test_any_host_is_answered(tmp_path: Path, host: str) -> None:
    store = new_store(tmp_path / "data", public_url="https://check.example")
    client = create_app(store).test_client()

    assert client.get("/api/v3/breaches", headers=AGENT | {"Host": host}).status_code == 200
    store.close()
