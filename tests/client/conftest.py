"""A real server over a small store, and clients of it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from breachcheck.client import Client
from tests.cli.servers import running
from tests.stores import SHOP, facts, new_store, published_breach

ANN, BOB, NOBODY = "ann@example.com", "bob@example.com", "nobody@example.com"
EMAIL, NAMES = "Email addresses", "Names"


@dataclass(frozen=True)
class Site:
    """A running server and one key for all of it."""

    url: str
    key: str
    narrow_key: str


@pytest.fixture(scope="module")
def site(lasting_engine, tmp_path_factory) -> Iterator[Site]:
    store = new_store(tmp_path_factory.mktemp("site") / "data")
    published_breach(store, SHOP, {ANN: [EMAIL, NAMES], BOB: [EMAIL]})
    published_breach(store, facts(name="Club", title="Club"), {ANN: [EMAIL]})
    key = store.api_keys.create("team", ["lookup", "batch", "watch"], limit_per_minute=0)[1]
    narrow_key = store.api_keys.create("clerk", ["lookup"], limit_per_minute=2)[1]
    store.close()
    with running(store.config.data, "--no-worker") as server:
        yield Site(f"http://127.0.0.1:{server.port}", key, narrow_key)


@pytest.fixture
def client(site) -> Iterator[Client]:
    with Client(site.url, site.key) as client:
        yield client
