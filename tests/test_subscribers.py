"""Subscribers: nobody is entered without a yes, everybody can leave, and addresses are kept encrypted."""

import pytest

from breachcheck.errors import NotSubscribed, UnknownLink
from breachcheck.mail import postman
from breachcheck.subscribers import PENDING_S
from breachcheck.suppressions import Level
from tests.engines import ENGINES as ENGINES
from tests.mails import mailing, text_of, token_in

ANN = "Ann@example.com"


@pytest.fixture
def it(tmp_path):
    yield from mailing(tmp_path / "data")


@pytest.fixture
def subscribers(it):
    return it.post.subscribers


@pytest.fixture
def ask(it):
    """Ask to subscribe; the token that was mailed."""

    def asked(account=ANN, language="en"):
        it.post.subscribers.ask(account, language=language)
        it.rounds()
        (mail,) = it.drained()
        return token_in(mail, "subscribe")

    return asked


def test_asking_enters_nobody(it, subscribers, ask):
    ask()

    assert subscribers.find(it.digest(ANN)) is None
    assert subscribers.count() == 0


def test_a_confirmed_subscriber_is_found_by_digest_and_mailed_as_typed(it, subscribers, ask):
    confirmed = subscribers.confirm(ask())

    assert subscribers.find(it.digest("ann@example.com")) == confirmed
    assert (confirmed.language, confirmed.created_at) == ("en", it.clock.now)
    assert subscribers.recipient_of(confirmed) == ANN


def test_a_link_confirms_once_and_opening_it_nothing(subscribers, ask):
    token = ask()
    assert subscribers.is_pending(token)
    assert subscribers.is_pending(token)
    subscribers.confirm(token)

    assert not subscribers.is_pending(token)
    with pytest.raises(UnknownLink):
        subscribers.confirm(token)


def test_a_question_waits_seven_days_and_its_address_goes_with_it(it, subscribers, ask):
    token = ask()
    it.clock.now += PENDING_S
    with pytest.raises(UnknownLink, match="7 days"):
        subscribers.confirm(token)

    postman.sweep(it.post, it.post.delivery, it.clock.now)
    ask("bob@example.com")
    (row,) = it.store.databases[1].query("SELECT COUNT(*) AS waiting FROM pending_subscriber")
    assert row["waiting"] == 1


def test_nobody_is_asked_twice_a_day(it, subscribers, ask):
    ask()
    it.clock.now += 86_399
    subscribers.ask(ANN, language="en")
    it.rounds()
    assert it.drained() == []

    it.clock.now += 1
    assert ask()


def test_who_is_subscribed_already_gets_the_same_question(it, subscribers, ask):
    first = subscribers.confirm(ask())
    it.clock.now += 86_400
    again = subscribers.confirm(ask())

    assert again == first
    assert subscribers.count() == 1


def test_the_question_says_what_happens_without_an_answer(it, subscribers):
    subscribers.ask(ANN, language="en")
    it.rounds()

    assert "You did not ask? Then do nothing. We will not write again." in text_of(it.drained()[0])


def test_who_proved_their_address_subscribes_without_a_mail(it, subscribers):
    entered = subscribers.add(ANN, proved=it.digest(ANN), language="en")

    assert subscribers.find(it.digest(ANN)) == entered
    it.rounds()
    assert it.drained() == []


def test_what_was_proved_subscribes_no_other_address(it, subscribers):
    with pytest.raises(UnknownLink):
        subscribers.add("bob@example.com", proved=it.digest(ANN), language="en")
    assert subscribers.count() == 0


def test_one_click_unsubscribes_and_a_second_does_no_harm(it, subscribers):
    token = subscribers.unsubscribe_token(it.subscribed(ANN))
    assert subscribers.is_subscribed(token)
    subscribers.unsubscribe(token)
    subscribers.unsubscribe(token)

    assert not subscribers.is_subscribed(token)
    assert subscribers.count() == 0


def test_an_old_mail_does_not_end_a_new_subscription(it, subscribers):
    old = subscribers.unsubscribe_token(it.subscribed(ANN))
    subscribers.unsubscribe(old)
    it.subscribed(ANN)
    subscribers.unsubscribe(old)

    assert subscribers.count() == 1


@pytest.mark.parametrize("token", ["", "x", "0" * 15 + "1" + "0" * 32, "\u00e9"])
def test_a_link_that_is_not_ours_unsubscribes_nobody(it, subscribers, token):
    it.subscribed(ANN)
    with pytest.raises(UnknownLink):
        subscribers.unsubscribe(token)

    assert subscribers.count() == 1


def test_who_leaves_takes_everything_along(it, subscribers, ask):
    ask()
    left = it.subscribed(ANN)

    assert subscribers.remove(it.digest(ANN))
    assert not subscribers.remove(it.digest(ANN))
    with pytest.raises(NotSubscribed):
        subscribers.recipient_of(left)
    for table in ("subscriber", "pending_subscriber", "notification"):
        assert it.store.databases[1].query(f"SELECT * FROM {table}") == []


def test_all_are_read_in_pieces_that_leave_nobody_out(it, subscribers, monkeypatch):
    monkeypatch.setattr("breachcheck.subscribers._AT_ONCE", 2)
    entered = [it.subscribed(f"person{number}@example.com") for number in range(5)]

    assert list(subscribers.all()) == entered


@pytest.mark.parametrize(("level", "left"), [(Level.HIDE, 1), (Level.FORGET, 0), (Level.ERASE, 0)])
def test_who_has_themselves_forgotten_is_no_subscriber_any_more(it, subscribers, level, left):
    it.subscribed(ANN)
    it.store.opt_outs.opt_out(it.digest(ANN), level)

    assert subscribers.count() == left
