"""The postman: the loop that decides on mail requests and hands mails over, in a thread of the worker's own."""

import time
import traceback
from pathlib import Path
from threading import Event

import structlog

from breachcheck.delivery import Delivery, only_deliverer
from breachcheck.errors import BreachcheckError
from breachcheck.post import Post

IDLE_S = 1.0
SWEEP_EVERY_S = 60

log = structlog.get_logger("breachcheck.postman")


def run(post: Post, folder: Path, stopping: Event) -> None:
    """Go round until *stopping* is set. Of several workers of one data *folder* one does, and the next takes over."""
    delivery = post.delivery
    while delivery and not stopping.is_set():
        with only_deliverer(folder) as name:
            if name:
                _rounds(post, delivery, name, stopping)
        stopping.wait(IDLE_S)


def _rounds(post: Post, delivery: Delivery, name: str, stopping: Event) -> None:
    is_sure, swept_at = False, 0
    while not stopping.is_set():
        try:
            is_due = _now() - swept_at >= SWEEP_EVERY_S
            if is_due or not is_sure:
                delivery.begin(_now(), name)
            is_sure = True
            if is_due:
                sweep(post, delivery, swept_at := _now())
            is_busy = go_round(post, delivery, _now(), name)
        except BreachcheckError as error:
            log.warning("store out of reach", error=type(error).__name__)
            is_busy = is_sure = False
        except Exception as error:  # noqa: BLE001 - the edge of a thread: one mail must not end all others
            _note_surprise(error)
            is_busy = is_sure = False
        if not is_busy:
            stopping.wait(IDLE_S)


def go_round(post: Post, delivery: Delivery, now: int, name: str = "") -> bool:
    """Decide on one request and hand one mail over; whether there was either."""
    replied = post.replies.reply(now)
    return delivery.deliver(now, name) or replied


def sweep(post: Post, delivery: Delivery, now: int) -> None:
    """Forget what is too old: proofs, questions, hashes of who was mailed, mails."""
    post.replies.sweep()
    delivery.sweep(now)


def _note_surprise(error: Exception) -> None:
    """Where *error* came from, never its message, which may quote an address."""
    trace = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    log.error("surprise", error=type(error).__name__, trace=trace)


def _now() -> int:
    return int(time.time())
