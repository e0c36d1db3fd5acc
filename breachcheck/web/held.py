"""Held: everything that the store holds about one owner, for themselves alone."""

import json
from dataclasses import dataclass
from typing import Any

from breachcheck import answers
from breachcheck.answers import timestamp
from breachcheck.errors import NothingToAsk
from breachcheck.owner_links import Owner
from breachcheck.services import Services
from breachcheck.subscribers import Subscriber
from breachcheck.suppressions import Level

NOT_LISTED = (
    "Entries under a phone number, an account number or a user name: this address does not lead to them.",
    "Entries of breaches that this site shows to nobody, or not to you.",
    "Entries under this address with a plus tag: one number does not lead to the other.",
    "Backups, and mails that were sent.",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an owner stands here: what they asked for before. *level*: of their opt-out."""

    is_subscribed: bool
    level: Level | None


def standing_of(services: Services, owner: Owner) -> Standing:
    return Standing(services.post.subscribers.find(owner.digest) is not None, services.opt_outs.level_of(owner.digest))


def as_text(services: Services, owner: Owner) -> str:
    """The JSON that is handed over. No address stands in it: none is known."""
    subscriber = services.post.subscribers.find(owner.digest)
    body = {
        "number": str(owner.digest),
        "answer": _answer(services, owner),
        "opt_out": services.opt_outs.level_of(owner.digest),
        "notifications": _notifications(services, subscriber) if subscriber else None,
        "ticked_steps": sorted(services.ticked_steps.of_owner(owner.digest)),
        "mails_in_the_last_day": services.post.requests.count_for(owner.base or owner.digest),
        "mails_are_stopped": services.post.requests.is_stopped_for(owner.base or owner.digest),
        "addresses_kept_encrypted_by_your_organisation": services.sealed_accounts.count_of(owner.digest),
        "not_listed": NOT_LISTED,
    }
    return json.dumps(body, indent=2, ensure_ascii=False)


def _answer(services: Services, owner: Owner) -> dict[str, Any] | None:
    try:
        return answers.as_json(services.lookup.ask_owner(owner))
    except NothingToAsk:
        return None


def _notifications(services: Services, subscriber: Subscriber) -> dict[str, Any]:
    names = {row.id: row.name for row in services.breaches.all()}
    return {
        "since": timestamp(subscriber.created_at),
        "language": subscriber.language,
        "address": "kept encrypted, as you typed it",
        "told": [
            {
                "breach": names[one.breach_id],
                "data_classes": sorted(one.classes),
                "at": timestamp(one.told_at) if one.told_at else None,
            }
            for one in services.post.notifications.of_subscriber(subscriber.id)
        ],
    }
