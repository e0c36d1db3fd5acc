"""A demo says on every page that it is one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from breachcheck.demo import demo_addresses, examples, facts
from breachcheck.services import Services
from breachcheck.web.app import create_app
from tests import stores
from tests.engines import ENGINES as ENGINES

BANNER = "An answer here says nothing about your real email address."


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Services]:
    store = stores.new_store(tmp_path / "demo", is_demo=True, lookups_a_minute=1)
    people = {demo_addresses().found: ["Email addresses"], demo_addresses().second_spelling: ["Email addresses"]}
    stores.published_breach(store, stores.SHOP, people)
    yield store
    store.close()


@pytest.fixture
def client(demo: Services) -> FlaskClient:
    return create_app(demo).test_client()


@pytest.mark.parametrize(
    "path", ["/", "/breaches", "/breaches/Shop", "/how-it-works", "/status", "/nope", "/admin/sign-in"]
)
def test_every_page_carries_the_banner(client: FlaskClient, path: str) -> None:
    assert BANNER in client.get(path).text


def test_the_page_without_an_answer_carries_it_too(demo: Services, client: FlaskClient) -> None:
    stores.break_catalogue(demo)
    response = client.get("/")

    assert response.status_code == 503
    assert BANNER in response.text


def test_the_three_addresses_are_buttons_that_send_the_form(client: FlaskClient) -> None:
    page = client.get("/").text

    for address in demo_addresses().all:
        assert f'name="account" value="{address}"' in page


def test_the_buttons_lead_to_what_they_say_however_often_they_are_pressed(client: FlaskClient) -> None:
    titles = [
        client.post("/", data={"account": address}, follow_redirects=True).text.split("<title>")[1].strip()[:3]
        for address in demo_addresses().all * 2
    ]

    assert titles == ["Yes", "Yes", "Not"] * 2


def test_titles_of_breaches_say_that_they_are_of_a_demo(client: FlaskClient) -> None:
    assert "Corner Shop (demo)" in client.get("/breaches").text


def test_a_demo_shows_what_no_answer_looks_like(client: FlaskClient) -> None:
    response = client.get("/demo/could-not-check")

    assert response.status_code == 503
    assert "<title>We could not check" in response.text


def test_a_real_site_carries_no_banner(loaded: Services) -> None:
    assert BANNER not in create_app(loaded).test_client().get("/").text


def test_the_manifests_of_the_demo_are_there() -> None:
    assert all((examples() / manifest).is_file() for manifest in facts().manifests)
