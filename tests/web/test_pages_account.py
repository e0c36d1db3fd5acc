"""Asking for the private answer, and the links in mails: what they change, and what nobody can tell from them."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from breachcheck.suppressions import Level
from breachcheck.web.app import create_app
from breachcheck.web.asked_mails import MAILS_A_MINUTE_OF_ALL
from breachcheck.web.sealed import Seal
from tests.engines import ENGINES as ENGINES
from tests.mails import code_in, mailing, text_of, token_in
from tests.stores import SHOP, new_store, published_breach
from tests.web.conftest import PRIVATE, PRIVATE_PEOPLE, SHOP_PEOPLE
from tests.web.owners import ANN, Site

KNOWN, UNKNOWN = "bob@example.com", "nobody@example.com"
HIDDEN, FORGOTTEN, STOPPED, LIMITED = (f"{name}@example.com" for name in ("hidden", "forgot", "stopped", "limited"))
ALIKE = (KNOWN, UNKNOWN, HIDDEN, FORGOTTEN, STOPPED, LIMITED)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    for it in mailing(tmp_path / "data"):
        published_breach(it.store, SHOP, {**SHOP_PEOPLE, ANN: ["Email addresses"]})
        published_breach(it.store, PRIVATE, PRIVATE_PEOPLE)
        yield Site(create_app(it.store), it)


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return site.browser()


def test_asking_leads_to_a_page_that_says_where_the_mail_goes_and_takes_its_code(site, client):
    asked = client.post("/owner/ask", data={"account": " Ann@Example.com "})
    page = client.get(asked.location).text

    assert (asked.status_code, asked.location) == (303, "/owner/sent")
    assert "<strong><bdi>Ann@Example.com</bdi></strong>" in page
    assert 'name="code"' in page
    assert "@" not in page.partition("</title>")[0]


def test_what_is_no_address_stays_in_the_form_and_no_mail_is_asked_for(site, client):
    refused = client.post("/owner/ask", data={"account": "ann@"})
    site.mailing.rounds()

    assert refused.status_code == 400
    assert 'value="ann@"' in refused.text
    assert site.mailing.drained() == []


def test_without_having_asked_there_is_no_page_about_a_mail(client):
    for path in ("/owner/sent", "/owner", "/owner/hide", "/owner/data"):
        assert client.get(path).location == "/owner/ask"
    assert client.get("/subscribe/sent").location == "/subscribe"
    assert client.post("/owner/code", data={"code": "123456"}).location == "/owner/ask"


@pytest.mark.parametrize(
    "path", ["/owner/ask", "/owner/sent", "/owner", "/subscribe", "/owner/link/x", "/unsubscribe/x"]
)
def test_where_mail_is_off_nothing_of_it_is_there(tmp_path, path):
    store = new_store(tmp_path / "data")
    client = create_app(store).test_client()
    status = client.get(path, follow_redirects=True).request.path if path == "/owner" else client.get(path).status_code
    footer = client.get("/how-it-works").text
    store.close()

    assert status in (404, "/")
    assert "/owner/ask" not in footer


def test_opening_the_link_spends_nothing_and_its_button_does_in_any_browser(site):
    token = site.mail_to(ANN, site.browser())
    scanner, phone = site.browser(), site.browser()
    opened = [
        scanner.get(f"/owner/link/{token}"),
        scanner.head(f"/owner/link/{token}"),
        phone.get(f"/owner/link/{token}"),
    ]
    pressed = phone.post(f"/owner/link/{token}")

    assert [one.status_code for one in opened] == [200, 200, 200]
    assert all("Set-Cookie" not in one.headers for one in opened)
    assert (pressed.status_code, pressed.location) == (303, "/owner")
    assert phone.get("/owner").text.count("Yes, this address was in 1 breach")
    assert scanner.get("/owner").location == "/owner/ask"


def test_a_link_works_once_and_then_offers_a_new_one(site, client):
    token = site.mail_to(ANN, client)
    client.post(f"/owner/link/{token}")

    for again in (site.browser().get(f"/owner/link/{token}"), site.browser().post(f"/owner/link/{token}")):
        assert again.status_code == 410
        assert "This link was used or is older than 30 minutes." in again.text
        assert 'href="/owner/ask">Send me a new one' in again.text
        assert "Set-Cookie" not in again.headers


def test_of_many_who_press_at_once_one_is_let_in(site):
    path = f"/owner/link/{site.mail_to(ANN, site.browser())}"
    with ThreadPoolExecutor(8) as pool:
        pressed = list(pool.map(lambda _: site.browser().post(path).status_code, range(8)))

    assert sorted(pressed) == [303, *[410] * 7]


def test_an_old_link_is_told_as_a_used_one(site, client):
    token = site.mail_to(ANN, client)
    site.mailing.clock.now += 1801

    assert client.get(f"/owner/link/{token}").status_code == 410
    assert client.post(f"/owner/link/{token}").status_code == 410


def asked_with_code(site: Site, client: FlaskClient) -> str:
    client.post("/owner/ask", data={"account": ANN})
    site.mailing.rounds()
    return code_in(site.mailing.drained()[0])


def test_the_code_works_in_the_browser_that_asked_alone(site, client):
    code, other = asked_with_code(site, client), site.browser()
    other.post("/owner/ask", data={"account": ANN})

    assert other.post("/owner/code", data={"code": code}).status_code == 400
    assert client.post("/owner/code", data={"code": code}).location == "/owner"
    assert client.get("/owner").status_code == 200


def test_asking_again_does_not_take_the_code_of_the_earlier_mail_away(site, client):
    code = asked_with_code(site, client)
    client.post("/owner/ask", data={"account": ANN})

    assert client.post("/owner/code", data={"code": code}).location == "/owner"


def test_a_wrong_code_is_told_at_its_field_and_after_five_none_works(site, client):
    code = asked_with_code(site, client)
    wrong = f"{(int(code.replace(' ', '')) + 1) % 10**6:06}"
    refused = [client.post("/owner/code", data={"code": wrong}) for _ in range(5)]

    assert {one.status_code for one in refused} == {400}
    assert 'aria-describedby="code-error code-hint"' in refused[0].text
    assert client.post("/owner/code", data={"code": code}).status_code == 400


def test_once_let_in_the_browser_forgets_the_address_that_it_asked_for(site, client):
    code = asked_with_code(site, client)
    client.post("/owner/code", data={"code": code})

    assert client.get("/owner/sent").location == "/owner/ask"
    assert client.get_cookie("mail", path="/owner") is None


def test_who_asked_to_hide_is_led_there(site, client):
    asked = client.post("/owner/ask/hide", data={"account": ANN})
    site.mailing.rounds()
    token = token_in(site.mailing.drained()[0], "owner/link")

    assert asked.location == "/owner/sent"
    assert client.post(f"/owner/link/{token}").location == "/owner/hide"


def test_the_session_holds_digests_and_no_address(site):
    tagged = "Ann+shop@example.com"
    client = site.let_in(tagged)
    cookie = client.get_cookie("owner", path="/owner")
    seal = Seal(site.mailing.store.app_key, cookie="owner", purpose="owner sessions with ids", life_s=3600)
    with site.app.test_request_context(headers={"Cookie": f"owner={cookie.value}"}):
        text = seal.open()

    assert re.fullmatch(rf"[0-9a-f]{{32}} {site.mailing.digest(tagged)} {site.mailing.digest(ANN)}", text)
    assert (cookie.http_only, cookie.same_site, cookie.path, cookie.max_age) == (True, "Lax", "/owner", 3600)


def test_over_https_the_cookies_are_sent_over_https_alone(site, client):
    response = client.post("/owner/ask", data={"account": ANN}, base_url="https://check.example")

    assert "Secure" in response.headers["Set-Cookie"]
    assert "HttpOnly" in response.headers["Set-Cookie"]


def test_a_session_that_was_changed_is_none(site):
    client = site.let_in()
    value = client.get_cookie("owner", path="/owner").value
    client.set_cookie("owner", value[:-6] + "AAAAA=", path="/owner")

    assert client.get("/owner").location == "/owner/ask"


def test_every_page_is_kept_by_no_cache_and_named_to_no_site(site, client):
    token = site.mail_to(ANN, client)
    paths = (
        "/owner/ask",
        "/owner/sent",
        f"/owner/link/{token}",
        "/owner/stop/x",
        "/subscribe",
        "/unsubscribe/x",
        "/owner",
    )

    for path in paths:
        headers = client.get(path).headers
        assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")


@pytest.mark.parametrize(
    "path", ["/owner/ask", "/owner/link/x", "/owner/code", "/subscribe", "/subscribe/x", "/owner/stop/x"]
)
@pytest.mark.parametrize("origin", ["cross-site", "same-site"])
def test_a_form_of_another_site_is_refused_and_asks_for_nothing(site, client, path, origin):
    refused = client.post(path, data={"account": ANN}, headers={"Sec-Fetch-Site": origin})
    site.mailing.rounds()

    assert refused.status_code == 400
    assert "came from another site" in refused.text
    assert site.mailing.drained() == []


@pytest.mark.parametrize("host", ["evil.example", "check.example.evil.example", "check.example@evil.example"])
def test_a_strange_host_changes_no_link(site, client, host):
    headers = {"Host": host, "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    refused = client.post("/owner/ask", data={"account": ANN}, headers=headers)
    allowed = client.post("/owner/ask", data={"account": ANN}, headers={"X-Forwarded-Host": "evil.example"})
    site.mailing.rounds()
    (mail,) = site.mailing.drained()

    assert (refused.status_code, allowed.status_code) == (421, 303)
    assert "evil" not in text_of(mail)
    assert re.findall(r"https?://[^/\s]+", text_of(mail)) == ["https://check.example"] * 2


@pytest.fixture
def alike(site: Site) -> Site:
    """The site, after what may set one address apart from another."""
    it = site.mailing
    for account, level in ((HIDDEN, Level.HIDE), (FORGOTTEN, Level.FORGET)):
        it.store.opt_outs.opt_out(it.digest(account), level)
    for account in (STOPPED, LIMITED):
        it.post.owner_links.ask(account, "x")
        it.post.subscribers.ask(account, language="en")
    it.rounds()
    stop = next(
        token_in(mail, "owner/stop") for mail in it.drained() if "owner/stop" in text_of(mail) and STOPPED in mail["To"]
    )
    it.post.requests.stop(stop)
    return site


OF_THE_MOMENT = re.compile(r"(?<=^Set-Cookie: mail=)[^;]*|Expires=[^;]*|X-Request-Id: .*", re.MULTILINE)


@pytest.mark.parametrize(("path", "then"), [("/owner/ask", "/owner/sent"), ("/subscribe", "/subscribe/sent")])
def test_nobody_can_tell_from_page_or_headers_what_becomes_of_the_mail(alike, path, then):
    said = set()
    for account in ALIKE:
        client = alike.browser()
        asked = client.post(path, data={"account": account})
        page = client.get(then)
        headers = OF_THE_MOMENT.sub("", f"{asked.headers}{page.headers}").replace(str(len(page.data)), "")
        said.add((asked.status_code, headers, page.status_code, page.text.replace(account, "ACCOUNT")))

    assert len(said) == 1


def test_the_mail_says_the_same_whatever_is_known(alike):
    said = set()
    for account in (KNOWN, UNKNOWN, HIDDEN, FORGOTTEN):
        alike.browser().post("/owner/ask", data={"account": account})
        alike.mailing.rounds()
        (mail,) = alike.mailing.drained()
        text = re.sub(r"/owner/(link|stop)/\S+|\d{3} \d{3}", "", text_of(mail))
        said.add((mail["Subject"], text))

    assert len(said) == 1


def statements_for(site: Site, account: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the store is asked and told while a request for *account* is answered."""
    seen: list[str] = []
    database = site.mailing.store.databases[1]
    for name in ("query", "execute"):
        real = getattr(database, name)
        monkeypatch.setattr(database, name, lambda sql, *rest, real=real: (seen.append(sql), real(sql, *rest))[1])
    site.browser().post("/owner/ask", data={"account": account})
    monkeypatch.undo()
    return seen


def test_the_store_does_the_same_work_for_every_address(alike, monkeypatch):
    work = {account: statements_for(alike, account, monkeypatch) for account in ALIKE}

    assert len(work[KNOWN]) > 0
    assert all(work[account] == work[KNOWN] for account in ALIKE)


def test_one_network_cannot_ask_for_mail_without_end_and_is_not_answered(site, client):
    for number in range(site.mailing.store.config.mail_requests_a_minute):
        assert client.post("/owner/ask", data={"account": f"p{number}@example.com"}).status_code == 303
    refused = client.post("/subscribe", data={"account": ANN})

    assert refused.status_code == 429
    assert "Too many checks came from your network." in refused.text
    assert "This is not an answer about your address." in refused.text
    assert int(refused.headers["Retry-After"]) > 0


def test_all_networks_together_cannot_either_and_nobody_is_called_the_cause(site):
    for number in range(MAILS_A_MINUTE_OF_ALL):
        site.browser().post("/owner/ask", data={"account": ANN}, environ_base={"REMOTE_ADDR": f"192.0.2.{number}"})
    refused = site.browser().post("/owner/ask", data={"account": ANN}, environ_base={"REMOTE_ADDR": "198.51.100.1"})

    assert refused.status_code == 429
    assert "Too many people are asking us for an email right now." in refused.text
    assert "your network" not in refused.text


def test_the_link_in_the_mail_stops_them_and_the_same_link_allows_them_again(site, client):
    client.post("/owner/ask", data={"account": ANN})
    site.mailing.rounds()
    path = f"/owner/stop/{token_in(site.mailing.drained()[0], 'owner/stop')}"
    before = client.get(path).text
    stopped = client.post(path, data={"do": "stop"}, follow_redirects=True).text
    site.mailing.clock.now += 700
    client.post("/owner/ask", data={"account": ANN})
    site.mailing.rounds()
    mails = site.mailing.drained()
    allowed = client.post(path, data={"do": "allow"}, follow_redirects=True).text

    assert "Stop these emails?" in before
    assert "These emails are stopped" in stopped
    assert mails == []
    assert "<h1>We send these emails again</h1>" in allowed


@pytest.mark.parametrize("path", ["/owner/stop/x", "/unsubscribe/x", "/owner/stop/" + "A" * 43])
def test_a_link_that_is_cut_off_says_so(client, path):
    for response in (client.get(path), client.post(path)):
        assert response.status_code == 404
        assert "This link is not whole" in response.text


def test_to_be_told_of_new_breaches_takes_a_button_behind_a_link(site, client):
    client.post("/subscribe", data={"account": ANN})
    site.mailing.rounds()
    path = f"/subscribe/{token_in(site.mailing.drained()[0], 'subscribe')}"
    opened, before = client.get(path), site.mailing.post.subscribers.count()
    pressed = site.browser().post(path)

    assert "Yes, tell me" in opened.text
    assert before == 0
    assert "We will tell you" in pressed.text
    assert site.mailing.post.subscribers.find(site.mailing.digest(ANN))
    assert client.get(path).status_code == client.post(path).status_code == 410


def test_unsubscribing_takes_a_button_or_one_click_of_a_mail_provider_without_cookies(site):
    subscriber = site.mailing.subscribed(ANN)
    path = f"/unsubscribe/{site.mailing.post.subscribers.unsubscribe_token(subscriber)}"
    opened = site.browser().get(path).text
    still = site.mailing.post.subscribers.count()
    headers = {"Sec-Fetch-Site": "cross-site"}
    clicked = site.app.test_client(use_cookies=False).post(
        path, data={"List-Unsubscribe": "One-Click"}, headers=headers
    )

    assert "Stop the emails about new breaches?" in opened
    assert (still, site.mailing.post.subscribers.count()) == (1, 0)
    assert clicked.status_code == 200
    assert site.browser().post(path).status_code == 200
    assert "The emails are stopped" in site.browser().get(path).text


def test_a_site_with_an_outbox_calls_nothing_sent(client):
    client.post("/owner/ask", data={"account": ANN})
    page = client.get("/owner/sent").text

    assert "This site sends no email." in page
    assert "We send" not in page


def test_a_demo_says_where_its_mails_lie(tmp_path):
    store = new_store(tmp_path / "data", is_demo=True, mail="outbox")
    client = create_app(store).test_client()
    client.post("/owner/ask", data={"account": ANN})
    page = client.get("/owner/sent").text
    store.close()

    assert str(store.config.outbox_path) in page


def test_a_site_that_sends_says_that_it_sends(tmp_path):
    settings = {"mail": "smtp", "mail_from": "no-reply@check.example", "public_url": "https://check.example"}
    store = new_store(tmp_path / "data", smtp_host="127.0.0.1", **settings)
    client = create_app(store).test_client()
    client.post("/owner/ask", data={"account": ANN}, base_url="https://check.example")
    page = client.get("/owner/sent", base_url="https://check.example").text
    store.close()

    assert "We send one to <strong><bdi>ann@example.com</bdi></strong>" in page
    assert "sends no email" not in page


def test_a_closed_site_offers_no_answer_but_a_way_to_hide(tmp_path):
    for it in mailing(tmp_path / "data", disclosure="closed"):
        published_breach(it.store, SHOP, SHOP_PEOPLE)
        site = Site(create_app(it.store), it)
        home, ask = (site.browser().get(path).text for path in ("/", "/owner/ask"))
        page = site.let_in(KNOWN).get("/owner")

    assert 'name="account"' not in home
    assert 'href="/owner/ask">Email me a link' in home
    assert "What is held about you" in ask
    assert page.status_code == 200
    assert "No breach here can be shown to you. This is not a yes, and it is not a no." in page.text


def test_a_site_for_owners_mails_what_it_shows_to_nobody(tmp_path):
    for it in mailing(tmp_path / "data", disclosure="owner"):
        published_breach(it.store, SHOP, SHOP_PEOPLE)
        site = Site(create_app(it.store), it)
        home = site.browser().get("/").text
        asked = site.browser().post("/", data={"account": KNOWN}, follow_redirects=True)
        page = site.let_in(KNOWN).get("/owner").text

    assert 'action="/owner/ask"' in home
    assert asked.status_code == 503
    assert "Yes, this address was in 1 breach" in page


def test_the_address_is_in_nothing_but_the_encrypted_queue(site, client, capfd):
    canary = "Canary.Blue@example.com"
    asked = client.post("/owner/ask", data={"account": canary})
    client.post("/subscribe", data={"account": canary})
    client.get("/owner/sent")
    out, err = capfd.readouterr()
    kept = b"".join(path.read_bytes() for path in site.mailing.store.config.data.rglob("*") if path.is_file())

    assert b"anary" not in kept
    assert "anary" not in str(asked.headers) + out + err
    assert "rule=/owner/ask" in out


def test_a_token_is_in_no_log(site, client, capfd):
    token = site.mail_to(ANN, client)
    client.get(f"/owner/link/{token}")
    client.post(f"/owner/link/{token}")
    out, err = capfd.readouterr()

    assert "rule=/owner/link/<token>" in out
    assert token not in out + err
