"""Every word of every page and mail goes through the catalogue: seen in a made-up language that marks what does.

Its tag is Greek's, so that dates and lists are in Greek letters; so is all that the test's breaches say of themselves.
Latin letters that are not marked are words that nobody can translate.
"""

import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from flask.testing import FlaskClient

from breachcheck import languages
from breachcheck.breaches import CompanyStep, Help, NotExposed
from breachcheck.disclosure import OWNER
from breachcheck.load_warnings import SENTENCES, LoadWarning, naming
from breachcheck.mail.letters import Letters, Written
from breachcheck.outbox import Mail
from breachcheck.services import Services
from breachcheck.web.app import create_app
from tests import texts
from tests.mails import Mailing
from tests.stores import break_catalogue, facts, held_breach, new_store, published_breach
from tests.web.owners import Site

TAG, LOCALE = "el", "el_GR"
OPENS, CLOSES = "⟦", "⟧"
ANN, NOBODY = "ann@example.com", "nobody@example.org"
PASSWORD = "correct horse battery"  # made up

SPOKEN_ATTRIBUTES = ("aria-label", "title", "alt", "placeholder")
NOT_READ = {"script", "style", "code", "bdi"}
NO_WORDS = re.compile(r"\b(?:UTC|SHA-256|csv|[\w.+-]+@[\w.-]+|https?://\S+|Shop|Lists|Made|Bots|Clinic|Gone)\b")
"""What is the same in every language, and the ids of the breaches below, which the operator's pages show."""

LATIN = re.compile(r"[A-Za-z]{2,}[^⟦⟧]*")

SHOP = facts(
    title="Μαγαζί",
    description="Κάποιος αντέγραψε.",
    who="Πελάτες",
    held_by="Ταμείο",
    on_behalf_of="Μαγαζί",
    disclosed_classes=("Email addresses", "Names", "Phone numbers", "Dates of birth"),
    disclosure_url="https://shop.example/notice",
    affected=1500,
    class_notes={"Names": "Όπως δόθηκε."},
    not_exposed=NotExposed(classes=("Passport numbers",), also=("κλειδιά",), source="https://shop.example/notice"),
    help=Help(phone="0800 000 000", email="help@shop.example"),
    advice=(CompanyStep(title="Ρωτήστε μας", why="Έτσι.", how="Γράψτε."),),
)
OTHERS = (
    facts(name="Lists", title="Λίστες", description="Λίστα.", breach_date=date(2013, 5, 1), is_spam_list=True),
    facts(name="Made", title="Φτιαχτό", description="Αρχείο.", is_fabricated=True, copy="complete"),
    facts(name="Bots", title="Ιός", description="Αρχείο.", is_malware=True, is_verified=False),
)
PRIVATE = facts(name="Clinic", title="Κλινική", description="Αρχείο.", is_sensitive=True)
CLASSES = ["Email addresses", "Names", "Passwords", "Phone numbers", "Physical addresses", "Geographic locations"]
PEOPLE = {ANN: CLASSES, "bo+x@example.com": CLASSES, **{f"p{number}@example.com": CLASSES[:2] for number in range(40)}}


class Unmarked(HTMLParser):
    """Collects the Latin words of a page that stand outside the marks, and not in another language's element."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        for name in SPOKEN_ATTRIBUTES:
            self.found += unmarked(said.get(name) or "")
        if tag == "meta" and said.get("name") == "description":
            self.found += unmarked(said.get("content") or "")
        if tag not in ("meta", "link", "input", "br", "img"):
            self._open.append((tag, tag in NOT_READ or said.get("lang") not in (None, TAG)))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if any(is_hidden for _, is_hidden in self._open):
            return
        inside = OPENS * self._depth
        self._depth += data.count(OPENS) - data.count(CLOSES)
        self.found += unmarked(inside + data)


def unmarked(text: str) -> list[str]:
    """Latin words of *text* outside all marks; a mark may close later, in another text."""
    outside, depth = [], 0
    for letter in NO_WORDS.sub(" ", text):
        depth += (letter == OPENS) - (letter == CLOSES)
        outside.append(letter if depth == 0 and letter != CLOSES else " ")
    return [found.strip() for found in LATIN.findall("".join(outside))]


def untranslated(page: str) -> list[str]:
    parser = Unmarked()
    parser.feed(page)
    return parser.found


@pytest.fixture(scope="module")
def marking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The made-up language, whose every text is the English one between marks."""
    catalog = Catalog(locale=TAG, fuzzy=False)
    for message in texts.texts_of(texts.template()):
        forms = [message.id] if isinstance(message.id, str) else list(message.id)
        marked = [f"{OPENS}{form}{CLOSES}" for form in forms]
        catalog.add(message.id, marked[0] if isinstance(message.id, str) else tuple(marked))
    place = tmp_path_factory.mktemp("texts")
    file = place / TAG / "LC_MESSAGES" / "messages.mo"
    file.parent.mkdir(parents=True)
    file.write_bytes(texts.compiled(catalog))
    with pytest.MonkeyPatch.context() as changed:
        changed.setitem(languages.LOCALES, TAG, LOCALE)
        changed.setattr(languages, "CATALOGUES", place)
        languages.tongue.cache_clear()
        yield
    languages.tongue.cache_clear()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, marking: None) -> Iterator[Services]:
    place = tmp_path_factory.mktemp("site")
    store = new_store(
        place / "data",
        mail="outbox",
        site_name="Έλεγχος",
        site_operator="Ομάδα",
        site_contact="help@example.com",
        site_privacy_contact="privacy@example.com",
        site_home_page="https://παράδειγμα.δοκιμή",
    )
    published_breach(store, SHOP, PEOPLE, mapped=[*CLASSES, "Purchases"], rejected={"no address": 3, "too long": 1})
    for about in OTHERS:
        published_breach(store, about, PEOPLE)
    published_breach(store, PRIVATE, {ANN: [*CLASSES, "Personal health data"]})
    published_breach(store, facts(name="Gone", title="Παλιό"), PEOPLE)
    store.publishing.withdraw("Gone", by="tests", reason="Λάθος αρχείο.")
    store.publishing.update(facts(SHOP, affected=1600), by="tests")
    store.operators.add("olga", PASSWORD)
    opened = store.incidents.open("Αργεί", "Ψάχνουμε.", by="tests", at=1_795_000_000)
    store.incidents.update(opened.id, "resolved", "Τέλος.", by="tests", at=2_000_000_000)
    store.incidents.open("Αργεί", "Ψάχνουμε.", by="tests", at=1_795_000_000)
    warnings = [naming(id, ["x"] * 11) if "names" in SENTENCES[id].seen else counted(id) for id in SENTENCES]
    load_id = held_breach(store, SHOP, PEOPLE, warnings=warnings)
    store.reviews.accept(load_id, ["affected"], by="1", at=1_795_000_000)
    yield store
    store.close()


def counted(id: str) -> LoadWarning:
    """A warning that is all numbers."""
    numbers = dict.fromkeys(("most", "people", "rejected", "read", "affected", "before", "load"), 1)
    return LoadWarning(id, {**numbers, "domain": "1"} if id == "one-domain" else dict(numbers))


def speaking(client: FlaskClient) -> FlaskClient:
    client.set_cookie("language", TAG)
    return client


@pytest.fixture
def client(site: Services) -> FlaskClient:
    return speaking(create_app(site).test_client())


def ask(client: FlaskClient, account: str) -> str:
    return client.post("/", data={"account": account}, follow_redirects=True).text


def test_a_word_that_is_not_in_the_catalogue_is_seen() -> None:
    assert untranslated("<p>⟦Hello⟧ world</p>") == ["world"]
    assert untranslated('<p aria-label="Menu">⟦Hello <b>there</b> %⟧</p>') == ["Menu"]


def test_a_page_speaks_the_language_asked_for(client: FlaskClient) -> None:
    page = client.get("/").text

    assert f'<html lang="{TAG}"' in page
    assert f"{OPENS}Was your data in a breach?{CLOSES}" in page


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/breaches", "/breaches?q=xx", "/breaches?q=a%40b.example", "/breaches?sort=title&class=Names"),
        *("/how-it-works", "/never-signed-up", "/not-me", "/nope", "/demo/could-not-check"),
        *("/breaches/Shop", "/breaches/Lists", "/breaches/Made", "/breaches/Bots", "/breaches/Clinic"),
        *("/api/v1/docs", "/breaches/Gone", "/owner/ask", "/owner/ask?to=hide", "/subscribe", "/admin/sign-in"),
        *("/status", "/status?told=counted", "/status?told=again"),
        *("/owner/link/x", "/owner/stop/x", "/subscribe/x", "/unsubscribe/x"),
    ],
)
def test_every_word_of_a_page_is_in_the_catalogue(client: FlaskClient, path: str) -> None:
    assert untranslated(client.get(path).text) == []


@pytest.mark.parametrize("account", [ANN, NOBODY, "bo@example.com", "mia@" + "gmial.com", "ann", "a" * 70_000])
def test_every_word_of_an_answer_is_in_the_catalogue(client: FlaskClient, account: str) -> None:
    assert untranslated(ask(client, account)) == []


def test_every_word_of_a_refusal_is_in_the_catalogue(client: FlaskClient) -> None:
    pages = [client.post("/status").text, client.post("/admin/sign-in", data={"name": "a"}).text]

    assert [untranslated(page) for page in pages] == [[], []]


def test_every_word_of_a_broken_site_is_in_the_catalogue(marking: None, tmp_path: Path) -> None:
    store = new_store(tmp_path / "broken", site_name="Έλεγχος")
    client = speaking(create_app(store).test_client())
    break_catalogue(store)

    assert client.get("/").status_code == 503
    assert [untranslated(client.get(path).text) for path in ("/", "/status")] == [[], []]


def test_every_word_of_the_owners_pages_is_in_the_catalogue(marking: None, tmp_path: Path) -> None:
    store = new_store(tmp_path / "owners", mail="outbox", public_url="https://check.example", site_name="Έλεγχος")
    published_breach(store, SHOP, PEOPLE)
    published_breach(store, PRIVATE, PEOPLE)
    owner = speaking(Site(create_app(store), Mailing(store)).let_in())
    paths = (
        "/owner",
        "/owner/notify",
        "/owner/hide",
        "/owner/hide/hide",
        "/owner/hide/forget",
        "/owner/hide/erase",
    )

    assert "Κλινική" in owner.get("/owner").text
    assert [untranslated(owner.get(path).text) for path in paths] == [[]] * len(paths)
    store.close()


@pytest.mark.parametrize("disclosure", ["owner", "closed"])
def test_every_word_of_a_stricter_site_is_in_the_catalogue(marking: None, tmp_path: Path, disclosure: str) -> None:
    store = new_store(tmp_path / "strict", mail="outbox", disclosure=disclosure, site_name="Έλεγχος")
    published_breach(store, SHOP, PEOPLE)
    client = speaking(create_app(store).test_client())

    assert [untranslated(client.get(path).text) for path in ("/", "/owner/ask", "/subscribe")] == [[], [], []]
    store.close()


def test_every_word_of_an_empty_site_and_of_a_demo_is_in_the_catalogue(marking: None, tmp_path: Path) -> None:
    store = new_store(tmp_path / "empty", is_demo=True, site_name="Έλεγχος")
    client = speaking(create_app(store).test_client())

    assert [untranslated(client.get(path).text) for path in ("/", "/breaches", "/status")] == [[], [], []]
    store.close()


def test_every_word_of_the_operators_pages_is_in_the_catalogue(client: FlaskClient) -> None:
    page = client.get("/admin/sign-in").text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    client.post("/admin/sign-in", data={"name": "olga", "password": PASSWORD, "csrf_token": token})
    paths = (
        "/admin/",
        "/admin/incidents",
        "/admin/loads/1",
        "/admin/loads/1/texts",
        "/admin/loads/7",
        "/admin/loads/7?by=person",
        "/admin/loads/7/preview",
        "/admin/loads/7/preview/breach",
    )

    assert [untranslated(client.get(path).text) for path in paths] == [[]] * len(paths)


def letters_of(site: Services) -> list[Mail | Written]:
    letters, token = Letters(site.config, is_demo=True), {"unsubscribe_token": "0"}
    exposures = site.lookup.ask(ANN, OWNER).exposures
    wrong = {"title": "Μαγαζί", "told_at": 1_795_000_000, "went_wrong": "λάθος", "is_right": "σωστό"}
    return [
        letters.owner_link(ANN, TAG, token="0", code="482913", stop_token="0"),
        letters.confirmation(ANN, TAG, token="0"),
        *(letters.notification(ANN, TAG, exposure, **token) for exposure in exposures),
        letters.trial(ANN, TAG),
        letters.private_notification(ANN, TAG, **token),
        *(letters.to_customers(TAG, exposure, can_look=True) for exposure in exposures),
        letters.to_private_customers(TAG),
        *(letters.correction(ANN, TAG, **wrong, is_out=is_out, **token) for is_out in (True, False)),
        letters.private_correction(ANN, TAG, told_at=1_795_000_000, **token),
    ]


def test_every_word_of_every_mail_is_in_the_catalogue(site: Services) -> None:
    for mail in letters_of(site):
        assert unmarked(mail.subject) == []
        assert untranslated(mail.html) == []
        assert f'<html lang="{TAG}">' in mail.html
