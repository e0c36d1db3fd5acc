"""Letters: what mails say, that text and HTML say the same, and that each sentence is true where it stands."""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from breachcheck.breaches import CompanyStep, NotExposed, TranslatedAbsence, TranslatedStep, Translation
from breachcheck.config import Config
from breachcheck.disclosure import OWNER
from breachcheck.mail.letters import PATHS, Letters
from tests.stores import facts, published_breach

ANN = "ann@example.com"
MIXPANEL = facts(
    name="OpenAI-Mixpanel",
    title="OpenAI (Mixpanel)",
    breach_date=date(2025, 11, 9),
    disclosed_date=date(2025, 11, 26),
    disclosure_url="https://openai.example/notice",
    held_by="Mixpanel",
    on_behalf_of="OpenAI",
    who="People with an OpenAI API account",
    not_exposed=NotExposed(classes=("Passwords",), also=("API keys", "chats")),
    class_notes={"Geographic locations": "City, state, country."},
)
CLASSES = ["Email addresses", "Names", "Geographic locations"]


class Words(HTMLParser):
    """What a reader of the HTML part sees, without its title."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag, attrs):  # noqa: ARG002 - the parser's signature
        self._hidden += tag in ("style", "title")
        self.seen.append("" if tag == "span" else " ")

    def handle_endtag(self, tag):
        self._hidden -= tag in ("style", "title")
        self.seen.append("" if tag == "span" else " ")

    def handle_data(self, data):
        if not self._hidden:
            self.seen.append(data)


def words_of_html(html):
    parser = Words()
    parser.feed(html)
    return "".join(parser.seen).split()


def words_of_text(text):
    """Without the marks that lists have in plain text alone."""
    return re.sub(r"^(?:- |\d+\. )", "", text, flags=re.MULTILINE).split()


@pytest.fixture
def settings(tmp_path):
    return Config(
        data=tmp_path,
        mail="outbox",
        public_url="https://check.example",
        site_name="Breach <check> & co",
        site_operator="Example Ltd",
        site_contact="mailto:help@example.org",
        site_privacy_contact="privacy@example.org",
        site_home_page="https://example.org",
    )


@pytest.fixture
def letters(settings):
    return Letters(settings, is_demo=False)


@pytest.fixture
def exposure(store):
    """What the owner sees of a breach: *about* it, with these *classes*."""

    def made(about=MIXPANEL, classes=CLASSES, account=ANN, holder=ANN, **load):
        published_breach(store, about, {holder: classes}, **load)
        return store.lookup.ask(account, OWNER, breach=about.name).exposures[0]

    return made


def all_letters(letters, exposure):
    token = {"unsubscribe_token": "unsubscribe-token"}
    correction = {"title": "Shop", "told_at": 1_795_000_000, "went_wrong": "a wrong file.", "is_right": "nothing"}
    return [
        letters.owner_link(ANN, "en", token="the-token", code="482913", stop_token="stop-token"),
        letters.confirmation(ANN, "en", token="the-token"),
        letters.trial(ANN, "en"),
        letters.domain_code(ANN, "en", domain="site.example", code="abc123", stop_token="stop-token"),
        letters.notification(ANN, "en", exposure, **token),
        letters.private_notification(ANN, "en", **token),
        letters.correction(ANN, "en", **correction, is_out=True, **token),
        letters.correction(ANN, "en", **correction, is_out=False, **token),
        letters.private_correction(ANN, "en", told_at=1_795_000_000, **token),
    ]


@pytest.mark.parametrize("is_demo", [False, True])
def test_text_and_html_say_the_same(settings, exposure, is_demo):
    for mail in all_letters(Letters(settings, is_demo=is_demo), exposure()):
        assert words_of_html(mail.html) == words_of_text(mail.text), mail.subject


def test_no_mail_has_a_picture_or_fetches_anything(letters, exposure):
    for mail in all_letters(letters, exposure()):
        assert not re.search(r"<(?:img|link|script|iframe)|url\(|@import|src=", mail.html), mail.subject


def test_every_link_leads_to_the_sites_own_address_and_no_mail_is_without_its_end(letters, exposure):
    for mail in all_letters(letters, exposure()):
        links = re.findall(r"https?://[^\s\"<]+", mail.text + mail.html)

        assert links
        assert all(link.startswith("https://check.example/") for link in links)
        assert "run by Example Ltd. help@example.org" in mail.text


def test_a_demo_says_so_in_every_mail(settings, exposure):
    for mail in all_letters(Letters(settings, is_demo=True), exposure()):
        assert mail.text.startswith("This is a demo. The people in it are made up.")


def test_the_owners_link_is_word_for_word_what_was_written(letters):
    mail = letters.owner_link(ANN, "en", token="the-token", code="482913", stop_token="stop-token")

    assert mail.subject == "Your private answer from Breach <check> & co"
    assert mail.text == (
        "Hello,\n\n"
        "someone, probably you, asked Breach <check> & co for the private answer for this email address.\n\n"
        'To see it, open this link and press "Show my answer":\nhttps://check.example/owner/link/the-token\n\n'
        "Is your browser on another device? Type this code there instead: 482 913\n\n"
        "The link and the code work once, in the next 30 minutes.\n\n"
        "We send this same email whether or not the address is in a breach. The email itself tells nobody anything.\n\n"
        "You did not ask? Then do nothing. Without the link or the code, nobody can see your answer.\n"
        "Too many of these? Stop them: https://check.example/owner/stop/stop-token\n\n"
        "We never ask for a password.\n\n"
        "Breach <check> & co, run by Example Ltd. help@example.org\n"
        "Questions about your data: privacy@example.org\n"
        "Our own web site: example.org\n"
    )


def test_the_notification_says_what_was_theirs_what_was_not_in_it_and_what_to_do(letters, exposure):
    mail = letters.notification(ANN, "en", exposure(), unsubscribe_token="t")

    assert mail.subject == "Your details were in a data breach: OpenAI (Mixpanel)"
    for words in (
        "OpenAI (Mixpanel), 9 November 2025\nSomeone copied a file from Mixpanel, a company that OpenAI used.\n",
        "Who is in it: People with an OpenAI API account.",
        "- your email address\n- your name\n- your rough location (city, state, country)\n",
        "Not in it for anyone, says OpenAI: passwords, API keys and chats.",
        "How many people: OpenAI has not said.",
        "1. Watch out for fake messages about OpenAI. ",
        "You do not need to change your password or replace API keys because of this breach.",
        "type check.example into your browser",
        "How we know: the notice of OpenAI of 26 November 2025.",
        "Stop these emails: https://check.example/unsubscribe/t\n",
    ):
        assert words in mail.text
    assert mail.unsubscribe_url == "https://check.example/unsubscribe/t"


def test_a_step_that_speaks_of_a_page_speaks_of_the_site_in_a_mail(letters, exposure):
    found = exposure(classes=[*CLASSES, "Organisation identifiers"])
    text = letters.notification(ANN, "en", found, unsubscribe_token="t").text

    assert "Send them this site's address, check.example. " in text
    assert "this page" not in text


def test_what_nobody_said_is_not_said(letters, exposure):
    mail = letters.notification(ANN, "en", exposure(facts(), ["Passwords"]), unsubscribe_token="t")

    assert "How many people: not said." in mail.text
    assert not re.search("Not in it for anyone|How we know|Who is in it|do not need to|another spelling", mail.text)


def test_a_number_of_people_is_said_where_it_is_known(letters, exposure):
    mail = letters.notification(ANN, "en", exposure(facts(affected=48310)), unsubscribe_token="t")

    assert "How many people: 48,310." in mail.text


def test_a_record_under_an_alias_is_told_as_one(letters, exposure):
    found = exposure(holder="ann+shop@example.com")
    mail = letters.notification(ANN, "en", found, unsubscribe_token="t")

    assert "We found another spelling of your address" in mail.text


def test_the_title_is_the_one_of_the_readers_language(letters, exposure):
    found = exposure(facts(translations={"en": Translation(title="The Corner Shop")}))

    assert letters.notification(ANN, "en", found, unsubscribe_token="t").subject.endswith(": The Corner Shop")


def test_a_mail_says_what_a_manifest_says_in_the_readers_language(letters, exposure):
    german = Translation(
        who="Menschen mit einem API-Konto bei OpenAI",
        not_exposed=TranslatedAbsence(also=("API-Schlüssel", "Chats")),
        class_notes={"Geographic locations": "Stadt, Bundesland, Land."},
        advice=(TranslatedStep(title="Rufen Sie uns an", how="An jedem Tag."),),
    )
    found = exposure(
        facts(MIXPANEL, advice=(CompanyStep(title="Call us", how="Any day."),), translations={"de": german})
    )
    mail = letters.notification(ANN, "de", found, unsubscribe_token="t")

    assert "Menschen mit einem API-Konto bei OpenAI." in mail.text
    assert "(Stadt, Bundesland, Land)" in mail.text
    assert "Passwörter, API-Schlüssel und Chats." in mail.text
    assert "1. Rufen Sie uns an. An jedem Tag." in mail.text


def test_a_mail_says_of_what_it_could_not_translate_what_language_it_is_in(letters, exposure):
    about = facts(MIXPANEL, advice=(CompanyStep(title="Call <us>", how="Any day."),))
    found = exposure(about)
    page = letters.notification(ANN, "de", found, unsubscribe_token="t").html

    assert '<span lang="en">People with an OpenAI API account</span>.' in page
    assert '(<span lang="en">city, state, country</span>)</li>' in page
    assert 'Passwörter, <span lang="en">API keys</span> und <span lang="en">chats</span>.' in page
    assert '<li><span lang="en">Call &lt;us&gt;</span>. <span lang="en">Any day.</span></li>' in page
    assert "<span" not in letters.notification(ANN, "en", found, unsubscribe_token="t").html


def test_a_private_mail_names_no_breach_anywhere(letters, exposure):
    exposure()
    for mail in (
        letters.private_notification(ANN, "en", unsubscribe_token="t"),
        letters.private_correction(ANN, "en", told_at=1_795_000_000, unsubscribe_token="t"),
    ):
        assert "News about your data" in mail.subject
        assert not re.search("OpenAI|Mixpanel|Shop", mail.subject + mail.text + mail.html)


def test_steps_are_called_harmless_only_where_nothing_is_left(letters):
    told = {"title": "Shop", "told_at": 1_795_000_000, "went_wrong": "x", "is_right": "y", "unsubscribe_token": "t"}
    out, smaller = (letters.correction(ANN, "en", **told, is_out=one) for one in (True, False))

    assert "You can stop them." in out.text
    assert "You can stop them." not in smaller.text


def test_text_of_manifests_and_settings_is_no_html(letters, exposure):
    about = facts(title="<b>Shop</b>", held_by="<i>H</i>", advice=(CompanyStep(title="<u>Do</u>", how="<s>so</s>"),))
    html = letters.notification(ANN, "en", exposure(about), unsubscribe_token="t").html

    assert not re.search(r"<(?:b|i|u|s)>", html)


def test_every_mail_has_an_id_of_its_own(letters):
    one, other = (letters.confirmation(ANN, "en", token="t") for _ in range(2))

    assert one.message_id != other.message_id


def test_a_language_that_is_not_spoken_here_is_answered_in_the_first(letters):
    assert letters.confirmation(ANN, "tlh", token="t").language == "en"


def test_every_place_that_mails_lead_to_takes_a_token():
    assert all(path.format(token="t").endswith("/t") for path in PATHS.values())


def test_mails_have_the_sites_own_colours_and_no_picture(settings, exposure, tmp_path):
    (tmp_path / "colours.toml").write_text('accent = "#c8102e"\naccent_dark = "#ff9d9d"\n', encoding="utf-8")
    letters = Letters(replace(settings, site_folder=tmp_path), is_demo=False)
    for mail in all_letters(letters, exposure()):
        assert mail.html.count("a { color: #c8102e; }") == mail.html.count("a { color: #ff9d9d; }") == 1
        assert "<img" not in mail.html


@pytest.mark.parametrize("mail", ["text", "html"])
def test_a_mail_for_a_company_to_send_itself_says_nothing_of_the_site(settings, exposure, mail):
    written = Letters(settings, is_demo=False).to_customers("en", exposure(), can_look=False)

    assert "example.org" not in getattr(written, mail)
