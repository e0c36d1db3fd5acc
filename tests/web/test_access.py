"""Who gets into the APIs: every case at both, since clients of either must be told the same."""

import pytest
from flask.testing import FlaskClient

from breachcheck.services import Services
from breachcheck.web.app import create_app
from tests.engines import ENGINES as ENGINES
from tests.stores import drop_table, facts, published_breach

LOOKUP = "/api/v1/lookup"
ACCOUNT = "/api/v3/breachedaccount/alice@example.com"
QUESTION = {"account": "alice@example.com"}
AGENT = {"User-Agent": "tests"}


@pytest.fixture
def client(store: Services) -> FlaskClient:
    published_breach(store, facts(), {"alice@example.com": ["Email addresses", "Names"]})
    return create_app(store).test_client()


def key_of(store: Services, *scopes: str, limit: int = 1000) -> str:
    return store.api_keys.create("tests", scopes or ("lookup",), limit_per_minute=limit)[1]


def statuses(client: FlaskClient, headers: dict[str, str]) -> tuple[int, int]:
    """Of a look-up in v1 and in v3."""
    first = client.post(LOOKUP, json=QUESTION, headers=headers)
    second = client.get(ACCOUNT, headers=AGENT | headers)
    return first.status_code, second.status_code


def test_a_key_opens_look_ups_as_a_bearer_token(client: FlaskClient, store: Services) -> None:
    assert statuses(client, {"Authorization": f"Bearer {key_of(store)}"}) == (200, 200)


def test_the_scheme_of_a_bearer_token_counts_in_any_letter_case(client: FlaskClient, store: Services) -> None:
    assert statuses(client, {"Authorization": f"bearer {key_of(store)}"}) == (200, 200)


def test_a_key_opens_look_ups_as_hibp_api_key(client: FlaskClient, store: Services) -> None:
    assert statuses(client, {"hibp-api-key": key_of(store)}) == (200, 200)


def test_a_key_opens_look_ups_in_upper_case(client: FlaskClient, store: Services) -> None:
    assert statuses(client, {"hibp-api-key": key_of(store).upper()}) == (200, 200)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"hibp-api-key": ""},
        {"hibp-api-key": "short"},
        {"hibp-api-key": "g" * 32},
        {"hibp-api-key": "0" * 33},
        {"hibp-api-key": "0" * 32},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic YWxpY2U6"},
        {"Authorization": "Bearer " + "0" * 32},
    ],
)
def test_whoever_has_no_key_is_told_so(client: FlaskClient, headers: dict[str, str]) -> None:
    assert statuses(client, headers) == (401, 401)


def test_a_key_that_is_none_is_not_made_good_by_another_beside_it(client: FlaskClient, store: Services) -> None:
    good = {"Authorization": f"Bearer {key_of(store)}"}

    assert [statuses(client, good | {"hibp-api-key": text}) for text in ("", "short", "0" * 32)] == [(401, 401)] * 3


def test_a_missing_key_is_challenged_as_http_asks(client: FlaskClient) -> None:
    assert client.post(LOOKUP, json=QUESTION).headers["WWW-Authenticate"] == "Bearer"


def test_a_revoked_key_opens_nothing_from_then_on(client: FlaskClient, store: Services) -> None:
    key, text = store.api_keys.create("tests", ["lookup"])
    before = statuses(client, {"hibp-api-key": text})

    store.api_keys.revoke(key.id)

    assert (before, statuses(client, {"hibp-api-key": text})) == ((200, 200), (401, 401))


def test_a_key_of_another_scope_opens_no_look_up(client: FlaskClient, store: Services) -> None:
    assert statuses(client, {"hibp-api-key": key_of(store, "catalogue")}) == (403, 403)


def test_a_key_is_checked_before_anything_is_read_of_the_body(client: FlaskClient) -> None:
    assert client.post(LOOKUP, data=b"x" * 2**20).status_code == 401


def test_keys_that_cannot_be_read_are_no_refusal(client: FlaskClient, store: Services) -> None:
    headers = {"hibp-api-key": key_of(store)}
    drop_table(store, "api_key")

    assert statuses(client, headers) == (503, 503)


def test_a_key_is_answered_as_often_as_its_limit_says(client: FlaskClient, store: Services) -> None:
    headers = {"hibp-api-key": key_of(store, limit=3)}

    seen = [client.post(LOOKUP, json=QUESTION, headers=headers).status_code for _ in range(4)]

    assert seen == [200, 200, 200, 429]


def test_both_apis_draw_on_one_limit(client: FlaskClient, store: Services) -> None:
    headers = {"hibp-api-key": key_of(store, limit=1)}

    assert statuses(client, headers) == (200, 429)


def test_a_key_is_not_held_to_what_another_spent(client: FlaskClient, store: Services) -> None:
    spent, fresh = key_of(store, limit=2), key_of(store, limit=2)
    before = statuses(client, {"hibp-api-key": spent})

    assert (before, statuses(client, {"hibp-api-key": fresh})) == ((200, 200), (200, 200))


def test_limit_zero_is_none(client: FlaskClient, store: Services) -> None:
    headers = {"hibp-api-key": key_of(store, limit=0)}

    assert {statuses(client, headers) for _ in range(20)} == {(200, 200)}
    assert client.get(f"{ACCOUNT}?truncateResponse=true", headers=AGENT | headers).status_code == 200


def test_one_call_too_many_is_told_when_to_come_back(client: FlaskClient, store: Services) -> None:
    headers = {"hibp-api-key": key_of(store, limit=1)}
    client.post(LOOKUP, json=QUESTION, headers=headers)

    refused = client.post(LOOKUP, json=QUESTION, headers=headers)

    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.content_type == "application/problem+json"


def test_a_limit_is_said_in_hibps_words_under_v3(client: FlaskClient, store: Services) -> None:
    headers = AGENT | {"hibp-api-key": key_of(store, limit=1)}
    client.get(ACCOUNT, headers=headers)

    refused = client.get(ACCOUNT, headers=headers)

    wait = int(refused.headers["Retry-After"])
    assert refused.json == {"statusCode": 429, "message": f"Rate limit is exceeded. Try again in {wait} seconds."}
