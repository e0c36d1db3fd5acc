"""Webhook calls: forms messages of what is new, and delivers each, at least once, until its receiver takes it."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from random import SystemRandom
from typing import Any

import msgspec

from breachcheck.answers import timestamp
from breachcheck.db.base import Database
from breachcheck.errors import CouldNotCheck, FetchFault, UnknownWatchlist
from breachcheck.fetching import Fetcher, Reply
from breachcheck.webhooks import signatures
from breachcheck.webhooks.endpoints import HookKind, Webhook, WebhookId, Webhooks
from breachcheck.webhooks.messages import TEST, Message, WebhookMessages
from breachcheck.webhooks.numbers import WebhookNumbers
from breachcheck.webhooks.rights import WebhookRights
from breachcheck.webhooks.sources import Source, Step

AGAIN_AFTER_S = (5, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
"""How long a message waits after its first failure, its second and so on, give or take JITTER. As Standard Webhooks."""

MOST_ATTEMPTS = 1 + len(AGAIN_AFTER_S)
JITTER = 0.2
HASTE_S = 300
"""How long what failed waits at most once its receiver takes something else."""

PATIENCE_S = 10.0
MOST_BYTES = 64 * 2**10
LONGEST_ASKED_S = 24 * 3600

GONE = 410
ASK_TO_WAIT = (429, 503)
CANNOT_TELL = (CouldNotCheck, UnknownWatchlist)
NOT_TAKEN = "The receiver did not answer with 2xx."


@dataclass(frozen=True, slots=True)
class Call:
    """A message that is due, and whose it is."""

    webhook: Webhook
    number: int


class WebhookCalls:
    """For one process of a data folder; in it, ``deliver`` may run in several threads, for different webhooks.

    Others, of other data folders, may call at the same time: each message is claimed by one. *by* is what
    ``only_deliverer`` calls this one.

    The time is given, so that what is due does not depend on a clock alone; signatures carry that of the system.
    """

    def __init__(
        self,
        db: Database,
        webhooks: Webhooks,
        rights: WebhookRights,
        sources: Mapping[HookKind, Source],
        fetcher: Fetcher,
        *,
        is_demo: bool,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._db = db
        self._webhooks = webhooks
        self._messages = WebhookMessages(db)
        self._numbers = WebhookNumbers(db)
        self._rights = rights
        self._sources = sources
        self._fetcher = fetcher
        self._is_demo = is_demo
        self._patience_s = patience_s
        self._chance = SystemRandom()

    def begin(self, now: int, by: str = "") -> None:
        """Queue again what another process of this data folder was sending when it ended. For when none sends."""
        self._take_over(now, by, are_all=True)

    def take_over(self, now: int, by: str = "") -> None:
        """Queue again what one of another data folder was sending when it ended, as its claim has run out."""
        self._take_over(now, by, are_all=False)

    def sweep(self, now: int) -> None:
        """Forget what ended long ago."""
        self._messages.expire(now)

    def round(self, now: int, busy: Collection[WebhookId] = (), by: str = "") -> list[Call]:
        """Form what is new, and name what is due: of each webhook that is not *busy* its first message."""
        told = [one for one in self._webhooks.all() if one.disabled_at is None]
        if not told:
            return []
        by_id = {one.id: one for one in self._rights.told(told, now=now)}
        for one in by_id.values():
            self._form(one, now)
        due = self._messages.due(now, by=by)
        return [Call(by_id[id_], number) for id_, number in due if id_ in by_id and id_ not in busy]

    def deliver(self, call: Call, now: int, by: str = "") -> None:
        """Send one message and note what came of it."""
        webhook = self._webhooks.find_by_id(call.webhook.id)
        waiting = self._messages.find(call.webhook.id, call.number)
        claimed = waiting and self._messages.claim(waiting, now=now, by=by)
        if webhook is None or not claimed:
            return
        try:
            body = self._body(webhook, claimed)
            if body is None:
                self._messages.drop(claimed)
                return
            reply = self._sent(webhook, claimed, body)
        except (FetchFault, *CANNOT_TELL) as fault:
            self._note_failure(claimed, None, str(fault), now)
            return
        self._note(webhook, claimed, reply, now)

    def _take_over(self, now: int, by: str, *, are_all: bool) -> None:
        if returned := self._messages.return_interrupted(now, of=by, are_all=are_all, most_attempts=MOST_ATTEMPTS):
            _log().warning("webhook messages interrupted", queued=returned)

    def _form(self, webhook: Webhook, now: int) -> None:
        if not self._messages.has_room(webhook.id):
            return
        try:
            step = self._sources[webhook.kind].next(webhook)
        except CANNOT_TELL as error:
            _log().warning("webhook cannot be told now", webhook=webhook.id, error=type(error).__name__)
            return
        if step:
            self._enter(webhook, step, now)

    def _enter(self, webhook: Webhook, step: Step, now: int) -> None:
        with self._db.transaction():
            if not self._webhooks.move(webhook, source=step.source, position=step.position):
                return
            if step.numbers is not None:
                self._numbers.replace(webhook.id, step.numbers)
            if step.span is not None:
                self._messages.add(webhook.id, step.kind, step.span, now=now)

    def _body(self, webhook: Webhook, message: Message) -> str | None:
        data: dict[str, Any] | None = {"webhook": webhook.name}
        if message.kind != TEST:
            data = self._sources[webhook.kind].data(webhook, message.span)
        if data is None:
            return None
        demo = {"demo": True} if self._is_demo else {}
        said = {"type": message.kind, "timestamp": timestamp(message.formed_at), "data": data | demo}
        return msgspec.json.encode(said).decode()

    def _sent(self, webhook: Webhook, message: Message, body: str) -> Reply:
        """Raises FetchFault."""
        self._fetcher.require_endpoint(webhook.endpoint.url)
        at = int(time.time())
        signed = signatures.headers(message.id, body, webhook.endpoint.secrets(at), at=at)
        return self._fetcher.fetch(
            webhook.endpoint.url,
            method="POST",
            headers={"Content-Type": "application/json"} | signed,
            body=body.encode(),
            patience_s=self._patience_s,
            most_bytes=MOST_BYTES,
        )

    def _note(self, webhook: Webhook, message: Message, reply: Reply, now: int) -> None:
        if 200 <= reply.status < 300:
            with self._db.transaction():
                self._messages.end(message, "delivered", status=reply.status, failure=None, now=now)
                self._messages.hasten(webhook.id, by=now + HASTE_S)
        elif reply.status == GONE:
            self._note_gone(webhook, message, now)
        else:
            self._note_failure(message, reply.status, NOT_TAKEN, now, asked_s=_asked_to_wait(reply))

    def _note_gone(self, webhook: Webhook, message: Message, now: int) -> None:
        """Its receiver wants no more. What waits, waits until the webhook is put again."""
        _log().warning("webhook gone", webhook=webhook.id)
        with self._db.transaction():
            self._webhooks.disable(webhook, at=now)
            self._messages.put_off(message, status=GONE, failure=NOT_TAKEN, now=now, until=now)

    def _note_failure(self, message: Message, status: int | None, why: str, now: int, *, asked_s: int = 0) -> None:
        is_last = message.kind == TEST or message.attempts >= MOST_ATTEMPTS
        _log().warning(
            "webhook message not taken", message=message.id, attempt=message.attempts, status=status, is_last=is_last
        )
        if is_last:
            self._messages.end(message, "dead", status=status, failure=why, now=now)
            return
        wait_s = AGAIN_AFTER_S[message.attempts - 1] * self._chance.uniform(1 - JITTER, 1 + JITTER)
        until = now + max(round(wait_s), asked_s)
        self._messages.put_off(message, status=status, failure=why, now=now, until=until)


def _asked_to_wait(reply: Reply) -> int:
    """Seconds of ``Retry-After``, a day at most; 0 where it says none, or a date."""
    text = reply.headers.get("retry-after", "")
    if reply.status not in ASK_TO_WAIT or not (text.isascii() and text.isdigit()):
        return 0
    return min(int(text[:9]), LONGEST_ASKED_S)


@cache
def _log() -> Any:
    import structlog  # most programs that wire webhooks call none, and this takes long to import

    return structlog.get_logger("breachcheck.webhooks.calls")
