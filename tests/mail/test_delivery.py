"""Delivery: a mail leaves once, or is tried again, or is parked where people see it; never twice unasked."""

import asyncio
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from breachcheck.ciphers import Cipher
from breachcheck.errors import MailDeferred, MailInDoubt, MailRefused, MailUnreachable, UnknownMail, WrongKey
from breachcheck.mail import delivery, pace, postman
from breachcheck.mail.delivery import AGAIN_AFTER_S, Delivery, only_deliverer
from breachcheck.mail.envelopes import Sender
from breachcheck.outbox import CLAIM_S, IN_DOUBT, KEEP_ENDED_S, KEEP_PARKED_S, TOO_LATE, Mail, Outbox
from breachcheck.services import open_services
from tests import mail_servers
from tests.cli.commands import ROOT, environment
from tests.engines import ENGINES as ENGINES
from tests.mails import NOW, Mailing, after_this_test, mailing
from tests.patience import PATIENCE_S
from tests.stores import SHOP, new_store, published_breach

ANN = "ann@example.com"
SENDER = Sender("Breach check", "no-reply@check.example", "check.example")


class Way:
    """A way out that fails as it is told to, and counts what left."""

    handed_over_as = "sent"

    def __init__(self) -> None:
        self.left = []
        self.fault = None

    def hand_over(self, envelope):
        if self.fault:
            raise self.fault
        self.left.append(envelope.recipient)


@pytest.fixture
def it(tmp_path):
    yield from mailing(tmp_path / "data")


@pytest.fixture
def way():
    return Way()


@pytest.fixture
def deliveries(it, way):
    """Delivers over *way* all that is due at a time; how many rounds had something to do."""
    post, store = it.post, it.store
    made = Delivery(store.databases[1], post.outbox, post.notifications, store.breaches, way, SENDER, cap=0)

    def deliver(now=NOW, cap=0):
        made._cap = cap
        rounds = 0
        while made.deliver(now):
            rounds += 1
        return rounds

    return deliver


@pytest.fixture
def queue(it):
    def queued(recipient=ANN, **more):
        mail = Mail(
            recipient=recipient, subject="Subject", text="Text\n", html="<p>Text", language="en", message_id="id"
        )
        return it.post.outbox.add("test", mail, **({"now": NOW} | more))

    return queued


def state_of(it, mail_id):
    (row,) = it.store.databases[1].query("SELECT state, sealed, failure FROM mail WHERE id = :id", {"id": mail_id})
    return row


def test_what_left_is_forgotten_at_once(it, way, deliveries, queue):
    mail_id = queue()
    assert ANN.encode() not in state_of(it, mail_id)["sealed"]
    deliveries()

    assert way.left == [ANN]
    assert (state_of(it, mail_id)["state"], state_of(it, mail_id)["sealed"]) == ("sent", None)


def test_what_is_only_a_file_is_never_called_sent(it, queue):
    mail_id = queue()
    it.post.delivery.deliver(NOW)

    assert state_of(it, mail_id)["state"] == "written"
    assert it.post.outbox.counts() == {"queued": 0, "sending": 0, "sent": 0, "written": 1, "parked": 0}


@pytest.fixture
def only_written(it):
    """One subscriber, to whom a notification was written as a file some time ago."""
    it.clock.now = after_this_test()
    it.subscribed(ANN)
    published_breach(it.store, SHOP, {ANN: ["Email addresses"]})
    it.post.notify.tell("Shop", by="tests")
    it.rounds()
    it.post.outbox.expire(it.clock.now + KEEP_ENDED_S + 1)
    assert (len(it.written()), it.post.notify.readers("Shop").total()) == (1, 0)


@pytest.mark.usefixtures("only_written")
def test_whom_only_a_file_told_is_told_once_mails_are_sent(it, way):
    store = it.store
    sending = Delivery(store.databases[1], it.post.outbox, it.post.notifications, store.breaches, way, SENDER, cap=0)
    sending.begin(it.clock.now)

    assert it.post.notify.readers("Shop").total() == 1
    assert it.post.outbox.written() == frozenset()
    assert [row.name for row in it.post.notify.untold()] == ["Shop"]


@pytest.mark.usefixtures("only_written")
def test_they_are_counted_before_it_is_asked_whether_to_send(it):
    smtp = {"mail": "smtp", "smtp_host": "127.0.0.1", "mail_from": "no-reply@check.example"}
    store = open_services(replace(it.store.config, **smtp))
    count = store.post.notify.readers("Shop").total()
    store.close()

    assert count == 1


def test_it_is_sending_on_the_disk_before_it_is_handed_over(it, way, deliveries, queue):
    mail_id, seen = queue(), []
    with_another_connection = open_services(it.store.config)
    way.hand_over = lambda _: seen.append(with_another_connection.post.outbox.counts()["sending"])
    deliveries()
    with_another_connection.close()

    assert seen == [1]
    assert state_of(it, mail_id)["state"] == "sent"


@pytest.mark.parametrize("fault", [MailDeferred("451"), MailUnreachable("TimeoutError")])
def test_what_is_not_taken_yet_is_tried_later_and_later_and_then_parked(it, way, deliveries, queue, fault):
    mail_id, now = queue(), NOW
    way.fault = fault
    for wait in AGAIN_AFTER_S:
        assert deliveries(now) == 1
        assert deliveries(now + wait - 1) == 0
        assert state_of(it, mail_id)["state"] == "queued"
        now += wait
    deliveries(now)

    row = state_of(it, mail_id)
    assert (row["state"], row["failure"]) == ("parked", f"gave up: {fault}")
    assert row["sealed"]


def test_what_is_refused_is_parked_at_once(it, way, deliveries, queue):
    mail_id = queue()
    way.fault = MailRefused("550 5.1.1")
    deliveries()

    assert (state_of(it, mail_id)["state"], state_of(it, mail_id)["failure"]) == ("parked", "refused: 550 5.1.1")


def test_what_is_in_doubt_is_parked_and_never_sent_again_unasked(it, way, deliveries, queue):
    mail_id = queue()
    way.fault = MailInDoubt("in doubt")
    deliveries()
    way.fault = None
    deliveries(NOW + 10**6)

    assert (state_of(it, mail_id)["state"], state_of(it, mail_id)["failure"]) == ("parked", IN_DOUBT)
    assert way.left == []

    it.post.outbox.retry(mail_id, now=NOW)
    deliveries()
    assert way.left == [ANN]


def test_while_the_server_is_out_of_reach_one_mail_a_minute_finds_out(it, way, deliveries, queue):
    for _ in range(3):
        queue()
    way.fault = MailUnreachable("ConnectionRefusedError")
    assert deliveries() == 1
    assert deliveries(NOW + delivery.PAUSE_S - 1) == 0

    way.fault = None
    deliveries(NOW + delivery.PAUSE_S)
    assert len(way.left) == 3


def test_one_mail_that_is_not_taken_holds_up_no_other(way, deliveries, queue):
    queue("bob@example.com")
    queue(ANN)
    refuse = way.hand_over

    def picky(envelope):
        if envelope.recipient.startswith("bob"):
            raise MailDeferred("451")
        refuse(envelope)

    way.hand_over = picky
    deliveries()
    assert way.left == [ANN]


def test_who_waits_at_a_screen_is_served_first(way, deliveries, queue):
    queue("many@example.com")
    queue(ANN, is_urgent=True)
    deliveries()

    assert way.left == [ANN, "many@example.com"]


def test_what_comes_too_late_is_not_sent_and_keeps_no_address(it, way, deliveries, queue):
    mail_id = queue(not_after=NOW + 60)
    deliveries(NOW + 60)
    it.post.delivery.sweep(NOW + 60)

    row = state_of(it, mail_id)
    assert (row["state"], row["failure"], row["sealed"]) == ("parked", TOO_LATE, None)
    assert way.left == []
    with pytest.raises(UnknownMail, match="too late"):
        it.post.outbox.retry(mail_id, now=NOW)


def test_what_ended_long_ago_is_gone(it, way, deliveries, queue):
    queue()
    deliveries()
    way.fault = MailRefused("550")
    queue()
    deliveries()

    it.post.outbox.expire(NOW + KEEP_ENDED_S + 1)
    assert it.post.outbox.counts() == {"queued": 0, "sending": 0, "sent": 0, "written": 0, "parked": 1}
    it.post.outbox.expire(NOW + KEEP_PARKED_S + 1)
    assert it.post.outbox.counts()["parked"] == 0


def test_a_mail_is_dropped_only_while_it_waits(it, deliveries, queue):
    waiting, gone = queue(), queue()
    it.post.outbox.drop(waiting)
    deliveries()

    with pytest.raises(UnknownMail):
        it.post.outbox.drop(gone)
    with pytest.raises(UnknownMail):
        it.post.outbox.drop(waiting)


def test_another_mail_key_opens_no_mail(it, queue):
    queue()
    another = Outbox(it.store.databases[1], Cipher(b"k" * 32))

    with pytest.raises(WrongKey, match="BREACHCHECK_MAIL_KEY_FILE"):
        another.claim(NOW)


class TestPace:
    """What leaves in an hour: the cap for all, a slow beginning for mails to many."""

    def test_mails_to_many_begin_with_sixty_and_double(self, way, deliveries, queue):
        for _ in range(400):
            queue()
        per_hour = []
        for hour in range(4):
            before = len(way.left)
            deliveries(NOW + hour * 3600, cap=1000)
            per_hour.append(len(way.left) - before)

        assert per_hour == [60, 120, 220, 0]

    def test_they_never_use_the_whole_cap(self, way, deliveries, queue):
        for _ in range(20):
            queue()
        deliveries(cap=8)
        assert len(way.left) == 6

        for _ in range(5):
            queue(is_urgent=True)
        deliveries(cap=8)
        assert len(way.left) == 8
        deliveries(NOW + 3601, cap=8)
        assert len(way.left) == 16

    def test_no_cap_is_no_limit(self):
        assert pace.may_leave(0, {0: (10**6, 10**6)}) == (True, True)

    def test_the_smallest_cap_lets_one_leave(self):
        assert pace.may_leave(1, {}) == (True, True)
        assert pace.may_leave(1, {0: (0, 1)}) == (False, False)


class TestOneAtATime:
    """Several workers of one store: one delivers, and the next takes over where it ended."""

    def test_of_two_one_delivers(self, tmp_path):
        with only_deliverer(tmp_path) as first, only_deliverer(tmp_path) as second:
            assert first
            assert second == ""
        with only_deliverer(tmp_path) as again:
            assert again == first

    def test_no_other_folder_has_the_name_that_one_claims_by(self, tmp_path):
        other = tmp_path / "other"
        other.mkdir()
        with only_deliverer(tmp_path) as here, only_deliverer(other) as there:
            assert here != there

    def test_nor_has_a_copy_of_it_on_another_machine(self, tmp_path, monkeypatch):
        with only_deliverer(tmp_path) as here:
            pass
        monkeypatch.setattr(delivery.socket, "gethostname", lambda: "elsewhere")
        with only_deliverer(tmp_path) as there:
            assert here != there

    def test_what_another_has_in_hand_is_left_to_it_until_its_claim_has_run_out(self, it, queue):
        mail_id = queue()
        it.post.outbox.claim(NOW, by="another")
        it.post.delivery.begin(NOW + CLAIM_S - 1, "this one")
        meanwhile = state_of(it, mail_id)["state"]
        it.post.delivery.begin(NOW + CLAIM_S, "this one")

        assert meanwhile == "sending"
        assert (state_of(it, mail_id)["state"], state_of(it, mail_id)["failure"]) == ("parked", IN_DOUBT)

    def test_what_another_has_in_hand_counts_as_having_left(self, it, deliveries, queue):
        queue(), queue()
        it.post.outbox.claim(NOW, by="another")

        assert deliveries(cap=1) == 0
        assert deliveries(cap=4) == 1

    def test_a_surprise_parks_its_mail_visibly_and_ends_nothing(self, it, queue, monkeypatch):
        monkeypatch.setattr(postman, "IDLE_S", 0.01)
        transport = it.post.delivery._transport
        hand_over = transport.hand_over
        faults = [ZeroDivisionError(ANN)]

        def surprising(envelope):
            if faults:
                raise faults.pop()
            hand_over(envelope)

        monkeypatch.setattr(transport, "hand_over", surprising, raising=False)
        now = int(time.time())
        first, second = queue(now=now), queue(now=now)
        stopping = threading.Event()
        with capture_logs() as logs:
            running = threading.Thread(target=postman.run, args=(it.post, it.store.config.data, stopping))
            running.start()
            while state_of(it, second)["state"] != "written":
                time.sleep(0.01)
            stopping.set()
            running.join()

        assert (state_of(it, first)["state"], state_of(it, first)["failure"]) == ("parked", IN_DOUBT)
        assert any(entry.get("error") == "ZeroDivisionError" for entry in logs)
        assert "@" not in str(logs)

    def test_where_mail_is_off_there_is_no_postman(self, store):
        postman.run(store.post, store.config.data, threading.Event())

        assert store.post.delivery is None


@pytest.mark.slow
def test_a_worker_that_is_killed_with_a_mail_in_hand_leaves_it_in_doubt_and_sends_it_once(tmp_path):
    """A real worker process, a real mail server that takes its time, and kill -9 in between."""
    held, let_go = threading.Event(), threading.Event()

    class Slow(mail_servers.MailServer):
        async def handle_DATA(self, server, session, envelope):
            held.set()
            while not let_go.is_set():
                await asyncio.sleep(0.01)
            return await super().handle_DATA(server, session, envelope)

    with mail_servers.running(server=Slow()) as server:
        settings = {
            "mail": "smtp",
            "mail_from": SENDER.address,
            "public_url": "https://check.example",
            "smtp_host": mail_servers.HOST,
            "smtp_port": server.port,
            "smtp_security": "none",
        }
        store = new_store(tmp_path / "data", **settings)
        it = Mailing(store)
        store.post.outbox.add(
            "test",
            Mail(recipient=ANN, subject="S", text="T\n", html="<p>T", language="en", message_id="id"),
            now=int(time.time()),
        )
        command = [sys.executable, "-m", "breachcheck.cli", "worker", "--data", str(store.config.data)]
        worker = subprocess.Popen(command, env=environment(), cwd=ROOT, stderr=subprocess.DEVNULL)
        assert held.wait(PATIENCE_S)
        assert it.post.outbox.counts()["sending"] == 1
        worker.send_signal(signal.SIGKILL)
        worker.wait(PATIENCE_S)
        let_go.set()

        second = subprocess.Popen(command, env=environment(), cwd=ROOT, stderr=subprocess.DEVNULL)
        while not it.post.outbox.counts()["parked"]:
            assert second.poll() is None
            time.sleep(0.05)
        time.sleep(2 * postman.IDLE_S)
        second.send_signal(signal.SIGTERM)
        assert second.wait(PATIENCE_S) == 0

    assert [(one.state, one.failure) for one in it.post.outbox.waiting()] == [("parked", IN_DOUBT)]
    assert len(server.taken) <= 1
    store.close()
