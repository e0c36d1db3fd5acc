"""The reader's language and colours: chosen without a script, kept in the browser, never with an address."""

import pytest
from flask.testing import FlaskClient

from breachcheck.web import language


@pytest.fixture
def with_french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(language.LOCALES, "fr", "fr_FR")


def test_colours_are_as_the_device_has_them_until_chosen(client: FlaskClient) -> None:
    page = client.get("/").text

    assert '<html lang="en" dir="ltr" data-theme="device">' in page
    assert '<meta name="color-scheme" content="light dark">' in page


def test_chosen_colours_stay(client: FlaskClient) -> None:
    response = client.post("/preferences", data={"colours": "dark", "back": "/breaches?year=2026"})

    assert response.status_code == 303
    assert response.headers["Location"] == "/breaches?year=2026"
    assert '<meta name="color-scheme" content="dark">' in client.get("/").text
    assert client.get("/nope").text.count('data-theme="dark"') == 1


def test_a_choice_that_is_none_changes_nothing(client: FlaskClient) -> None:
    response = client.post("/preferences", data={"colours": "pink", "language": "xx"})

    assert "Set-Cookie" not in response.headers


def test_the_cookie_says_the_choice_and_nothing_else(client: FlaskClient) -> None:
    cookies = client.post("/preferences", data={"colours": "light", "language": "en"}).headers.getlist("Set-Cookie")

    assert [cookie.split(";")[0] for cookie in cookies] == ["colours=light", "language=en"]
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)


@pytest.mark.parametrize(
    "back",
    ["//evil.example/", "/\\evil.example", "https://evil.example/", "", "/nope/ann@example.com", "/x/a%40b.example"],
)
def test_the_way_back_leads_to_this_site_and_holds_no_address(client: FlaskClient, back: str) -> None:
    assert client.post("/preferences", data={"colours": "dark", "back": back}).headers["Location"] == "/"


def test_a_page_whose_path_holds_an_address_offers_the_home_page_as_way_back(client: FlaskClient) -> None:
    assert 'name="back" value="/"' in client.get("/nope/ann@example.com").text


def test_one_language_is_no_choice(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(language.LOCALES, "de")

    assert 'name="language"' not in client.get("/").text


@pytest.mark.usefixtures("with_french")
def test_the_chosen_language_wins_over_the_browser_s(client: FlaskClient) -> None:
    asked_for = {"Accept-Language": "en"}
    assert '<html lang="en"' in client.get("/", headers=asked_for).text
    client.post("/preferences", data={"language": "fr"})
    page = client.get("/breaches", headers=asked_for).text

    assert '<html lang="fr"' in page
    assert 'lang="fr" aria-pressed="true">Français</button>' in page


@pytest.mark.usefixtures("with_french")
def test_the_answer_stays_when_the_language_changes(client: FlaskClient) -> None:
    client.post("/", data={"account": "ann@example.com"})
    client.post("/preferences", data={"language": "fr", "back": "/answer"})
    page = client.get("/answer").text

    assert '<html lang="fr"' in page
    assert "ann@example.com" in page
