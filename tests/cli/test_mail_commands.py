"""``breachcheck mails`` and ``breachcheck breaches tell``: numbers and states, never whom."""

import time

import pytest

from breachcheck import config
from breachcheck.cli.telling import offer
from breachcheck.outbox import IN_DOUBT, Mail
from breachcheck.services import open_services
from tests.cli.commands import breachcheck
from tests.engines import ENGINES as ENGINES
from tests.mails import Mailing, after_this_test
from tests.stores import SHOP, new_store, published_breach

ANN = "ann@example.com"
GERMAN = "jens@example.com"
EMAIL = "Email addresses"


@pytest.fixture
def store(tmp_path):
    made = new_store(tmp_path / "data", mail="outbox")
    yield made
    made.close()


@pytest.fixture
def data(store):
    return store.config.data


@pytest.fixture
def parked(store):
    """One that was refused, one in doubt, one that came too late."""
    mail = Mail(recipient=ANN, subject="S", text="T", html="T", language="en", message_id="i")
    refused, doubtful = (store.post.outbox.add("notification", mail, now=1) for _ in range(2))
    store.post.outbox.park(refused, "refused: 550 5.1.1", now=int(time.time()))
    store.post.outbox.park(doubtful, IN_DOUBT, now=int(time.time()))
    store.post.outbox.add("owner link", mail, now=1, not_after=2)
    store.post.outbox.expire(int(time.time()))


class TestMails:
    """What waits, what is parked, and what an operator can do about it."""

    @pytest.mark.usefixtures("parked")
    def test_list_shows_states_and_reasons_and_nobody(self, data):
        listed = breachcheck("mails", "list", "--json", data=data)

        assert listed.json["counts"] == {"queued": 0, "sending": 0, "sent": 0, "written": 0, "parked": 3}
        assert [one["why"] for one in listed.json["mails"]] == ["refused: 550 5.1.1", "in doubt", "too late"]
        assert "@" not in listed.out + breachcheck("mails", "list", data=data).out

    def test_a_store_without_mails_says_so(self, data):
        assert "No mail waits, and none is parked." in breachcheck("mails", "list", data=data).out

    @pytest.mark.usefixtures("parked")
    def test_retry_all_leaves_out_what_may_have_arrived_and_what_is_of_no_use(self, store, data):
        assert breachcheck("mails", "retry", "--all", data=data).out == "1 queued again.\n"
        assert [one.state for one in store.post.outbox.waiting()] == ["queued", "parked", "parked"]

    @pytest.mark.usefixtures("parked")
    def test_what_is_in_doubt_is_retried_by_its_number(self, store, data):
        assert breachcheck("mails", "retry", "2", data=data).status == 0
        assert store.post.outbox.waiting()[1].state == "queued"

    @pytest.mark.usefixtures("parked")
    def test_drop_forgets(self, store, data):
        assert breachcheck("mails", "drop", "1", "3", data=data).out == "2 dropped.\n"
        assert [one.id for one in store.post.outbox.waiting()] == [2]

    @pytest.mark.parametrize("command", ["retry", "drop"])
    def test_an_unknown_mail_is_a_clear_error(self, data, command):
        done = breachcheck("mails", command, "7", data=data)

        assert done.status == 2
        assert "breachcheck mails list" in done.err

    def test_allow_lifts_what_an_owner_stopped_and_notes_nobody(self, store, data):
        it = Mailing(store)
        it.post.owner_links.ask(ANN, "nonce")
        request = it.post.requests.oldest()
        it.post.requests.stop(it.post.requests.stop_token(request))

        assert "They get mails again." in breachcheck("mails", "allow", data=data, stdin=f"{ANN}\n").out
        assert "They had not stopped them." in breachcheck("mails", "allow", data=data, stdin=f"{ANN}\n").out
        assert "@" not in str(store.audit.latest())


class TestTell:
    """Each telling is confirmed, with the number of mails."""

    @pytest.fixture(autouse=True)
    def subscribed(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL], GERMAN: [EMAIL]})
        Mailing(store).subscribed(ANN)

    def test_it_says_how_many_mails_and_asks(self, store, data):
        done = breachcheck("breaches", "tell", "Shop", data=data, stdin="n\n")

        assert "This writes 1 mail about Shop to the outbox folder, and sends none. Go on?" in done.err
        assert done.status != 0
        assert store.post.notifications.tellings() == []

    @pytest.mark.parametrize(
        ("is_written", "said"), [(True, "1 mail in the outbox folder, which nobody got"), (False, "1 person was told")]
    )
    def test_who_was_only_written_to_is_not_called_told(self, is_written, said):
        assert offer(1, "Shop", is_written=is_written).startswith(said)

    def test_it_begins_when_told_to_go_on(self, store, data):
        done = breachcheck("breaches", "tell", "Shop", "--yes", data=data)

        assert done.out == "1 mail about Shop: the worker writes them to the outbox folder, and sends none.\n"
        assert [one.is_correction for one in store.post.notifications.tellings()] == [False]

    def test_as_json_it_is_a_number(self, data):
        assert breachcheck("breaches", "tell", "Shop", "--yes", "--json", data=data).json == {
            "breach": "Shop",
            "mails": 1,
            "mail": "outbox",
        }

    def test_where_nobody_is_concerned_it_asks_nothing(self, store, data):
        store.post.subscribers.remove(Mailing(store).digest(ANN))

        assert breachcheck("breaches", "tell", "Shop", data=data).out == "There is nobody to tell about Shop.\n"

    def test_a_correction_needs_its_words(self, data):
        done = breachcheck("breaches", "tell", "Shop", "--correction", data=data)

        assert done.status == 2
        assert "--what-went-wrong" in done.err

    def test_a_correction_counts_those_who_were_told(self, store, data):
        it = Mailing(store)
        it.clock.now = after_this_test()
        store.post.notify.tell("Shop", by="tests")
        it.rounds()
        store.publishing.withdraw("Shop", by="tests")
        words = ("--what-went-wrong", "a wrong file", "--what-is-right", "you are not in it")

        done = breachcheck("breaches", "tell", "Shop", "--correction", *words, "--yes", data=data)
        assert done.out.startswith("1 mail about Shop")

    def test_a_withdrawal_offers_to_correct_and_a_decision_not_to_is_noted(self, store, data):
        it = Mailing(store)
        it.clock.now = after_this_test()
        store.post.notify.tell("Shop", by="tests")
        it.rounds()

        done = breachcheck("breaches", "withdraw", "Shop", data=data)
        assert "1 mail in the outbox folder, which nobody got, would tell of it what is not so." in done.out
        assert "breachcheck breaches tell Shop --correction --nobody" in done.out

        done = breachcheck("breaches", "tell", "Shop", "--correction", "--nobody", data=data)
        assert done.out == "Noted: nobody is corrected about Shop as it stands.\n"
        assert store.post.notify.uncorrected() == []
        assert store.audit.latest(1)[0].action == "correct nobody"

    def test_who_is_told_nothing_is_given_no_words(self, data):
        done = breachcheck("breaches", "tell", "Shop", "--nobody", "--what-is-right", "x", data=data)

        assert done.status == 2
        assert "there is nothing to say" in done.err

    def test_a_correction_may_have_words_in_each_language_of_mails(self, store, data):
        words = ("--correction", "--what-went-wrong", "a wrong file", "--what-is-right", "you are not in it", "--yes")
        it = Mailing(store)
        it.clock.now = after_this_test()
        store.post.notify.tell("Shop", by="tests")
        it.rounds()
        store.publishing.withdraw("Shop", by="tests")
        german = ("--in", "de", "eine falsche Datei", "Sie stehen nicht darin")

        assert breachcheck("breaches", "tell", "Shop", *words, *german, data=data).status == 0
        telling, *_ = store.post.notifications.tellings()
        assert telling.words_in("de").what_is_right == "Sie stehen nicht darin"
        assert telling.words_in("en").what_is_right == "you are not in it"

    def test_whoever_would_read_words_of_another_language_is_counted_first(self, store, data):
        it = Mailing(store)
        it.subscribed(GERMAN, "de")
        it.clock.now = after_this_test()
        store.post.notify.tell("Shop", by="tests")
        it.rounds()
        store.publishing.withdraw("Shop", by="tests")
        words = ("--correction", "--what-went-wrong", "a wrong file", "--what-is-right", "you are not in it")

        assert (
            "1 mail of these in de: your texts stand there"
            in breachcheck("breaches", "tell", "Shop", *words, data=data, stdin="n\n").err
        )
        german = ("--in", "de", "eine falsche Datei", "Sie stehen nicht darin")
        assert "of these in" not in breachcheck("breaches", "tell", "Shop", *words, *german, "--yes", data=data).err

    @pytest.mark.parametrize(
        ("translated", "said"),
        [
            ([("fr", "x", "y")], 'no mail is written in "fr"; there are en, de'),
            ([("de", "x", "y"), ("de", "x", "y")], "de stands there twice"),
            ([("de", "x", " ")], "both texts are needed"),
        ],
    )
    def test_words_that_would_reach_nobody_are_refused(self, store, data, translated, said):
        words = ("--correction", "--what-went-wrong", "a wrong file", "--what-is-right", "you are not in it", "--yes")
        more = [word for one in translated for word in ("--in", *one)]
        done = breachcheck("breaches", "tell", "Shop", *words, *more, data=data)

        assert (done.status, store.post.notifications.tellings()) == (2, [])
        assert said in done.err

    def test_words_in_a_language_belong_to_a_correction(self, data):
        done = breachcheck("breaches", "tell", "Shop", "--in", "de", "x", "y", data=data)

        assert done.status == 2
        assert "--correction" in done.err

    def test_with_mail_off_it_is_refused_in_words(self, data):
        done = breachcheck("breaches", "tell", "Shop", data=data, BREACHCHECK_MAIL="off")

        assert (done.status, done.out) == (2, "")
        assert "Mail is off" in done.err


def test_a_demo_writes_its_mails_to_files(tmp_path):
    breachcheck("demo", "--no-serve", data=tmp_path / "data")
    settings = (tmp_path / "data" / "settings.toml").read_text()

    assert 'mail = "outbox"' in settings

    store = open_services(config.read(tmp_path / "data", {}))
    assert store.post.delivery is not None
    store.close()
