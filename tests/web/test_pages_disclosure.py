"""Disclosure as a visitor meets it: which form the home page has, and what its answer is, for all that is said."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from breachcheck.config import Disclosure
from breachcheck.web.app import create_app
from tests.engines import ENGINES as ENGINES
from tests.stores import facts, new_store, published_breach
from tests.web.conftest import SHOP_PEOPLE

BY_PAGE, BY_MAIL, NONE = ["/"], ["/owner/ask"], list[str]()
EVERY_RULE: dict[tuple[Disclosure, Disclosure], list[str]] = {
    ("open", "open"): BY_PAGE,
    ("open", "owner"): BY_MAIL,
    ("open", "closed"): NONE,
    ("owner", "open"): BY_MAIL,
    ("owner", "owner"): BY_MAIL,
    ("owner", "closed"): NONE,
    ("closed", "open"): NONE,
    ("closed", "owner"): NONE,
    ("closed", "closed"): NONE,
}
"""What the site says, and what its only breach says -> where the form goes that a visitor finds."""


@pytest.fixture(params=EVERY_RULE, ids="-".join)
def rules(request: pytest.FixtureRequest) -> tuple[Disclosure, Disclosure]:
    found: tuple[Disclosure, Disclosure] = request.param
    return found


@pytest.fixture
def client(tmp_path: Path, rules: tuple[Disclosure, Disclosure]) -> Iterator[FlaskClient]:
    site, breach = rules
    store = new_store(tmp_path / "data", mail="outbox", disclosure=site)
    published_breach(store, facts(disclosure=breach), SHOP_PEOPLE)
    yield create_app(store).test_client()
    store.close()


def test_the_home_page_has_the_form_that_the_stricter_rule_allows(
    client: FlaskClient, rules: tuple[Disclosure, Disclosure]
) -> None:
    page = client.get("/").text

    assert re.findall(r'<form class="check" method="post" action="([^"]+)"', page) == EVERY_RULE[rules]
    assert ('name="account"' in page) is bool(EVERY_RULE[rules])


def test_only_where_both_are_open_does_a_page_answer(client: FlaskClient, rules: tuple[Disclosure, Disclosure]) -> None:
    response = client.post("/", data={"account": "bob@example.com"}, follow_redirects=True)

    assert response.status_code == (200 if rules == ("open", "open") else 503)
    assert ("<title>Yes, " in response.text) is (rules == ("open", "open"))
    assert "Not found" not in response.text
