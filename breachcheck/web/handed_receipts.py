"""Handed receipts: the receipt of an opt-out, which the owner's own browser keeps for ten minutes, and nobody else."""

from typing import cast

from flask import Flask, Response, current_app, make_response, redirect

from breachcheck import receipts
from breachcheck.owner_links import Owner
from breachcheck.receipts import Receipt
from breachcheck.web.owner_sessions import PATH
from breachcheck.web.sealed import Seal

KEY = "breachcheck handed receipts"
COOKIE = "receipt"


def install(app: Flask, app_key: bytes) -> None:
    app.extensions[KEY] = Seal(app_key, cookie=COOKIE, purpose="handed receipts")


def hand_over(receipt: Receipt, owner: Owner, to: str) -> Response:
    """Send the browser on to the page *to* with the receipt, so that reloading and Back show it again."""
    response = make_response(redirect(to, 303))
    _seal().close(response, f"{owner.digest} {receipts.as_text(receipt)}", PATH)
    return response


def handed_to(owner: Owner) -> Receipt | None:
    """What this browser was handed in the last ten minutes; None where that was nothing, or another owner's."""
    digest, _, text = (_seal().open() or "").partition(" ")
    return receipts.parse(text.encode()) if text and digest == str(owner.digest) else None


def forget(response: Response) -> None:
    """Have the browser forget it."""
    _seal().drop(response, PATH)


def _seal() -> Seal:
    return cast(Seal, current_app.extensions[KEY])
