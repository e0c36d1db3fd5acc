"""Webhook messages: what waits to be delivered, what was, and what was given up. What they said is not kept."""

import re
from dataclasses import dataclass
from typing import Literal

import msgspec

from breachcheck.counters import next_ids
from breachcheck.db.base import Database, Row
from breachcheck.webhooks.endpoints import WebhookId

MessageState = Literal["queued", "sending", "delivered", "dead"]
MessageKind = Literal["watchlist.exposures", "domain.exposures", "catalogue.changes", "webhook.test"]

TEST: MessageKind = "webhook.test"
STEPS_ASIDE_AFTER = 3
"""After so many tries in vain a message no longer holds up those behind it."""

MOST_WAITING = 10
"""So many messages of one webhook may wait at once; what comes after them waits where it comes from."""

CLAIM_S = 60
"""How long a message is its claimant's alone: far longer than a call takes."""

SKEW_S = 60
"""As much ahead as the clock of another claimant may be; more means that ours was put back."""

INTERRUPTED = "The worker ended while it was being sent."
KEEP_DELIVERED_S = 7 * 86_400
KEEP_DEAD_S = 90 * 86_400


_id_form = re.compile(r"msg_(?P<webhook>[0-9]{1,18})_(?P<number>[0-9]{1,18})_[0-9]{1,18}", re.ASCII)


class Span(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a message is made of when it is sent: what stands *after* one number, up to the *last*, in *source*.

    Of a domain: names of breaches that are *found* to hold its people, and names and titles of those that are *gone*.
    """

    source: int = 0
    after: int = 0
    last: int = 0
    found: tuple[str, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One message and what became of it. *status*: what its receiver answered last; *failure*: why it was not taken.

    Times are epoch seconds.
    """

    webhook_id: WebhookId
    number: int
    kind: MessageKind
    span: Span
    state: MessageState
    attempts: int
    formed_at: int
    tried_at: int | None
    next_try_at: int
    status: int | None
    failure: str | None

    @property
    def id(self) -> str:
        """The same at every try, and when it is replayed; never that of another, even in a store that was restored."""
        return f"msg_{self.webhook_id}_{self.number}_{self.formed_at}"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many messages of a webhook wait and were given up, and when one was last delivered."""

    waiting: int = 0
    dead: int = 0
    delivered_at: int | None = None


class WebhookMessages:
    """The table ``webhook_message``. Every webhook counts for itself."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, webhook_id: WebhookId, kind: MessageKind, span: Span, *, now: int) -> Message:
        """Queue one, together with the caller's transaction."""
        rows = self._db.query(
            """
            INSERT INTO webhook_message (webhook_id, number, kind, span, state, formed_at, next_try_at, noted_at)
            VALUES (:id, :number, :kind, :span, 'queued', :now, :now, :now)
            RETURNING webhook_id, number, kind, span, state, attempts, formed_at, tried_at, next_try_at, status, failure
            """,
            {
                "id": webhook_id,
                "number": next_ids(self._db, f"webhook_message {webhook_id}"),
                "kind": kind,
                "span": msgspec.json.encode(span).decode(),
                "now": now,
            },
        )
        return _message(rows[0])

    def has_room(self, webhook_id: WebhookId) -> bool:
        """Whether another may be formed: none that waits is still to be taken before it, and few wait at all."""
        (row,) = self._db.query(
            """
            SELECT count(*) AS waiting, coalesce(sum(CASE WHEN attempts < :aside THEN 1 ELSE 0 END), 0) AS ahead
            FROM webhook_message
            WHERE webhook_id = :id AND state IN ('queued', 'sending') AND kind <> :test
            """,
            {"id": webhook_id, "aside": STEPS_ASIDE_AFTER, "test": TEST},
        )
        return not row["ahead"] and int(row["waiting"]) < MOST_WAITING

    def due(self, now: int, *, by: str = "") -> list[tuple[WebhookId, int]]:
        """The first message of each webhook that is due, longest due first; of none that is being called.

        When one waits is noted with the time of noting: where that lies ahead, the clock was put back, and it is due.
        What was noted by another claimant than *by* may be a little ahead.
        """
        rows = self._db.query(
            """
            SELECT webhook_id, min(number) AS number
            FROM webhook_message
            WHERE state = 'queued'
            AND (next_try_at <= :now OR noted_at > CASE WHEN claimed_by IN ('', :by) THEN :now ELSE :ahead END)
            AND webhook_id NOT IN (SELECT webhook_id FROM webhook_message WHERE state = 'sending')
            GROUP BY webhook_id
            ORDER BY min(next_try_at), webhook_id
            """,
            {"now": now, "ahead": now + SKEW_S, "by": by},
        )
        return [(WebhookId(row["webhook_id"]), int(row["number"])) for row in rows]

    def find(self, webhook_id: WebhookId, number: int) -> Message | None:
        rows = self._db.query(
            """
            SELECT webhook_id, number, kind, span, state, attempts, formed_at, tried_at, next_try_at, status, failure
            FROM webhook_message
            WHERE webhook_id = :id AND number = :number
            """,
            {"id": webhook_id, "number": number},
        )
        return _message(rows[0]) if rows else None

    def claim(self, message: Message, *, now: int, by: str = "") -> Message | None:
        """It is durably `sending` from now on; None where it waits no more, or another of its webhook is under way.

        *by*: of which claimant.
        """
        rows = self._db.query(
            """
            UPDATE webhook_message
            SET state = 'sending', attempts = attempts + 1, tried_at = :now, noted_at = :now,
                claimed_by = :by, claimed_until = :until
            WHERE webhook_id = :id AND number = :number AND state = 'queued'
            AND NOT EXISTS (SELECT 1 FROM webhook_message WHERE webhook_id = :id AND state = 'sending')
            RETURNING webhook_id, number, kind, span, state, attempts, formed_at, tried_at, next_try_at, status, failure
            """,
            {"id": message.webhook_id, "number": message.number, "now": now, "by": by, "until": now + CLAIM_S},
        )
        return _message(rows[0]) if rows else None

    def end(
        self,
        message: Message,
        state: Literal["delivered", "dead"],
        *,
        status: int | None,
        failure: str | None,
        now: int,
    ) -> None:
        """It was taken, or is tried no more. Says nothing of one whose claim ran out and that is another's by now."""
        self._db.execute(
            """
            UPDATE webhook_message
            SET state = :state, status = :status, failure = :failure, noted_at = :now
            WHERE webhook_id = :id AND number = :number AND state = 'sending' AND attempts = :attempts
            """,
            _outcome(message, status, failure, now) | {"state": state},
        )

    def put_off(self, message: Message, *, status: int | None, failure: str, now: int, until: int) -> None:
        """It waits for its next try, as ``end`` says. *failure* quotes nothing of others."""
        self._db.execute(
            """
            UPDATE webhook_message
            SET state = 'queued', status = :status, failure = :failure, next_try_at = :until, noted_at = :now
            WHERE webhook_id = :id AND number = :number AND state = 'sending' AND attempts = :attempts
            """,
            _outcome(message, status, failure, now) | {"until": until},
        )

    def hasten(self, webhook_id: WebhookId, *, by: int) -> None:
        """Its receiver took something: what waits longer than *by* waits until then."""
        self._db.execute(
            """
            UPDATE webhook_message
            SET next_try_at = :by
            WHERE webhook_id = :id AND state = 'queued' AND next_try_at > :by
            """,
            {"id": webhook_id, "by": by},
        )

    def return_interrupted(self, now: int, *, of: str = "", are_all: bool, most_attempts: int) -> int:
        """Queue again what a process that ended was sending, or give it up; how many.

        That is what others than *of* have claimed and whose claim has run out, and with *are_all* what *of* has.
        """
        return self._db.execute(
            """
            UPDATE webhook_message
            SET state = CASE WHEN attempts < :most AND kind <> :test THEN 'queued' ELSE 'dead' END,
                status = NULL, failure = :why, next_try_at = :now, noted_at = :now
            WHERE state = 'sending'
            AND ((claimed_by = :of AND :own = 1) OR (claimed_by <> :of AND claimed_until <= :now))
            """,
            {"now": now, "most": most_attempts, "test": TEST, "why": INTERRUPTED, "of": of, "own": int(are_all)},
        )

    def replay(self, webhook_id: WebhookId, number: int, *, now: int) -> bool:
        """Try one again from the beginning, delivered or not; False where it is there no more, or under way."""
        changed = self._db.execute(
            """
            UPDATE webhook_message
            SET state = 'queued', attempts = 0, next_try_at = :now, noted_at = :now
            WHERE webhook_id = :id AND number = :number AND state <> 'sending'
            """,
            {"id": webhook_id, "number": number, "now": now},
        )
        return bool(changed)

    def replay_waiting(self, webhook_id: WebhookId, *, now: int) -> None:
        """Try all that waits again from the beginning."""
        self._db.execute(
            """
            UPDATE webhook_message
            SET attempts = 0, next_try_at = :now, noted_at = :now
            WHERE webhook_id = :id AND state = 'queued'
            """,
            {"id": webhook_id, "now": now},
        )

    def replay_dead(self, webhook_id: WebhookId, *, now: int) -> int:
        """Try all that was given up again from the beginning; how many."""
        return self._db.execute(
            """
            UPDATE webhook_message
            SET state = 'queued', attempts = 0, next_try_at = :now, noted_at = :now
            WHERE webhook_id = :id AND state = 'dead' AND kind <> :test
            """,
            {"id": webhook_id, "now": now, "test": TEST},
        )

    def drop(self, message: Message) -> None:
        """Forget one that may tell nothing any more."""
        self._db.execute(
            "DELETE FROM webhook_message WHERE webhook_id = :id AND number = :number",
            {"id": message.webhook_id, "number": message.number},
        )

    def before(self, webhook_id: WebhookId, number: int, count: int, state: MessageState | None) -> list[Message]:
        """Up to *count* messages, in *state* if one is named, whose numbers are lower; newest first."""
        rows = self._db.query(
            """
            SELECT webhook_id, number, kind, span, state, attempts, formed_at, tried_at, next_try_at, status, failure
            FROM webhook_message
            WHERE webhook_id = :id AND number < :number AND (:state = '' OR state = :state)
            ORDER BY number DESC
            LIMIT :count
            """,
            {"id": webhook_id, "number": number, "count": count, "state": state or ""},
        )
        return list(map(_message, rows))

    def counts(self) -> dict[WebhookId, Counts]:
        """By webhook; those without any message are left out. A test that failed is not counted as given up."""
        rows = self._db.query(
            """
            SELECT webhook_id,
                sum(CASE WHEN state IN ('queued', 'sending') THEN 1 ELSE 0 END) AS waiting,
                sum(CASE WHEN state = 'dead' AND kind <> :test THEN 1 ELSE 0 END) AS dead,
                max(CASE WHEN state = 'delivered' THEN tried_at END) AS delivered_at
            FROM webhook_message
            GROUP BY webhook_id
            """,
            {"test": TEST},
        )
        return {
            WebhookId(row["webhook_id"]): Counts(int(row["waiting"]), int(row["dead"]), row["delivered_at"])
            for row in rows
        }

    def expire(self, now: int) -> int:
        """Forget what ended long ago; how many."""
        return self._db.execute(
            """
            DELETE FROM webhook_message
            WHERE (state = 'delivered' AND noted_at < :delivered)
            OR (state = 'dead' AND noted_at < :dead)
            """,
            {"delivered": now - KEEP_DELIVERED_S, "dead": now - KEEP_DEAD_S},
        )


def number_in(message_id: str, webhook_id: WebhookId) -> int | None:
    """The number in what may be the id of a message of that webhook."""
    found = _id_form.fullmatch(message_id)
    return int(found["number"]) if found and int(found["webhook"]) == webhook_id else None


def _outcome(message: Message, status: int | None, failure: str | None, now: int) -> dict[str, object]:
    return {
        "id": message.webhook_id,
        "number": message.number,
        "attempts": message.attempts,
        "status": status,
        "failure": failure,
        "now": now,
    }


def _message(row: Row) -> Message:
    return Message(**dict(row) | {"span": msgspec.json.decode(row["span"], type=Span)})
