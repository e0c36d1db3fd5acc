"""Customer texts: one for each combination of details, true for those who have it, and none with an address."""

import re

import pytest

from breachcheck.breaches import Help, NotExposed, TranslatedHelp, Translation
from breachcheck.customer_texts import load_of, texts_of
from breachcheck.errors import UnknownLoad
from tests.cli.commands import breachcheck
from tests.engines import ENGINES as ENGINES
from tests.mail.test_letters import words_of_html, words_of_text
from tests.stores import facts, held_breach, new_store, published_breach

EMAIL, NAMES, SECRET = "Email addresses", "Names", "Sexual orientations"
PEOPLE = {
    "ann@example.com": [EMAIL],
    "bob@example.com": [EMAIL, NAMES],
    "cy+shop@example.com": [EMAIL, NAMES],
}
ABOUT = facts(
    title="Chatter (Tally)",
    held_by="Tally",
    on_behalf_of="Chatter",
    not_exposed=NotExposed(classes=("Passwords",), source="https://chatter.example/notice"),
    help=Help(url="https://chatter.example/help", phone="0800 000 000", email="help@chatter.example"),
    translations={"de": Translation(help=TranslatedHelp(phone="0800 000 000, 8 bis 20 Uhr"))},
)
OPEN = {"public_url": "https://check.example", "site_contact": "mailto:desk@check.example"}


@pytest.fixture
def made(tmp_path):
    """The texts of a load, in a store with these settings."""
    stores = []

    def make(about=ABOUT, people=PEOPLE, languages=("en", "de"), **settings):
        store = new_store(tmp_path / f"data{len(stores)}", **settings)
        stores.append(store)
        load_id = held_breach(store, about, people)
        return texts_of(
            load_id, languages, catalogue=store.catalogue, letters=store.post.letters, settings=store.config
        ).texts

    yield make
    for store in stores:
        store.close()


def test_there_is_a_text_for_each_combination_with_its_count_the_commonest_first(made):
    found = made(**OPEN)

    assert [(one.letter, one.people, one.classes) for one in found] == [
        ("A", 2, (EMAIL, NAMES)),
        ("B", 1, (EMAIL,)),
    ]
    assert list(found[0].texts) == ["en", "de"]


def test_a_text_names_what_its_people_have_and_nothing_else(made):
    both, address = (one.texts["en"].text for one in made(**OPEN))

    assert "- your email address\n- your name\n" in both
    assert "your name" not in address
    for text in (both, address):
        assert "Not in it for anyone, says Chatter: passwords." in text
        assert "You do not need to change your password because of this breach." in text


def test_a_text_speaks_for_the_company_and_holds_no_address_but_its_help_line(made):
    for one in made(**OPEN):
        for text in one.texts.values():
            assert re.findall(r"\S*@\S*", text.subject + text.text) == ["help@chatter.example"]
            assert text.text.endswith("\nChatter\n")
            assert "0800 000 000" in text.text
            assert "https://chatter.example/help" in text.text


def test_text_and_html_say_the_same_in_every_language(made):
    for one in made(**OPEN):
        for text in one.texts.values():
            assert words_of_html(text.html) == words_of_text(text.text)
    assert "8 bis 20 Uhr" in made(**OPEN)[0].texts["de"].text


@pytest.mark.parametrize(
    ("settings", "about", "says_so"),
    [
        (OPEN, ABOUT, True),
        ({}, ABOUT, False),
        (OPEN | {"disclosure": "owner", "mail": "outbox"}, ABOUT, False),
        (OPEN, facts(ABOUT, disclosure="closed"), False),
    ],
)
def test_it_says_to_look_on_the_site_only_where_anyone_can(made, settings, about, says_so):
    assert ("type check.example into your browser" in made(about, **settings)[0].texts["en"].text) == says_so


@pytest.mark.parametrize(
    "about", [facts(ABOUT, is_sensitive=True), facts(ABOUT, title="Whisper", on_behalf_of=None, held_by=None)]
)
def test_what_is_for_the_owner_alone_is_named_in_no_mail(made, about):
    people = {"ann@example.com": [EMAIL, SECRET]}
    (one,) = made(about, people, **OPEN, mail="outbox")

    for text in one.texts.values():
        said = text.subject + text.text + text.html
        assert not any(word in said for word in ("Whisper", "Chatter", "Tally", "orientation"))
        assert "check.example" in said
        assert words_of_html(text.html) == words_of_text(text.text)


@pytest.mark.parametrize("settings", [OPEN, {"mail": "outbox"}, OPEN | {"mail": "outbox", "disclosure": "closed"}])
def test_where_it_could_be_seen_nowhere_there_is_no_text(made, settings):
    (one,) = made(facts(ABOUT, is_sensitive=True), {"ann@example.com": [EMAIL]}, **settings)

    assert one.texts == {}


def test_the_letters_go_on_after_z(made):
    names = ["Names", "Genders", "Usernames", "Ages", "Bios"]
    people = {
        f"invented{number}@example.com": [EMAIL, *(name for bit, name in enumerate(names) if number >> bit & 1)]
        for number in range(28)
    }

    assert [one.letter for one in made(people=people, languages=("en",))][24:] == ["Y", "Z", "AA", "AB"]


def test_of_many_combinations_some_have_texts_and_the_people_of_the_others_are_counted(store):
    load_id = held_breach(store, ABOUT, PEOPLE)
    found = texts_of(
        load_id, ["en"], catalogue=store.catalogue, letters=store.post.letters, settings=store.config, most=1
    )

    assert ([one.letter for one in found.texts], found.others) == (["A"], 1)


def test_the_texts_are_of_the_published_load_or_of_one_that_is_named(store):
    first = published_breach(store, ABOUT, PEOPLE)
    held = held_breach(store, ABOUT, PEOPLE)
    other = held_breach(store, facts(name="Other"), PEOPLE)
    row = store.breaches.get("Shop")

    assert [load_of(row, load_id, store.loads) for load_id in (None, held)] == [first, held]
    assert load_of(store.breaches.get("Other"), None, store.loads) == other
    with pytest.raises(UnknownLoad, match="breaches show Shop"):
        load_of(row, other, store.loads)


def test_the_command_prints_them(store):
    published_breach(store, ABOUT, PEOPLE)
    data = store.config.data
    words = breachcheck("breaches", "texts", "Shop", "--language", "en", data=data).out

    assert words.startswith("Text A, for 2 people (email address and name)\n\n[en] Your details were in a data breach:")
    assert "Text B, for 1 person (email address)" in words
    assert set(re.findall(r"\S*@\S*", words)) == {"help@chatter.example"}
    found = breachcheck("breaches", "texts", "Shop", "--json", data=data).json
    assert [(one["letter"], one["people"], sorted(one["texts"])) for one in found] == [
        ("A", 2, ["de", "en"]),
        ("B", 1, ["de", "en"]),
    ]
