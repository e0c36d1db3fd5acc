"""Hooking: webhooks are put, tried, rotated, replayed and deleted. Each step that lets something out is audited."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from breachcheck.addresses import Domain, canonical_domain, holds_address
from breachcheck.audit import Audit, AuditEntry
from breachcheck.db.base import Database
from breachcheck.errors import FetchRefused, HoldsAddress, InvalidAccount, InvalidRequest, UnprovedDomain
from breachcheck.fetching import Fetcher
from breachcheck.free_text import without_address
from breachcheck.watchlists import is_name
from breachcheck.webhooks import signatures
from breachcheck.webhooks.endpoints import Endpoint, HookKind, Webhook, Webhooks
from breachcheck.webhooks.messages import TEST, Counts, Message, MessageState, Span, WebhookMessages, number_in
from breachcheck.webhooks.numbers import WebhookNumbers
from breachcheck.webhooks.rights import WebhookRights
from breachcheck.webhooks.sources import Source
from breachcheck.webhooks.views import HookView

MOST_WEBHOOKS = 20
"""Of one holder."""

LONGEST_URL = 2000
OVERLAP_S = 86_400
LONGEST_OVERLAP_S = 7 * 86_400

_TOP = 2**62


@dataclass(frozen=True, slots=True)
class Wish:
    """What a webhook is to be. *cursor*: where a new one begins; "" is now."""

    url: str
    kind: HookKind
    subject: str = ""
    cursor: str = ""


class Hooking:
    """Of the webhooks of each holder. *by*: who acts, for the audit."""

    def __init__(
        self,
        db: Database,
        webhooks: Webhooks,
        rights: WebhookRights,
        sources: Mapping[HookKind, Source],
        fetcher: Fetcher,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._db = db
        self._webhooks = webhooks
        self._messages = WebhookMessages(db)
        self._numbers = WebhookNumbers(db)
        self._rights = rights
        self._sources = sources
        self._fetcher = fetcher
        self._audit = Audit(db)
        self._clock = clock

    def put(self, holder: str, name: str, wish: Wish, *, by: str) -> tuple[Webhook, str | None]:
        """The webhook, and, where it is new, its secret, which nobody is told again. What was disabled goes on.

        Raises InvalidRequest, HoldsAddress, and what tells that there is nothing of that subject to be told of.
        """
        self._require_sense(name, wish)
        found = self._webhooks.find(holder, name)
        if found is None:
            return self._create(holder, name, wish, by)
        if (found.kind, found.subject) != (wish.kind, _subject(wish)):
            raise InvalidRequest("A webhook keeps its kind and subject; delete it, or take another name.", "/kind")
        if found.endpoint.url != wish.url or found.disabled_at is not None:
            self._change(found, wish.url, by)
        return self._webhooks.get(holder, name), None

    def rotate(self, holder: str, name: str, *, overlap_s: int = OVERLAP_S, by: str) -> tuple[Webhook, str]:
        """The webhook with a new secret; the former one signs too for *overlap_s*. Raises UnknownWebhook."""
        if not 0 <= overlap_s <= LONGEST_OVERLAP_S:
            raise InvalidRequest(f"The overlap is between 0 and {LONGEST_OVERLAP_S // 3600} hours.", "/overlap_hours")
        secret, now = signatures.new_secret(), self._now()
        with self._db.transaction():
            webhook = self._webhooks.get(holder, name)
            self._webhooks.seal(webhook.id, webhook.endpoint.rotated(secret, now=now, until=now + overlap_s))
            self._note("rotate secret of webhook", webhook, by)
        return self._webhooks.get(holder, name), secret

    def test(self, holder: str, name: str) -> Message:
        """Queue a message that says nothing, tried once. Raises UnknownWebhook; InvalidRequest for one that is gone."""
        with self._db.transaction():
            webhook = self._webhooks.get(holder, name)
            if webhook.disabled_at is not None:
                raise InvalidRequest("Its receiver said that it is gone (410); put the webhook again first.")
            return self._messages.add(webhook.id, TEST, Span(), now=self._now())

    def replay(self, holder: str, name: str, ids: Sequence[str] | None, *, by: str) -> int:
        """Try these messages again, all or none, or, where *ids* is None, all that were given up; how many."""
        with self._db.transaction():
            webhook = self._webhooks.get(holder, name)
            self._note("replay webhook", webhook, by)
            if ids is None:
                return self._messages.replay_dead(webhook.id, now=self._now())
            wanted = {one: self._message(webhook, one, f"/ids/{place}") for place, one in enumerate(ids)}
            return sum(self._messages.replay(webhook.id, one.number, now=self._now()) for one in wanted.values())

    def delete(self, holder: str, name: str, *, by: str) -> None:
        """With all that waits for it. Raises UnknownWebhook."""
        with self._db.transaction():
            webhook = self._webhooks.get(holder, name)
            self._webhooks.delete(webhook.id)
            self._note("delete webhook", webhook, by)

    def view(self, holder: str, name: str) -> HookView:
        """Raises UnknownWebhook."""
        webhook = self._webhooks.get(holder, name)
        return next(one for one in self.views() if one.webhook.id == webhook.id)

    def views(self) -> list[HookView]:
        """Every webhook there is, by holder and name."""
        every, counts = self._webhooks.all(), self._messages.counts()
        opened = {one.id for one in self._rights.told(every, now=self._now())}
        return [HookView(one, counts.get(one.id, Counts()), is_opened=one.id in opened) for one in every]

    def in_trouble(self) -> list[HookView]:
        """Those that an operator should look at."""
        return [one for one in self.views() if one.needs_care]

    def messages(
        self, holder: str, name: str, *, cursor: str, count: int, state: MessageState | None = None
    ) -> tuple[list[Message], str | None]:
        """Up to *count* messages, in *state* if one is named, newest first; and the cursor of what is older, or None.

        Raises UnknownWebhook; InvalidRequest for a cursor that was never given out.
        """
        webhook = self._webhooks.get(holder, name)
        before = _TOP if not cursor else number_in(cursor, webhook.id)
        if before is None:
            raise InvalidRequest("This webhook never gave out such a cursor; begin without one.", "/cursor")
        found = self._messages.before(webhook.id, before, count + 1, state)
        return found[:count], found[count - 1].id if len(found) > count else None

    def now(self) -> int:
        """By the clock that webhooks are held to."""
        return self._now()

    def _require_sense(self, name: str, wish: Wish) -> None:
        if not is_name(name):
            raise InvalidRequest("A webhook's name has 1 to 64 letters, digits, - and _.")
        if holds_address(wish.url):
            raise HoldsAddress("The address holds an e-mail address, or a user; leave that out.", "/url")
        if len(wish.url) > LONGEST_URL:
            raise InvalidRequest(f"An address has {LONGEST_URL:,} characters at most.", "/url")
        try:
            self._fetcher.require_endpoint(wish.url)
        except FetchRefused as error:
            raise InvalidRequest(str(error), "/url") from None

    def _create(self, holder: str, name: str, wish: Wish, by: str) -> tuple[Webhook, str | None]:
        subject = _subject(wish)
        if wish.kind == "domain" and not self._rights.has_proved(holder, Domain(subject), now=self._now()):
            raise UnprovedDomain("No key of this name has proved that domain, or the proof has ended.")
        beginning = self._sources[wish.kind].beginning(holder, subject, wish.cursor)
        secret = signatures.new_secret()
        with self._db.transaction():
            if self._webhooks.find(holder, name):  # someone else put it at the same time
                return self.put(holder, name, wish, by=by)
            if len(self._webhooks.of_holder(holder)) >= MOST_WEBHOOKS:
                raise InvalidRequest(f"There are {MOST_WEBHOOKS} webhooks already; delete one first.")
            webhook = self._webhooks.create(
                without_address(holder, "holder of a webhook"), name, wish.kind, subject, Endpoint(wish.url, secret),
                source=beginning.source, position=beginning.position, at=self._now(),
            )  # fmt: skip
            self._numbers.replace(webhook.id, beginning.numbers)
            self._note("add webhook", webhook, by)
        return webhook, secret

    def _change(self, webhook: Webhook, url: str, by: str) -> None:
        """What waits is tried at once: the new receiver has not failed yet."""
        with self._db.transaction():
            endpoint = self._webhooks.get(webhook.holder, webhook.name).endpoint
            self._webhooks.seal(webhook.id, Endpoint(url, endpoint.secret, endpoint.former))
            self._webhooks.note_changed(webhook.id, at=self._now())
            self._messages.replay_waiting(webhook.id, now=self._now())
            self._note("change webhook", webhook, by)

    def _message(self, webhook: Webhook, text: str, pointer: str) -> Message:
        number = number_in(text, webhook.id)
        found = None if number is None else self._messages.find(webhook.id, number)
        if found is None or found.id != text:
            raise InvalidRequest("There is no such message of this webhook, or not any more.", pointer)
        return found

    def _note(self, action: str, webhook: Webhook, by: str) -> None:
        subject = f"{webhook.name} of {webhook.holder}"
        self._audit.note(AuditEntry(at=self._now(), actor=by, action=action, subject=subject))

    def _now(self) -> int:
        return int(self._clock())


def _subject(wish: Wish) -> str:
    """As it is kept. Raises InvalidRequest."""
    if wish.kind != "domain":
        return wish.subject
    try:
        return canonical_domain(wish.subject)
    except InvalidAccount as error:
        raise InvalidRequest(str(error), "/subject") from None
