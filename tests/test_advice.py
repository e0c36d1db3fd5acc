"""Advice: each step once, for what leaked of this person and for nothing else."""

import json
import re
from collections.abc import Iterator
from datetime import date
from importlib import resources

import pytest

from breachcheck import data_classes
from breachcheck.advice import Leak, called_for, is_older_than_a_year, step_ids, steps_for
from breachcheck.breaches import CompanyStep
from breachcheck.wording import Language

TODAY = date(2026, 11, 22)
MIXPANEL_CLASSES = frozenset(
    {
        "Email addresses",
        "Names",
        "Geographic locations",
        "Device information",
        "Browser user agent details",
        "Account identifiers",
    }
)
OPENAIS_WORDS = (
    CompanyStep(
        step="watch-messages",
        title="Watch out for fake messages about OpenAI or ChatGPT",
        how="Give no password, API key or sign-in code to anyone who asks.",
    ),
)


def leak(*leaked: str, company="Shop", title="Shop (2025)", breach_date=date(2025, 12, 1), **facts) -> Leak:
    return Leak(company=company, title=title, breach_date=breach_date, leaked=frozenset(leaked), **facts)


def mixpanel(*more: str, **facts) -> Leak:
    day = date(2025, 11, 9)
    return leak(*MIXPANEL_CLASSES, *more, company="OpenAI", title="OpenAI (Mixpanel)", breach_date=day, **facts)


def steps_of(*leaks: Leak, today=TODAY):
    return {step.id: step for step in steps_for(leaks, today=today)}


def texts_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from () if key in ("id", "only", "any") else texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)
    elif isinstance(value, str):
        yield value


STEPS = json.loads(resources.files("breachcheck").joinpath("advice.json").read_text("utf-8"))["steps"]
TEXTS = sorted(set(texts_in(STEPS)))
CALLED = {step for one in data_classes.all_classes().values() for step in one.steps}


def test_every_step_that_a_class_calls_for_exists_and_every_step_is_called_for():
    assert set(step_ids()) == CALLED


def test_every_combination_calls_for_a_step_that_exists():
    combined = data_classes.combinations_in(data_classes.all_classes())

    assert len(combined) == 10
    assert {one.step for one in combined} <= set(step_ids())
    assert {name for one in combined for group in one.all_of for name in group} <= set(data_classes.all_classes())


def test_variants_speak_of_classes_that_call_for_their_step():
    for step in STEPS:
        for variant in step.get("variants", []):
            for name in [*variant.get("only", []), *variant.get("any", [])]:
                assert step["id"] in data_classes.get(name).steps


@pytest.mark.parametrize("text", TEXTS)
def test_no_sentence_is_longer_than_twenty_five_words(text):
    assert max(len(sentence.split()) for sentence in re.split(r"(?<=[.?!:;])\s+", text)) <= 25


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_uses_the_words_that_a_reader_knows(text):
    assert not re.search(r"\b(e-mail|log in|phishing|pwned|hacker|leak|incident|compromise)", text.casefold())


@pytest.mark.parametrize("name", [name for name, one in data_classes.all_classes().items() if one.steps])
def test_a_class_alone_gets_exactly_its_steps_in_whole_sentences(name):
    found = steps_for([leak(name)], today=TODAY)

    assert {step.id for step in found} == set(data_classes.get(name).steps)
    assert all(step.title and step.why.endswith(".") and step.how.endswith((".", "?")) for step in found)
    assert not any("{" in text for step in found for text in (step.title, step.why, step.how))


@pytest.mark.parametrize("company", ["", "Shop"])
def test_no_placeholder_is_left_with_everything_at_once(company):
    found = steps_for([leak(*data_classes.all_classes(), company=company)], today=TODAY)

    assert not re.search(r"[{}]|\b(about|at|then) *(\.|,|$)", " ".join(f"{one.title}. {one.how}" for one in found))


class TestMixpanel:
    def test_the_steps_are_to_watch_messages_and_to_turn_on_two_step_sign_in(self):
        assert list(steps_of(mixpanel())) == ["watch-messages", "two-step"]

    def test_whoever_looks_after_it_at_work_is_told_only_where_the_organisations_id_leaked(self):
        assert "tell-org-admin" in steps_of(mixpanel("Organisation identifiers"))

    @pytest.mark.parametrize("more", [(), ("Organisation identifiers", "Referring websites")])
    @pytest.mark.parametrize("own", [(), OPENAIS_WORDS])
    def test_nobody_is_told_to_change_a_password_or_replace_a_key(self, more, own):
        found = steps_of(mixpanel(*more, company_steps=own))

        assert not {"change-password", "replace-keys", "sign-out-everywhere", "card-replace"} & set(found)
        assert not any(re.search(r"\b(change|replace|new) ", step.how.casefold()) for step in found.values())

    def test_why_names_what_leaked_and_not_what_asks_nothing(self):
        assert steps_of(mixpanel())["watch-messages"].why == (
            "Your email address, name and OpenAI user ID were in the file. "
            "A scammer can use them to write a message that looks real."
        )

    def test_openais_words_stand_in_place_of_ours(self):
        watch = steps_of(mixpanel(company_steps=OPENAIS_WORDS))["watch-messages"]

        assert watch.title == "Watch out for fake messages about OpenAI or ChatGPT"
        assert "API key" in watch.how
        assert watch.why.startswith("Your email address, name and OpenAI user ID were")

    def test_the_title_names_the_company(self):
        assert steps_of(mixpanel())["watch-messages"].title == "Watch out for fake messages about OpenAI"


class TestOneList:
    def test_a_step_stands_once_over_all_breaches(self):
        first, second = leak("Passwords", company="A", title="A"), leak("Passwords", company="B", title="B")
        found = steps_for([first, second], today=TODAY)

        assert [step.id for step in found] == ["change-password", "two-step"]
        assert found[0].title == "Change your passwords at A and B"
        assert found[0].why.endswith("This is about A and B.")

    def test_the_heaviest_step_comes_first_whatever_the_order_of_the_breaches(self):
        first, second = leak("Usernames"), leak("Credit cards")

        assert list(steps_of(first, second)) == ["card-replace", "two-step"]
        assert list(steps_of(second, first)) == ["card-replace", "two-step"]

    def test_one_breach_alone_is_not_named_again(self):
        assert "This is about" not in steps_of(leak("Passwords"))["change-password"].why

    def test_a_breach_that_calls_for_no_step_is_not_named(self):
        found = steps_of(leak("Passwords", title="A"), leak("Genders", title="B"))

        assert found["change-password"].why.endswith("This is about A.")

    def test_at_most_four_details_are_named_the_heaviest_ones(self):
        why = steps_of(leak("Email addresses", "Names", "Account balances", "Net worths", "Earnings"))[
            "watch-messages"
        ].why

        assert why.startswith("Your net worth, account balance, earnings and email address were in the file.")

    def test_many_companies_and_breaches_are_counted(self):
        leaks = [leak("Names", company=name, title=name) for name in "ABCDEF"]
        watch = steps_of(*leaks)["watch-messages"]

        assert watch.title == "Watch out for fake messages about A, B and 4 more companies"
        assert watch.why.endswith("This is about A, B, C and 3 more.")

    def test_two_breaches_of_one_company_name_it_once(self):
        found = steps_of(leak("Passwords", title="Old"), leak("Passwords", title="New"))

        assert found["change-password"].title == "Change your Shop password"

    def test_a_breach_without_a_company_names_none(self):
        found = steps_of(leak("Passwords", "Names", company=""))

        assert found["change-password"].title == "Change your password"
        assert found["watch-messages"].title == "Watch out for fake messages"

    def test_names_with_braces_are_printed_as_they_are(self):
        assert steps_of(leak("Passwords", company="{x}"))["change-password"].title == "Change your {x} password"

    def test_nothing_leaked_calls_for_nothing(self):
        assert steps_for([], today=TODAY) == []
        assert steps_for([leak()], today=TODAY) == []
        assert called_for([leak("Genders")]) == frozenset()


class TestCompanies:
    def test_their_own_steps_come_first(self):
        own = CompanyStep(title="Call us", why="We can help.", how="Dial 112.")
        found = steps_for([leak("Passwords", company_steps=(own,))], today=TODAY)

        assert [step.id for step in found] == ["company-1", "change-password", "two-step"]
        assert (found[0].title, found[0].why, found[0].how) == ("Call us", "We can help.", "Dial 112.")

    def test_their_words_for_a_step_wait_until_something_calls_for_it(self):
        own = CompanyStep(step="change-password", title="Reset it")

        assert steps_for([leak("Genders", company_steps=(own,))], today=TODAY) == []

    def test_their_words_speak_for_their_breach_alone(self):
        own = (CompanyStep(step="change-password", title="Reset it at A"),)
        found = steps_of(leak("Passwords", company="A", company_steps=own), leak("Passwords", company="B"))

        assert found["change-password"].title == "Change your passwords at A and B"

    def test_their_words_stay_where_another_breach_calls_for_other_steps(self):
        own = (CompanyStep(step="change-password", title="Reset it at A"),)

        assert steps_of(leak("Passwords", company_steps=own), leak("Names"))["change-password"].title == "Reset it at A"


SINCE = {
    "change-password": ("Passwords", "Changed it since November 2019? Then this step is done."),
    "card-replace": ("Credit cards", "Got a new card since November 2019? Then this step is done."),
    "replace-document": ("Passport numbers", "Had it replaced since November 2019? Then this step is done."),
}


class TestAdviceThatAges:
    @pytest.mark.parametrize("step", SINCE)
    def test_an_old_breach_asks_first_whether_it_is_done(self, step):
        name, since = SINCE[step]

        assert steps_of(leak(name, breach_date=date(2019, 11, 3)))[step].how.startswith(since)

    @pytest.mark.parametrize("step", ["card-replace", "replace-document"])
    def test_a_new_breach_does_not_ask(self, step):
        assert "since" not in steps_of(leak(SINCE[step][0]))[step].how

    def test_of_a_new_password_it_is_said_last(self):
        how = steps_of(leak("Passwords"))["change-password"].how

        assert how.endswith("Changed it since December 2025? Then this step is done.")

    def test_the_newest_of_several_breaches_counts(self):
        leaks = [leak("Passwords", breach_date=date(2013, 1, 1)), leak("Passwords", breach_date=date(2019, 11, 3))]

        assert steps_of(*leaks)["change-password"].how.startswith("Changed it since November 2019?")

    def test_a_year_is_over_on_the_day_after(self):
        assert not is_older_than_a_year(date(2025, 11, 22), TODAY)
        assert is_older_than_a_year(date(2025, 11, 21), TODAY)
        assert not is_older_than_a_year(date(2024, 2, 29), date(2025, 2, 28))
        assert is_older_than_a_year(date(2024, 2, 29), date(2025, 3, 1))


class TestWords:
    @pytest.mark.parametrize(
        ("names", "step", "why"),
        [
            (["Phone numbers"], "phone-calls", "Your phone number was in the file."),
            (["Purchases"], "check-orders", "Your purchases were in the file."),
            (["Employers", "Job titles"], "work-check", "Your employer and job title were in the file."),
            (["PINs"], "change-password", "Your PIN was in the file. It can help someone to get in."),
            (
                ["Password hints"],
                "change-password",
                "Your password hint was in the file. It can help someone to get in.",
            ),
            (["Religions"], "private-life", "Private facts about you were in the file: your religion."),
            (["Partial credit card data"], "card-caller", "Some digits of your card were in the file."),
            (["Credit scores"], "freeze-credit", "Your credit score was in the file. It tells a thief"),
            (["Organisation identifiers"], "tell-org-admin", "Your organisation's ID was in the file."),
            (["Geographic locations"], "watch-messages", "Your rough location was in the file."),
        ],
    )
    def test_why_agrees_with_what_it_names(self, names, step, why):
        assert steps_of(leak(*names))[step].why.startswith(why)

    def test_a_wallets_address_is_not_said_to_own_the_wallet(self):
        assert "owns" not in steps_of(leak("Cryptocurrency wallet addresses"))["move-crypto"].why
        assert "owns" in steps_of(leak("Mnemonic phrases"))["move-crypto"].why

    def test_a_pin_is_not_called_a_password(self):
        change = steps_of(leak("PINs"))["change-password"]

        assert "password" not in f"{change.title} {change.why} {change.how}"

    def test_a_combination_adds_its_step_and_names_its_members(self):
        found = steps_of(leak("Names", "Dates of birth", "Passport numbers"))

        assert next(iter(found)) == "freeze-credit"
        assert found["freeze-credit"].why.startswith("Your passport number, date of birth and name were in the file.")

    def test_a_combination_names_no_more_where_a_class_calls_for_the_step_alone(self):
        why = steps_of(leak("Passwords", "Email addresses"))["change-password"].why

        assert why.startswith("Your password was in the file.")

    def test_salted_passwords_let_a_card_go_first(self):
        plain = leak("Passwords", "Credit cards", password_storage="plain")
        salted = leak("Passwords", "Credit cards", password_storage="salted")

        assert next(iter(steps_of(plain))) == "change-password"
        assert next(iter(steps_of(salted))) == "card-replace"

    def test_another_language_is_asked_for_whole_sentences(self):
        asked = []
        german = Language(gettext=lambda text: asked.append(text) or text, and_list=" und ".join)
        found = steps_for([leak("Email addresses", "Names")], today=TODAY, language=german)

        assert found[0].why.startswith("Your email address und name were")
        assert "Watch out for fake messages about {company}" in asked
        assert {"email address", "name"} <= set(asked)
