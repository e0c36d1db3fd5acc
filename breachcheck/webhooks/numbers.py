"""Webhook numbers: what the webhook of a domain was told last of each breach, so that it is told differences alone."""

from collections.abc import Iterable
from dataclasses import dataclass

from breachcheck.db.base import Database
from breachcheck.webhooks.endpoints import WebhookId


@dataclass(frozen=True, slots=True)
class ToldNumbers:
    """That of *breach*, as the load *load_id* shows it, *said* was told: a hash of the numbers."""

    breach: str
    title: str
    load_id: int
    said: str


class WebhookNumbers:
    """The table ``webhook_number``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of_webhook(self, webhook_id: WebhookId) -> dict[str, ToldNumbers]:
        """By the breach's name."""
        rows = self._db.query(
            """
            SELECT breach, title, load_id, said
            FROM webhook_number
            WHERE webhook_id = :id
            """,
            {"id": webhook_id},
        )
        return {row["breach"]: ToldNumbers(**row) for row in rows}

    def replace(self, webhook_id: WebhookId, told: Iterable[ToldNumbers]) -> None:
        """This, and nothing else, was told. In the caller's transaction."""
        self._db.execute("DELETE FROM webhook_number WHERE webhook_id = :id", {"id": webhook_id})
        for one in told:
            self._db.execute(
                """
                INSERT INTO webhook_number (webhook_id, breach, title, load_id, said)
                VALUES (:id, :breach, :title, :load_id, :said)
                """,
                {
                    "id": webhook_id,
                    "breach": one.breach,
                    "title": one.title,
                    "load_id": one.load_id,
                    "said": one.said,
                },
            )
