"""The list of breaches is searched, ordered and narrowed by its address alone; its feed tells of new ones."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from flask.testing import FlaskClient

from breachcheck.breaches import Translation
from breachcheck.services import Services
from breachcheck.web import language
from breachcheck.web.app import create_app
from tests.engines import ENGINES as ENGINES
from tests.stores import LOADED_AT, facts, new_store, published_breach

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def shown(client: FlaskClient, query: str = "") -> list[str]:
    """The names in the list, in its order."""
    return re.findall(r'<h2><a href="/breaches/([^"]+)"', client.get(f"/breaches{query}").text)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?q=CHATTER", ["Chatter-Tally"]),
        ("?q=tally+chatter", ["Chatter-Tally"]),
        ("?q=corner", ["Shop"]),
        ("?q=shop.example&year=2025", ["Chatter-Tally"]),
        ("?class=Passwords", ["Shop"]),
        ("?year=2025", ["Chatter-Tally"]),
        ("?year=2026&class=Names", ["Shop"]),
        ("?sort=title", ["Chatter-Tally", "Shop", "Whisper"]),
        ("?sort=people", ["Shop", "Chatter-Tally", "Whisper"]),
        ("?sort=nonsense", ["Shop", "Whisper", "Chatter-Tally"]),
        ("?q=&class=&year=&sort=happened", ["Shop", "Whisper", "Chatter-Tally"]),
    ],
)
def test_the_list_is_narrowed_and_ordered(client: FlaskClient, query: str, names: list[str]) -> None:
    assert shown(client, query) == names


def test_the_list_says_how_many_fit(client: FlaskClient) -> None:
    assert "One breach of 3 fits." in client.get("/breaches?class=Passwords").text
    assert "2 breaches of 3 fit." in client.get("/breaches?year=2026").text


def test_where_none_fits_the_page_does_not_sound_like_good_news(client: FlaskClient) -> None:
    page = client.get("/breaches?q=acme").text

    assert "No breach on this site fits." in page
    assert "This does not mean that a company had no breach." in page
    assert 'value="acme"' in page


def test_an_address_typed_into_the_search_is_not_searched_for_and_not_repeated(client: FlaskClient) -> None:
    page = client.get("/breaches?q=ann%40example.com").text

    assert "This box looks for names of companies." in page
    assert "ann@example.com" not in page
    assert len(shown(client, "?q=ann%40example.com")) == 3


def test_the_choices_are_those_that_there_are(client: FlaskClient) -> None:
    page = client.get("/breaches?class=Names").text

    assert re.findall(r"<option>(\d+)</option>", page) == ["2026", "2025"]
    assert '<option value="Names" selected>Names</option>' in page
    assert "Astrological" not in page


@pytest.fixture
def many(store: Services) -> FlaskClient:
    for number in range(53):
        published_breach(store, facts(name=f"B{number}", breach_date=date(2020, 1, 1)), {"a@example.com": ["Names"]})
    return create_app(store).test_client()


def test_a_long_list_has_pages_that_keep_the_wish(many: FlaskClient) -> None:
    first, second = many.get("/breaches?class=Names").text, many.get("/breaches?class=Names&page=2").text

    assert 'rel="next" href="/breaches?class=Names&amp;page=2"' in first
    assert 'rel="prev" href="/breaches?class=Names"' in second
    assert len(shown(many, "?page=1")) + len(shown(many, "?page=2")) == 53


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "²", "9" * 400])
def test_a_page_that_is_not_there_is_one_that_is(many: FlaskClient, page: str) -> None:
    assert many.get("/breaches", query_string={"page": page}).status_code == 200
    assert shown(many, f"?page={page}")


def feed_of(client: FlaskClient) -> Xml.Element:
    response = client.get("/breaches.atom")
    assert response.mimetype == "application/atom+xml"
    return Xml.fromstring(response.data)  # noqa: S314 - our own


def links_of(feed: Xml.Element) -> list[str]:
    return [link.attrib["href"] for link in feed.findall(".//a:link", ATOM)]


def titles_of(feed: Xml.Element) -> list[str | None]:
    return [entry.findtext("a:title", None, ATOM) for entry in feed.findall("a:entry", ATOM)]


def added(store: Services, **seconds: int) -> FlaskClient:
    """A site that first published each breach so many *seconds* after the loads of tests."""
    for name, later in seconds.items():
        store.databases[1].execute(
            "UPDATE breach SET added_at = :at WHERE name = :name",
            {"at": LOADED_AT + later, "name": name.replace("_", "-")},
        )
    return create_app(store).test_client()


def test_the_feed_begins_with_what_was_added_last(loaded: Services) -> None:
    client = added(loaded, Chatter_Tally=0, Shop=1, Whisper=2)

    assert titles_of(feed_of(client)) == ["Whisper", "Corner Shop", "Chatter (Tally)"]
    assert shown(client, "?sort=added") == ["Whisper", "Shop", "Chatter-Tally"]


def test_breaches_added_in_one_second_stand_in_the_feed_by_title(loaded: Services) -> None:
    client = added(loaded, Whisper=0, Shop=0, Chatter_Tally=0)

    assert titles_of(feed_of(client)) == ["Chatter (Tally)", "Corner Shop", "Whisper"]


def test_the_feed_has_what_the_format_asks_for(loaded: Services) -> None:
    feed = feed_of(added(loaded, Chatter_Tally=2, Shop=1, Whisper=0))
    entries = feed.findall("a:entry", ATOM)

    assert feed.findtext("a:author/a:name", None, ATOM) == "Breach check"
    for one in (feed, *entries):
        assert (one.findtext("a:id", "", ATOM)).startswith("urn:uuid:")
        assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", one.findtext("a:updated", "", ATOM))
    assert len({one.findtext("a:id", None, ATOM) for one in (feed, *entries)}) == 4
    assert entries[1].findtext("a:summary", None, ATOM) == "Passwords, email addresses and names"


def test_without_an_address_of_its_own_the_site_s_feed_has_relative_links(loaded: Services) -> None:
    feed = feed_of(added(loaded, Chatter_Tally=2, Shop=1, Whisper=0))

    assert links_of(feed)[:3] == ["/breaches.atom", "/breaches", "/breaches/Chatter-Tally"]


@pytest.fixture
def named(tmp_path: Path) -> Iterator[FlaskClient]:
    store = new_store(tmp_path / "named", public_url="https://breaches.example.org")
    published_breach(store, facts(), {"a@example.com": ["Names"]})
    yield create_app(store).test_client()
    store.close()


def test_the_links_of_a_feed_are_of_the_public_address_alone(named: FlaskClient) -> None:
    feed = Xml.fromstring(named.get("/breaches.atom", headers={"Host": "localhost"}).data)  # noqa: S314 - our own

    assert all(link.startswith("https://breaches.example.org/breaches") for link in links_of(feed))


def test_the_ids_of_a_feed_stay(client: FlaskClient) -> None:
    ids = [[one.text for one in feed_of(client).findall(".//a:id", ATOM)] for _ in range(2)]

    assert ids[0] == ids[1]


def test_a_withdrawn_breach_leaves_the_feed(loaded: Services, client: FlaskClient) -> None:
    loaded.publishing.withdraw("Shop", by="tests")

    assert "Corner Shop" not in client.get("/breaches.atom").text


def test_an_empty_feed_is_one(store: Services) -> None:
    assert feed_of(create_app(store).test_client()).findall("a:entry", ATOM) == []


def test_a_page_says_what_it_is_about_to_search_engines(client: FlaskClient) -> None:
    assert 'name="description" content="Check if your email address was in a known data breach' in client.get("/").text
    assert 'content="What was in the data breach Corner Shop, who' in client.get("/breaches/Shop").text
    assert client.get("/robots.txt").text.startswith("User-agent: *\nDisallow: /admin/")


def test_the_list_leads_to_the_feed(client: FlaskClient) -> None:
    page = client.get("/breaches").text

    assert '<link rel="alternate" type="application/atom+xml"' in page
    assert '<a class="button" href="/breaches.atom">' in page


@pytest.fixture
def translated(store: Services, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setitem(language.LOCALES, "fr", "fr_FR")
    texts = Translation(title="Boutique du coin", description="Quelqu'un a *copié* un fichier.", who="Des clients.")
    about = facts(who="Customers.", class_notes={"Names": "As you gave it."}, translations={"fr": texts})
    published_breach(store, about, {"ann@example.com": ["Email addresses", "Names"]})
    published_breach(store, facts(name="Plain", title="Plain"), {"ann@example.com": ["Email addresses", "Names"]})
    return create_app(store).test_client()


def french(client: FlaskClient, path: str) -> str:
    return client.get(path, headers={"Accept-Language": "fr"}).text


@pytest.mark.parametrize("path", ["/breaches", "/breaches/Shop", "/breaches.atom"])
def test_a_manifest_s_own_translation_is_shown(translated: FlaskClient, path: str) -> None:
    assert "Boutique du coin" in french(translated, path)
    assert "Boutique du coin" not in translated.get(path).text


def test_what_is_translated_is_not_marked_and_what_is_not_is(translated: FlaskClient) -> None:
    page = french(translated, "/breaches/Shop")

    assert '<div class="prose"><p>Quelqu\'un a <em>copié</em> un fichier.</p>' in page
    assert "<span>Des clients.</span>" in page
    assert '<span class="note" lang="en">As you gave it.</span>' in page
    assert '<div class="prose" lang="en">' in french(translated, "/breaches/Plain")


def test_in_its_own_language_a_text_needs_no_mark(translated: FlaskClient) -> None:
    main = translated.get("/breaches/Shop").text.split("<main")[1]

    assert "lang=" not in main


def test_an_answer_speaks_of_a_breach_in_the_reader_s_language(translated: FlaskClient) -> None:
    translated.post("/", data={"account": "ann@example.com"})
    page = french(translated, "/answer")

    assert ">Boutique du coin</h3>" in page
    assert "Quelqu'un a <em>copié</em> un fichier." in page
