"""Manifest texts: each in the reader's language where the manifest speaks it, and known by its own where not."""

import pytest

from breachcheck.breaches import (
    CompanyStep,
    Help,
    NotExposed,
    TranslatedAbsence,
    TranslatedHelp,
    TranslatedStep,
    Translation,
)
from breachcheck.manifest_texts import ManifestTexts, Text
from tests.stores import facts

GERMAN = Translation(
    title="Laden",
    who="Kunden.",
    not_exposed=TranslatedAbsence(also=("API-Schlüssel",)),
    class_notes={"Names": "Wie angegeben."},
    help=TranslatedHelp(phone="0800, von 8 bis 20 Uhr"),
    advice=(TranslatedStep(title="Aufpassen"),),
)
ABOUT = facts(
    title="Shop",
    who="Customers.",
    not_exposed=NotExposed(also=("API keys", "chats")),
    class_notes={"Names": "As given.", "Phone numbers": "Mobile."},
    help=Help(url="https://example.com/help", phone="0800, 8 am to 8 pm"),
    advice=(CompanyStep(title="Look out", how="Look twice."), CompanyStep(title="Wait")),
    translations={"de": GERMAN},
)


@pytest.fixture
def german():
    return ManifestTexts(ABOUT, "de")


def test_what_is_translated_is_in_the_readers_language(german):
    assert german.title == "Laden"
    assert german.who == Text("Kunden.", "de")
    assert german.note("Names") == Text("Wie angegeben.", "de")
    assert german.phone == Text("0800, von 8 bis 20 Uhr", "de")
    assert german.also[0] == Text("API-Schlüssel", "de")
    assert german.steps[0].title == Text("Aufpassen", "de")


def test_what_is_not_translated_says_what_language_it_is_in(german):
    assert german.description == Text(ABOUT.description, "en")
    assert german.note("Phone numbers") == Text("Mobile.", "en")
    assert german.also[1] == Text("chats", "en")
    assert german.steps[0].how == Text("Look twice.", "en")
    assert german.steps[1].title == Text("Wait", "en")
    assert german.help_url == "https://example.com/help"


def test_where_a_manifest_does_not_speak_the_language_it_is_shown_as_written():
    french = ManifestTexts(ABOUT, "fr")

    assert french.title == "Shop"
    assert french.who == Text("Customers.", "en")
    assert [text.words for text in french.also] == ["API keys", "chats"]


def test_a_manifest_in_another_language_needs_no_translation_there():
    written = facts(language="de", who="Kunden.")

    assert ManifestTexts(written, "de").who == Text("Kunden.", "de")
    assert ManifestTexts(written, "en").who == Text("Kunden.", "de")


def test_what_nobody_said_has_no_words():
    bare = ManifestTexts(facts(who=None), "de")

    assert bare.who.words == bare.phone.words == bare.note("Names").words == bare.help_url == ""
    assert (bare.also, bare.steps) == ((), ())


HEBREW = "\u05d7\u05e0\u05d5\u05ea"
ISOLATED = f"\u2068{HEBREW}\u2069"


def test_a_name_that_runs_against_the_sentence_is_kept_apart_from_it():
    about = facts(title=HEBREW, held_by=HEBREW, on_behalf_of="Shop")

    assert ManifestTexts(about, "en").title == ISOLATED
    assert (ManifestTexts(about, "en").holder, ManifestTexts(about, "en").company) == (ISOLATED, "Shop")
    assert (ManifestTexts(about, "he").holder, ManifestTexts(about, "he").company) == (HEBREW, "\u2068Shop\u2069")
