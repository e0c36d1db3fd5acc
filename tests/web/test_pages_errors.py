"""Pages that are no answer: each has its status, and none reads like good news."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, run_wsgi_app

from breachcheck.services import Services
from breachcheck.web.app import create_app
from tests.engines import ENGINES as ENGINES
from tests.stores import break_catalogue, break_index, facts, new_store, published_breach

NEITHER = "This is not a yes, and it is not a no."
GOOD_NEWS = re.compile(r"not found in|no breach|safe|good news|all clear|no problem", re.IGNORECASE)


def title(page: str) -> str:
    return re.findall(r"<title>(.*?)</title>", page, re.DOTALL)[0]


@pytest.mark.parametrize("broken", [break_index, break_catalogue])
def test_a_broken_store_is_never_a_no(
    loaded: Services, client: FlaskClient, broken: Callable[[Services], None]
) -> None:
    broken(loaded)
    response = client.post("/", data={"account": "nobody@example.com"}, follow_redirects=True)

    assert response.status_code == 503
    assert title(response.text) == "We could not check – Breach check"
    assert NEITHER in response.text
    assert "Nothing about your address was kept." in response.text


def test_a_store_that_breaks_between_two_reloads_is_told(loaded: Services, client: FlaskClient) -> None:
    client.post("/", data={"account": "ann@example.com"})
    assert client.get("/answer").status_code == 200
    break_index(loaded)

    assert client.get("/answer").status_code == 503


def test_an_answer_that_failed_may_be_asked_for_again_without_typing(loaded: Services, client: FlaskClient) -> None:
    client.post("/", data={"account": "ann@example.com"})
    break_index(loaded)

    assert '<a class="button" href="/answer">Try again</a>' in client.get("/answer").text


@pytest.mark.parametrize("path", ["/", "/breaches", "/breaches/Shop", "/status", "/readyz"])
def test_a_broken_catalogue_is_told_on_every_page_that_needs_it(
    loaded: Services, client: FlaskClient, path: str
) -> None:
    break_catalogue(loaded)

    assert client.get(path).status_code == 503


@pytest.mark.parametrize("path", ["/how-it-works", "/never-signed-up", "/healthz"])
def test_what_needs_no_store_works_without(loaded: Services, client: FlaskClient, path: str) -> None:
    break_catalogue(loaded)

    assert client.get(path).status_code == 200


def test_a_broken_index_is_not_ready(loaded: Services, client: FlaskClient) -> None:
    assert client.get("/readyz").status_code == 200
    break_index(loaded)

    assert client.get("/readyz").status_code == 503


def test_nothing_to_ask_is_no_answer(store: Services) -> None:
    client = create_app(store).test_client()
    response = client.post("/", data={"account": "ann@example.com"}, follow_redirects=True)

    assert response.status_code == 503
    assert title(response.text) == "We could not check – Breach check"
    assert "No breach here can be searched by email address." in response.text
    assert NEITHER in response.text


def test_a_surprise_is_no_answer_and_its_words_are_logged_nowhere(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    @app.get("/surprise")
    def surprise() -> str:
        raise KeyError("ann@example.com")

    response = app.test_client().get("/surprise")
    logged = capsys.readouterr().out

    assert response.status_code == 500
    assert title(response.text) == "We could not check – Breach check"
    assert "KeyError" in logged
    assert "ann@example.com" not in logged + response.text


@pytest.mark.parametrize(
    ("method", "path", "status", "heading"),
    [
        ("GET", "/nope", 404, "There is no page here"),
        ("GET", "/breaches/nope", 404, "There is no page here"),
        ("GET", "/demo/could-not-check", 404, "There is no page here"),
        ("DELETE", "/", 405, "This page does not work that way"),
        ("POST", "/answer", 405, "This page does not work that way"),
    ],
)
def test_a_wrong_turn_is_told_as_one(client: FlaskClient, method: str, path: str, status: int, heading: str) -> None:
    response = client.open(path, method=method)

    assert response.status_code == status
    assert f"<h1>{heading}</h1>" in response.text
    assert not GOOD_NEWS.search(response.text)


def test_a_405_says_what_is_allowed(client: FlaskClient) -> None:
    assert "POST" in client.delete("/").headers["Allow"]


def test_too_much_text_is_refused(client: FlaskClient) -> None:
    response = client.post("/", data={"account": "a" * 70_000})

    assert response.status_code == 413
    assert "Nothing was looked up." in response.text
    assert not GOOD_NEWS.search(response.text)


def test_no_redirect_carries_a_path(client: FlaskClient) -> None:
    assert client.get("//breaches//").status_code != 308
    assert client.get("/breaches/").status_code == 200


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[FlaskClient]:
    store = new_store(tmp_path / "limited", lookups_a_minute=2)
    published_breach(store, facts(), {"ann@example.com": ["Email addresses"]})
    yield create_app(store).test_client()
    store.close()


def test_too_many_checks_are_told_to_wait_and_get_no_answer(limited: FlaskClient) -> None:
    statuses = [limited.post("/", data={"account": "ann@example.com"}).status_code for _ in range(2)]
    response = limited.post("/", data={"account": "ann@example.com"})

    assert statuses == [303, 303]
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 60
    assert f"Please wait {response.headers['Retry-After']} seconds" in response.text
    assert "This is not an answer about your address." in response.text
    assert not GOOD_NEWS.search(response.text)


@pytest.mark.parametrize("path", ["/", "/owner/ask", "/subscribe"])
def test_who_has_to_wait_need_not_type_the_address_again(tmp_path: Path, path: str) -> None:
    store = new_store(tmp_path / "slow", lookups_a_minute=1, mail_requests_a_minute=1, mail="outbox")
    published_breach(store, facts(), {"ann@example.com": ["Email addresses"]})
    client = create_app(store).test_client()
    _, refused = (client.post(path, data={"account": '"ann"@example.com'}) for _ in range(2))
    store.close()

    again = (
        f'<form method="post" action="{path}"><input type="hidden" name="account" value="&#34;ann&#34;@example.com">'
    )
    assert refused.status_code == 429
    assert again in refused.text
    assert refused.headers["Cache-Control"] == "no-store"


def test_another_network_is_not_made_to_wait(limited: FlaskClient) -> None:
    for _ in range(3):
        limited.post("/", data={"account": "ann@example.com"})
    response = limited.post("/", data={"account": "ann@example.com"}, environ_base={"REMOTE_ADDR": "192.0.2.7"})

    assert response.status_code == 303


def test_a_forwarded_address_counts_only_from_a_trusted_proxy(tmp_path: Path, limited: FlaskClient) -> None:
    trusting = new_store(tmp_path / "trusting", lookups_a_minute=2, trusted_proxies=1)
    behind_proxy = create_app(trusting).test_client()

    def last(client: FlaskClient) -> int:
        hops = [{"X-Forwarded-For": f"192.0.2.{number}"} for number in range(3)]
        return [client.post("/", data={"account": "ann@example.com"}, headers=hop).status_code for hop in hops][-1]

    assert last(limited) == 429
    assert last(behind_proxy) == 303
    trusting.close()


def test_a_foreign_host_is_refused_where_the_site_knows_its_own(tmp_path: Path) -> None:
    store = new_store(tmp_path / "hosts", public_url="https://check.example")
    client = create_app(store).test_client()
    statuses = {
        host: client.get("/", base_url=f"http://{host}").status_code
        for host in ("evil.example", "check.example", "192.0.2.7")
    }
    store.close()

    assert statuses == {"evil.example": 421, "check.example": 200, "192.0.2.7": 421}


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost", 200), ("LOCALHOST.:8", 200), ("[::1]", 200), ("192.0.2.7:8000", 200), ("evil.example", 421)],
)
def test_a_site_that_does_not_know_its_name_answers_to_loopback_and_to_addresses(
    client: FlaskClient, host: str, status: int
) -> None:
    assert client.get("/", headers={"Host": host}).status_code == status


def test_who_names_no_host_is_answered(client: FlaskClient) -> None:
    environ = EnvironBuilder(path="/").get_environ()
    del environ["HTTP_HOST"]

    _, status, _ = run_wsgi_app(client.application, environ)

    assert status == "200 OK"


def test_a_foreign_host_is_answered_under_v3_alone(client: FlaskClient) -> None:
    foreign = {"Host": "hibp.example", "User-Agent": "test"}

    assert client.get("/api/v3/breaches", headers=foreign).status_code == 200
    assert client.get("/api/v1/breaches", headers=foreign).status_code == 421
