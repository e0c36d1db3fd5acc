"""A demo with HIBP's test accounts, served, for its real clients to ask."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from breachcheck import config
from breachcheck.services import Services, open_services
from tests.cli.commands import breachcheck
from tests.cli.servers import Server, running
from tests.stores import new_store

DOMAIN = "hibp-integration-tests.com"
ACCOUNTS = {
    "account-exists": ["Adobe"],
    "multiple-breaches": ["Adobe", "Gawker", "Stratfor"],
    "not-active-breach": [],
    "not-active-and-active-breach": ["Adobe"],
    "opt-out": [],
    "sensitive-breach": [],
    "sensitive-and-other-breaches": ["Adobe", "Gawker"],
    "unverified-breach": ["Unverified-Test"],
}
"""Who is in which breach, as HIBP's documentation has it of its test accounts."""


@dataclass(frozen=True)
class Dialect:
    """A running server, its store and a key for it."""

    server: Server
    store: Services
    key: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}/api/v3"

    def spent_key(self) -> str:
        """A new key that may ask once a minute, and just did."""
        key = self.store.api_keys.create(f"busy client {uuid4()}", ["lookup"], limit_per_minute=1)[1]
        self.server.request("GET", f"/api/v3/breachedaccount/nobody@{DOMAIN}", hibp_api_key=key, user_agent="tests")
        return key


@pytest.fixture(scope="module")
def dialect(lasting_engine, tmp_path_factory) -> Iterator[Dialect]:
    data: Path = tmp_path_factory.mktemp("dialect") / "data"
    new_store(data, is_demo=True, disclosure="open").close()
    made = breachcheck("demo", "--no-serve", "--hibp-test-accounts", data=data)
    assert made.status == 0, made.err
    with closing(open_services(config.read(data, {}))) as store, running(data, "--no-worker") as server:
        yield Dialect(server, store, store.api_keys.create("a client", ["lookup"], limit_per_minute=0)[1])
