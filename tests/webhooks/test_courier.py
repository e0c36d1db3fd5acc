"""The courier: calls many receivers at once, and goes on where a worker that died left off."""

import signal
import subprocess
import sys
import time
from threading import Event, Thread

from breachcheck.webhooks import courier
from breachcheck.webhooks.calls import MOST_ATTEMPTS
from breachcheck.webhooks.messages import INTERRUPTED
from tests.cli.commands import ROOT, environment
from tests.engines import ENGINES as ENGINES
from tests.hooked import (
    NOW,
    call,
    changes_in,
    hook,
    hooked_store,
    log,
    publish,
    states,
    taken_changes,
)
from tests.patience import PATIENCE_S, eventually
from tests.receivers import Receiver, receiving
from tests.stores import break_catalogue

ANN = "ann@example.com"
BOB = "bob@example.com"


class TestInterrupted:
    def test_what_was_being_sent_is_sent_again(self, store, receiver):
        hook(store, receiver)
        receiver.on_call = lambda: (_ for _ in ()).throw(SystemError)
        publish(store, "A")
        (due,) = store.webhook_calls.round(NOW)
        message = log(store)[0]
        store.webhook_calls._messages.claim(message, now=NOW)
        nothing = store.webhook_calls.round(NOW + 10**6)
        store.webhook_calls.begin(NOW)
        receiver.on_call = lambda: None
        call(store)

        assert due.number == message.number
        assert nothing == []
        assert taken_changes(receiver) == ["A"]
        assert log(store)[0].attempts == 2

    def test_of_one_webhook_one_message_at_a_time_is_under_way(self, store, receiver):
        hook(store, receiver)
        publish(store, "A")
        store.webhook_calls.round(NOW)
        messages, (first,) = store.webhook_calls._messages, log(store)
        second = messages.add(first.webhook_id, first.kind, first.span, now=NOW)

        assert messages.claim(first, now=NOW) is not None
        assert messages.claim(second, now=NOW) is None

    def test_what_ends_every_worker_is_given_up(self, store, receiver):
        hook(store, receiver)
        publish(store, "A")
        store.webhook_calls.round(NOW)
        for _ in range(MOST_ATTEMPTS):
            store.webhook_calls._messages.claim(log(store)[0], now=NOW)
            store.webhook_calls.begin(NOW)

        (message,) = log(store)
        assert (message.state, message.failure) == ("dead", INTERRUPTED)

    def test_a_worker_that_is_killed_with_a_message_in_hand_delivers_it_again(self, tmp_path, receiver):
        """A real worker process, a receiver that takes its time, and kill -9 in between."""
        with hooked_store(tmp_path / "data") as store:
            secret = hook(store, receiver)
            publish(store, "A")
        called, killed = Event(), Event()
        receiver.on_call = lambda: (called.set(), killed.wait(60))
        command = [sys.executable, "-m", "breachcheck.cli", "worker", "--data", str(tmp_path / "data")]
        with subprocess.Popen(command, env=environment(), cwd=ROOT, stderr=subprocess.DEVNULL) as first:
            was_called = called.wait(60)
            first.send_signal(signal.SIGKILL)
        called.clear()
        killed.set()
        with subprocess.Popen(command, env=environment(), cwd=ROOT, stderr=subprocess.DEVNULL) as second:
            was_called_again = called.wait(60)
            second.send_signal(signal.SIGTERM)
            status = second.wait(60)

        assert (was_called, was_called_again, status) == (True, True, 0)
        assert [changes_in(one) for one in receiver.heard] == [["A"], ["A"]]
        assert len(set(receiver.ids)) == 1
        assert all(one.is_signed_with(secret) for one in receiver.heard)


class TestTheCourier:
    def test_one_that_stalls_holds_up_no_other(self, store, receiver, monkeypatch):
        monkeypatch.setattr(courier, "IDLE_S", 0.01)
        store.webhook_calls._patience_s = 60.0
        released, stopping = Event(), Event()
        with receiving(Receiver(on_call=lambda: released.wait(60))) as stalling:
            hook(store, stalling, name="stalling")
            hook(store, receiver, name="good")
            thread = Thread(target=courier.run, args=(store.webhook_calls, store.config.data, stopping))
            thread.start()
            for name in ("A", "B", "C"):
                publish(store, name)
                assert eventually(lambda name=name: name in taken_changes(receiver))
            assert eventually(lambda: stalling.heard)
            meanwhile = states(store, "stalling")
            released.set()
            assert eventually(lambda: len(taken_changes(stalling)) == 3)
            stopping.set()
            thread.join(PATIENCE_S)

        assert meanwhile == ["sending"]
        assert taken_changes(stalling) == taken_changes(receiver) == ["A", "B", "C"]

    def test_told_to_stop_it_sees_what_is_under_way_to_its_end(self, store, receiver, monkeypatch):
        monkeypatch.setattr(courier, "IDLE_S", 0.01)
        stopping = Event()
        receiver.on_call = stopping.set
        hook(store, receiver)
        publish(store, "A")
        courier.run(store.webhook_calls, store.config.data, stopping)

        assert states(store) == ["delivered"]

    def test_a_store_out_of_reach_ends_nothing(self, tmp_path, receiver, monkeypatch):
        monkeypatch.setattr(courier, "IDLE_S", 0.01)
        with hooked_store(tmp_path / "broken") as store:
            hook(store, receiver)
            break_catalogue(store)
            stopping = Event()
            thread = Thread(target=courier.run, args=(store.webhook_calls, store.config.data, stopping))
            thread.start()
            time.sleep(0.1)
            is_alive = thread.is_alive()
            stopping.set()
            thread.join(PATIENCE_S)

        assert is_alive
        assert not thread.is_alive()

    def test_of_two_workers_of_one_folder_one_calls(self, store, receiver, monkeypatch):
        monkeypatch.setattr(courier, "IDLE_S", 0.01)
        hook(store, receiver)
        stopping = Event()
        threads = [
            Thread(target=courier.run, args=(store.webhook_calls, store.config.data, stopping)) for _ in range(2)
        ]
        for one in threads:
            one.start()
        publish(store, "A", "B", "C")
        assert eventually(lambda: len(taken_changes(receiver)) == 3)
        stopping.set()
        for one in threads:
            one.join(PATIENCE_S)

        assert sorted(taken_changes(receiver)) == ["A", "B", "C"]
