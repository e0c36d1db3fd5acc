"""The answer page: what it says, and that no sentence stands where it is not true."""

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from breachcheck.breaches import CompanyStep
from breachcheck.services import Services
from breachcheck.web.app import create_app
from tests.engines import ENGINES as ENGINES
from tests.stores import facts, held_breach, published_breach
from tests.web.conftest import ANALYTICS

Ask = Callable[[str], str]

SIGN_IN = "Nobody can sign in as you with this data alone"
EMAIL = ["Email addresses"]


def ask_alone(store: Services, account: str = "eve@example.com") -> str:
    client = create_app(store).test_client()
    return client.post("/", data={"account": account}, follow_redirects=True).text


def words(page: str) -> str:
    """What a reader reads: no tags, single spaces."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", page))
    return re.sub(r"\s+", " ", text).replace(" .", ".").replace(" ,", ",")


def group(page: str, kind: str) -> str:
    found = re.search(rf'<div class="group {kind}">(.*?)</div>', page, re.DOTALL)
    return words(found.group(1)) if found else ""


def test_a_yes_begins_with_yes_and_counts_its_breaches(ask: Ask) -> None:
    page = ask("ann@example.com")

    assert "<title>Yes, found in 1 breach – Breach check</title>" in page
    assert "Yes, this address was in 1 breach" in page


def test_a_no_begins_with_not_found_and_counts_what_was_asked(ask: Ask) -> None:
    page = ask("nobody@example.com")

    assert "<title>Not found in 2 breaches – Breach check</title>" in page
    assert "Not found in the 2 breaches we can check" in page
    assert "have nothing to show for it" in page


def test_not_found_never_says_that_the_address_is_not_in_our_data(ask: Ask) -> None:
    page = words(ask("nobody@example.com")).lower()

    assert "this does not mean that your data is safe everywhere" in page
    assert "good news" not in page
    assert "not in our data" not in page


def test_an_answer_tells_when_we_looked_and_when_the_newest_breach_was_added(ask: Ask) -> None:
    for page in (words(ask("ann@example.com")), words(ask("nobody@example.com"))):
        assert re.search(r"We looked in 2 breaches on \d+ \w+ \d{4}, \d\d:\d\d UTC. The newest was added on \d+ ", page)


def test_the_address_stands_in_a_bdi_and_not_in_the_title(ask: Ask) -> None:
    page = ask("ann@example.com")

    assert "<bdi>ann@example.com</bdi>" in page
    assert "@" not in re.findall(r"<title>(.*?)</title>", page, re.DOTALL)[0]


def test_what_was_typed_cannot_become_markup(ask: Ask) -> None:
    page = ask('"<b>ann</b>"@example.com')

    assert "<b>ann</b>" not in page


def test_the_card_tells_yours_from_not_yours_from_cannot_tell(ask: Ask) -> None:
    page = ask("bob@example.com")
    card = page[page.index(">Chatter (Tally)</h3>") :]

    assert "Your email address" in group(card, "yours")
    assert "Your name" in group(card, "not-yours")
    assert "Your rough location" in group(card, "not-yours")
    assert "Your organisation's ID" in group(card, "unknown")


def test_a_class_that_our_copy_cannot_show_is_never_called_not_yours(ask: Ask) -> None:
    assert "organisation" not in group(ask("ann@example.com"), "not-yours")


def test_what_nobody_lost_is_named_with_who_says_so(ask: Ask) -> None:
    absent = group(ask("ann@example.com"), "absent")

    assert "Not in this breach for anyone, says Chatter (26 November 2025)" in absent
    assert "Passwords API keys payment details" in absent


def test_a_note_of_the_manifest_stands_beside_its_detail(ask: Ask) -> None:
    assert "Your name As given on the account." in group(ask("ann@example.com"), "yours")


def test_an_unknown_number_of_people_is_said_to_be_unknown(ask: Ask) -> None:
    assert "Chatter has not said" in words(ask("ann@example.com"))


def test_light_details_alone_let_nobody_sign_in(ask: Ask) -> None:
    page = words(ask("ann@example.com"))

    assert f"expect scam messages. {SIGN_IN}." in page
    assert "No passwords, API keys or payment details were in this breach." in page


def test_a_password_is_told_first_and_changes_what_it_means(ask: Ask) -> None:
    page = words(ask("bob@example.com"))

    assert "Together they held your password, email address and name." in page
    assert "someone may be able to sign in as you or take money. Do step 1 today." in page
    assert SIGN_IN not in page


def test_nobody_is_told_to_keep_a_password_that_another_breach_leaked(ask: Ask) -> None:
    page = words(ask("bob@example.com"))

    assert "Change your Corner Shop password" in page
    assert "You do not need to change your password" not in page


def test_what_need_not_be_done_is_said_where_the_discloser_said_why(ask: Ask) -> None:
    page = words(ask("ann@example.com"))

    assert "You do not need to change your password, replace API keys or block a card because of this breach." in page


def test_a_column_that_our_copy_lacks_is_no_word_that_there_were_no_passwords(store: Services) -> None:
    published_breach(store, facts(), {"eve@example.com": [*EMAIL, "Names"]})
    page = words(ask_alone(store))

    assert "No passwords" not in page
    assert "You do not need to change" not in page


def test_a_heavy_detail_that_cannot_be_told_forbids_the_all_clear(store: Services) -> None:
    published_breach(store, facts(disclosed_classes=("Passwords",)), {"eve@example.com": EMAIL})
    page = words(ask_alone(store))

    assert "expect scam messages." in page
    assert SIGN_IN not in page


def test_a_heavy_detail_for_the_owner_alone_forbids_the_all_clear(store: Services) -> None:
    published_breach(store, facts(), {"eve@example.com": EMAIL, "fay@example.com": [*EMAIL, "Mnemonic phrases"]})

    assert SIGN_IN not in words(ask_alone(store))


def test_details_for_the_owner_alone_look_the_same_for_everyone(store: Services) -> None:
    published_breach(store, facts(), {"eve@example.com": EMAIL, "fay@example.com": [*EMAIL, "Religions"]})
    pages = [ask_alone(store, account).replace(account, "-") for account in ("eve@example.com", "fay@example.com")]

    assert group(pages[0], "owner-only") == group(pages[1], "owner-only")
    assert "Religions" in group(pages[0], "owner-only")
    assert "religion" not in words(pages[1]).replace("Religions", "")


def test_what_the_file_held_after_all_is_not_called_absent(store: Services) -> None:
    published_breach(store, ANALYTICS, {"eve@example.com": [*EMAIL, "Passwords"]})
    page = ask_alone(store)

    assert "Passwords" not in group(page, "absent")
    assert "No passwords" not in words(page)


def test_a_private_breach_answers_as_not_found(ask: Ask) -> None:
    known, unknown = (ask(f"{name}@example.com").replace(name, "-") for name in ("dora", "nobody"))

    assert without_request(known) == without_request(unknown)


def without_request(page: str) -> str:
    return re.sub(r"\d\d:\d\d UTC", "", page)


def test_an_alias_is_not_told_to_the_public(ask: Ask) -> None:
    assert "<title>Not found" in ask("cy@example.com")
    assert "<title>Yes" in ask("cy+shop@example.com")


def test_a_held_load_is_not_told_to_the_public(loaded: Services, ask: Ask) -> None:
    held_breach(loaded, facts(name="Held"), {"hana@example.com": EMAIL})

    assert "<title>Not found in 2 breaches" in ask("hana@example.com")


def test_did_you_mean_is_a_guess_with_a_button(ask: Ask) -> None:
    page = ask("ann.invented@gmial.com")

    assert "Did you mean <bdi>ann.invented@gmail.com</bdi>?" in page
    assert '<button name="account" value="ann.invented@gmail.com">Check that one</button>' in page


def test_how_sure_names_what_was_searched_and_who_could_not_be_found(ask: Ask) -> None:
    page = words(ask("nobody@example.com"))

    assert "We searched 2 breaches: Chatter (Tally) and Corner Shop. No part was left out." in page
    assert "In Chatter (Tally), 12 of 14 records had none." in page
    assert "We may not hold the whole file." in page
    assert "People can ask us to hide their results: for them this page looks the same." in page


def test_the_whole_file_is_held_only_where_the_manifest_says_so(store: Services) -> None:
    published_breach(store, facts(copy="complete"), {"eve@example.com": EMAIL})
    page = words(ask_alone(store, "nobody@example.com"))

    assert "We hold the whole file." in page
    assert "We may not hold the whole file." not in page


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        ({"is_spam_list": True}, "This is a list of addresses for sending ads."),
        ({"is_malware": True}, "A harmful program took this data from people's own devices."),
        ({"is_fabricated": True, "is_verified": False}, "It is likely not from there."),
        ({"held_by": "Tally", "on_behalf_of": "Chatter"}, "a file from Tally, a company that Chatter used."),
        ({}, "Someone copied a file from Corner Shop."),
    ],
)
def test_where_the_file_came_from_is_said_as_far_as_it_is_known(
    store: Services, flags: dict[str, object], sentence: str
) -> None:
    published_breach(store, facts(**flags), {"eve@example.com": EMAIL})

    assert sentence in words(ask_alone(store))


def test_at_most_five_steps_stand_before_the_rest(store: Services) -> None:
    leaked = [*EMAIL, "Passwords", "Phone numbers", "Physical addresses", "Purchases", "Photos", "Employers", "Names"]
    published_breach(store, facts(), {"eve@example.com": leaked})
    first, rest = ask_alone(store).split("More you can do", 1)

    assert first.count('<li class="step">') == 5
    assert '<ol class="steps" start="6">' in rest


def test_a_companys_text_cannot_bring_markup(store: Services) -> None:
    text = "Look <script>alert(1)</script> [here](javascript:alert(1)) ![x](https://x.example/p.png) or **there**."
    published_breach(store, facts(description=text), {"eve@example.com": EMAIL})
    page = ask_alone(store)

    assert "<script>alert" not in page
    assert "javascript:alert" not in re.findall(r'href="([^"]*)"', page)
    assert "<img" not in page
    assert "<strong>there</strong>" in page


def test_reload_and_back_keep_the_answer_until_the_cookie_is_old(client: FlaskClient) -> None:
    client.post("/", data={"account": "ann@example.com"})

    assert "<title>Yes" in client.get("/answer").text
    assert "<title>Yes" in client.get("/answer").text


def test_an_answer_is_asked_anew_each_time(loaded: Services, client: FlaskClient) -> None:
    client.post("/", data={"account": "ann@example.com"})
    loaded.publishing.withdraw("Chatter-Tally", by="tests")

    assert "<title>Not found in 1 breach" in client.get("/answer").text


def test_without_a_question_there_is_no_answer(client: FlaskClient) -> None:
    response = client.get("/answer")

    assert (response.status_code, response.location) == (303, "/")


def test_a_companys_own_steps_are_marked_as_what_language_they_are_in(store: Services) -> None:
    steps = (
        CompanyStep(title="Ask us for a copy", how="Write to our help desk."),
        CompanyStep(step="change-password", title="Change it in our shop", how=""),
    )
    lately = facts(advice=steps, breach_date=datetime.now(UTC).date())
    published_breach(store, lately, {"eve@example.com": ["Email addresses", "Passwords"]})
    client = create_app(store).test_client()
    client.post("/preferences", data={"language": "de"})
    page = client.post("/", data={"account": "eve@example.com"}, follow_redirects=True).text

    assert '<h3 lang="en">Ask us for a copy</h3>' in page
    assert '<div class="says"><b>Wie:</b> <div lang="en"><p>Write to our help desk.</p>' in page
    assert '<h3 lang="en">Change it in our shop</h3>' in page
    assert '<div class="says"><b>Wie:</b> <div><p>Ändern Sie es auf der Website von' in page
    assert ' lang="en"' not in ask_alone(store).split("<main")[1]
