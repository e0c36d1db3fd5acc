"""Meaning: no sentence about a breach where it is not true."""

from datetime import date

import pytest

from breachcheck.advice import Leak
from breachcheck.meaning import LINES, NOBODY_CAN_SIGN_IN, NOTHING_NEEDED, not_needed, nothing_to_do, what_it_means

KEYS_AND_PAYMENTS = ("API keys", "payment details", "chats")


def leak(*leaked: str, title="Shop", **facts) -> Leak:
    facts = {key: frozenset(value) if key in ("unknown", "not_exposed") else value for key, value in facts.items()}
    return Leak(company=title, title=title, breach_date=date(2025, 11, 9), leaked=frozenset(leaked), **facts)


def mixpanel(**facts) -> Leak:
    denied = {"not_exposed": ["Passwords"], "also_not_exposed": KEYS_AND_PAYMENTS}
    return leak("Email addresses", "Names", "Account identifiers", title="OpenAI (Mixpanel)", **{**denied, **facts})


class TestTheLine:
    @pytest.mark.parametrize(
        ("names", "band"),
        [
            (["Passwords"], "today"),
            (["Bank account numbers"], "today"),
            (["Mnemonic phrases"], "today"),
            (["Names", "Dates of birth", "Passport numbers"], "today"),
            (["Passport numbers"], "this_week"),
            (["Passport numbers", "Religions"], "this_week"),
            (["Names", "Dates of birth", "Physical addresses"], "this_week"),
            (["HIV statuses"], "private"),
            (["Physical addresses", "Religions"], "private"),
            (["Phone numbers", "Religions"], "private"),
            (["Military service"], "private"),
            (["Phone numbers"], "protect"),
            (["Email addresses"], "be_alert"),
            (["Geographic locations"], "be_alert"),
            (["Website activity"], "know"),
        ],
    )
    def test_it_is_chosen_by_the_heaviest_of_the_details(self, names, band):
        assert what_it_means([leak(*names)]) == LINES[band]

    def test_it_is_chosen_over_all_breaches(self):
        assert what_it_means([leak("Genders"), leak("Passwords")]) == LINES["today"]

    def test_details_of_two_breaches_are_no_combination(self):
        assert what_it_means([leak("Names", "Dates of birth"), leak("Physical addresses")]) == LINES["protect"]


class TestNobodyCanSignIn:
    @pytest.mark.parametrize("heavy", ["Passwords", "Auth tokens", "Government issued IDs", "Mothers maiden names"])
    def test_it_is_not_said_while_a_heavy_detail_cannot_be_told(self, heavy):
        assert what_it_means([leak("Email addresses", unknown=[heavy])]) == ("expect scam messages.",)

    def test_it_is_not_said_while_another_breach_may_hold_one(self):
        leaks = [leak("Email addresses"), leak("Names", unknown=["Passwords"])]

        assert NOBODY_CAN_SIGN_IN not in what_it_means(leaks)

    def test_it_is_said_where_only_light_details_cannot_be_told(self):
        assert NOBODY_CAN_SIGN_IN in what_it_means([leak("Email addresses", unknown=["Organisation identifiers"])])

    @pytest.mark.parametrize("heavy", ["Passwords", "Passport numbers", "Personal health data"])
    def test_it_is_not_said_where_a_heavy_detail_leaked(self, heavy):
        assert NOBODY_CAN_SIGN_IN not in what_it_means([leak("Email addresses", heavy)])


class TestNothingNeeded:
    def test_it_is_not_said_where_a_step_is_shown(self):
        assert NOTHING_NEEDED not in what_it_means([leak("Profile photos")])

    def test_it_is_not_said_while_a_heavy_detail_cannot_be_told(self):
        assert what_it_means([leak("Genders", unknown=["Passwords"])]) == ("It helps to know that this data is out.",)


class TestWhatWasNotInIt:
    def test_it_is_the_disclosers_word(self):
        assert what_it_means([mixpanel()])[-1] == "No passwords, API keys or payment details were in this breach."

    def test_it_is_not_said_because_a_class_is_merely_absent(self):
        assert what_it_means([leak("Email addresses")]) == LINES["be_alert"]

    def test_it_is_not_said_of_what_leaked_all_the_same(self):
        assert what_it_means([leak("Passwords", not_exposed=["Passwords"])]) == LINES["today"]

    def test_it_is_not_said_of_several_breaches_at_once(self):
        assert "No passwords" not in " ".join(what_it_means([mixpanel(), leak("Names")]))


class TestNotNeeded:
    def test_the_mixpanel_breach_asks_for_no_new_password_key_or_card(self):
        assert not_needed([mixpanel()]) == (
            "You do not need to change your password, replace API keys or block a card because of this breach. "
            "None of those were in it.",
        )

    def test_only_what_the_discloser_said_is_said(self):
        assert not_needed([mixpanel(also_not_exposed=("chats",))]) == (
            "You do not need to change your password because of this breach. No passwords were in it.",
        )
        assert not_needed([leak("Email addresses")]) == ()

    @pytest.mark.parametrize("heavy", ["Passwords", "Historical passwords", "Password hints"])
    def test_a_password_of_another_breach_must_be_changed_and_so_it_is_not_said(self, heavy):
        assert "password" not in " ".join(not_needed([mixpanel(), leak(heavy)]))

    def test_a_card_of_another_breach_must_be_blocked_and_so_it_is_not_said(self):
        assert not_needed([mixpanel(), leak("Credit cards")]) == (
            "You do not need to change your password or replace API keys because of OpenAI (Mixpanel). "
            "None of those were in it.",
        )

    def test_among_several_breaches_it_names_the_one_it_speaks_of(self):
        assert not_needed([leak("Names"), leak("Names", title="Bank", not_exposed=["Credit cards"])]) == (
            "You do not need to block a card because of Bank. No card numbers were in it.",
        )


class TestNothingToDo:
    def test_it_names_what_asks_for_nothing(self):
        classes = ["Geographic locations", "Device information", "Browser user agent details", "Referring websites"]

        assert nothing_to_do([leak("Email addresses", *classes)]) == (
            "Nothing to do about: your rough location, device, browser and the website you came from.",
            "If a message knows your city, that does not prove who sent it.",
        )

    def test_it_never_names_what_a_step_is_there_for(self):
        assert nothing_to_do([leak("Geographic locations")]) == ()
        assert nothing_to_do([leak("Email addresses", "Passwords")]) == ()

    def test_it_never_names_what_one_should_look_at(self):
        assert nothing_to_do([leak("Bios", "Genders")]) == ("Nothing to do about: your gender.",)
