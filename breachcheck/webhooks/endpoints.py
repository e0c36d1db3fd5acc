"""Webhooks: where programs of those who hold API keys want to be told, and of what."""

from dataclasses import dataclass
from typing import Literal, NewType
from urllib.parse import urlsplit

import msgspec

from breachcheck.ciphers import Cipher
from breachcheck.counters import next_ids
from breachcheck.db.base import Database, Row
from breachcheck.errors import UnknownWebhook

WebhookId = NewType("WebhookId", int)
HookKind = Literal["watchlist", "domain", "catalogue"]

SCOPE_OF: dict[HookKind, str] = {"watchlist": "watch", "domain": "domains", "catalogue": "catalogue"}
"""What a key must open for its holder to be told."""

MOST_FORMER = 4


class FormerSecret(msgspec.Struct, frozen=True):
    """A secret that was replaced, and signs beside the new one *until* then: epoch seconds."""

    secret: str
    until: int


class Endpoint(msgspec.Struct, frozen=True):
    """Where calls go, and what they are signed with."""

    url: str
    secret: str
    former: tuple[FormerSecret, ...] = ()

    @property
    def host(self) -> str:
        """What of the address may be shown to others: the rest of it is often a secret."""
        return urlsplit(self.url).netloc

    def secrets(self, now: int) -> tuple[str, ...]:
        """Every one that signs now, the newest first."""
        return (self.secret, *(one.secret for one in self.former if now < one.until))

    def former_until(self, now: int) -> int | None:
        """When the newest secret will be the only one; None where it is."""
        return max((one.until for one in self.former if now < one.until), default=None)

    def rotated(self, secret: str, *, now: int, until: int) -> "Endpoint":
        kept = [one for one in self.former if now < one.until]
        former = (FormerSecret(self.secret, until), *kept)[:MOST_FORMER]
        return Endpoint(self.url, secret, former)


@dataclass(frozen=True, slots=True)
class Webhook:
    """One webhook. It belongs to its *holder*, the name that stands on API keys, as a watchlist does.

    *subject*: the name of a watchlist, or a domain; "" for the catalogue. Messages were formed of all up to *position*
    in *source*, the number of the watchlist. *disabled_at*: when its receiver said that it is gone. Epoch seconds.
    """

    id: WebhookId
    holder: str
    name: str
    kind: HookKind
    subject: str
    endpoint: Endpoint
    revision: int
    source: int
    position: int
    created_at: int
    changed_at: int
    disabled_at: int | None

    @property
    def scope(self) -> str:
        return SCOPE_OF[self.kind]


class Webhooks:
    """The table ``webhook``. Addresses and secrets are kept encrypted."""

    def __init__(self, db: Database, cipher: Cipher) -> None:
        self._db = db
        self._cipher = cipher

    def all(self) -> list[Webhook]:
        """Every webhook there is, by holder and name."""
        rows = self._db.query(
            """
            SELECT id, holder, name, kind, subject, sealed, revision, source, position, created_at, changed_at,
                disabled_at
            FROM webhook
            ORDER BY holder, name
            """
        )
        return [self._webhook(row) for row in rows]

    def of_holder(self, holder: str) -> list[Webhook]:
        """Every webhook of one holder, by name."""
        return [one for one in self.all() if one.holder == holder]

    def find(self, holder: str, name: str) -> Webhook | None:
        """The holder's webhook of this name."""
        return next((one for one in self.of_holder(holder) if one.name == name), None)

    def get(self, holder: str, name: str) -> Webhook:
        """As ``find``. Raises UnknownWebhook."""
        found = self.find(holder, name)
        if found is None:
            raise UnknownWebhook("There is no webhook of that name; `breachcheck webhooks add` makes one, as does PUT.")
        return found

    def find_by_id(self, webhook_id: WebhookId) -> Webhook | None:
        """As it is now."""
        return next((one for one in self.all() if one.id == webhook_id), None)

    def create(
        self,
        holder: str,
        name: str,
        kind: HookKind,
        subject: str,
        endpoint: Endpoint,
        *,
        source: int,
        position: int,
        at: int,
    ) -> Webhook:
        """One that is told of what comes after *position* in *source*."""
        webhook_id = WebhookId(next_ids(self._db, "webhook"))
        self._db.execute(
            """
            INSERT INTO webhook
                (id, holder, name, kind, subject, sealed, source, position, created_at, changed_at)
            VALUES (:id, :holder, :name, :kind, :subject, :sealed, :source, :position, :at, :at)
            """,
            {
                "id": webhook_id,
                "holder": holder,
                "name": name,
                "kind": kind,
                "subject": subject,
                "sealed": self._sealed(webhook_id, endpoint),
                "source": source,
                "position": position,
                "at": at,
            },
        )
        return self.get(holder, name)

    def seal(self, webhook_id: WebhookId, endpoint: Endpoint) -> None:
        """It calls *endpoint* from now on."""
        self._db.execute(
            "UPDATE webhook SET sealed = :sealed WHERE id = :id",
            {"id": webhook_id, "sealed": self._sealed(webhook_id, endpoint)},
        )

    def note_changed(self, webhook_id: WebhookId, *, at: int) -> None:
        """Someone put it again: where it was disabled, it is no more."""
        self._db.execute(
            """
            UPDATE webhook
            SET changed_at = :at, revision = revision + 1, disabled_at = NULL
            WHERE id = :id
            """,
            {"id": webhook_id, "at": at},
        )

    def disable(self, webhook: Webhook, *, at: int) -> None:
        """Call it no more, unless it was put again since *webhook* was read."""
        self._db.execute(
            """
            UPDATE webhook
            SET disabled_at = :at
            WHERE id = :id AND revision = :revision
            """,
            {"id": webhook.id, "revision": webhook.revision, "at": at},
        )

    def move(self, webhook: Webhook, *, source: int, position: int) -> bool:
        """Messages were formed of all up to there; False where that was done by another, or it is gone."""
        changed = self._db.execute(
            """
            UPDATE webhook
            SET source = :source, position = :position
            WHERE id = :id AND source = :old_source AND position = :old_position
            """,
            {
                "id": webhook.id,
                "source": source,
                "position": position,
                "old_source": webhook.source,
                "old_position": webhook.position,
            },
        )
        return bool(changed)

    def delete(self, webhook_id: WebhookId) -> None:
        """With all that waits for it."""
        self._db.execute("DELETE FROM webhook WHERE id = :id", {"id": webhook_id})

    def _sealed(self, webhook_id: WebhookId, endpoint: Endpoint) -> bytes:
        return self._cipher.encrypt(msgspec.json.encode(endpoint), _about(webhook_id))

    def _webhook(self, row: Row) -> Webhook:
        facts = dict(row)
        opened = self._cipher.decrypt(facts.pop("sealed"), _about(row["id"]))
        return Webhook(endpoint=msgspec.json.decode(opened, type=Endpoint), **facts)


def _about(webhook_id: int) -> str:
    return f"webhook {webhook_id}"
