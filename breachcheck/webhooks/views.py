"""Webhook views: what holders and operators see of webhooks, and of what became of their messages."""

from dataclasses import dataclass
from typing import Any, Literal

from breachcheck.answers import timestamp
from breachcheck.webhooks.endpoints import Webhook
from breachcheck.webhooks.messages import Counts, Message

HookState = Literal["active", "gone", "closed"]


@dataclass(frozen=True, slots=True)
class HookView:
    """A webhook and how it fares. *is_opened*: a key of its holder opens it now."""

    webhook: Webhook
    counts: Counts
    is_opened: bool

    @property
    def state(self) -> HookState:
        """`gone`: its receiver said so. `closed`: no key opens it; nothing is sent until one does."""
        if self.webhook.disabled_at is not None:
            return "gone"
        return "active" if self.is_opened else "closed"

    @property
    def needs_care(self) -> bool:
        """Whether an operator should look."""
        return self.state != "active" or self.counts.dead > 0


def view_json(view: HookView, *, now: int) -> dict[str, Any]:
    """For the holder's programs. Without the secret."""
    webhook = view.webhook
    return {
        "name": webhook.name,
        "kind": webhook.kind,
        "subject": webhook.subject,
        "url": webhook.endpoint.url,
        "state": view.state,
        "waiting": view.counts.waiting,
        "dead": view.counts.dead,
        "delivered_at": _when(view.counts.delivered_at),
        "former_secret_until": _when(webhook.endpoint.former_until(now)),
        "created_at": timestamp(webhook.created_at),
        "changed_at": timestamp(webhook.changed_at),
    }


def message_json(message: Message) -> dict[str, Any]:
    """For programs: what became of it, not what it said."""
    return {
        "id": message.id,
        "type": message.kind,
        "state": message.state,
        "attempts": message.attempts,
        "response_status": message.status,
        "failure": message.failure,
        "formed_at": timestamp(message.formed_at),
        "tried_at": _when(message.tried_at),
        "next_try_at": timestamp(message.next_try_at) if message.state == "queued" else None,
    }


def _when(at: int | None) -> str | None:
    return None if at is None else timestamp(at)
