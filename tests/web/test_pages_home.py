"""The home page and what happens when its form is sent."""

import base64
import time
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask.testing import FlaskClient

from breachcheck.breaches import Help
from breachcheck.services import Services
from breachcheck.web.answering import LONGEST_ACCOUNT
from breachcheck.web.app import create_app
from breachcheck.web.sealed import COOKIE, derived
from tests.engines import ENGINES as ENGINES
from tests.stores import facts, new_store, published_breach
from tests.web.conftest import PRIVATE, PRIVATE_PEOPLE, SHOP_PEOPLE


def test_home_counts_the_breaches_that_a_visitor_can_be_told_of(client: FlaskClient) -> None:
    page = client.get("/").text

    assert "<title>Was your data in a breach? – Breach check</title>" in page
    assert "We look for it in 2 known data breaches" in page


def test_one_breach_is_told_in_the_singular(store: Services) -> None:
    published_breach(store, facts(), SHOP_PEOPLE)

    assert "We look for it in one known data breach" in create_app(store).test_client().get("/").text


def test_a_site_may_ask_about_one_breach(tmp_path: Path) -> None:
    store = new_store(tmp_path / "data", focus_breach="Shop")
    published_breach(store, facts(held_by="Mixers", help=Help(phone="0800 000 000")), SHOP_PEOPLE)
    client = create_app(store).test_client()
    alone = client.get("/").text
    published_breach(store, facts(name="Other", title="Other"), SHOP_PEOPLE)
    beside = client.get("/").text
    store.close()

    assert "<title>Were you affected by the Corner Shop breach? – Breach check</title>" in alone
    assert "<h1>Were you affected by the Corner Shop breach?</h1>" in alone
    assert "Someone copied a file from Mixers. It happened on 14 March 2026." in alone
    assert "<li>0800 000 000</li>" in alone
    assert "other breach" not in alone
    assert "We look in one other breach too." in beside


def test_where_the_answer_is_mailed_the_form_does_not_say_that_nothing_is_stored(tmp_path: Path) -> None:
    store = new_store(tmp_path / "data", disclosure="owner", mail="outbox")
    published_breach(store, facts(), SHOP_PEOPLE)
    page = create_app(store).test_client().get("/").text
    store.close()

    assert "Email me the answer" in page
    assert "Until the email has left, we keep your address encrypted." in page
    assert "not stored" not in page


def test_the_field_takes_every_kind_of_address(client: FlaskClient) -> None:
    page = client.get("/").text

    assert 'name="account" type="text" inputmode="email" autocomplete="email" autocapitalize="none"' in page
    assert 'spellcheck="false"' in page


def test_the_site_says_who_runs_it(tmp_path: Path) -> None:
    store = new_store(tmp_path / "data", site_operator="Example Org", site_contact="help@example.org", site_name="Look")
    published_breach(store, facts(), SHOP_PEOPLE)
    page = create_app(store).test_client().get("/").text
    store.close()

    assert "This site is run by Example Org." in page
    assert 'href="mailto:help@example.org"' in page
    assert "– Look</title>" in page


def test_an_empty_site_has_nothing_to_check_and_no_form(store: Services) -> None:
    page = create_app(store).test_client().get("/").text

    assert "There is nothing to check yet" in page
    assert 'name="account"' not in page


def test_a_site_with_private_breaches_alone_has_no_form_and_does_not_call_itself_empty(store: Services) -> None:
    published_breach(store, PRIVATE, PRIVATE_PEOPLE)
    page = create_app(store).test_client().get("/").text

    assert "You cannot check an address here" in page
    assert "nothing to check yet" not in page
    assert 'name="account"' not in page


def test_a_closed_site_has_no_form_and_answers_nobody(tmp_path: Path) -> None:
    store = new_store(tmp_path / "data", disclosure="closed")
    published_breach(store, facts(), SHOP_PEOPLE)
    client = create_app(store).test_client()
    response = client.post("/", data={"account": "bob@example.com"}, follow_redirects=True)
    home = client.get("/").text
    store.close()

    assert 'name="account"' not in home
    assert response.status_code == 503
    assert "<title>We could not check" in response.text


@pytest.mark.parametrize("account", ["", " ", "ann", "ann@", "@example.com", "a b@example.com", "x" * LONGEST_ACCOUNT])
def test_what_is_no_address_is_refused_beside_the_field(client: FlaskClient, account: str) -> None:
    response = client.post("/", data={"account": account})

    assert response.status_code == 400
    assert "That does not look like an email address." in response.text
    assert 'aria-describedby="account-error account-hint"' in response.text
    assert "Set-Cookie" not in response.headers


def test_a_refused_field_keeps_what_was_typed(client: FlaskClient) -> None:
    response = client.post("/", data={"account": '"><script>ann'})

    assert 'value="&#34;&gt;&lt;script&gt;ann"' in response.text


@pytest.mark.parametrize("account", ["josé@example.com", "用户@例子.广告", " Ann@Example.COM "])
def test_every_kind_of_address_is_taken(client: FlaskClient, account: str) -> None:
    assert client.post("/", data={"account": account}).status_code == 303


def test_a_question_leads_to_the_answer_by_a_relative_redirect(client: FlaskClient) -> None:
    response = client.post("/", data={"account": "ann@example.com"})

    assert (response.status_code, response.location) == (303, "/answer")


def test_the_cookie_is_sealed_short_lived_and_for_the_answer_alone(client: FlaskClient) -> None:
    cookie = client.post("/", data={"account": "ann@example.com"}).headers["Set-Cookie"]

    assert "Max-Age=600; HttpOnly; Path=/answer; SameSite=Lax" in cookie
    assert "ann" not in cookie
    assert "Secure" not in cookie


def test_over_https_the_cookie_is_secure(client: FlaskClient) -> None:
    response = client.post("/", data={"account": "ann@example.com"}, base_url="https://localhost")

    assert "Secure" in response.headers["Set-Cookie"]


def answer_status(client: FlaskClient, cookie: str) -> int:
    client.set_cookie(COOKIE, cookie, path="/answer")
    return client.get("/answer").status_code


def sealed(app_key: bytes, minutes_ago: int) -> str:
    fernet = Fernet(base64.urlsafe_b64encode(derived(app_key, "sealed account")))
    return fernet.encrypt_at_time(b"ann@example.com", int(time.time()) - 60 * minutes_ago).decode()


def test_a_cookie_opens_for_ten_minutes(loaded: Services, client: FlaskClient) -> None:
    assert answer_status(client, sealed(loaded.app_key, minutes_ago=9)) == 200
    assert answer_status(client, sealed(loaded.app_key, minutes_ago=11)) == 303


def test_a_cookie_of_another_key_opens_nothing(client: FlaskClient) -> None:
    assert answer_status(client, sealed(bytes(32), minutes_ago=0)) == 303


def test_a_form_from_another_site_is_answered_without_a_token(client: FlaskClient) -> None:
    response = client.post("/", data={"account": "ann@example.com"}, headers={"Origin": "https://other.example"})

    assert response.status_code == 303
