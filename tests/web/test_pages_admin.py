"""The operators' pages: who gets in, what they may do, and the preview of a load."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from breachcheck.breaches import LoadId
from breachcheck.digests import Kind
from breachcheck.load_warnings import LoadWarning, naming
from breachcheck.outbox import Mail
from breachcheck.services import Services
from breachcheck.suppressions import Level
from breachcheck.tallies import Part
from breachcheck.web.app import create_app
from tests.engines import ENGINES as ENGINES
from tests.mails import after_this_test, mailing
from tests.stores import facts, held_breach, new_store, published_breach

PASSWORD = "correct horse battery"  # made up
EARLIER = "Go back to the earlier load"
PEOPLE = {"hana@example.com": ["Email addresses", "Names"]}


@pytest.fixture
def held(loaded: Services) -> LoadId:
    loaded.operators.add("olga", PASSWORD)
    return held_breach(loaded, facts(name="Held", title="Held Goods"), PEOPLE, rejected={"no address": 4})


@pytest.fixture
def operator(app: Flask, held: LoadId) -> FlaskClient:
    client = app.test_client()
    sign_in(client)
    return client


def token(client: FlaskClient, path: str = "/admin/sign-in") -> str:
    return re.findall(r'name="csrf_token" value="([^"]+)"', client.get(path).text)[0]


def sign_in(client: FlaskClient, password: str = PASSWORD) -> int:
    form = {"name": "olga", "password": password, "csrf_token": token(client)}
    return client.post("/admin/sign-in", data=form).status_code


def press(client: FlaskClient, path: str, **form: str) -> str:
    form["csrf_token"] = token(client, "/admin/")
    return client.post(path, data=form, follow_redirects=True).text


@pytest.mark.parametrize(
    "path",
    ["/admin/", "/admin/loads/1", "/admin/loads/4/texts", "/admin/loads/4/preview", "/admin/loads/4/preview/answer"],
)
def test_nobody_gets_in_without_signing_in(client: FlaskClient, held: LoadId, path: str) -> None:
    response = client.get(path)

    assert (response.status_code, response.location) == (303, "/admin/sign-in")


def test_the_page_that_asks_for_a_password_does_not_say_that_none_is_asked_for(client: FlaskClient) -> None:
    assert "We never ask for a password." in client.get("/how-it-works").text
    assert "We never ask for a password." not in client.get("/admin/sign-in").text


def test_an_operator_gets_in(client: FlaskClient, held: LoadId) -> None:
    assert sign_in(client) == 303
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("password", ["", "wrong", "wrong but long enough"])
def test_a_wrong_password_does_not(client: FlaskClient, held: LoadId, password: str) -> None:
    assert sign_in(client, password) == 403
    assert client.get("/admin/").status_code == 303


def test_a_password_under_twelve_characters_is_refused_though_it_is_right(
    client: FlaskClient, loaded: Services
) -> None:
    loaded.operators.add("olga", "short")

    assert sign_in(client, "short") == 403


def test_guessing_is_slowed_down(client: FlaskClient, held: LoadId) -> None:
    form = {"name": "olga", "password": "wrong but long enough", "csrf_token": token(client)}
    statuses = [client.post("/admin/sign-in", data=form).status_code for _ in range(11)]

    assert statuses == [403] * 10 + [429]


def test_the_session_is_for_these_pages_alone_and_holds_no_secret(client: FlaskClient, held: LoadId) -> None:
    form = {"name": "olga", "password": PASSWORD, "csrf_token": token(client)}
    cookie = client.post("/admin/sign-in", data=form, base_url="https://localhost").headers["Set-Cookie"]

    assert re.search(r"Secure; HttpOnly; Path=/admin; SameSite=Strict", cookie)
    assert "olga" not in cookie


def test_public_pages_set_no_session(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.get("/").headers


def test_a_removed_operator_is_out_at_once(operator: FlaskClient, loaded: Services) -> None:
    loaded.operators.remove("olga")

    assert operator.get("/admin/").status_code == 303


def test_signing_out_ends_the_session(operator: FlaskClient) -> None:
    press(operator, "/admin/sign-out")

    assert operator.get("/admin/").status_code == 303


def test_the_overview_tells_held_from_published(operator: FlaskClient) -> None:
    page = operator.get("/admin/").text

    assert "held: not public" in page
    assert page.count("<strong>published</strong>") == 3


def test_a_load_that_was_public_is_not_called_held(operator: FlaskClient, loaded: Services) -> None:
    first = loaded.breaches.get("Shop").current_load
    loaded.publishing.withdraw("Shop", by="tests")

    assert "not public any more" in operator.get("/admin/").text
    assert "held: not public" not in operator.get(f"/admin/loads/{first}").text


def test_a_load_shows_its_tally(operator: FlaskClient, held: LoadId) -> None:
    page = re.sub(r"<[^>]+>|\s+", " ", operator.get(f"/admin/loads/{held}").text)

    assert re.search(r"Records read +5 ", page)
    assert re.search(r"Left out: no email address +4 ", page)


@pytest.fixture
def customers(operator: FlaskClient, loaded: Services) -> str:
    """The page of texts of a load with three combinations of details."""
    basic = ["Email addresses", "Names"]
    people = {f"p{number}@example.com": basic for number in range(3)} | {
        "q@example.com": [*basic, "Passwords"],
        "r+tag@example.com": basic,
    }
    load_id = held_breach(loaded, facts(name="Texts", title="Text Shop", held_by="Mixers"), people)
    return operator.get(f"/admin/loads/{load_id}/texts").text


def test_there_is_a_text_for_each_combination_of_details_and_no_address(customers: str) -> None:
    headings = re.findall(r'<h2 id="text-.">(.*?)</h2>', customers)
    first, second = re.findall(r"<textarea [^>]*>(.*?)</textarea>", customers, re.DOTALL)

    assert headings == ["Text A, for 4 people", "Text B, for one person"]
    assert "- your email address\n- your name\n" in first
    assert "- your password\n" in second
    assert "Change your Mixers password" in second
    assert "- your password" not in first
    assert "@" not in customers.split("<main")[1]


def test_a_text_of_private_details_says_so(operator: FlaskClient, loaded: Services) -> None:
    load_id = held_breach(loaded, facts(name="Quiet", is_sensitive=True), PEOPLE)

    assert "These details are private." in operator.get(f"/admin/loads/{load_id}/texts").text


@pytest.mark.parametrize("number", ["999", "0", "-1", "9" * 20, "x"])
def test_a_load_that_is_not_there_is_a_404(operator: FlaskClient, number: str) -> None:
    assert operator.get(f"/admin/loads/{number}").status_code == 404
    assert operator.get(f"/admin/loads/{number}/preview").status_code == 404
    assert operator.get(f"/admin/loads/{number}/texts").status_code == 404


def test_a_held_load_is_published_by_its_button(operator: FlaskClient, loaded: Services, held: LoadId) -> None:
    page = press(operator, f"/admin/loads/{held}/publish")

    assert "Published." in page
    assert loaded.breaches.get("Held").current_load == held
    assert loaded.audit.latest()[0].actor == "operator:olga"


def test_the_reason_of_a_withdrawal_is_public_and_the_field_says_so(operator: FlaskClient, client: FlaskClient) -> None:
    overview = operator.get("/admin/").text
    field = re.search(r'<input [^>]*name="reason"[^>]*aria-describedby="([^"]+)"', overview)
    assert field
    assert f'id="{field[1]}">Everyone can read this' in overview

    press(operator, "/admin/breaches/Shop/withdraw", reason="The file was another shop's.")

    gone = client.get("/breaches/Shop")
    assert gone.status_code == 410
    assert "The file was another shop&#39;s." in gone.text


def test_a_reason_that_holds_an_address_withdraws_nothing(operator: FlaskClient, client: FlaskClient) -> None:
    page = press(operator, "/admin/breaches/Shop/withdraw", reason="ann@example.com asked")

    assert "The reason holds an e-mail address" in page
    assert client.get("/breaches/Shop").status_code == 200


def test_a_breach_is_withdrawn_by_its_button(operator: FlaskClient, loaded: Services) -> None:
    press(operator, "/admin/breaches/Shop/withdraw")

    assert loaded.breaches.get("Shop").current_load is None


def test_an_earlier_load_is_published_again_by_its_button(operator: FlaskClient, loaded: Services) -> None:
    first = loaded.breaches.get("Shop").current_load
    assert EARLIER not in operator.get("/admin/").text
    published_breach(loaded, facts(), PEOPLE)
    assert EARLIER in operator.get("/admin/").text
    page = press(operator, "/admin/breaches/Shop/roll-back")

    assert "The earlier load is published again." in page
    assert EARLIER not in page
    assert loaded.breaches.get("Shop").current_load == first


def test_what_cannot_be_done_is_told_with_its_reason(operator: FlaskClient) -> None:
    assert "has no earlier load to go back to" in press(operator, "/admin/breaches/Shop/roll-back")


@pytest.mark.parametrize("path", ["/admin/loads/4/publish", "/admin/breaches/Shop/withdraw", "/admin/loads/4/preview"])
def test_a_form_without_its_token_does_nothing(operator: FlaskClient, loaded: Services, path: str) -> None:
    response = operator.post(path, data={"account": "hana@example.com"})

    assert response.status_code == 400
    assert "Nothing was looked up and nothing was changed." in response.text
    assert loaded.breaches.get("Shop").current_load is not None
    assert loaded.breaches.get("Held").current_load is None


def preview(operator: FlaskClient, held: LoadId, account: str) -> str:
    path = f"/admin/loads/{held}/preview"
    form = {"account": account, "csrf_token": token(operator, path)}
    return operator.post(path, data=form, follow_redirects=True).text


def test_a_preview_shows_the_pages_of_a_held_load(operator: FlaskClient, held: LoadId) -> None:
    home = operator.get(f"/admin/loads/{held}/preview").text
    breach = operator.get(f"/admin/loads/{held}/preview/breach").text

    for page in (home, breach, preview(operator, held, "hana@example.com")):
        assert "<strong>Preview: not public.</strong>" in page
    assert "We look for it in one known data breach" in home
    assert "<h1>Held Goods</h1>" in breach


def test_a_preview_answers_as_if_the_load_were_published(operator: FlaskClient, held: LoadId) -> None:
    assert "<title>Yes, found in 1 breach" in preview(operator, held, "hana@example.com")
    assert "<title>Not found in 1 breach" in preview(operator, held, "ann@example.com")


def test_a_preview_of_a_private_breach_is_what_its_owners_would_see(operator: FlaskClient, loaded: Services) -> None:
    secret = held_breach(loaded, facts(name="Quiet", is_sensitive=True), {"hana@example.com": ["Email addresses"]})

    assert "as the owner of an address would see it" in operator.get(f"/admin/loads/{secret}/preview").text
    assert "<title>Yes, found in 1 breach" in preview(operator, secret, "hana@example.com")


def test_a_preview_of_a_private_breach_shows_nobody_who_opted_out(operator: FlaskClient, loaded: Services) -> None:
    secret = held_breach(loaded, facts(name="Secret", title="Secret", is_sensitive=True), PEOPLE)
    loaded.opt_outs.opt_out(loaded.digester.of(Kind.EMAIL, "hana@example.com"), Level.HIDE)

    assert "<title>Not found in 1 breach" in preview(operator, secret, "hana@example.com")


def test_a_preview_answer_links_to_the_preview(operator: FlaskClient, held: LoadId) -> None:
    page = preview(operator, held, "hana@example.com")

    assert f'href="/admin/loads/{held}/preview/breach"' in page
    assert "/breaches/Held" not in page


def test_what_was_asked_in_a_preview_stays_there(operator: FlaskClient, held: LoadId) -> None:
    preview(operator, held, "hana@example.com")

    assert operator.get("/answer").status_code == 303


def test_pages_of_operators_are_kept_by_no_cache(operator: FlaskClient) -> None:
    assert operator.get("/admin/").headers["Cache-Control"] == "no-store"


def test_an_empty_store_says_how_to_load(tmp_path: Path) -> None:
    store = new_store(tmp_path / "empty")
    store.operators.add("olga", PASSWORD)
    client = create_app(store).test_client()
    sign_in(client)
    page = client.get("/admin/").text
    store.close()

    assert "breachcheck ingest" in page


@pytest.fixture
def warned(loaded: Services, held: LoadId) -> LoadId:
    """A held load with two warnings, one of which it waits for."""
    warnings = [naming("nobody-has", ["Names"]), LoadWarning("affected", {"people": 1, "affected": 1200})]
    load_id = held_breach(loaded, facts(name="Odd", title="Odd Goods"), PEOPLE, warnings=warnings)
    loaded.reviews.demand(load_id, ["affected"])
    return load_id


def test_a_load_says_what_it_warns_of_and_in_the_operator_s_language(operator: FlaskClient, warned: LoadId) -> None:
    english = operator.get(f"/admin/loads/{warned}").text
    german = operator.get(f"/admin/loads/{warned}", headers={"Accept-Language": "de"}).text

    assert "Mapped, but nobody has it: Names." in english
    assert "says that 1,200 are affected" in english
    assert "a wrong <code>affected</code>" in english
    assert "nennt 1.200 Betroffene" in german
    assert re.findall(r'name="accept" value="([a-z-]+)"( required)?', english) == [
        ("nobody-has", ""),
        ("affected", " required"),
    ]
    assert "2 warnings" in operator.get("/admin/").text


def test_a_load_that_waits_is_published_once_its_boxes_are_ticked(
    operator: FlaskClient, loaded: Services, warned: LoadId
) -> None:
    refused = press(operator, f"/admin/loads/{warned}/publish", accept="nobody-has")
    assert "it waits until its warnings are answered" in refused
    assert loaded.breaches.get("Odd").current_load is None

    press(operator, f"/admin/loads/{warned}/publish", accept="affected")
    assert loaded.breaches.get("Odd").current_load == warned
    page = operator.get(f"/admin/loads/{warned}").text
    assert "Accepted by operator:olga on " in page
    assert 'name="accept"' not in page


def test_what_a_load_would_change_is_compared_person_by_person_where_that_is_asked(
    operator: FlaskClient, loaded: Services
) -> None:
    load_id = held_breach(loaded, facts(), PEOPLE)

    page = operator.get(f"/admin/loads/{load_id}").text
    assert "People added" not in page
    assert f'href="/admin/loads/{load_id}?by=person"' in page

    page = operator.get(f"/admin/loads/{load_id}?by=person").text
    assert "People added: 1. Gone: 2. With other kinds of data: 0. As before: 0." in page
    assert re.search(r"Passwords</th>(<td class=\"figure\">\d</td>){3}<td class=\"figure\">1</td>", page)


def test_a_load_that_was_read_in_part_says_so_and_has_no_button_to_publish_it(
    operator: FlaskClient, loaded: Services
) -> None:
    part = Part(limit=1000)
    load_id = held_breach(loaded, facts(name="Trial", title="Trial"), PEOPLE, part=part)

    page = operator.get(f"/admin/loads/{load_id}").text

    assert "the first 1,000 records of each file" in page
    assert "Publish" not in page
    assert "the first 1,000 records of each file" in operator.get(f"/admin/loads/{load_id}/preview").text
    assert "read in part" in operator.get("/admin/").text
    assert "--although-in-part" in press(operator, f"/admin/loads/{load_id}/publish")


def test_a_withdrawal_says_how_many_were_told(tmp_path: Path) -> None:
    for it in mailing(tmp_path / "data"):
        it.clock.now = after_this_test()
        it.store.operators.add("olga", PASSWORD)
        it.subscribed("hana@example.com")
        published_breach(it.store, facts(), PEOPLE)
        it.post.notify.tell("Shop", by="tests")
        it.rounds()
        client = create_app(it.store).test_client()
        sign_in(client)

        page = press(client, "/admin/breaches/Shop/withdraw")
        assert "A mail about it was written, which nobody got." in page
        assert "breachcheck breaches tell" in page


@pytest.mark.parametrize(
    ("mail", "line"),
    [("off", "Mail is off"), ("outbox", "Mails waiting: 1. Parked: 0. Sent in the last 7 days: 0.")],
)
def test_the_overview_says_how_mails_stand(tmp_path: Path, mail: str, line: str) -> None:
    services = new_store(tmp_path / "data", mail=mail)
    services.operators.add("olga", PASSWORD)
    one = Mail(recipient="ann@example.com", subject="S", text="T", html="T", language="en", message_id="i")
    services.post.outbox.add("test", one, now=1)
    client = create_app(services).test_client()
    sign_in(client)

    assert line in client.get("/admin/").text
    services.close()


def test_what_is_only_a_file_and_what_is_parked_stand_out(tmp_path: Path) -> None:
    services = new_store(tmp_path / "data", mail="outbox")
    services.operators.add("olga", PASSWORD)
    one = Mail(recipient="ann@example.com", subject="S", text="T", html="T", language="en", message_id="i")
    written, parked = (services.post.outbox.add("test", one, now=1) for _ in range(2))
    services.post.outbox.end(written, "written", now=1)
    services.post.outbox.park(parked, "refused: 550", now=1)
    client = create_app(services).test_client()
    sign_in(client)
    page = client.get("/admin/").text

    assert "Only written to the outbox folder, where nobody gets them: 1." in page
    assert "breachcheck mails list" in page
    assert "ann@example.com" not in page
    services.close()
