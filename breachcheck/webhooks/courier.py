"""The courier: the loop that delivers webhook messages, some at a time, in threads of the worker's own."""

import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event

import structlog

from breachcheck.mail.delivery import only_deliverer
from breachcheck.surprises import goes_well
from breachcheck.webhooks.calls import Call, WebhookCalls
from breachcheck.webhooks.endpoints import WebhookId

LOCK = "webhooks.lock"
AT_ONCE = 8
"""How many receivers are called at the same time: one that stalls holds up a thread, not the others."""

IDLE_S = 1.0
TAKE_OVER_EVERY_S = 10
SWEEP_EVERY_S = 600

log = structlog.get_logger("breachcheck.webhooks.courier")


def run(calls: WebhookCalls, folder: Path, stopping: Event) -> None:
    """Go round until *stopping* is set. Of several workers of one data *folder* one does, and the next takes over."""
    while not stopping.is_set():
        with only_deliverer(folder, LOCK) as name:
            if name:
                with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="courier") as pool:
                    Rounds(calls, pool, name, stopping).run()
        stopping.wait(IDLE_S)


class Rounds:
    """Which webhooks are being called, one call of each at a time, so that its messages keep their order.

    *name*: that by which messages are claimed.
    """

    def __init__(self, calls: WebhookCalls, pool: ThreadPoolExecutor, name: str, stopping: Event) -> None:
        self._calls = calls
        self._pool = pool
        self._name = name
        self._stopping = stopping
        self._under_way: dict[WebhookId, Future[None]] = {}
        self._is_sure = False
        self._took_over_at = self._swept_at = 0.0

    def run(self) -> None:
        """Until told to stop; what is under way is waited for."""
        while not self._stopping.is_set():
            if not goes_well(self._go_round, log):
                self._is_sure = False
            self._rest()

    def _go_round(self) -> None:
        self._collect()
        if not self._is_sure and not self._under_way:
            self._calls.begin(_now(), self._name)
            self._is_sure = True
        if time.monotonic() - self._took_over_at >= TAKE_OVER_EVERY_S:
            self._calls.take_over(_now(), self._name)
            self._took_over_at = time.monotonic()
        if time.monotonic() - self._swept_at >= SWEEP_EVERY_S:
            self._calls.sweep(_now())
            self._swept_at = time.monotonic()
        if self._is_sure:
            due = self._calls.round(_now(), self._under_way, self._name)
            for call in due[: AT_ONCE - len(self._under_way)]:
                self._under_way[call.webhook.id] = self._pool.submit(self._deliver, call)

    def _deliver(self, call: Call) -> None:
        self._calls.deliver(call, _now(), self._name)

    def _collect(self) -> None:
        """Whatever a call ended with counts as if it had happened here."""
        ended = {id_: one for id_, one in self._under_way.items() if one.done()}
        for webhook_id in ended:
            del self._under_way[webhook_id]
        for one in ended.values():
            one.result()

    def _rest(self) -> None:
        if self._under_way:
            wait(self._under_way.values(), IDLE_S, return_when=FIRST_COMPLETED)
        else:
            self._stopping.wait(IDLE_S)


def _now() -> int:
    return int(time.time())
