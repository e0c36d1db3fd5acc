"""The outbox: mails that wait to be handed over, encrypted, and what became of the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NewType

import msgspec

from breachcheck.ciphers import Cipher
from breachcheck.counters import next_ids
from breachcheck.db.base import Database, Row
from breachcheck.errors import UnknownMail

MailId = NewType("MailId", int)
State = Literal["queued", "sending", "sent", "written", "parked"]

IN_DOUBT = "in doubt"
TOO_LATE = "too late"
KEEP_ENDED_S = 7 * 86_400
KEEP_PARKED_S = 30 * 86_400
HOUR_S = 3600
CLAIM_S = 900
"""How long a mail is its claimant's alone: longer than any mail server takes, each step within its time."""


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """What one person is written, in their *language*. *message_id* is the part before the @, the same every time.

    *unsubscribe_url*: where one click ends such mails (RFC 8058); none where there is nothing to end.
    """

    recipient: str
    subject: str
    text: str
    html: str
    language: str
    message_id: str
    unsubscribe_url: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail that is this process's to hand over. *load_id*: the load that must still be shown for it to be true."""

    id: MailId
    kind: str
    mail: Mail
    attempts: int
    load_id: int | None


@dataclass(frozen=True, slots=True)
class QueuedMail:
    """What an operator may know of a mail: nothing of whom it is for, and nothing that it says. Epoch seconds.

    *is_whole*: it could still be sent; what came too late is empty.
    """

    id: MailId
    kind: str
    state: State
    queued_at: int
    not_before: int
    attempts: int
    failure: str | None
    is_whole: bool


class Outbox:
    """The table ``mail``. What a mail says and whom it is for are encrypted, and deleted as soon as it was handed over.

    A mail is `sending` from before it is handed over until it is known what became of it. `sent` is what a mail server
    took, `written` what is a file in a folder; `parked` is tried by nobody until an operator says so.
    """

    def __init__(self, db: Database, cipher: Cipher) -> None:
        self._db = db
        self._cipher = cipher

    def add(
        self,
        kind: str,
        mail: Mail,
        *,
        now: int,
        is_urgent: bool = False,
        not_after: int | None = None,
        load_id: int | None = None,
    ) -> MailId:
        """Queue *mail*, together with the caller's transaction. Urgent is what someone waits for at a screen."""
        with self._db.transaction():
            mail_id = MailId(next_ids(self._db, "mail"))
            self._db.execute(
                """
                INSERT INTO mail (id, kind, state, is_urgent, sealed, load_id, queued_at, not_before, not_after)
                VALUES (:id, :kind, 'queued', :is_urgent, :sealed, :load_id, :now, :now, :not_after)
                """,
                {
                    "id": mail_id,
                    "kind": kind,
                    "is_urgent": int(is_urgent),
                    "sealed": self._cipher.encrypt(msgspec.json.encode(mail), _about(mail_id)),
                    "load_id": load_id,
                    "now": now,
                    "not_after": not_after,
                },
            )
        return mail_id

    def claim(self, now: int, *, by: str = "", urgent_alone: bool = False) -> Claim | None:
        """The next mail that is due, durably `sending` from now on; urgent ones first. *by*: of which claimant."""
        rows = self._db.query(
            """
            UPDATE mail
            SET state = 'sending', attempts = attempts + 1, claimed_by = :by, claimed_until = :until
            WHERE id = (
                SELECT id
                FROM mail
                WHERE state = 'queued' AND not_before <= :now AND is_urgent >= :least
                AND (not_after IS NULL OR not_after > :now)
                ORDER BY is_urgent DESC, not_before, id
                LIMIT 1
            )
            RETURNING id, kind, sealed, attempts, load_id
            """,
            {"now": now, "least": int(urgent_alone), "by": by, "until": now + CLAIM_S},
        )
        return self._claim(rows[0]) if rows else None

    def end(self, mail_id: MailId, state: Literal["sent", "written"], *, now: int) -> None:
        """It was handed over: what it said, and to whom, is deleted."""
        self._db.execute(
            """
            UPDATE mail
            SET state = :state, sealed = NULL, failure = NULL, ended_at = :now
            WHERE id = :id
            """,
            {"id": mail_id, "state": state, "now": now},
        )

    def put_off(self, mail_id: MailId, why: str, *, until: int) -> None:
        """It waits for its next try. *why* quotes no mail server."""
        self._db.execute(
            """
            UPDATE mail
            SET state = 'queued', not_before = :until, failure = :why
            WHERE id = :id
            """,
            {"id": mail_id, "until": until, "why": why},
        )

    def park(self, mail_id: MailId, why: str, *, now: int) -> None:
        """Nobody tries it again until an operator says so. *why* quotes no mail server."""
        self._db.execute(
            """
            UPDATE mail
            SET state = 'parked', ended_at = :now, failure = :why
            WHERE id = :id
            """,
            {"id": mail_id, "now": now, "why": why},
        )

    def park_interrupted(self, now: int, *, by: str = "") -> list[MailId]:
        """Park what a process that ended was handing over: it may have arrived.

        That is what is claimed by *by*, who sends nothing now, or by another whose claim has run out.
        """
        rows = self._db.query(
            """
            UPDATE mail
            SET state = 'parked', ended_at = :now, failure = :why
            WHERE state = 'sending' AND (claimed_by = :by OR claimed_until <= :now)
            RETURNING id
            """,
            {"now": now, "why": IN_DOUBT, "by": by},
        )
        return [MailId(row["id"]) for row in rows]

    def park_queued(self, now: int) -> list[MailId]:
        """Park all that waits: it may have arrived. For a store that is not as new as what was sent from it."""
        rows = self._db.query(
            """
            UPDATE mail
            SET state = 'parked', ended_at = :now, failure = :why
            WHERE state = 'queued'
            RETURNING id
            """,
            {"now": now, "why": IN_DOUBT},
        )
        return [MailId(row["id"]) for row in rows]

    def expire(self, now: int) -> int:
        """Park, empty, what waited until it was of no use; forget what ended long ago. How many were parked.

        What would have told somebody of a breach, and was only written, is known until mails are sent.
        """
        with self._db.transaction():
            self._db.execute(
                """
                DELETE FROM mail
                WHERE (state = 'sent' AND ended_at < :ended)
                OR (state = 'written' AND ended_at < :ended AND kind NOT IN ('notification', 'correction'))
                OR (state = 'parked' AND ended_at < :parked)
                """,
                {"ended": now - KEEP_ENDED_S, "parked": now - KEEP_PARKED_S},
            )
            return self._db.execute(
                """
                UPDATE mail
                SET state = 'parked', sealed = NULL, ended_at = :now, failure = :why
                WHERE state = 'queued' AND not_after <= :now
                """,
                {"now": now, "why": TOO_LATE},
            )

    def retry(self, mail_id: MailId, *, now: int) -> None:
        """Queue a parked mail again, as if it were new. Raises UnknownMail where it is not parked, or empty."""
        changed = self._db.execute(
            """
            UPDATE mail
            SET state = 'queued', attempts = 0, not_before = :now, ended_at = NULL
            WHERE id = :id AND state = 'parked' AND sealed IS NOT NULL
            """,
            {"id": mail_id, "now": now},
        )
        if not changed:
            raise UnknownMail(
                f"Mail {mail_id} is not parked, or came too late to be of use; `breachcheck mails list` shows them."
            )

    def drop(self, mail_id: MailId) -> None:
        """Forget a mail that is queued or parked. Raises UnknownMail for any other."""
        changed = self._db.execute("DELETE FROM mail WHERE id = :id AND state IN ('queued', 'parked')", {"id": mail_id})
        if not changed:
            raise UnknownMail(f"Mail {mail_id} neither waits nor is parked; `breachcheck mails list` shows them.")

    def written(self) -> frozenset[MailId]:
        """Mails that nobody got, since they became files."""
        rows = self._db.query("SELECT id FROM mail WHERE state = 'written'")
        return frozenset(MailId(row["id"]) for row in rows)

    def forget_written(self) -> None:
        self._db.execute("DELETE FROM mail WHERE state = 'written'")

    def forget(self, mail_id: MailId) -> None:
        """Forget a claimed mail that is no longer true."""
        self._db.execute("DELETE FROM mail WHERE id = :id AND state = 'sending'", {"id": mail_id})

    def counts(self) -> dict[State, int]:
        """How many mails are in each state; of those that were sent, in the last week."""
        rows = self._db.query("SELECT state, COUNT(*) AS mails FROM mail GROUP BY state")
        found = {row["state"]: int(row["mails"]) for row in rows}
        every: Sequence[State] = ("queued", "sending", "sent", "written", "parked")
        return {state: found.get(state, 0) for state in every}

    def waiting(self) -> list[QueuedMail]:
        """Every mail that was not handed over, oldest first."""
        rows = self._db.query(
            """
            SELECT id, kind, state, queued_at, not_before, attempts, failure, sealed IS NOT NULL AS is_whole
            FROM mail
            WHERE state IN ('queued', 'sending', 'parked')
            ORDER BY id
            """
        )
        return [QueuedMail(**dict(row) | {"is_whole": bool(row["is_whole"])}) for row in rows]

    def handed_over(self, now: int) -> dict[int, tuple[int, int]]:
        """For each of the last 24 hours, 0 being this one: how many urgent mails and how many others.

        What is being handed over counts as of now.
        """
        rows = self._db.query(
            """
            SELECT hour, SUM(is_urgent) AS urgent, SUM(1 - is_urgent) AS others
            FROM (
                SELECT is_urgent, CASE WHEN state = 'sending' THEN 0 ELSE (:now - ended_at) / :hour END AS hour
                FROM mail
                WHERE state = 'sending' OR (state IN ('sent', 'written') AND ended_at > :since)
            ) AS left_or_leaving
            GROUP BY hour
            """,
            {"now": now, "hour": HOUR_S, "since": now - 24 * HOUR_S},
        )
        return {int(row["hour"]): (int(row["urgent"]), int(row["others"])) for row in rows}

    def _claim(self, row: Row) -> Claim:
        mail_id = MailId(row["id"])
        mail = msgspec.json.decode(self._cipher.decrypt(row["sealed"], _about(mail_id)), type=Mail)
        return Claim(mail_id, row["kind"], mail, row["attempts"], row["load_id"])


def _about(mail_id: MailId) -> str:
    return f"mail {mail_id}"
