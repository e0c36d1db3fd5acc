"""What the tests of /api/v3 ask: a store of breaches, and a key to ask with."""

import pytest
from flask.testing import FlaskClient

from breachcheck.services import Services
from breachcheck.web.app import create_app
from tests.web.hibp.breaches import AGENT, fill


@pytest.fixture
def client(store: Services) -> FlaskClient:
    fill(store)
    return create_app(store).test_client()


@pytest.fixture
def key(store: Services) -> dict[str, str]:
    return AGENT | {"hibp-api-key": store.api_keys.create("tests", ["lookup"])[1]}
