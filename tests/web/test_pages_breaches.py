"""The list of breaches and the page of each: facts, flags, coverage and where it all comes from."""

import html
import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from breachcheck.breaches import CompanyStep, Help
from breachcheck.services import Services
from breachcheck.web.app import create_app
from breachcheck.web.breach_page import flags_of, reason, without_address
from ingest import extract
from ingest.readers import combo, lines, objects, repair, rows
from ingest.readers.left_out import NOT_A_RECORD
from tests.engines import ENGINES as ENGINES
from tests.stores import facts, held_breach, published_breach


def words(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def page_of(store: Services, name: str = "Shop") -> str:
    return words(create_app(store).test_client().get(f"/breaches/{name}").text)


def test_the_list_has_every_published_breach_newest_first(client: FlaskClient) -> None:
    page = client.get("/breaches").text

    assert re.findall(r'<h2><a href="/breaches/([^"]+)"', page) == ["Shop", "Whisper", "Chatter-Tally"]


def test_the_list_says_how_many_of_them_a_visitor_can_ask(client: FlaskClient) -> None:
    assert "You can check an email address against 2 of them." in words(client.get("/breaches").text)


def test_a_held_breach_is_in_no_list_and_has_no_page(loaded: Services, client: FlaskClient) -> None:
    held_breach(loaded, facts(name="Held", title="Held Goods"), {"ann@example.com": ["Email addresses"]})

    assert "Held Goods" not in client.get("/breaches").text
    assert client.get("/breaches/Held").status_code == 404


def test_a_withdrawn_breach_has_a_page_that_says_so_and_nothing_of_what_was_in_it(
    loaded: Services, client: FlaskClient
) -> None:
    loaded.publishing.withdraw("Shop", by="tests", reason="The file was another shop's.")
    response = client.get("/breaches/shop")
    page = words(response.text)

    assert response.status_code == 410
    assert re.search(
        r"Withdrawn on \d+ \w+ \d{4}\. The file was another shop's\. We no longer use it in answers\.", page
    )
    assert "Corner Shop" in page
    assert "Passwords" not in page


def test_a_breach_that_came_back_has_its_page_again(loaded: Services, client: FlaskClient) -> None:
    loaded.publishing.withdraw("Shop", by="tests")
    loaded.publishing.publish(loaded.publishing.held_load("Shop"), by="tests")

    assert client.get("/breaches/Shop").status_code == 200


def test_that_a_private_breach_was_withdrawn_is_told_to_nobody(loaded: Services, client: FlaskClient) -> None:
    loaded.publishing.withdraw("Whisper", by="tests", reason="A reason.")
    response, other = client.get("/breaches/Whisper"), client.get("/breaches/Nothing")
    page = response.text.replace(response.headers["X-Request-Id"], "")

    assert response.status_code == 404
    assert page == other.text.replace(other.headers["X-Request-Id"], "").replace("/Nothing", "/Whisper")
    assert "Whisper" not in page.replace('value="/breaches/Whisper"', "")


def test_a_reason_is_written_in_the_operator_s_language_and_escaped(loaded: Services, client: FlaskClient) -> None:
    loaded.publishing.withdraw("Shop", by="tests", reason="<b>wrong</b>")

    assert "<span>&lt;b&gt;wrong&lt;/b&gt;</span>" in client.get("/breaches/Shop").text


def test_a_breach_without_data_is_listed_only(loaded: Services, client: FlaskClient) -> None:
    shop = loaded.catalogue.published().get("Shop")
    with client.application.test_request_context():
        with_data, without = flags_of(shop), flags_of(replace(shop, kinds=frozenset()))

    assert [flag.word for flag in with_data] == ["Confirmed"]
    assert [flag.word for flag in without] == ["Listed only", "Confirmed"]


def test_a_name_is_found_in_any_letter_case(client: FlaskClient) -> None:
    assert client.get("/breaches/shop").status_code == 200


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        ({}, "Confirmed. The company, or a check of the data, confirms it."),
        ({"is_verified": False}, "Not confirmed. We have reason to think that it is real"),
        ({"is_fabricated": True, "is_verified": False}, "Probably made up. The file is passed around"),
        ({"is_sensitive": True}, "Private. We show results only to the owner of the address."),
        ({"is_spam_list": True}, "Spam list. A list of addresses for sending ads."),
        ({"is_malware": True}, "From infected computers. A harmful program took this data"),
        ({"is_stealer_log": True}, "From infected computers. A harmful program took this data"),
        ({"is_retired": True}, "Withdrawn. We no longer use it in answers."),
    ],
)
def test_flags_are_told_in_plain_words(store: Services, flags: dict[str, object], sentence: str) -> None:
    published_breach(store, facts(**flags), {"ann@example.com": ["Email addresses"]})

    assert sentence in page_of(store).replace(" .", ".")


def test_what_is_made_up_is_not_called_confirmed(store: Services) -> None:
    published_breach(store, facts(is_fabricated=True), {"ann@example.com": ["Email addresses"]})

    assert "Confirmed" not in page_of(store)


def test_coverage_counts_people_but_not_a_few(store: Services) -> None:
    people = {f"p{number}@example.com": ["Email addresses"] for number in range(200)}
    people["p0@example.com"] = ["Email addresses", "Names"]
    published_breach(store, facts(disclosed_classes=("Phone numbers",)), people)
    page = page_of(store)

    assert "Email addresses 200 100%" in page
    assert "Names fewer than 5" in page
    assert "Phone numbers we can't tell" in page


def test_a_share_is_never_rounded_to_all_or_nothing(store: Services) -> None:
    people = {f"p{number}@example.com": ["Email addresses", "Names"] for number in range(1000)}
    people |= {f"p{number}@example.com": ["Email addresses", "Genders"] for number in range(5)}
    published_breach(store, facts(), people)
    page = page_of(store)

    assert "Names 995 99%" in page
    assert "Genders 5 < 1%" in page


def test_provenance_tells_files_checksums_and_counts(store: Services) -> None:
    left_out = {"no address": 3, "not an address": 1}
    published_breach(store, facts(), {"ann@example.com": ["Email addresses"]}, rejected=left_out)
    page = page_of(store)

    assert "We read one file on 15 November 2026." in page
    assert "Of 5 records, 1 name a person we can find. 3 have no email address." in page
    assert f"people.csv 5 records · csv SHA-256 {'cd' * 32}" in page
    assert "Left out: something else where the email address belongs 1" in page


def test_a_correction_is_told_with_its_day(loaded: Services, client: FlaskClient) -> None:
    loaded.publishing.update(facts(title="Corner Shop and Sons"), by="tests")
    page = words(client.get("/breaches/Shop").text)

    assert "Corner Shop and Sons" in page
    assert re.search(r"Corrected on \d+ \w+ \d{4}\. What changed: its name\.", page)


def test_each_correction_tells_what_it_changed(loaded: Services, client: FlaskClient) -> None:
    first = facts(affected=12)
    loaded.publishing.update(first, by="tests")
    loaded.publishing.update(facts(first, description="Other.", is_verified=False), by="tests")
    told = re.findall(r"What changed: ([^.]+)\.", words(client.get("/breaches/Shop").text))

    assert told == ["what happened, and to whom and how sure it is, and who may see it", "how many people"]


def test_the_picture_of_coverage_has_a_title_a_description_and_a_bar_for_whom_it_can_show(store: Services) -> None:
    people = {f"p{number}@example.com": ["Email addresses"] for number in range(20)}
    people |= {f"p{number}@example.com": ["Email addresses", "Genders"] for number in range(5)}
    people["p9@example.com"] = ["Email addresses", "Names"]
    published_breach(store, facts(disclosed_classes=("Phone numbers",)), people)
    page = create_app(store).test_client().get("/breaches/Shop").text
    picture = page[page.index('<svg class="bars"') :].partition("</svg>")[0]

    assert '<title id="bars-title">How many people, by kind of data</title>' in picture
    assert '<desc id="bars-desc">' in picture
    assert sorted(re.findall(r'class="bar" [^>]*width="([\d.]+)%"', picture)) == ["19.50", "78.00"]
    assert re.findall(r'class="share"[^>]*>([^<]+)', picture) == ["?", "100%", "few", "25%"]


def test_what_the_company_advises_stands_on_the_page(store: Services) -> None:
    steps = (CompanyStep(title="Ask us", why="You may *want* to know.", how="Write to us."),)
    published_breach(store, facts(advice=steps), {"ann@example.com": ["Email addresses"]})
    page = create_app(store).test_client().get("/breaches/Shop").text

    assert "What Corner Shop advises" in page
    assert "You may <em>want</em> to know." in page


def test_where_to_ask_the_company_is_shown(store: Services) -> None:
    about = facts(help=Help(phone="0800 000 000", email="help@shop.example", url="https://shop.example/help"))
    published_breach(store, about, {"ann@example.com": ["Email addresses"]})
    page = create_app(store).test_client().get("/breaches/Shop").text

    assert "0800 000 000" in page
    assert 'href="mailto:help@shop.example"' in page
    assert 'href="https://shop.example/help"' in page


def test_a_link_to_anything_but_https_is_not_made(store: Services) -> None:
    about = facts(help=Help(url="javascript:alert(1)"), disclosure_url="javascript:alert(1)")
    published_breach(store, about, {"ann@example.com": ["Email addresses"]})

    assert "javascript:" not in create_app(store).test_client().get("/breaches/Shop").text


def test_the_reasons_of_the_loads_are_known_here(client: FlaskClient) -> None:
    reasons = [
        extract.NO_ADDRESS,
        extract.NOT_AN_ADDRESS,
        extract.NO_IDENTIFIER,
        extract.NO_PERSON,
        extract.LEFT_OUT,
        NOT_A_RECORD,
        combo.FLAW,
        lines.TOO_LONG,
        objects.MALFORMED,
        repair.TOO_MANY_COLUMNS,
        rows.MALFORMED,
    ]
    with client.application.test_request_context():
        said = [reason(one) for one in reasons]

    assert not set(said) & set(reasons)
    assert without_address({extract.NO_ADDRESS: 7, NOT_A_RECORD: 2}) == 7


def test_the_explanations_show_the_row_that_is_stored(client: FlaskClient) -> None:
    page = words(client.get("/how-it-works").text)

    assert "What is stored" in page
    assert "-4715906482236178213 17" in page
    assert 'id="privacy"' in client.get("/how-it-works").text


def test_never_signed_up_says_what_is_and_is_not_known(client: FlaskClient) -> None:
    page = words(client.get("/never-signed-up").text).replace(" :", ":")

    assert "What we know: your address was in the file." in page
    assert "What we don't know: who put it there." in page


def test_the_status_says_that_the_site_works_and_how_fresh_it_is(client: FlaskClient) -> None:
    page = words(client.get("/status").text)

    assert "The site is working" in page
    assert "2 breaches can be checked by email address. The newest was added on" in page
