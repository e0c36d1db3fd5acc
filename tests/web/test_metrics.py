"""/metrics: for who has the token, true at every door, and without a word of what anybody asked."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from breachcheck.errors import ConfigError
from breachcheck.health.performance import WORKER, Noted
from breachcheck.services import Services
from breachcheck.web.app import create_app
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, break_catalogue, break_index, new_store, published_breach

ANN, NOBODY = "ann@example.com", "nobody@example.com"
TOKEN = "0123456789abcdef"
READ = {"Authorization": f"Bearer {TOKEN}"}
Samples = dict[tuple[str, tuple[str, ...]], float]


@pytest.fixture
def site(tmp_path: Path):
    store = new_store(tmp_path / "data", metrics_token=TOKEN, lookups_a_minute=0)
    published_breach(store, SHOP, {ANN: ["Email addresses"], "bo+x@example.com": ["Email addresses"]})
    yield store
    store.close()


@pytest.fixture
def client(site: Services) -> FlaskClient:
    return create_app(site).test_client()


def samples(client: FlaskClient) -> Samples:
    """(name, values of its labels but that of the process) -> value, but for buckets."""
    families = text_string_to_metric_families(client.get("/metrics", headers=READ).text)
    return {
        (one.name, tuple(value for label, value in sorted(one.labels.items()) if label != "process")): one.value
        for family in families
        for one in family.samples
        if not one.name.endswith("_bucket")
    }


def lookups(client: FlaskClient) -> dict[tuple[str, ...], float]:
    """(door, outcome) -> how many, where there are any."""
    return {labels: value for (name, labels), value in samples(client).items() if "lookups_" in name and value}


def asking(site: Services, client: FlaskClient, limit: int = 0) -> dict[str, Callable[[str], object]]:
    """How each door is asked, of one account."""
    key = site.api_keys.create("tests", ["lookup", "batch"], limit_per_minute=limit)[1]
    v1 = {"Authorization": f"Bearer {key}"}
    v3 = {"hibp-api-key": key, "User-Agent": "tests"}
    lines = {"Content-Type": "application/x-ndjson"}
    return {
        "page": lambda account: client.post("/", data={"account": account}, follow_redirects=True),
        "v1": lambda account: client.post("/api/v1/lookup", json={"account": account}, headers=v1),
        "v1 by the app": lambda account: client.post(
            "/api/v1/lookup?format=csv", json={"account": account}, headers=v1
        ),
        "v3": lambda account: client.get(f"/api/v3/breachedaccount/{account}", headers=v3),
        "v3 by the app": lambda account: client.get(f"/api/v3/breachedaccount/{account}?domain=", headers=v3),
        "batch": lambda account: client.post(
            "/api/v1/lookup/batch", data=f'"{account}"\n"ann"', headers=v1 | lines, buffered=True
        ),
    }


WAYS = ("page", "v1", "v1 by the app", "v3", "v3 by the app", "batch")


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("way", WAYS)
def test_a_lookup_is_counted_once_whichever_way_it_takes(site: Services, client: FlaskClient, way: str) -> None:
    ask = asking(site, client)[way]
    for account in (ANN, ANN, NOBODY, "no address"):
        ask(account)
    door = way.partition(" ")[0]

    assert lookups(client) == {(door, "exposed"): 2, (door, "not_found"): 1}


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("way", WAYS)
def test_a_lookup_that_failed_is_counted_as_that(site: Services, client: FlaskClient, way: str) -> None:
    ask = asking(site, client)[way]
    break_index(site)
    ask(ANN)

    assert lookups(client) == {(way.partition(" ")[0], "could_not_check"): 1}


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("way", WAYS[1:])
def test_a_lookup_that_came_too_often_is_counted_as_that(site: Services, client: FlaskClient, way: str) -> None:
    ask, door = asking(site, client, limit=1)[way], way.partition(" ")[0]
    for _ in range(3):
        ask(ANN)

    assert lookups(client) == {(door, "exposed"): 1, (door, "limited"): 2}


@pytest.mark.engines("sqlite")
def test_a_request_is_counted_by_its_rule_and_nothing_it_held_is_told(site: Services, client: FlaskClient) -> None:
    for ask in asking(site, client).values():
        ask(ANN)
        ask("ann@shop.example")
    client.get(f"/breaches/{ANN}")
    client.get(f"/{ANN}")
    client.open("/ann@example.com", method="ANN")
    text, told = client.get("/metrics", headers=READ).text, samples(client)

    assert told["breachcheck_requests_total", ("GET", "/breaches/<name>", "4xx")] == 1
    assert told["breachcheck_requests_total", ("other", "no such page", "4xx")] == 1
    assert not re.search(r"@|example|\bann\b", text, re.IGNORECASE)


def test_what_is_published_and_what_waits_is_told(site: Services, client: FlaskClient) -> None:
    site.performance.add({Noted(1_795_003_200, WORKER): 1})
    told = samples(client)

    assert told["breachcheck_store_up", ()] == 1
    assert told["breachcheck_breaches", ()] == 1
    assert told["breachcheck_exposures", ()] == 2
    assert told["breachcheck_jobs", ("failed",)] == 0
    assert told["breachcheck_mails", ("parked",)] == 0
    assert told["breachcheck_webhook_messages", ("dead",)] == 0
    assert told["breachcheck_worker_seen_timestamp_seconds", ()] == 1_795_003_200
    assert told["breachcheck_newest_breach_timestamp_seconds", ()] == max(
        one.added_at for one in site.catalogue.published().breaches
    )


@pytest.mark.parametrize("broken", [break_index, break_catalogue])
def test_a_store_that_cannot_be_asked_is_told_and_no_old_number_of_it(
    site: Services, client: FlaskClient, broken: Callable[[Services], None]
) -> None:
    before = samples(client)
    broken(site)
    after = samples(client)

    assert (before["breachcheck_store_up", ()], after["breachcheck_store_up", ()]) == (1, 0)
    assert ("breachcheck_breaches", ()) in before.keys() - after.keys()
    assert after["process_start_time_seconds", ()] == before["process_start_time_seconds", ()]


@pytest.mark.engines("sqlite")
def test_what_one_process_counted_is_told_from_what_another_did(client: FlaskClient) -> None:
    families = text_string_to_metric_families(client.get("/metrics", headers=READ).text)
    marked = {family.name for family in families if all("process" in one.labels for one in family.samples)}

    assert {"breachcheck_lookups", "breachcheck_complaints", "process_cpu_seconds"} <= marked
    assert not marked & {"breachcheck_store_up", "breachcheck_breaches", "breachcheck_jobs"}


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer"}, {"Authorization": f"Bearer {TOKEN}0"}])
def test_without_the_token_nothing_is_told(client: FlaskClient, sent: dict[str, str]) -> None:
    response = client.get("/metrics", headers=sent)

    assert response.status_code == 401
    assert "breachcheck_" not in response.text


@pytest.mark.engines("sqlite")
def test_where_no_token_is_set_there_is_no_such_page(store: Services) -> None:
    assert create_app(store).test_client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.engines("sqlite")
def test_a_foreign_host_is_told_nothing(client: FlaskClient) -> None:
    assert client.get("/metrics", headers=READ | {"Host": "elsewhere.example"}).status_code == 421


@pytest.mark.engines("sqlite")
def test_the_token_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    (tmp_path / "token").chmod(0o600)
    store = new_store(tmp_path / "data", metrics_token_file=str(tmp_path / "token"))
    client = create_app(store).test_client()
    statuses = [client.get("/metrics", headers=headers).status_code for headers in (READ, {})]
    store.close()

    assert statuses == [200, 401]


@pytest.mark.engines("sqlite")
def test_a_token_that_could_be_guessed_is_refused_at_start(tmp_path: Path) -> None:
    store = new_store(tmp_path / "data", metrics_token="secret")
    with pytest.raises(ConfigError, match="16 characters or more"):
        create_app(store)
    store.close()


@pytest.mark.engines("sqlite")
def test_a_token_that_stands_in_two_places_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="set one of them"):
        new_store(tmp_path / "data", metrics_token=TOKEN, metrics_token_file="token")
