"""Offers: what a page may offer beside its answer. Each needs mail, and the page that takes the offer up."""

from dataclasses import dataclass

from flask import current_app, url_for

from breachcheck.web.context import services
from breachcheck.web.doors import Door

PRIVATE_ANSWER = "account.send_answer"
NOTIFY = "account.notify_me"
HIDE = "account.hide_me"
"""Endpoints of forms that are posted with the field ``account``."""


@dataclass(frozen=True, slots=True)
class Offers:
    """Where each offer's form is posted to; None where it cannot be made."""

    private_answer: str | None = None
    notify: str | None = None
    hide: str | None = None


def offers_at(door: Door) -> Offers:
    """The same for every account, so that they tell nothing about one. A preview offers nothing.

    A closed site tells nobody anything, but lets people hide.
    """
    if door.is_preview or services().config.mail == "off":
        return Offers()
    if services().config.disclosure == "closed":
        return Offers(hide=_url(HIDE))
    return Offers(private_answer=_url(PRIVATE_ANSWER), notify=_url(NOTIFY), hide=_url(HIDE))


def _url(endpoint: str) -> str | None:
    return url_for(endpoint) if endpoint in current_app.view_functions else None
