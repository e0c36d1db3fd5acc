"""What an answer offers, how sure it is and when its breaches happened: the same for all who may be told the same."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from breachcheck.config import Disclosure
from breachcheck.services import Services
from breachcheck.web.app import create_app
from breachcheck.web.offers import HIDE, NOTIFY, PRIVATE_ANSWER
from tests.engines import ENGINES as ENGINES
from tests.stores import facts, new_store, published_breach

OFFERED = ("Email me the full answer", "Tell me about new breaches")
NEVER_TOLD = "this page looks the same for the people in them."
PEOPLE = {"ann@example.com": ["Email addresses", "Names"]}


def answer_to(client: FlaskClient, account: str = "ann@example.com") -> str:
    return client.post("/", data={"account": account}, follow_redirects=True).text


@pytest.fixture
def new_site(tmp_path: Path) -> Iterator[Callable[..., Services]]:
    opened: list[Services] = []

    def new(disclosure: Disclosure = "open", mail: str = "outbox") -> Services:
        store = new_store(tmp_path / f"site{len(opened)}", mail=mail, disclosure=disclosure)
        published_breach(store, facts(copy="complete"), PEOPLE, rejected={"no address": 3})
        opened.append(store)
        return store

    yield new
    for store in opened:
        store.close()


@pytest.mark.parametrize(("disclosure", "next_thing"), [("owner", "/owner/ask"), ("closed", "/breaches")])
def test_a_site_that_answers_no_visitor_says_that_this_is_why(
    new_site: Callable[..., Services], disclosure: Disclosure, next_thing: str
) -> None:
    page = answer_to(create_app(new_site(disclosure=disclosure)).test_client())

    assert "This site does not show answers to visitors. This is not a yes, and it is not a no." in page
    assert "can be searched by email address" not in page
    assert f'class="button" href="{next_thing}"' in page


@pytest.mark.parametrize("account", ["ann@example.com", "nobody@example.com"])
def test_every_answer_offers_the_private_one_in_the_same_words(new_site: Callable[..., Services], account: str) -> None:
    page = answer_to(create_app(new_site()).test_client(), account)

    assert all(offer in page for offer in OFFERED)
    assert f'name="account" value="{account}">Email me the full answer' in page
    assert "Some breaches are too personal to show to anyone who types an address." in page


@pytest.mark.parametrize("account", ["ann@example.com", "nobody@example.com"])
def test_without_mail_nothing_is_offered_that_needs_it(new_site: Callable[..., Services], account: str) -> None:
    page = answer_to(create_app(new_site(mail="off")).test_client(), account)

    assert not any(offer in page for offer in OFFERED)
    assert "Hide my results" not in page


def test_what_no_page_takes_up_is_not_offered(new_site: Callable[..., Services]) -> None:
    app = create_app(new_site())
    for endpoint in (PRIVATE_ANSWER, NOTIFY, HIDE):
        app.view_functions.pop(endpoint, None)

    assert not any(offer in answer_to(app.test_client()) for offer in OFFERED)


def test_that_people_can_hide_is_said_where_they_would_see_the_same_page(client: FlaskClient) -> None:
    sentence = "People can ask us to hide their results"

    assert sentence in answer_to(client, "nobody@example.com")
    assert sentence not in answer_to(client)


def test_a_site_that_answers_to_the_owner_alone_asks_for_a_mail(new_site: Callable[..., Services]) -> None:
    page = create_app(new_site(disclosure="owner")).test_client().get("/").text

    assert 'action="/owner/ask"' in page
    assert "Email me the answer</button>" in page
    assert "We send the answer only to the address itself, so nobody else can look you up." in page


@pytest.mark.parametrize("account", ["ann@example.com", "nobody@example.com"])
def test_every_answer_says_how_sure_it_is(new_site: Callable[..., Services], account: str) -> None:
    page = answer_to(create_app(new_site(mail="off")).test_client(), account)

    assert "How sure is this answer?" in page
    assert "We searched one breach: Corner Shop." in page
    assert "In Corner Shop, 3 of 4 records had none." in page
    assert "We hold the whole file." in page
    assert NEVER_TOLD in page


def test_only_a_yes_says_that_the_address_was_in_the_file(client: FlaskClient) -> None:
    sentence = "We know that the address was in the file. We do not know who put it there."

    assert sentence in answer_to(client)
    assert sentence not in answer_to(client, "nobody@example.com")


@pytest.fixture
def in_many(store: Services) -> FlaskClient:
    days = [date(2017, 8, 30), date(2023, 1, 9), date(2023, 2, 1), date(2026, 3, 14)]
    for number, day in enumerate(days):
        published_breach(store, facts(name=f"B{number}", title=f"Breach {number}", breach_date=day), PEOPLE)
    return create_app(store).test_client()


def test_from_three_breaches_up_a_timeline_and_its_list_tell_when(in_many: FlaskClient) -> None:
    page = answer_to(in_many)
    picture = page[page.index('<svg class="timeline"') :].partition("</svg>")[0]

    assert '<title id="timeline-title">When the breaches happened</title>' in picture
    assert re.findall(r'class="number"[^>]*>(\d)<', picture) == ["1", "2", "3", "4"]
    assert re.findall(r"<li>(\w+ \d{4}: Breach \d)</li>", page) == [
        "August 2017: Breach 0", "January 2023: Breach 1", "February 2023: Breach 2", "March 2026: Breach 3",
    ]  # fmt: skip


def test_dots_of_a_timeline_do_not_lie_on_each_other(in_many: FlaskClient) -> None:
    dots = re.findall(r'class="dot" cx="([\d.]+)%" cy="(-?\d+)"', answer_to(in_many))

    places = [(float(x), int(y)) for x, y in dots]
    apart = [abs(x - u) >= 8 or abs(y - v) >= 22 for i, (x, y) in enumerate(places) for u, v in places[:i]]
    assert len(apart) == 6
    assert all(apart)
    assert all(5 <= x <= 95 and y > 0 for x, y in places)


def test_two_breaches_have_no_timeline(client: FlaskClient) -> None:
    assert 'class="timeline"' not in answer_to(client, "bob@example.com")


def test_this_is_not_me_has_a_page(client: FlaskClient) -> None:
    assert 'href="/not-me"' in answer_to(client)
    assert "That does not prove that you were." in client.get("/not-me").text
