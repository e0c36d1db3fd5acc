"""A demo with HIBP's test accounts, served, for its real clients to ask."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from breachcheck import config
from breachcheck.services import open_services
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
    """A running server, a key for it and one that may ask once a minute."""

    server: Server
    key: str
    spent_key: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}/api/v3"


@pytest.fixture(scope="module")
def dialect(lasting_engine, tmp_path_factory) -> Iterator[Dialect]:
    data: Path = tmp_path_factory.mktemp("dialect") / "data"
    new_store(data, is_demo=True, disclosure="open").close()
    made = breachcheck("demo", "--no-serve", "--hibp-test-accounts", data=data)
    assert made.status == 0, made.err
    store = open_services(config.read(data, {}))
    key = store.api_keys.create("a client", ["lookup"], limit_per_minute=0)[1]
    spent_key = store.api_keys.create("a busy client", ["lookup"], limit_per_minute=1)[1]
    store.close()
    with running(data, "--no-worker") as server:
        server.request("GET", f"/api/v3/breachedaccount/nobody@{DOMAIN}", hibp_api_key=spent_key, user_agent="tests")
        yield Dialect(server, key, spent_key)
