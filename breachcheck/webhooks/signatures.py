"""Signatures: how a receiver knows that a webhook's message is ours and is new (Standard Webhooks, symmetric)."""

import base64
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

SECRET_PREFIX = "whsec_"
_SECRET_LENGTH = 32


def new_secret() -> str:
    """256 random bits, as the standard spells them."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_LENGTH)).decode()


def headers(message_id: str, body: str, signing: Sequence[str], *, at: int) -> dict[str, str]:
    """What goes with *body*: its id, epoch seconds, and a signature under each of the secrets *signing*."""
    signed = [Webhook(secret).sign(message_id, datetime.fromtimestamp(at, UTC), body) for secret in signing]
    return {"webhook-id": message_id, "webhook-timestamp": str(at), "webhook-signature": " ".join(signed)}
