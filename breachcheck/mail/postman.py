"""The postman: the loop that decides on mail requests and hands mails over, in a thread of the worker's own."""

import time
from pathlib import Path
from threading import Event

import structlog

from breachcheck.mail.delivery import Delivery, only_deliverer
from breachcheck.mail.post import Post
from breachcheck.surprises import goes_well

IDLE_S = 1.0
SWEEP_EVERY_S = 60

log = structlog.get_logger("breachcheck.mail.postman")


def run(post: Post, folder: Path, stopping: Event) -> None:
    """Go round until *stopping* is set. Of several workers of one data *folder* one does, and the next takes over."""
    delivery = post.delivery
    while delivery and not stopping.is_set():
        with only_deliverer(folder) as name:
            if name:
                _Rounds(post, delivery, name).run(stopping)
        stopping.wait(IDLE_S)


class _Rounds:
    """*name*: that by which mails are claimed."""

    def __init__(self, post: Post, delivery: Delivery, name: str) -> None:
        self._post = post
        self._delivery = delivery
        self._name = name
        self._is_sure = self._is_busy = False
        self._swept_at = 0

    def run(self, stopping: Event) -> None:
        while not stopping.is_set():
            self._is_sure = goes_well(self._go_round, log)
            if not (self._is_sure and self._is_busy):
                stopping.wait(IDLE_S)

    def _go_round(self) -> None:
        is_due = _now() - self._swept_at >= SWEEP_EVERY_S
        if is_due or not self._is_sure:
            self._delivery.begin(_now(), self._name)
        if is_due:
            self._swept_at = _now()
            sweep(self._post, self._delivery, self._swept_at)
        self._is_busy = go_round(self._post, self._delivery, _now(), self._name)


def go_round(post: Post, delivery: Delivery, now: int, name: str = "") -> bool:
    """Decide on one request and hand one mail over; whether there was either."""
    replied = post.replies.reply(now)
    return delivery.deliver(now, name) or replied


def sweep(post: Post, delivery: Delivery, now: int) -> None:
    """Forget what is too old: proofs, questions, hashes of who was mailed, mails."""
    post.replies.sweep()
    delivery.sweep(now)


def _now() -> int:
    return int(time.time())
