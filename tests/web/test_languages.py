"""Languages: which one a page is in, that German says what English does, and that programs are told in English."""

import html
import json
import re

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient

from breachcheck.breaches import (
    CompanyStep,
    Help,
    NotExposed,
    TranslatedAbsence,
    TranslatedHelp,
    TranslatedStep,
    Translation,
)
from breachcheck.services import Services
from breachcheck.web.app import create_app
from tests.engines import ENGINES as ENGINES
from tests.mails import Mailing
from tests.stores import SHOP, break_index, facts, new_store, published_breach

GERMAN = {"Accept-Language": "de"}


def title(page: str) -> str:
    return re.findall(r"<title>(.*?) – ", page)[0]


def words(page: str) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", page.split("<main")[1]))
    return re.sub(r"\s+", " ", text).replace(" .", ".")


def ask(client: FlaskClient, account: str, language: str = "de") -> str:
    client.set_cookie("language", language)
    return client.post("/", data={"account": account}, follow_redirects=True).text


@pytest.mark.parametrize(
    ("asked_for", "spoken"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("de-CH,fr;q=0.9", "de"),
        ("fr, de;q=0.5", "de"),
        ("en-GB,de;q=0.9", "en"),
        ("de;q=0.3,en;q=0.8", "en"),
        ("en-US,en;q=0.9,de;q=0.8", "en"),
        ("de;q=0,en;q=0.1", "en"),
        ("DE-de", "de"),
        ("fr", "en"),
        ("", "en"),
        ("*", "en"),
        ("no such thing;;q=", "en"),
    ],
)
def test_a_page_is_in_the_language_that_the_browser_asks_for(client: FlaskClient, asked_for: str, spoken: str) -> None:
    response = client.get("/", headers={"Accept-Language": asked_for})

    assert f'<html lang="{spoken}"' in response.text
    assert response.headers["Content-Language"] == spoken


@pytest.mark.parametrize("path", ["/", "/breaches", "/breaches.atom", "/nope"])
def test_no_cache_shows_a_page_to_readers_of_another_language(client: FlaskClient, path: str) -> None:
    assert {"accept-language", "cookie"} <= {name.lower() for name in client.get(path).vary}


def test_the_three_answers_in_german(loaded: Services, client: FlaskClient) -> None:
    assert title(ask(client, "ann@example.com")) == "Ja, gefunden in 1 Datenpanne"
    assert title(ask(client, "bob@example.com")) == "Ja, gefunden in 2 Datenpannen"
    assert title(ask(client, "nobody@example.com")) == "Nicht gefunden in 2 Datenpannen"
    break_index(loaded)
    assert title(ask(client, "ann@example.com")) == "Wir konnten das nicht prüfen"


def test_details_and_steps_are_whole_german_sentences(client: FlaskClient) -> None:
    page = words(ask(client, "bob@example.com"))

    assert "Zusammen enthielten sie diese Angaben: Ihr Passwort, Ihre E-Mail-Adresse und Ihr Name." in page
    assert "Ändern Sie Ihr Passwort bei Corner Shop" in page
    assert "In der Datei stand Ihr Passwort." in page
    assert "Haben Sie es seit März 2026 geändert?" in page
    assert "In der Datei standen Ihre E-Mail-Adresse und Ihr Name." in page
    assert "Geschehen 14. März 2026" in page


def test_what_need_not_be_done_is_a_whole_german_sentence(client: FlaskClient) -> None:
    page = words(ask(client, "ann@example.com"))

    assert (
        "Wegen dieser Datenpanne ist es nicht nötig, Ihr Passwort zu ändern, API-Schlüssel zu ersetzen oder eine Karte"
        " sperren zu lassen. Nichts davon war dabei."
    ) in page
    assert "In dieser Datenpanne waren keine Passwörter, API-Schlüssel oder Zahlungsdaten." in page


def test_a_manifests_translation_is_used_and_what_has_none_is_marked(store: Services) -> None:
    german = Translation(title="Laden an der Ecke", description="Jemand hat die Kundenliste kopiert.", who="Kunden.")
    published_breach(store, facts(translations={"de": german}, class_notes={"Names": "As given."}), {
        "ann@example.com": ["Email addresses", "Names"]
    })  # fmt: skip
    client = create_app(store).test_client()
    page = ask(client, "ann@example.com")

    assert "Laden an der Ecke" in page
    assert '<div class="prose"><p>Jemand hat die Kundenliste kopiert.</p>' in page
    assert '<span class="note" lang="en">As given.</span>' in page
    assert "Laden an der Ecke" in client.get("/breaches/Shop").text


@pytest.fixture
def translated(store: Services) -> FlaskClient:
    german = Translation(
        title="Laden an der Ecke",
        not_exposed=TranslatedAbsence(also=("API-Schlüssel", "Chats")),
        class_notes={"Names": "Wie im Konto angegeben."},
        help=TranslatedHelp(url="https://example.com/hilfe", phone="0800, von 8 bis 20 Uhr"),
        advice=(TranslatedStep(title="Rufen Sie uns an", why="Wir helfen."), TranslatedStep(title="Aufpassen")),
    )
    about = facts(
        translations={"de": german},
        domain="shop.example",
        held_by=None,
        not_exposed=NotExposed(classes=("Passwords",), also=("API keys", "chats")),
        class_notes={"Names": "As given."},
        help=Help(url="https://example.com/help", phone="0800, 8 am to 8 pm"),
        advice=(
            CompanyStep(title="Call us", why="We help.", how="Any day."),
            CompanyStep(title="Look out", how="Look twice.", step="watch-messages"),
        ),
    )
    people = {"ann@example.com": ["Email addresses", "Names"]}
    published_breach(store, about, people)
    published_breach(store, facts(name="Other", title="Other"), people)
    return create_app(store).test_client()


def test_notes_absences_and_the_companys_steps_are_shown_in_the_readers_language(translated: FlaskClient) -> None:
    page = ask(translated, "ann@example.com")

    assert '<span class="note">Wie im Konto angegeben.</span>' in page
    assert "<li>API-Schlüssel</li><li>Chats</li>" in page
    assert "<h3>Rufen Sie uns an</h3>" in page
    assert '<div class="says"><b>Warum:</b> <div><p>Wir helfen.</p>' in page
    assert '<div class="says"><b>Wie:</b> <div lang="en"><p>Any day.</p>' in page
    assert "Es geht um Laden an der Ecke und Other." in page
    assert "Call us" not in page
    assert "API keys" not in page


def test_the_page_of_a_breach_speaks_its_translation(translated: FlaskClient) -> None:
    page = translated.get("/breaches/Shop", headers=GERMAN).text

    assert '<h3>Rufen Sie uns an</h3><div class="says"><p>Wir helfen.</p>' in page
    assert '<div class="says" lang="en"><p>Any day.</p>' in page
    assert "<li>0800, von 8 bis 20 Uhr</li>" in page
    assert '<a href="https://example.com/hilfe" rel="noopener">' in page
    assert "Wie im Konto angegeben." in page


def test_programs_get_advice_in_the_language_that_they_ask_for(translated: FlaskClient, store: Services) -> None:
    _, key = store.api_keys.create("tests", scopes=["lookup"])

    def titles(language: str) -> list[str]:
        headers = {"Authorization": f"Bearer {key}", "Accept-Language": language}
        found = translated.get("/api/v1/breaches/Shop/advice?classes=Names", headers=headers).json
        return [step["title"] for step in found["advice"]]

    assert titles("de") == ["Rufen Sie uns an", "Aufpassen"]
    assert titles("en") == ["Call us", "Look out"]


def test_a_changed_translation_is_told_as_a_correction_of_what_it_says(
    translated: FlaskClient, store: Services
) -> None:
    was = store.catalogue.published().get("Shop").facts
    german = msgspec.structs.replace(was.translations["de"], class_notes={"Names": "Wie auf der Rechnung."})
    store.publishing.update(msgspec.structs.replace(was, translations={"de": german}), by="tests")

    assert "Was sich geändert hat: welche Datenarten." in words(translated.get("/breaches/Shop", headers=GERMAN).text)


def test_a_description_without_translation_says_what_language_it_is_in(client: FlaskClient) -> None:
    assert '<div class="prose" lang="en"><p>Someone copied' in ask(client, "ann@example.com")
    assert '<div class="prose"><p>Someone copied' in ask(client, "ann@example.com", "en")


def test_programs_are_answered_in_english(app: Flask, loaded: Services) -> None:
    _, key = loaded.api_keys.create("tests", scopes=["lookup"])
    asked = {"json": {"account": "bob@example.com"}}

    def answer(**headers: str) -> object:
        response = app.test_client().post(
            "/api/v1/lookup", headers={"Authorization": f"Bearer {key}", **headers}, **asked
        )
        assert response.status_code == 200
        return {name: value for name, value in json.loads(response.text).items() if name != "checked"}

    assert answer(**{"Accept-Language": "de"}) == answer()


def test_a_mail_is_in_the_language_of_the_page_that_asked_for_it(tmp_path) -> None:
    store = new_store(tmp_path / "data", mail="outbox", public_url="https://check.example")
    published_breach(store, SHOP, {"ann@example.com": ["Email addresses"]})
    mailing, client = Mailing(store), create_app(store).test_client()
    client.post("/owner/ask", data={"account": "ann@example.com"}, headers=GERMAN)
    mailing.rounds()
    (mail,) = mailing.drained()
    text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")

    assert mail["Subject"] == "Ihre private Antwort von Breach check"
    assert mail["Content-Language"] == "de"
    assert text.startswith("Guten Tag,\n\njemand, vermutlich Sie, hat Breach check um die private Antwort")
    assert "drücken Sie „Meine Antwort zeigen“:" in text
    store.close()
