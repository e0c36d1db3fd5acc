"""Owner links: what proves an address, how long, how often, and that asking tells nobody anything."""

import pytest

from breachcheck.errors import InvalidAccount, MailOff, UnknownLink
from breachcheck.mail import postman
from breachcheck.owner_links import LIFE_S, MOST_ATTEMPTS, Owner
from tests.engines import ENGINES as ENGINES
from tests.mails import code_in, mailing, text_of, token_in
from tests.stores import SHOP, published_breach

ANN = "Ann@example.com"
NONCE = "the nonce of one browser"


@pytest.fixture
def it(tmp_path):
    yield from mailing(tmp_path / "data")


@pytest.fixture
def links(it):
    return it.post.owner_links


@pytest.fixture
def ask(it):
    """Ask, and the mails that came of it."""

    def asked(account=ANN, nonce=NONCE, language="en"):
        it.post.owner_links.ask(account, nonce, language=language)
        it.rounds()
        return it.drained()

    return asked


def other_than(code):
    return f"{(int(code.replace(' ', '')) + 1) % 10**6:06}"


def test_the_link_proves_the_digest_once(it, links, ask):
    token = token_in(ask()[0], "owner/link")

    assert links.spend(token) == Owner(it.digest(ANN))
    with pytest.raises(UnknownLink):
        links.spend(token)


def test_the_code_proves_the_digest_once_in_the_browser_that_asked(it, links, ask):
    code = code_in(ask()[0])

    with pytest.raises(UnknownLink):
        links.spend_code(code, "another browser")
    assert links.spend_code(code.replace(" ", "-"), NONCE) == Owner(it.digest(ANN))
    with pytest.raises(UnknownLink):
        links.spend_code(code, NONCE)


def test_who_proves_an_address_with_a_plus_tag_brings_the_digest_of_the_one_without_it(it, links, ask):
    token = token_in(ask("Ann+shop@example.com")[0], "owner/link")

    assert links.spend(token) == Owner(it.digest("ann+shop@example.com"), it.digest(ANN))


def test_with_the_code_the_link_is_spent_and_the_other_way_round(links, ask, it):
    (mail,) = ask()
    links.spend_code(code_in(mail), NONCE)
    with pytest.raises(UnknownLink):
        links.spend(token_in(mail, "owner/link"))

    it.clock.now += 600
    (mail,) = ask()
    links.spend(token_in(mail, "owner/link"))
    with pytest.raises(UnknownLink):
        links.spend_code(code_in(mail), NONCE)


def test_opening_a_link_spends_nothing(links, ask):
    token = token_in(ask()[0], "owner/link")

    assert links.is_open(token)
    assert links.is_open(token)
    links.spend(token)
    assert not links.is_open(token)


def test_link_and_code_live_for_half_an_hour(it, links, ask):
    (mail,) = ask()
    it.clock.now += LIFE_S - 1
    assert links.is_open(token_in(mail, "owner/link"))

    it.clock.now += 1
    assert not links.is_open(token_in(mail, "owner/link"))
    with pytest.raises(UnknownLink, match="30 minutes"):
        links.spend(token_in(mail, "owner/link"))
    with pytest.raises(UnknownLink):
        links.spend_code(code_in(mail), NONCE)


def test_after_five_wrong_codes_the_right_one_is_refused_and_the_link_still_works(it, links, ask):
    (mail,) = ask()
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(UnknownLink):
            links.spend_code(other_than(code_in(mail)), NONCE)

    with pytest.raises(UnknownLink):
        links.spend_code(code_in(mail), NONCE)
    assert links.spend(token_in(mail, "owner/link")) == Owner(it.digest(ANN))


def test_wrong_codes_in_one_browser_take_no_try_from_another(it, links, ask):
    code = code_in(ask()[0])
    ask("bob@example.com", nonce="another browser")
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(UnknownLink):
            links.spend_code(other_than(code), "another browser")

    assert links.spend_code(code, NONCE) == Owner(it.digest(ANN))


def test_a_wrong_code_and_one_that_never_was_are_refused_in_the_same_words(links, ask):
    code = code_in(ask()[0])
    with pytest.raises(UnknownLink) as wrong:
        links.spend_code(other_than(code), NONCE)
    with pytest.raises(UnknownLink) as never:
        links.spend_code(code, "a browser that never asked")

    assert str(wrong.value) == str(never.value)


class TestLimits:
    """Per person, whoever asks: one mail in ten minutes, three a day, none where they were stopped."""

    def test_one_mail_in_ten_minutes(self, it, ask):
        assert len(ask()) == 1
        it.clock.now += 599
        assert ask(nonce="another client") == []
        it.clock.now += 1
        assert len(ask()) == 1

    def test_three_mails_a_day(self, it, ask):
        sent = 0
        for _ in range(10):
            sent += len(ask())
            it.clock.now += 3600
        assert sent == 3

        it.clock.now += 86_400
        assert len(ask()) == 1

    def test_aliases_count_as_one_person(self, ask):
        assert len(ask("ann+shop@example.com")) == 1
        assert ask("ann+news@example.com") == []
        assert ask("ann@example.com") == []
        assert len(ask("bob@example.com")) == 1

    def test_a_link_that_was_mailed_outlives_requests_over_the_limit(self, it, links, ask):
        token = token_in(ask()[0], "owner/link")
        assert ask() == []

        assert links.spend(token) == Owner(it.digest(ANN))

    def test_whoever_stops_them_gets_none_until_they_allow_them_again(self, it, ask):
        token = token_in(ask()[0], "owner/stop")
        it.post.requests.stop(token)
        it.clock.now += 86_400
        assert ask() == []
        assert it.post.requests.is_stopped(token)

        it.post.requests.allow(token)
        assert len(ask()) == 1

    def test_a_stop_holds_for_confirmations_too_and_an_operator_can_lift_it(self, it, ask):
        it.post.requests.stop(token_in(ask()[0], "owner/stop"))
        it.post.subscribers.ask(ANN, language="en")
        it.rounds()
        assert it.drained() == []

        assert it.post.requests.allow_account("ANN@example.com")
        assert not it.post.requests.allow_account("ANN@example.com")

    @pytest.mark.parametrize("token", ["", "x", "!", "a" * 64, "\u00e9"])
    def test_a_stop_link_that_is_not_ours_stops_nobody(self, it, token):
        with pytest.raises(UnknownLink):
            it.post.requests.stop(token)


class TestNothingIsToldByAsking:
    """Known or not, limited or not: the same mail, the same work, the same rows."""

    def test_the_mail_is_the_same_whether_or_not_the_address_is_known(self, it, ask):
        published_breach(it.store, SHOP, {"ann@example.com": ["Email addresses"]})
        (known,), (unknown,) = ask("ann@example.com"), ask("bob@example.com")

        def without_secrets(mail):
            hidden = (token_in(mail, "owner/link"), token_in(mail, "owner/stop"), code_in(mail))
            text = text_of(mail)
            for one in hidden:
                text = text.replace(one, "…")
            return text

        assert without_secrets(known) == without_secrets(unknown)
        assert known["Subject"] == unknown["Subject"]

    @pytest.mark.engines("sqlite")
    def test_asking_does_the_same_work_over_the_limit_and_under_it(self, it, links, ask):
        """Statements are what asking costs; whether a mail comes of it is decided elsewhere."""
        published_breach(it.store, SHOP, {"ann@example.com": ["Email addresses"]})
        statements = []
        for database in it.store.databases:
            database._thread_connection().set_trace_callback(lambda sql: statements.append(sql.split("(")[0]))

        def work(account):
            statements.clear()
            links.ask(account, NONCE)
            return [sql for sql in statements if "mail_request" in sql or "exposure" in sql]

        first = work("ann@example.com")
        ask("ann@example.com")
        over_the_limit = work("ann@example.com")
        unknown = work("bob@example.com")

        assert len(first) == 1
        assert first == over_the_limit == unknown

    def test_asking_twice_before_the_worker_comes_to_it_is_one_mail(self, it, links):
        links.ask(ANN, NONCE)
        links.ask(ANN, NONCE)
        it.rounds()

        assert len(it.drained()) == 1


def test_mail_goes_to_the_address_as_typed(ask):
    assert ask("  J.Ann+x@GoogleMail.com ")[0]["To"] == "J.Ann+x@googlemail.com"


@pytest.mark.parametrize(
    "account",
    ["ann", "ann@example.com, eve@example.com", "ann@example.com\nBcc: eve@example.com", "Ann <ann@example.com>"],
)
def test_what_is_not_one_address_is_refused(links, account):
    with pytest.raises(InvalidAccount):
        links.ask(account, NONCE)


def test_where_mail_is_off_nothing_is_noted(store):
    with pytest.raises(MailOff):
        store.post.owner_links.ask(ANN, NONCE)
    assert store.post.requests.oldest() is None


def test_the_table_holds_no_token_no_code_and_of_the_address_the_digest_alone(it, ask):
    (mail,) = ask()
    rows = [dict(row) for row in it.store.databases[1].query("SELECT * FROM owner_link")]

    assert rows[0]["digest"] == it.digest(ANN)
    secrets = (token_in(mail, "owner/link"), code_in(mail).replace(" ", ""), NONCE, "example.com")
    assert not any(secret in str(rows) for secret in secrets)


def test_what_a_request_leaves_is_not_the_digest(it, ask):
    ask()
    (row,) = it.store.databases[1].query("SELECT * FROM mail_request")

    assert (row["sealed"], row["digest"], row["browser"]) == (None, None, None)
    assert str(it.digest(ANN)) not in str(dict(row))


def test_what_is_too_old_leaves_nothing_behind(it, ask):
    ask()
    it.clock.now += 86_400
    postman.sweep(it.post, it.post.delivery, it.clock.now)

    for table in ("owner_link", "mail_request"):
        assert it.store.databases[1].query(f"SELECT * FROM {table}") == []


def test_a_sweep_leaves_what_is_still_of_use(it, links, ask):
    token = token_in(ask()[0], "owner/link")
    postman.sweep(it.post, it.post.delivery, it.clock.now)

    assert links.is_open(token)
    assert ask() == []
