"""The owner's pages: the full answer, what they tick, ask for, hide and take away; for nobody but the owner."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import InvalidToken
from flask.testing import FlaskClient

from breachcheck import addresses, receipts
from breachcheck.catalog import move
from breachcheck.digests import Digest
from breachcheck.ended_sessions import LIFE_S
from breachcheck.sealed_accounts import SealedAccount
from breachcheck.suppressions import Level
from breachcheck.web.app import create_app
from breachcheck.web.sealed import Seal
from tests.engines import ENGINES as ENGINES
from tests.mails import after_this_test, mailing
from tests.stores import SHOP, break_catalogue, break_index, facts, published_breach
from tests.web.conftest import ANALYTICS, ANALYTICS_PEOPLE, PRIVATE
from tests.web.owners import ANN, Site, form_of, press

FOUND = "Yes, this address was in"
NOBODY = "nobody@example.com"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    for it in mailing(tmp_path / "data"):
        published_breach(it.store, ANALYTICS, ANALYTICS_PEOPLE)
        published_breach(it.store, SHOP, {"ann+shop@example.com": ["Email addresses", "Passwords"]})
        published_breach(it.store, PRIVATE, {ANN: ["Email addresses", "Sexual orientations"]})
        yield Site(create_app(it.store), it)


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return site.let_in()


def marks(page: str) -> list[str]:
    return re.findall(r'name="done" value="([0-9a-f]{32})"', page)


def ticked(page: str) -> list[str]:
    return re.findall(r'name="done" value="([0-9a-f]{32})" checked', page)


def test_the_owner_sees_private_breaches_private_details_and_aliases(site, client):
    public = site.browser().post("/", data={"account": ANN}, follow_redirects=True).text
    page = client.get("/owner").text

    assert f"{FOUND} 1 breach" in public
    assert f"{FOUND} 3 breaches" in page
    assert "Your sexual orientation" in page
    assert "We found another spelling of your address:" in page
    assert "Shown only to the owner" not in page


def test_the_page_holds_no_address_since_none_is_known(client):
    assert ANN not in client.get("/owner").text


def test_who_is_in_nothing_is_told_so_of_the_private_breaches_too(site):
    page = site.let_in(NOBODY).get("/owner").text

    assert "Not found in the 3 breaches we can check" in page
    assert "the private ones too" in page


def test_a_store_that_fails_is_no_answer_to_the_owner_either(site, client):
    break_index(site.mailing.store)

    assert client.get("/owner").status_code == 503


def test_a_wish_that_the_store_may_have_missed_is_not_told_as_done_or_as_an_answer(site, client):
    token = form_of(client.get("/owner").text)
    break_catalogue(site.mailing.store)
    response = client.post("/owner/hide/forget", data={"form": token, "account": ANN})

    assert response.status_code == 503
    assert "We do not know if your wish was carried out." in response.text
    assert "It is done" not in response.text


FORMS = ("/owner/steps", "/owner/notify", "/owner/notify/stop", "/owner/hide/forget", "/owner/show-again")
OTHER_FORMS = ("/owner/receipt", "/owner/sign-out")


@pytest.mark.parametrize("path", [*FORMS, *OTHER_FORMS])
@pytest.mark.parametrize("token", [None, "", "0" * 64, "é"])
def test_a_form_without_the_session_s_token_changes_nothing(site, client, path, token):
    refused = client.post(path, data={"account": ANN} | ({} if token is None else {"form": token}))

    assert refused.status_code == 400
    assert "nothing was changed" in refused.text
    assert site.mailing.store.suppressions.all() == {}
    assert client.get("/owner").status_code == 200


def test_the_token_of_another_session_is_refused(site, client):
    other = site.let_in(NOBODY)
    refused = client.post("/owner/sign-out", data={"form": form_of(other.get("/owner").text)})

    assert refused.status_code == 400


def test_who_signs_out_ends_every_copy_of_the_cookie_and_no_other_session(site, client):
    stolen = site.browser()
    stolen.set_cookie("owner", client.get_cookie("owner", path="/owner").value, path="/owner")
    site.mailing.clock.now += 601
    elsewhere = site.let_in()
    assert stolen.get("/owner").status_code == 200

    press(client, "/owner/sign-out")

    assert stolen.get("/owner").location == "/owner/ask"
    assert stolen.post("/owner/sign-out").location == "/owner/ask"
    assert elsewhere.get("/owner").status_code == 200


def test_a_session_that_cannot_be_looked_up_is_no_session(site, client):
    break_catalogue(site.mailing.store)

    assert client.get("/owner").status_code == 503


@pytest.mark.parametrize("path", [*FORMS, *OTHER_FORMS])
def test_without_a_session_every_form_leads_to_the_way_in(site, path):
    assert site.browser().post(path, data={"account": ANN}).location == "/owner/ask"


def test_ticked_steps_stay_ticked_and_others_are_unticked(site, client):
    first, second = marks(client.get("/owner").text)[:2]
    press(client, "/owner/steps", done=[first])
    once = ticked(client.get("/owner").text)
    press(client, "/owner/steps", done=[second])

    assert once == [first]
    assert ticked(client.get("/owner").text) == [second]


def test_only_steps_of_one_s_own_answer_can_be_ticked(site, client):
    press(client, "/owner/steps", done=["f" * 32, "x"])

    assert site.mailing.store.ticked_steps.of_owner(site.mailing.digest(ANN)) == frozenset()


def test_a_step_that_another_breach_calls_for_too_is_to_be_done_again(site, client):
    press(client, "/owner/steps", done=marks(client.get("/owner").text))
    before = len(ticked(client.get("/owner").text))
    published_breach(site.mailing.store, facts(name="Later", title="Later"), {ANN: ["Email addresses"]})
    page = client.get("/owner").text

    assert before > 2
    assert 0 < len(ticked(page)) < len(marks(page))


def test_to_be_told_takes_the_proved_address_and_no_second_mail(site, client):
    refused = press(client, "/owner/notify", account=NOBODY)
    nonsense = press(client, "/owner/notify", account="ann@")
    taken = press(client, "/owner/notify", account=" Ann@Example.com ")
    subscribers = site.mailing.post.subscribers
    subscriber = subscribers.find(site.mailing.digest(ANN))
    page = client.get(taken.location).text

    assert (refused.status_code, nonsense.status_code) == (400, 400)
    assert "This is not the address that you proved." in refused.text
    assert subscribers.recipient_of(subscriber) == "Ann@example.com"
    assert "We will tell you about new breaches." in page
    press(client, "/owner/notify/stop")
    assert subscribers.count() == 0


@pytest.mark.parametrize("level", list(Level))
def test_an_opt_out_takes_the_address_once_more_and_hands_over_a_receipt(site, client, level):
    path, store = f"/owner/hide/{level}", site.mailing.store
    confirm = client.get(path)
    refused = press(client, path, on=path, account=NOBODY)
    untouched = store.suppressions.all()
    sent_on = press(client, path, on=path, account="ANN@example.com")
    done = client.get(sent_on.location)
    text = re.findall(r'name="receipt" value="([^"]+)"', done.text)[0].replace("&#34;", '"').replace("&#39;", "'")
    receipt = receipts.parse(text.encode())

    assert "Yes, do it" in confirm.text
    assert (refused.status_code, untouched) == (400, {})
    assert (sent_on.status_code, sent_on.location) == (303, "/owner/receipt")
    assert "It is done" in done.text
    assert client.get("/owner/receipt").text == done.text
    assert receipt.level is level
    receipts.verify(receipt, store.receipts.public_key(), addresses.canonical(ANN))
    assert (level is Level.ERASE) != (site.mailing.digest(ANN) in store.suppressions.all())


def test_who_hides_still_sees_their_answer_and_can_show_it_again(site, client):
    press(client, "/owner/hide/hide", on="/owner/hide/hide", account=ANN)
    page = client.get("/owner").text
    public = site.browser().post("/", data={"account": ANN}, follow_redirects=True).text
    again = press(client, "/owner/show-again", on="/owner")

    assert FOUND in page
    assert "Your results are hidden." in page
    assert "Not found" in public
    assert again.location == "/owner?done=shown"
    assert FOUND in site.browser().post("/", data={"account": ANN}, follow_redirects=True).text


def test_who_is_forgotten_sees_nothing_more_and_is_told_what_is_kept(site, client):
    press(client, "/owner/hide/forget", on="/owner/hide/forget", account=ANN)
    page = client.get("/owner").text

    assert "Not found in the 3 breaches" in page
    assert "We keep one number made from your address" in page


def test_ways_that_go_no_further_are_not_offered_again(client):
    press(client, "/owner/hide/forget", on="/owner/hide/forget", account=ANN)
    page = client.get("/owner/hide").text

    assert 'href="/owner/hide/erase"' in page
    assert 'href="/owner/hide/hide"' not in page
    assert 'href="/owner/hide/forget"' not in page


def test_an_address_with_a_plus_sign_is_told_that_its_opt_out_is_of_it_alone(site, client):
    said = "for the address that you proved, the one with a plus sign, and for no other"

    assert said in site.let_in("bob+other@example.com").get("/owner/hide").text
    assert said not in client.get("/owner/hide").text


@pytest.mark.parametrize(("disclosure", "told"), [("open", (1, 1)), ("owner", (0, 1)), ("closed", (0, 0))])
def test_a_manifest_may_keep_one_breach_for_owners_or_for_nobody(tmp_path, disclosure, told):
    for it in mailing(tmp_path / "one"):
        published_breach(it.store, SHOP, {"other@example.com": ["Email addresses"]})
        published_breach(it.store, facts(name="Kept", title="Kept", disclosure=disclosure), {ANN: ["Email addresses"]})
        site = Site(create_app(it.store), it)
        public = site.browser().post("/", data={"account": ANN}, follow_redirects=True).text
        own = site.let_in().get("/owner").text

    assert (FOUND in public, FOUND in own) == told


def test_what_is_no_way_to_hide_has_no_page(client):
    assert client.get("/owner/hide/vanish").status_code == 404
    assert press(client, "/owner/hide/vanish", account=ANN).status_code == 404


@pytest.mark.parametrize("level", list(Level))
def test_the_page_names_in_the_reader_s_language_what_the_receipt_covers_and_what_not(site, client, level):
    path = f"/owner/hide/{level}"
    press(client, path, on=path, account=ANN)
    english, german = (client.get("/owner/receipt", headers={"Accept-Language": tag}).text for tag in ("en", "de"))

    for item in (*receipts.COVERS[level], *receipts.DOES_NOT_COVER[level]):
        assert f"<li>{item}</li>" in english
        assert f"<li>{item}</li>" not in german
    assert "<li>Sicherungskopien, die älter sind als diese Quittung.</li>" in german


def test_a_receipt_is_shown_to_the_owner_it_was_handed_to_and_goes_with_the_session(site, client):
    assert client.get("/owner/receipt").location == "/owner"
    press(client, "/owner/hide/hide", on="/owner/hide/hide", account=ANN)
    client.post(f"/owner/link/{site.mail_to(NOBODY, site.browser())}")
    assert client.get("/owner/receipt").location == "/owner"

    press(client, "/owner/sign-out")
    assert client.get_cookie("receipt", path="/owner") is None


def test_the_receipt_comes_back_as_a_file_and_nothing_else_does(site, client):
    press(client, "/owner/hide/hide", on="/owner/hide/hide", account=ANN)
    done = client.get("/owner/receipt")
    text = re.findall(r'name="receipt" value="([^"]+)"', done.text)[0].replace("&#34;", '"').replace("&#39;", "'")
    file = press(client, "/owner/receipt", receipt=text)
    forged = press(client, "/owner/receipt", receipt=text.replace('"level": "hide"', '"level": "erase"'))
    strange = press(client, "/owner/receipt", receipt="<script>")

    assert file.headers["Content-Disposition"] == 'attachment; filename="breachcheck-receipt.json"'
    assert file.mimetype == "application/json"
    assert json.loads(file.text)["level"] == "hide"
    assert (forged.status_code, strange.status_code) == (400, 400)
    assert json.loads(text)["signature"].encode() not in _contents(site)


def test_all_that_is_held_can_be_taken_away(site, client):
    press(client, "/owner/steps", done=marks(client.get("/owner").text)[:1])
    press(client, "/owner/notify", account=ANN)
    response = client.get("/owner/data")
    body = json.loads(response.text)

    assert response.headers["Content-Disposition"] == 'attachment; filename="breachcheck-my-data.json"'
    assert body["number"] == str(site.mailing.digest(ANN))
    assert {one["breach"]["name"] for one in body["answer"]["exposures"]} == {"Chatter-Tally", "Shop", "Whisper"}
    assert body["opt_out"] is None
    assert body["addresses_kept_encrypted_by_your_organisation"] == 0
    assert body["notifications"]["told"] == []
    assert len(body["ticked_steps"]) == 1
    assert (body["mails_in_the_last_day"], body["mails_are_stopped"]) == (1, False)
    assert ANN not in response.text


def test_it_says_that_an_organisation_kept_the_address_of_its_own_people(site, client):
    digest = site.mailing.digest(ANN)
    site.mailing.store.sealed_accounts.insert([SealedAccount(Digest(1), digest, 7, digest, b"box")])

    assert json.loads(client.get("/owner/data").text)["addresses_kept_encrypted_by_your_organisation"] == 1


def test_what_someone_was_told_is_in_what_they_can_take_away(site, client):
    site.mailing.clock.now = after_this_test()
    site.mailing.subscribed(ANN)
    site.mailing.post.notify.tell("Chatter-Tally", by="tests")
    site.mailing.rounds()
    (told,) = json.loads(client.get("/owner/data").text)["notifications"]["told"]

    assert told["breach"] == "Chatter-Tally"
    assert "Names" in told["data_classes"]
    assert told["at"]


def test_the_data_of_who_is_hidden_is_whole(site, client):
    press(client, "/owner/hide/hide", on="/owner/hide/hide", account=ANN)
    body = json.loads(client.get("/owner/data").text)

    assert body["opt_out"] == "hide"
    assert body["answer"]["status"] == "exposed"


def test_the_address_typed_behind_the_door_is_in_no_file_in_clear_and_in_no_log(site, capfd):
    canary = "Canary.Green@example.com"
    client = site.let_in(canary)
    press(client, "/owner/notify", account=canary)
    press(client, "/owner/notify", account=f"x{canary}")
    press(client, "/owner/hide/hide", account=canary)
    client.get("/owner/data")
    out, err = capfd.readouterr()

    assert site.mailing.post.subscribers.count() == 1
    assert b"anary" not in _contents(site)
    assert "rule=/owner/hide/<level>" in out
    assert "anary" not in out + err


def test_an_erasure_that_waits_for_a_load_is_told_as_that(site, client):
    store = site.mailing.store
    store.suppressions.add(site.mailing.digest(ANN), Level.ERASE, at=1)
    move(store.databases[1])

    for path in ("/owner", "/owner/hide"):
        page = client.get(path).text
        assert "the number that leaves you out goes too" in page
        assert "Choose this" not in page


def test_signing_out_ends_the_session_in_this_browser(client):
    assert press(client, "/owner/sign-out").location == "/"
    assert client.get("/owner").location == "/owner/ask"


def test_a_session_ends_by_itself(site, client):
    cookie = client.get_cookie("owner", path="/owner").value
    an_hour = Seal(site.mailing.store.app_key, cookie="owner", purpose="owner sessions with ids", life_s=LIFE_S)
    with site.app.test_request_context(headers={"Cookie": f"owner={cookie}"}):
        sealed_at = an_hour._fernet.extract_timestamp(cookie)
        text = an_hour._fernet.decrypt_at_time(cookie, LIFE_S, sealed_at + LIFE_S)
        with pytest.raises(InvalidToken):
            an_hour._fernet.decrypt_at_time(cookie, LIFE_S, sealed_at + LIFE_S + 1)

    assert text


def _contents(site: Site) -> bytes:
    return b"".join(path.read_bytes() for path in site.mailing.store.config.data.rglob("*") if path.is_file())
