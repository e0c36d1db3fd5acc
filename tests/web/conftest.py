"""The people and breaches that the page tests ask about."""

import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from breachcheck.breaches import NotExposed
from breachcheck.services import Services
from breachcheck.web.app import create_app
from tests.engines import ENGINES
from tests.outside import Dns, naming
from tests.stores import SHOP, facts, new_store, published_breach

ANALYTICS = facts(
    name="Chatter-Tally",
    title="Chatter (Tally)",
    breach_date=date(2025, 11, 9),
    disclosed_date=date(2025, 11, 26),
    held_by="Tally",
    on_behalf_of="Chatter",
    disclosed_classes=("Email addresses", "Names", "Organisation identifiers"),
    not_exposed=NotExposed(
        classes=("Passwords",), also=("API keys", "payment details"), source="https://chatter.example/notice"
    ),
    class_notes={"Names": "As given on the account."},
    description="Someone copied a file from Tally.",
)

ANALYTICS_PEOPLE = {
    "ann@example.com": ["Email addresses", "Names", "Geographic locations"],
    "bob@example.com": ["Email addresses"],
}
SHOP_PEOPLE = {
    "bob@example.com": ["Email addresses", "Names", "Passwords"],
    "cy+shop@example.com": ["Email addresses"],
}
PRIVATE_PEOPLE = {"dora@example.com": ["Email addresses", "Sexual orientations"]}

PRIVATE = facts(name="Whisper", title="Whisper", is_sensitive=True)


@pytest.fixture(autouse=True)
def lines_counted_once(engine: str) -> Iterator[None]:
    """A door is the same before every engine: its lines are counted on the first, and to count takes a third again."""
    counts = sys.gettrace()
    if engine != ENGINES[0]:
        sys.settrace(None)
    yield
    sys.settrace(counts)


@pytest.fixture
def loaded(store: Services) -> Services:
    """A store with an analytics breach, a shop with passwords and a private one."""
    published_breach(store, ANALYTICS, ANALYTICS_PEOPLE, rejected={"no address": 12})
    published_breach(store, SHOP, SHOP_PEOPLE)
    published_breach(store, PRIVATE, PRIVATE_PEOPLE)
    return store


@pytest.fixture
def app(loaded: Services) -> Flask:
    return create_app(loaded)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def ask(client: FlaskClient) -> Callable[[str], str]:
    """Type an account and press the button; the page where that leads."""

    def post(account: str) -> str:
        return client.post("/", data={"account": account}, follow_redirects=True).text

    return post


@pytest.fixture
def dns() -> Iterator[Dns]:
    with naming() as server:
        yield server


@pytest.fixture
def site(tmp_path: Path, dns: Dns) -> Iterator[Services]:
    services = new_store(tmp_path / "data", dns_servers=dns.server, mail="outbox")
    yield services
    services.close()
