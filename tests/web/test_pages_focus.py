"""The home page of a site that a company runs for those whom one breach concerns."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from breachcheck.breaches import Help, TranslatedHelp, Translation
from breachcheck.services import Services
from breachcheck.web.app import create_app
from tests.engines import ENGINES as ENGINES
from tests.stores import facts, new_store, published_breach
from tests.web.conftest import SHOP_PEOPLE

HELP = Help(phone="0800 000 000, 8 am to 8 pm", email="help@shop.example", url="https://shop.example/help")
IN_GERMAN = Translation(title="Laden an der Ecke", help=TranslatedHelp(phone="0800 111 111, 8 bis 20 Uhr"))
SHOP = facts(held_by="Mixers", on_behalf_of="Corner Shop", help=HELP, translations={"de": IN_GERMAN})
ASKED = "<h1>Were you affected by the Corner Shop breach?</h1>"
NO_ANSWER = "You cannot check this breach here.</strong> This is not a yes, and it is not a no."
Opening = Callable[..., Services]


@pytest.fixture
def opening(tmp_path: Path) -> Iterator[Opening]:
    """A site whose home page asks about the breach Shop, with these settings."""
    opened = []

    def made(**settings: Any) -> Services:
        opened.append(new_store(tmp_path / "data", **{"focus_breach": "Shop", **settings}))
        return opened[0]

    yield made
    for store in opened:
        store.close()


def home(store: Services, language: str = "en") -> str:
    return create_app(store).test_client().get("/", headers={"Accept-Language": language}).text


def other(store: Services, **about: Any) -> None:
    published_breach(store, facts(name="Other", title="Other", **about), SHOP_PEOPLE)


def test_it_asks_about_the_breach_and_has_the_breachs_own_help_line(opening: Opening) -> None:
    store = opening(site_home_page="https://shop.example/")
    published_breach(store, SHOP, SHOP_PEOPLE)
    page = home(store)

    assert ASKED in page
    assert "<strong>Questions?</strong>" in page
    assert "<li>0800 000 000, 8 am to 8 pm</li>" in page
    assert '<a href="mailto:help@shop.example">help@shop.example</a>' in page
    assert '<a href="https://shop.example/help" rel="noopener">' in page
    assert 'from our home page, <a href="https://shop.example/">shop.example</a>.' in page
    assert 'name="account"' in page
    assert NO_ANSWER not in page


def test_in_german_it_has_the_german_title_and_help_line(opening: Opening) -> None:
    store = opening()
    published_breach(store, SHOP, SHOP_PEOPLE)
    page = home(store, "de")

    assert "Laden an der Ecke" in page
    assert "<li>0800 111 111, 8 bis 20 Uhr</li>" in page
    assert "<strong>Fragen?</strong>" in page


@pytest.mark.parametrize("name", ["Shop", "shop", "SHOP"])
def test_the_breach_is_named_in_any_letter_case_as_in_its_address(opening: Opening, name: str) -> None:
    store = opening(focus_breach=name)
    published_breach(store, SHOP, SHOP_PEOPLE)

    assert ASKED in home(store)


def test_before_it_is_published_nothing_is_said_of_it(opening: Opening) -> None:
    store = opening()
    assert "There is nothing to check yet" in home(store)

    other(store)
    page = home(store)

    assert "<h1>Was your data in a breach?</h1>" in page
    assert "Corner Shop" not in page


@pytest.mark.parametrize("about", [{"disclosure": "owner"}, {"is_sensitive": True}])
def test_where_its_owner_alone_may_be_told_the_form_asks_for_a_mail(opening: Opening, about: dict[str, Any]) -> None:
    store = opening(mail="outbox")
    published_breach(store, facts(SHOP, **about), SHOP_PEOPLE)
    other(store)
    page = home(store)

    assert ASKED in page
    assert "0800 000 000" in page
    assert 'action="/owner/ask"' in page
    assert "Email me the answer" in page
    assert NO_ANSWER not in page


@pytest.mark.parametrize("about", [{"disclosure": "closed"}, {"is_sensitive": True}, {"is_retired": True}])
@pytest.mark.parametrize("has_others", [True, False])
def test_an_answer_about_others_is_not_taken_for_one_about_it(
    opening: Opening, about: dict[str, Any], has_others: bool
) -> None:
    store = opening()
    published_breach(store, facts(SHOP, **about), SHOP_PEOPLE)
    if has_others:
        other(store)
    page = home(store)

    assert ASKED in page
    assert NO_ANSWER in page
    assert "0800 000 000" in page
    assert "What we know about this breach" in page
    assert ("<h2>Other breaches</h2>" in page) is ('name="account"' in page) is has_others


def test_a_closed_site_has_the_help_line_and_no_form(opening: Opening) -> None:
    store = opening(disclosure="closed")
    published_breach(store, SHOP, SHOP_PEOPLE)
    page = home(store)

    assert ASKED in page
    assert "0800 000 000" in page
    assert 'name="account"' not in page


@pytest.mark.parametrize("has_others", [True, False])
def test_once_it_is_withdrawn_the_page_says_so_and_names_no_help_line(opening: Opening, has_others: bool) -> None:
    store = opening()
    published_breach(store, SHOP, SHOP_PEOPLE)
    store.publishing.withdraw("Shop", by="tests", reason="The file was from another company.")
    if has_others:
        other(store)
    page = home(store)

    assert ASKED in page
    assert "Withdrawn on " in page
    assert '<a href="/breaches/Shop">What we say about it</a>' in page
    assert "0800 000 000" not in page
    assert ("<h2>Other breaches</h2>" in page) is ('name="account"' in page) is has_others


def test_of_a_private_one_that_was_withdrawn_nothing_is_said(opening: Opening) -> None:
    store = opening()
    published_breach(store, facts(SHOP, is_sensitive=True), SHOP_PEOPLE)
    store.publishing.withdraw("Shop", by="tests")

    assert "Corner Shop" not in home(store)
