"""Several machines over one store: each message and mail leaves once, and where one dies another takes over."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from breachcheck import config
from breachcheck.mail import postman
from breachcheck.outbox import Mail
from breachcheck.services import Services, open_services
from breachcheck.webhooks import courier
from breachcheck.webhooks.messages import CLAIM_S, SKEW_S
from tests.cli.commands import ROOT, environment
from tests.hooked import NOW, call, changes_in, hook, hooked_store, log, publish, states, taken_changes
from tests.patience import PATIENCE_S, eventually
from tests.receivers import receiving

ENGINES = ("postgres",)
"""A store in files has one machine."""

MAIL = {"mail": "outbox", "mail_from": "no-reply@check.example", "public_url": "https://check.example"}
NAMES = ("one", "two", "three", "four")


@pytest.fixture
def machines(tmp_path) -> Iterator[list[Services]]:
    """Two, with a data folder each."""
    with hooked_store(tmp_path / "data", **MAIL) as store:
        shutil.copytree(store.config.data, tmp_path / "other")
        other = open_services(config.read(tmp_path / "other", {}))
        yield [store, other]
        other.close()


@pytest.fixture
def receiver():
    with receiving() as one:
        yield one


@contextmanager
def both(machines: list[Services], run: Callable[[Services, Event], None]) -> Iterator[None]:
    """*run* on each machine for the length of the block."""
    stopping = Event()
    threads = [Thread(target=run, args=(one, stopping)) for one in machines]
    for one in threads:
        one.start()
    try:
        yield
    finally:
        stopping.set()
        for one in threads:
            one.join(PATIENCE_S)


def test_while_two_live_each_message_is_sent_once_and_in_its_order(machines, receiver, monkeypatch):
    monkeypatch.setattr(courier, "IDLE_S", 0.01)
    store = machines[0]
    receiver.on_call = lambda: time.sleep(0.02)
    for name in NAMES:
        hook(store, receiver, name=name)
    with both(machines, lambda one, stopping: courier.run(one.webhook_calls, one.config.data, stopping)):
        for breach in ("A", "B", "C"):
            publish(store, breach)
        assert eventually(lambda: len(taken_changes(receiver)) >= 3 * len(NAMES))
        time.sleep(0.2)

    of_webhooks: dict[str, list[str]] = {}
    for one in receiver.heard:
        of_webhooks.setdefault(one.id.split("_")[1], []).extend(changes_in(one))
    assert list(of_webhooks.values()) == [["A", "B", "C"]] * len(NAMES)


def test_while_two_live_each_mail_is_handed_over_once(machines, monkeypatch):
    monkeypatch.setattr(postman, "IDLE_S", 0.01)
    store, other = machines
    for number in range(40):
        mail = Mail(recipient="ann@example.com", subject="S", text="T\n", html="<p>T", language="en", message_id="id")
        store.post.outbox.add("test", mail, now=NOW - number)
    with both(machines, lambda one, stopping: postman.run(one.post, one.config.data, stopping)):
        assert eventually(lambda: store.post.outbox.counts()["written"] == 40)

    written = [path.name for one in (store, other) for path in one.config.outbox_path.glob("*.eml")]
    assert len(written) == len(set(written)) == 40


def test_a_clock_that_is_a_little_behind_the_others_makes_nothing_due_that_another_put_off(machines, receiver):
    store = machines[0]
    hook(store, receiver)
    receiver.mood = "fails"
    publish(store, "A")
    (due,) = store.webhook_calls.round(NOW, by="another")
    store.webhook_calls.deliver(due, NOW, "another")

    assert store.webhook_calls.round(NOW - SKEW_S, by="this one") == []
    assert len(store.webhook_calls.round(NOW - SKEW_S - 1, by="this one")) == 1
    assert len(store.webhook_calls.round(NOW - 1, by="another")) == 1


@pytest.mark.slow
def test_what_a_machine_had_in_hand_when_it_was_killed_another_sends_when_its_claim_has_run_out(machines, receiver):
    store, other = machines
    hook(store, receiver)
    publish(store, "A")
    called, killed = Event(), Event()
    receiver.on_call = lambda: (called.set(), killed.wait(60))
    command = [sys.executable, "-m", "breachcheck.cli", "worker", "--data", str(other.config.data)]
    with subprocess.Popen(command, env=environment(), cwd=ROOT, stderr=subprocess.DEVNULL) as worker:
        was_called = called.wait(60)
        worker.send_signal(signal.SIGKILL)
    killed.set()
    store.webhook_calls.begin(int(time.time()), "store")
    meanwhile = call(store), states(store)
    later = int(time.time()) + CLAIM_S
    store.webhook_calls.take_over(later, "store")
    call(store, later)

    assert was_called
    assert meanwhile == (0, ["sending"])
    assert (taken_changes(receiver)[-1], len(set(receiver.ids)), log(store)[0].attempts) == ("A", 1, 2)
    assert states(store) == ["delivered"]
