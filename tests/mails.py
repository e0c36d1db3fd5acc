"""Mails in tests: a store that writes them to files, a clock, and the postman's rounds made by hand."""

import email
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from breachcheck import addresses
from breachcheck.digests import Digest
from breachcheck.mail import postman
from breachcheck.services import Services
from breachcheck.subscribers import Subscriber
from ingest import worker
from tests.stores import new_store

NOW = 1_795_000_000
LONG_S = 600
"""Longer than a test takes on any machine."""


def after_this_test() -> int:
    """For a clock beside the real one, which much of a store goes by: later than what is done now, and soon after."""
    return int(time.time()) + LONG_S


@dataclass
class Clock:
    """Tells what it is set to."""

    now: int = NOW

    def __call__(self) -> float:
        return self.now


@dataclass
class Mailing:
    """A store with mail, and a *clock* that its links, limits and rounds follow."""

    store: Services
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        post = self.store.post
        for one in (post.requests, post.owner_links, post.subscribers):
            one._clock = self.clock

    @property
    def post(self) -> Any:
        return self.store.post

    def rounds(self) -> None:
        """Do every job and hand over every mail that is due."""
        while worker.run_one(self.store):
            pass
        while postman.go_round(self.post, self.post.delivery, self.clock.now):
            pass

    def subscribed(self, account: str, language: str = "en") -> Subscriber:
        """A confirmed subscriber, without the mails that it takes."""
        return self.post.subscribers.add(account, proved=self.digest(account), language=language)

    def digest(self, account: str) -> Digest:
        return self.store.digester.of_address(addresses.canonical(account))

    def written(self) -> list[EmailMessage]:
        """The mails in the outbox folder, in order."""
        return [parsed(path.read_bytes()) for path in sorted(self.store.config.outbox_path.glob("*.eml"))]

    def drained(self) -> list[EmailMessage]:
        """As ``written``, and the folder is empty afterwards."""
        mails = self.written()
        for path in self.store.config.outbox_path.glob("*.eml"):
            path.unlink()
        return mails


def mailing(data: Path, **settings: Any) -> Iterator[Mailing]:
    """For a fixture: a new store whose mails are files."""
    store = new_store(data, **{"mail": "outbox", "public_url": "https://check.example", **settings})
    yield Mailing(store)
    store.close()


def parsed(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage) -> str:
    return _part(message, "plain")


def html_of(message: EmailMessage) -> str:
    return _part(message, "html")


def token_in(message: EmailMessage, place: str) -> str:
    """The token of the link to *place* in the text of a mail."""
    found = re.search(rf"https://check\.example/{place}/(\S+)", text_of(message))
    assert found
    return found[1]


def code_in(message: EmailMessage) -> str:
    found = re.search(r"there instead: (\d{3} \d{3})", text_of(message))
    assert found
    return found[1]


def _part(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")
