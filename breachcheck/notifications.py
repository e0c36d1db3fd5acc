"""Notifications: which subscriber was told what of which breach; and the tellings, each an operator's decision."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NewType

import msgspec

from breachcheck.breaches import BreachId, LoadId
from breachcheck.counters import next_ids
from breachcheck.db.base import Database, Row
from breachcheck.outbox import MailId, Outbox
from breachcheck.subscribers import SubscriberId

TellingId = NewType("TellingId", int)


class Words(msgspec.Struct, frozen=True):
    """What a correction says, in the operator's words."""

    what_went_wrong: str = ""
    what_is_right: str = ""


NO_WORDS = Words()


@dataclass(frozen=True, slots=True)
class Telling:
    """That everyone concerned is to be told. *load_id*: what the breach showed then.

    None where it was withdrawn, or where mails were only written then, and so nobody told.
    """

    id: TellingId
    breach_id: BreachId
    load_id: LoadId | None
    is_correction: bool
    words: Words
    translations: Mapping[str, Words]
    told_by: str
    begun_at: int

    def words_in(self, tag: str) -> Words:
        """What a correction says to readers of the language *tag*."""
        return self.translations.get(tag, self.words)


@dataclass(frozen=True, slots=True)
class Notification:
    """One person was, or is about to be, told of these *classes* of one breach. *told_at*: None while it waits.

    *mail_id*: the mail that does so, which the outbox may have forgotten since.
    """

    subscriber_id: SubscriberId
    breach_id: BreachId
    load_id: LoadId
    classes: frozenset[str]
    mail_id: MailId
    told_at: int | None


class Notifications:
    """The tables ``notification`` and ``telling``. What a subscriber was told goes when they go."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def begin(
        self,
        breach_id: BreachId,
        load_id: LoadId | None,
        *,
        by: str,
        now: int,
        correction: Words | None = None,
        translations: Mapping[str, Words] | None = None,
    ) -> TellingId:
        """Note that everyone concerned is to be told; with *correction*, that what they were told was wrong."""
        words = correction or NO_WORDS
        with self._db.transaction():
            telling_id = TellingId(next_ids(self._db, "telling"))
            self._db.execute(
                """
                INSERT INTO telling (
                    id, breach_id, load_id, is_correction, what_went_wrong, what_is_right, translations,
                    told_by, begun_at
                )
                VALUES (:id, :breach_id, :load_id, :is_correction, :wrong, :right, :translations, :by, :now)
                """,
                {
                    "id": telling_id,
                    "breach_id": breach_id,
                    "load_id": load_id,
                    "is_correction": int(correction is not None),
                    "wrong": words.what_went_wrong,
                    "right": words.what_is_right,
                    "translations": msgspec.json.encode(translations or {}).decode(),
                    "by": by,
                    "now": now,
                },
            )
        return telling_id

    def tellings(self) -> list[Telling]:
        """Every telling there was, newest first."""
        rows = self._db.query(
            """
            SELECT id, breach_id, load_id, is_correction, what_went_wrong, what_is_right, translations,
                told_by, begun_at
            FROM telling
            ORDER BY id DESC
            """
        )
        return [_telling(row) for row in rows]

    def get(self, telling_id: TellingId) -> Telling:
        """The telling that ``begin`` noted under this id."""
        return next(telling for telling in self.tellings() if telling.id == telling_id)

    def of_subscriber(self, subscriber_id: SubscriberId) -> list[Notification]:
        """What one person was told, or is about to be, oldest first."""
        rows = self._db.query(
            """
            SELECT subscriber_id, breach_id, load_id, classes, mail_id, told_at
            FROM notification
            WHERE subscriber_id = :subscriber_id
            ORDER BY id
            """,
            {"subscriber_id": subscriber_id},
        )
        return [_notification(row) for row in rows]

    def of_breach(self, breach_id: BreachId) -> list[Notification]:
        """Who was told of the breach, or is about to be."""
        rows = self._db.query(
            """
            SELECT subscriber_id, breach_id, load_id, classes, mail_id, told_at
            FROM notification
            WHERE breach_id = :breach_id
            ORDER BY id
            """,
            {"breach_id": breach_id},
        )
        return [_notification(row) for row in rows]

    def add(
        self,
        subscriber_id: SubscriberId,
        breach_id: BreachId,
        load_id: LoadId,
        classes: Iterable[str],
        mail_id: MailId,
        *,
        told_at: int | None = None,
    ) -> None:
        """Note that a mail is about to tell them. Once for each subscriber, breach and set of classes."""
        self._db.execute(
            """
            INSERT INTO notification (id, subscriber_id, breach_id, load_id, classes, mail_id, told_at)
            VALUES (:id, :subscriber_id, :breach_id, :load_id, :classes, :mail_id, :told_at)
            """,
            {
                "id": next_ids(self._db, "notification"),
                "subscriber_id": subscriber_id,
                "breach_id": breach_id,
                "load_id": load_id,
                "classes": json.dumps(sorted(classes)),
                "mail_id": mail_id,
                "told_at": told_at,
            },
        )

    def note_told(self, mail_id: MailId, now: int) -> None:
        """The mail left, or may have. Says nothing of mails that tell of no breach."""
        self._db.execute(
            "UPDATE notification SET told_at = :now WHERE mail_id = :mail_id AND told_at IS NULL",
            {"mail_id": mail_id, "now": now},
        )

    def is_meant(self, mail_id: MailId) -> bool:
        """Whether someone is still to be told by this mail: not where they unsubscribed, or were corrected since."""
        return bool(self._db.query("SELECT 1 AS one FROM notification WHERE mail_id = :mail_id", {"mail_id": mail_id}))

    def forget_mail(self, mail_id: MailId) -> None:
        """The mail will never leave: they were not told by it."""
        self._db.execute("DELETE FROM notification WHERE mail_id = :mail_id AND told_at IS NULL", {"mail_id": mail_id})

    def untell_written(self, outbox: Outbox) -> int:
        """Mails that became files told nobody: whom they were for is told when told again. How many mails that were.

        A telling of which nobody has heard, then, is one of no load. For a site that sends mails now.
        """
        written = outbox.written()
        if written:
            with self._db.transaction():
                for load_id in {load_id for mail_id in written for load_id in self._untell(mail_id)}:
                    self._disown_tellings(load_id)
                outbox.forget_written()
        return len(written)

    def _untell(self, mail_id: MailId) -> list[LoadId]:
        """Of which loads the mail told."""
        rows = self._db.query(
            "DELETE FROM notification WHERE mail_id = :mail_id RETURNING load_id", {"mail_id": mail_id}
        )
        return [LoadId(row["load_id"]) for row in rows]

    def _disown_tellings(self, load_id: LoadId) -> None:
        self._db.execute(
            """
            UPDATE telling
            SET load_id = NULL
            WHERE load_id = :load_id
            AND is_correction = 0
            AND NOT EXISTS (SELECT 1 FROM notification WHERE load_id = :load_id AND told_at IS NOT NULL)
            """,
            {"load_id": load_id},
        )

    def forget_waiting(self, subscriber_id: SubscriberId, breach_id: BreachId) -> None:
        """What they were about to be told of the breach is overtaken: the mails that wait will not leave."""
        self._db.execute(
            """
            DELETE FROM notification
            WHERE subscriber_id = :subscriber_id AND breach_id = :breach_id AND told_at IS NULL
            """,
            {"subscriber_id": subscriber_id, "breach_id": breach_id},
        )

    def forget(self, subscriber_id: SubscriberId, breach_id: BreachId) -> None:
        """What they were told of the breach does not hold any more."""
        self._db.execute(
            "DELETE FROM notification WHERE subscriber_id = :subscriber_id AND breach_id = :breach_id",
            {"subscriber_id": subscriber_id, "breach_id": breach_id},
        )


def _telling(row: Row) -> Telling:
    return Telling(
        id=row["id"],
        breach_id=row["breach_id"],
        load_id=row["load_id"],
        is_correction=bool(row["is_correction"]),
        words=Words(row["what_went_wrong"], row["what_is_right"]),
        translations=msgspec.json.decode(row["translations"], type=dict[str, Words]),
        told_by=row["told_by"],
        begun_at=row["begun_at"],
    )


def _notification(row: Row) -> Notification:
    return Notification(**dict(row) | {"classes": frozenset(json.loads(row["classes"]))})
