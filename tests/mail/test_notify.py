"""Notify: who is told of a breach, once, of what is theirs; and who is told that it was wrong."""

import time
from datetime import UTC, datetime

import pytest

from breachcheck.errors import HoldsAddress, MailOff, UnknownBreach, UnknownLoad
from breachcheck.listings import Entry
from breachcheck.notifications import Words
from breachcheck.suppressions import Level
from ingest import worker
from tests.engines import ENGINES as ENGINES
from tests.mails import Mailing, after_this_test, mailing, text_of
from tests.stores import SHOP, facts, published_breach

ANN, BOB, EVE = "ann@example.com", "bob@example.com", "eve@example.com"
EMAIL, NAMES, PHONE = "Email addresses", "Names", "Phone numbers"
BY = "tests"
WRONG = Words("the file was from another company", "your address is not in it")
GERMAN = Words("Die Datei war von einer anderen Firma.", "Ihre Adresse steht nicht darin")


@pytest.fixture
def it(tmp_path):
    yield from now_mailing(tmp_path)


def now_mailing(tmp_path, **settings):
    """Jobs fall due by the real clock, and so do these mails."""
    for one in mailing(tmp_path / "data", **settings):
        one.clock.now = after_this_test()
        yield one


@pytest.fixture
def notify(it):
    return it.post.notify


def tell(it: Mailing, name: str = "Shop"):
    it.post.notify.tell(name, by=BY)
    it.rounds()
    return it.drained()


def correct(it: Mailing, name: str = "Shop"):
    it.post.notify.correct(name, WRONG, by=BY, translations={"de": GERMAN})
    it.rounds()
    return it.drained()


def recipients(mails):
    return sorted(mail["To"] for mail in mails)


def test_who_is_in_the_breach_is_told_and_nobody_else(it):
    published_breach(it.store, SHOP, {ANN: [EMAIL, NAMES], EVE: [EMAIL]})
    for account in (ANN, BOB):
        it.subscribed(account)

    (mail,) = tell(it)
    assert mail["To"] == ANN
    assert "- your email address\n- your name\n" in text_of(mail)


def test_publishing_and_withdrawing_tell_nobody(it):
    it.subscribed(ANN)
    published_breach(it.store, SHOP, {ANN: [EMAIL]})
    it.store.publishing.withdraw("Shop", by=BY)
    it.rounds()

    assert it.drained() == []


def test_each_is_told_once_and_again_only_if_more_of_theirs_leaked(it):
    for account in (ANN, BOB):
        it.subscribed(account)
    published_breach(it.store, SHOP, {ANN: [EMAIL], BOB: [EMAIL, NAMES]})
    assert recipients(tell(it)) == [ANN, BOB]
    assert tell(it) == []

    published_breach(it.store, SHOP, {ANN: [EMAIL, NAMES], BOB: [EMAIL]})
    (more,) = tell(it)
    assert more["To"] == ANN
    assert "- your name" in text_of(more)


def test_fanning_out_again_after_a_crash_queues_no_mail_twice(it, notify):
    it.subscribed(ANN)
    published_breach(it.store, SHOP, {ANN: [EMAIL]})
    telling = notify.tell("Shop", by=BY)

    assert [notify.fan_out(telling.id) for _ in range(2)] == [1, 0]
    it.rounds()
    assert len(it.drained()) == 1


def test_a_fan_out_that_was_cut_off_goes_on_where_it_ended(it, notify, monkeypatch):
    for account in (ANN, BOB, EVE):
        it.subscribed(account)
    published_breach(it.store, SHOP, {ANN: [EMAIL], BOB: [EMAIL], EVE: [EMAIL]})
    telling = notify.tell("Shop", by=BY)
    add, calls = it.post.outbox.add, []

    def dying(*arguments, **more):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return add(*arguments, **more)

    monkeypatch.setattr(it.post.outbox, "add", dying)
    with pytest.raises(KeyboardInterrupt):
        notify.fan_out(telling.id)
    monkeypatch.undo()
    it.rounds()

    assert recipients(it.drained()) == [ANN, BOB, EVE]


def told_and_withdrawn(it):
    for account in (ANN, BOB):
        it.subscribed(account)
    published_breach(it.store, SHOP, {ANN: [EMAIL, NAMES], BOB: [EMAIL]})
    tell(it)
    it.store.publishing.withdraw("Shop", by=BY)


def names_of(rows):
    return [row.name for row in rows]


def test_a_withdrawal_is_recalled_until_those_who_were_told_are_corrected(it, notify):
    told_and_withdrawn(it)
    assert (names_of(notify.uncorrected()), notify.to_be_corrected("Shop")) == (["Shop"], 2)

    notify.correct("Shop", WRONG, by=BY)
    assert notify.uncorrected() == []
    it.rounds()
    assert (notify.uncorrected(), notify.to_be_corrected("Shop")) == ([], 0)


def test_or_until_it_is_decided_that_nobody_need_be(it, notify):
    told_and_withdrawn(it)
    notify.waive("Shop", by="cli:olga", is_correction=True)

    assert notify.uncorrected() == []
    (entry,) = it.store.audit.latest(1)
    assert (entry.actor, entry.action, entry.subject) == ("cli:olga", "correct nobody", "Shop")


def test_a_decision_holds_for_the_breach_as_it_stood(it, notify, monkeypatch):
    told_and_withdrawn(it)
    notify.waive("Shop", by=BY, is_correction=True)
    moment = time.time() + 5
    monkeypatch.setattr("breachcheck.publishing.time.time", lambda: moment)
    published_breach(it.store, SHOP, {ANN: [EMAIL]})

    assert names_of(notify.uncorrected()) == ["Shop"]


def test_a_load_that_holds_as_much_of_everyone_who_was_told_needs_no_correction(it, notify):
    it.subscribed(ANN)
    published_breach(it.store, SHOP, {ANN: [EMAIL]})
    tell(it)
    published_breach(it.store, SHOP, {ANN: [EMAIL, NAMES]})

    assert notify.uncorrected() == []


def test_nobody_was_told_so_nothing_is_recalled(it, notify):
    it.subscribed(ANN)
    published_breach(it.store, SHOP, {ANN: [EMAIL]})
    it.store.publishing.withdraw("Shop", by=BY)

    assert notify.uncorrected() == []


def test_a_breach_of_which_nobody_is_to_be_told_is_recalled_no_more_until_its_next_load(it, notify):
    published_breach(it.store, SHOP, {ANN: [EMAIL]})
    notify.waive("Shop", by=BY)
    assert notify.untold() == []

    published_breach(it.store, SHOP, {ANN: [EMAIL]})
    assert names_of(notify.untold()) == ["Shop"]


def test_a_breach_that_is_listed_only_is_never_recalled(it, notify):
    it.store.listings.enter([Entry(SHOP, "{}")], by=BY)

    assert notify.untold() == []


def test_of_a_breach_that_is_not_published_it_cannot_be_decided_to_tell_nobody(it, notify):
    told_and_withdrawn(it)

    with pytest.raises(UnknownLoad, match="add --correction"):
        notify.waive("Shop", by=BY)


def test_the_count_is_what_is_sent(it, notify):
    published_breach(it.store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
    for account in (ANN, BOB, EVE):
        it.subscribed(account)

    assert notify.readers("Shop").total() == 2
    assert len(tell(it)) == 2
    assert notify.readers("Shop").total() == 0


def test_what_was_withdrawn_before_it_left_is_not_sent_and_not_taken_for_told(it, notify):
    it.subscribed(ANN)
    load_id = published_breach(it.store, SHOP, {ANN: [EMAIL]})
    notify.tell("Shop", by=BY)
    worker.run_one(it.store)
    it.store.publishing.withdraw("Shop", by=BY)
    it.rounds()
    assert it.drained() == []

    it.store.publishing.publish(load_id, by=BY)
    assert recipients(tell(it)) == [ANN]


def test_what_a_newer_load_overtook_is_told_of_that_one_alone(it, notify):
    it.subscribed(ANN)
    published_breach(it.store, SHOP, {ANN: [EMAIL]})
    notify.tell("Shop", by=BY)
    worker.run_one(it.store)
    published_breach(it.store, SHOP, {ANN: [EMAIL, NAMES]})

    (mail,) = tell(it)
    assert "- your name" in text_of(mail)


def test_what_waited_while_the_same_was_loaded_anew_is_told_once(it, notify):
    it.subscribed(ANN)
    for _ in range(2):
        published_breach(it.store, SHOP, {ANN: [EMAIL]})
        notify.tell("Shop", by=BY)
        worker.run_one(it.store)
    it.rounds()

    assert recipients(it.drained()) == [ANN]


def test_who_unsubscribes_before_it_left_gets_nothing(it, notify):
    it.subscribed(ANN)
    published_breach(it.store, SHOP, {ANN: [EMAIL]})
    notify.tell("Shop", by=BY)
    worker.run_one(it.store)
    it.post.subscribers.remove(it.digest(ANN))
    it.rounds()

    assert it.drained() == []


@pytest.mark.parametrize("level", [Level.HIDE, Level.FORGET])
@pytest.mark.parametrize("hidden", [ANN, "ann+shop@example.com"])
def test_who_opted_out_is_told_nothing_of_any_kind(it, level, hidden):
    published_breach(it.store, SHOP, {hidden: [EMAIL]})
    it.subscribed(hidden)
    assert len(tell(it)) == 1
    published_breach(it.store, SHOP, {hidden: [EMAIL, NAMES]})
    it.store.opt_outs.opt_out(it.digest(ANN), level)

    assert tell(it) == []
    it.store.publishing.withdraw("Shop", by=BY)
    assert correct(it) == []


@pytest.mark.parametrize(
    ("about", "classes"),
    [
        (facts(is_sensitive=True), [EMAIL]),
        (facts(disclosure="owner"), [EMAIL]),
        (facts(is_sensitive=False), [EMAIL, "Sexual orientations"]),
    ],
    ids=["sensitive", "for owners", "an owner-only class of theirs"],
)
def test_what_is_for_its_owner_alone_is_told_without_its_name(it, about, classes):
    it.subscribed(ANN)
    published_breach(it.store, about, {ANN: classes})

    (mail,) = tell(it)
    assert mail["Subject"] == "News about your data, from Breach check"
    assert "Shop" not in mail.as_string()
    assert "Shop" not in text_of(mail)


def test_a_closed_breach_is_told_to_nobody(it):
    it.subscribed(ANN)
    published_breach(it.store, facts(disclosure="closed"), {ANN: [EMAIL]})

    assert tell(it) == []


class TestCorrections:
    """To all who were told, and for whom it is not so; not to anyone else."""

    def test_a_withdrawn_breach_is_corrected_for_all_who_were_told(self, it):
        published_breach(it.store, SHOP, {ANN: [EMAIL], BOB: [EMAIL], EVE: [EMAIL]})
        for account in (ANN, BOB):
            it.subscribed(account)
        tell(it)
        it.subscribed(EVE)
        it.store.publishing.withdraw("Shop", by=BY)

        mails = correct(it)
        assert recipients(mails) == [ANN, BOB]
        assert mails[0]["Subject"] == "Correction: Corner Shop"
        day = datetime.fromtimestamp(it.clock.now, UTC)
        assert f"on {day.day} {day:%B %Y} we told you" in text_of(mails[0])
        assert "What went wrong: the file was from another company.\n" in text_of(mails[0])
        assert "You can stop them." in text_of(mails[0])
        assert correct(it) == []

    def test_each_is_corrected_in_the_words_of_their_language(self, it):
        it.subscribed(ANN)
        it.subscribed(BOB, language="de")
        published_breach(it.store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
        tell(it)
        it.store.publishing.withdraw("Shop", by=BY)

        texts = {mail["To"]: text_of(mail) for mail in correct(it)}
        assert "What is right: your address is not in it." in texts[ANN]
        assert "Ihre Adresse steht nicht darin." in texts[BOB]
        assert "Die Datei war von einer anderen Firma.\n" in texts[BOB]
        assert "another company" not in texts[BOB]

    def test_a_smaller_load_is_corrected_for_those_who_lost_something(self, it):
        for account in (ANN, BOB):
            it.subscribed(account)
        published_breach(it.store, SHOP, {ANN: [EMAIL, NAMES], BOB: [EMAIL]})
        tell(it)
        published_breach(it.store, SHOP, {ANN: [EMAIL], BOB: [EMAIL, PHONE]})

        (mail,) = correct(it)
        assert mail["To"] == ANN
        assert "You can stop them." not in text_of(mail)
        assert recipients(tell(it)) == [BOB]

    def test_who_was_corrected_is_told_anew_if_it_comes_back(self, it):
        it.subscribed(ANN)
        load_id = published_breach(it.store, SHOP, {ANN: [EMAIL]})
        tell(it)
        it.store.publishing.withdraw("Shop", by=BY)
        correct(it)
        it.store.publishing.publish(load_id, by=BY)

        assert recipients(tell(it)) == [ANN]

    def test_the_correction_of_a_private_breach_names_it_no_more_than_the_news_did(self, it):
        it.subscribed(ANN)
        published_breach(it.store, facts(is_sensitive=True), {ANN: [EMAIL]})
        tell(it)
        it.store.publishing.withdraw("Shop", by=BY)

        (mail,) = correct(it)
        assert "Shop" not in mail.as_string() + text_of(mail)

    def test_its_texts_hold_no_address(self, notify, it):
        published_breach(it.store, SHOP, {ANN: [EMAIL]})
        with pytest.raises(HoldsAddress):
            notify.correct("Shop", Words(ANN, "x"), by=BY)
        with pytest.raises(HoldsAddress):
            notify.correct("Shop", WRONG, by=BY, translations={"de": Words("x", ANN)})


def test_while_mail_is_off_nothing_is_begun(store):
    published_breach(store, SHOP, {ANN: [EMAIL]})

    with pytest.raises(MailOff, match="Mail is off"):
        store.post.notify.tell("Shop", by=BY)
    assert store.post.notifications.tellings() == []


def test_what_is_not_published_is_not_told(it, notify):
    published_breach(it.store, SHOP, {ANN: [EMAIL]})
    it.store.publishing.withdraw("Shop", by=BY)

    with pytest.raises(UnknownLoad, match="--correction"):
        notify.tell("Shop", by=BY)
    with pytest.raises(UnknownBreach):
        notify.tell("Shops", by=BY)


def test_what_nobody_was_told_of_can_be_asked_for(it, notify):
    published_breach(it.store, SHOP, {ANN: [EMAIL]})
    assert [row.name for row in notify.untold()] == ["Shop"]
    correct(it)
    assert [row.name for row in notify.untold()] == ["Shop"]
    tell(it)

    assert notify.untold() == []


def test_who_told_is_in_the_audit(it):
    published_breach(it.store, SHOP, {ANN: [EMAIL]})
    tell(it)
    correct(it)

    entries = [(entry.actor, entry.action, entry.subject) for entry in it.store.audit.latest()]
    assert entries[:2] == [(BY, "tell correction", "Shop"), (BY, "tell", "Shop")]


def test_a_worker_tells_by_itself(it, notify):
    it.subscribed(ANN)
    published_breach(it.store, SHOP, {ANN: [EMAIL]})
    notify.tell("Shop", by=BY)
    while worker.run_one(it.store):
        pass

    assert it.post.outbox.counts()["queued"] == 1
