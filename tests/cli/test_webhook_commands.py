"""``breachcheck webhooks`` end to end: a webhook is added, tried, rotated, replayed, listed and removed."""

import time

import pytest

from breachcheck import config
from breachcheck.services import open_services
from breachcheck.webhooks.calls import MOST_ATTEMPTS
from tests.cli.commands import breachcheck
from tests.engines import ENGINES as ENGINES
from tests.hooked import NOW, PATIENCE_S, call
from tests.receivers import receiving
from tests.stores import SHOP, new_store, published_breach


@pytest.fixture
def receiver():
    with receiving() as one:
        yield one


@pytest.fixture
def data(tmp_path):
    """A data folder with one key, whose webhooks may call the loopback."""
    store = new_store(tmp_path / "data", outbound_allowed=["127.0.0.1/32"])
    store.api_keys.create("security team", ["catalogue"])
    store.close()
    return tmp_path / "data"


def in_store(data, do):
    store = open_services(config.read(data, {}))
    store.webhook_calls._patience_s = PATIENCE_S
    found = do(store)
    store.close()
    return found


def call_now(store):
    return call(store, int(time.time()))


def add(data, url, *options, name="siem"):
    return breachcheck("webhooks", "add", name, url, *(options or ("--catalogue",)), "--json", data=data)


def test_a_webhook_is_added_told_listed_and_removed(data, receiver):
    added = add(data, receiver.url)
    again = add(data, receiver.url)
    in_store(data, lambda store: published_breach(store, SHOP, {"ann@example.com": ["Email addresses"]}))
    in_store(data, call_now)
    listed = breachcheck("webhooks", "list", "--json", data=data)
    shown = breachcheck("webhooks", "list", data=data)
    removed = breachcheck("webhooks", "remove", "siem", data=data)

    assert (added.status, again.json["secret"]) == (0, None)
    assert receiver.heard[0].is_signed_with(added.json["secret"])
    (facts,) = listed.json
    assert facts.pop("delivered_at") is not None
    assert facts == {
        "holder": "security team",
        "host": f"127.0.0.1:{receiver.port}",
        "name": "siem",
        "kind": "catalogue",
        "subject": "",
        "state": "active",
        "waiting": 0,
        "dead": 0,
    }
    assert "/hook" not in shown.out
    assert removed.status == 0
    assert breachcheck("webhooks", "list", data=data).out == "There are no webhooks yet.\n"


def test_what_was_given_up_is_shown_and_replayed(data, receiver):
    add(data, receiver.url)
    receiver.mood = "fails"
    in_store(data, lambda store: published_breach(store, SHOP, {"ann@example.com": ["Email addresses"]}))
    in_store(data, lambda store: [call(store, NOW + one * 30 * 3600) for one in range(MOST_ATTEMPTS)])
    dead = breachcheck("webhooks", "deliveries", "siem", "--dead", data=data)
    receiver.mood = "takes"
    replayed = breachcheck("webhooks", "replay", "siem", data=data)
    in_store(data, lambda store: call(store, NOW + 10**7))
    after = breachcheck("webhooks", "deliveries", "siem", "--json", data=data)

    assert "msg_1_1_" in dead.out
    assert "500" in dead.out
    assert (replayed.status, replayed.out) == (0, "1 queued again.\n")
    assert [one["state"] for one in after.json] == ["delivered"]
    assert len(receiver.taken) == 1


def test_a_test_and_a_new_secret(data, receiver):
    first = add(data, receiver.url).json["secret"]
    tested = breachcheck("webhooks", "test", "siem", data=data)
    rotated = breachcheck("webhooks", "rotate", "siem", "--overlap", "2h", "--json", data=data)
    in_store(data, call_now)

    assert tested.out.startswith("msg_1_1_")
    assert receiver.heard[0].message["type"] == "webhook.test"
    assert receiver.heard[0].is_signed_with(first)
    assert receiver.heard[0].is_signed_with(rotated.json["secret"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "siem", "https://hooks.example.com/"), "one of --watchlist, --domain and --catalogue"),
        (("add", "siem", "https://hooks.example.com/", "--watchlist", "staff"), "no key with the scope watch"),
        (("add", "siem", "http://hooks.example.com/", "--catalogue"), "use https://"),
        (("remove", "siem"), "no webhook of that name"),
    ],
)
def test_what_cannot_be_is_refused_in_words(data, arguments, said):
    done = breachcheck("webhooks", *arguments, data=data)

    assert done.status == 2
    assert said in " ".join(done.err.split())
