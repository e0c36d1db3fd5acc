"""Webhooks in tests: a store whose webhooks reach the loopback, and what the worker would do at a given time."""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from breachcheck.services import Services
from breachcheck.webhooks.calls import WebhookCalls
from breachcheck.webhooks.endpoints import HookKind
from breachcheck.webhooks.hooking import Wish
from breachcheck.webhooks.messages import Message
from tests.receivers import LATE_S, Heard, Receiver
from tests.stores import facts, new_store, published_breach
from tests.watched import HOLDER, STAFF

NOW = int(time.time())
HOOK = "siem"
PATIENCE_S = 30.0
"""Of calls in tests: longer than any machine is busy."""

IMPATIENCE_S = LATE_S / 3


@contextmanager
def hooked_store(data: Path, *scopes: str, **settings: object) -> Iterator[Services]:
    """A store that may call the loopback, with a key of the holder of all that is watched in tests."""
    store = new_store(data, **{"outbound_allowed": ["127.0.0.1/32"], **settings})
    store.webhook_calls._patience_s = PATIENCE_S
    store.api_keys.create(HOLDER, scopes or ("watch", "domains", "catalogue"))
    yield store
    store.close()


def hook(
    store: Services,
    receiver: Receiver,
    kind: HookKind = "catalogue",
    subject: str = "",
    *,
    name: str = HOOK,
    holder: str = HOLDER,
    cursor: str = "",
) -> str:
    """A new webhook; its secret."""
    _, secret = store.webhooks.put(holder, name, Wish(receiver.url, kind, subject, cursor), by="tests")
    assert secret is not None
    return secret


def hook_staff(store: Services, receiver: Receiver, **more: str) -> str:
    """A new webhook of the staff's watchlist; its secret."""
    return hook(store, receiver, "watchlist", STAFF, **more)


def call(store: Services, now: int = NOW, calls: WebhookCalls | None = None) -> int:
    """Deliver what is due at *now*, and what that lets come next; how many calls were made."""
    used, made = calls or store.webhook_calls, 0
    while due := used.round(now):
        for one in due:
            used.deliver(one, now)
            made += 1
    return made


def log(store: Services, name: str = HOOK, holder: str = HOLDER) -> list[Message]:
    """Every message of a webhook, oldest first."""
    return store.webhooks.messages(holder, name, cursor="", count=1000)[0][::-1]


def states(store: Services, name: str = HOOK) -> list[str]:
    return [one.state for one in log(store, name)]


def publish(store: Services, *names: str, people: Collection[str] = ("ann@example.com",)) -> None:
    """Breaches of these names, each of *people*."""
    for name in names:
        published_breach(store, facts(name=name, title=f"The {name}"), dict.fromkeys(people, ("Email addresses",)))


def changes_in(heard: Heard) -> list[str]:
    return [one["breach"]["name"] for one in heard.message["data"]["changes"]]


def taken_changes(receiver: Receiver) -> list[str]:
    return [name for one in receiver.taken for name in changes_in(one)]


def events_in(heard: Heard) -> list[tuple[str, str, str]]:
    return [(one["event"], one["ref"], one["breach"]["name"]) for one in heard.message["data"]["events"]]
