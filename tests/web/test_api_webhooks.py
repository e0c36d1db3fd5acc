"""/api/v1/webhooks over HTTP: putting, looking, rotating, testing, replaying, and every refusal."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from breachcheck.domains import Way
from breachcheck.web.app import create_app
from breachcheck.webhooks.hooking import LONGEST_URL, MOST_WEBHOOKS, Wish
from tests.engines import ENGINES as ENGINES
from tests.hooked import NOW, call, hooked_store
from tests.receivers import receiving
from tests.stores import break_catalogue, facts, published_breach
from tests.watched import HOLDER, watch, work
from tests.web.test_openapi import mismatches

SIEM = "/api/v1/webhooks/siem"
EMAIL = "Email addresses"
ANN = "ann@example.com"
DOCUMENT = json.loads((Path(__file__).parents[2] / "breachcheck" / "web" / "openapi.json").read_text(encoding="utf-8"))
SCHEMAS = DOCUMENT["components"]["schemas"]


@pytest.fixture
def store(tmp_path):
    with hooked_store(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def receiver():
    with receiving() as one:
        yield one


@pytest.fixture
def client(store):
    return create_app(store).test_client()


@pytest.fixture
def headers(store):
    return key_of(store)


@pytest.fixture
def put(client, headers, receiver):
    """PUT the hook of the catalogue, or what else *body* says."""

    def sent(name="siem", *, key=None, **body):
        wanted = {"url": receiver.url, "kind": "catalogue"} | body
        return client.put(f"/api/v1/webhooks/{name}", headers=key or headers, json=wanted)

    return sent


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """A store with one webhook, for calls that change nothing."""
    with hooked_store(tmp_path_factory.mktemp("store") / "data") as opened:
        opened.webhooks.put(HOLDER, "siem", Wish("https://hooks.example.com/", "catalogue"), by="tests")
        yield opened


@pytest.fixture(scope="module")
def refused(untouched):
    """The answer to a call of the holder that must change nothing."""
    client, headers = create_app(untouched).test_client(), key_of(untouched)

    def sent(method, path, **more):
        before = untouched.webhooks.views()
        answer = client.open(f"/api/v1/webhooks/{path}", method=method, **({"headers": headers} | more))
        assert untouched.webhooks.views() == before
        assert answer.content_type == "application/problem+json"
        return answer

    return sent


def key_of(store, name=HOLDER, scopes=("watch", "domains", "catalogue")):
    return {"Authorization": f"Bearer {store.api_keys.create(name, scopes)[1]}"}


def publish(store, *names, people=(ANN,)):
    for name in names:
        published_breach(store, facts(name=name, title=name), dict.fromkeys(people, (EMAIL,)))


def refusal(answer):
    return answer.status_code, answer.json["reason"], answer.json.get("pointer")


class TestPutting:
    def test_a_new_one_is_201_with_a_secret_and_the_same_again_200_without(self, put, receiver):
        first, second = put(), put()

        assert (first.status_code, second.status_code) == (201, 200)
        facts = second.json
        assert Webhook(first.json["secret"])
        assert first.json == facts | {"secret": first.json["secret"]}
        assert facts.pop("created_at") == facts.pop("changed_at")
        assert facts == {
            "name": "siem",
            "kind": "catalogue",
            "subject": "",
            "url": receiver.url,
            "state": "active",
            "waiting": 0,
            "dead": 0,
            "delivered_at": None,
            "former_secret_until": None,
        }

    def test_of_many_who_put_it_at_once_one_is_told_the_secret(self, store, put):
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: put(), range(8)))

        assert sorted(one.status_code for one in answers) == [200] * 7 + [201]
        assert [one.status_code for one in answers if "secret" in one.json] == [201]
        assert len(store.webhooks.views()) == 1

    def test_what_is_told_is_signed_with_the_secret(self, store, put, receiver):
        secret = put().json["secret"]
        publish(store, "Shop")
        call(store)

        assert receiver.heard[0].is_signed_with(secret)

    def test_its_address_can_be_changed_and_its_secret_stays(self, store, put, receiver):
        secret = put(url=receiver.url + "?old").json["secret"]
        again = put()
        publish(store, "Shop")
        call(store)

        assert again.status_code == 200
        assert receiver.heard[0].path == "/hook"
        assert receiver.heard[0].is_signed_with(secret)

    def test_a_watchlist_is_followed_from_a_cursor_on(self, client, headers, store, put, receiver):
        watch(store, ("e1", ANN), ("e2", "bob@example.com"))
        publish(store, "Shop", people=(ANN, "bob@example.com"))
        work(store)
        cursor = client.get("/api/v1/watchlists/staff/exposures?limit=1", headers=headers).json["cursor"]
        put(kind="watchlist", subject="staff", cursor=cursor)
        call(store)

        assert [one["ref"] for one in receiver.heard[0].message["data"]["events"]] == ["e2"]

    def test_what_arrives_is_what_the_feed_answers(self, client, headers, store, put, receiver):
        watch(store, ("e1", ANN))
        put(kind="watchlist", subject="staff")
        put("catalogue")
        publish(store, "Shop")
        work(store)
        call(store)

        data = {one.message["type"]: one.message["data"] for one in receiver.heard}
        events = client.get("/api/v1/watchlists/staff/exposures", headers=headers).json
        changes = client.get("/api/v1/changes", headers=headers).json
        assert data["watchlist.exposures"]["events"] == events["events"]
        assert data["watchlist.exposures"]["cursor"] == events["cursor"]
        assert data["catalogue.changes"] == {"changes": changes["changes"], "cursor": changes["cursor"]}

    def test_what_arrives_has_the_keys_described(self, client, headers, store, put, receiver):
        watch(store, ("e1", ANN))
        put(kind="watchlist", subject="staff")
        put("catalogue")
        publish(store, "Shop")
        work(store)
        client.post(f"{SIEM}/test", headers=headers)
        call(store)

        described = {name: schema_of(one) for name, one in DOCUMENT["webhooks"].items()}
        assert {one.message["type"] for one in receiver.heard} == set(described) - {"domain.exposures"}
        assert [mismatches(one.message, described[one.message["type"]], SCHEMAS) for one in receiver.heard] == [[]] * 3

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"url": "http://hooks.example.com/"}, "/url"),
            ({"url": "ftp://hooks.example.com/"}, "/url"),
            ({"url": "https://user:word@hooks.example.com/"}, "/url"),
            ({"url": "https://10.0.0.1/"}, "/url"),
            ({"url": "https://[::1]/"}, "/url"),
            ({"url": "http://127.0.0.2/"}, "/url"),
            ({"url": "https:///hook"}, "/url"),
            ({"url": "hook"}, "/url"),
            ({"url": "https://hooks.example.com/" + "x" * LONGEST_URL}, "/url"),
            ({"subject": "staff"}, "/subject"),
            ({"kind": "domain", "subject": "no domain"}, "/subject"),
            ({"cursor": "-1"}, "/cursor"),
            ({"cursor": "9"}, ""),
            ({"cursor": "²"}, "/cursor"),
        ],
    )
    def test_what_cannot_be_called_or_told_is_refused_with_the_place(self, refused, body, pointer):
        answer = refused("PUT", "new", json={"url": "https://hooks.example.com/", "kind": "catalogue"} | body)

        assert (answer.status_code, answer.json["pointer"]) == (422, pointer)

    def test_an_address_that_holds_an_account_is_refused(self, refused):
        answer = refused("PUT", "new", json={"url": "https://x.example/?to=ann@example.com", "kind": "catalogue"})

        assert refusal(answer) == (422, "holds_address", "/url")
        assert b"ann@" not in answer.data

    @pytest.mark.parametrize("url", ["https://hooks.example.com/T1/B2", "https://hooks.example.com:8443/"])
    def test_an_address_of_the_open_internet_needs_nobody_s_leave(self, put, url):
        assert put(url=url).status_code == 201

    @pytest.mark.parametrize("name", ["no name", "x" * 65, "ann@example.com"])
    def test_a_name_is_short_and_plain(self, refused, name):
        answer = refused("PUT", name, json={"url": "https://hooks.example.com/", "kind": "catalogue"})

        assert answer.status_code == 422

    def test_it_keeps_its_kind_and_subject(self, put, store):
        watch(store, ("e1", ANN))
        put(kind="watchlist", subject="staff")

        assert refusal(put()) == (422, "invalid_request", "/kind")

    def test_a_watchlist_must_be_there(self, put):
        assert refusal(put(kind="watchlist", subject="staff"))[:2] == (404, "unknown_watchlist")

    def test_the_watchlist_of_another_is_not_there(self, store, put):
        watch(store, ("e1", ANN), holder="another team")

        assert refusal(put(kind="watchlist", subject="staff"))[:2] == (404, "unknown_watchlist")

    def test_a_domain_must_be_proved(self, store, put):
        before = put(kind="domain", subject="Example.com")
        prove(store, HOLDER, "example.com")
        after = put(kind="domain", subject="Example.com")

        assert refusal(before)[:2] == (403, "unproved_domain")
        assert (after.status_code, after.json["subject"]) == (201, "example.com")

    def test_a_domain_that_another_has_proved_does_not_count(self, store, put):
        store.api_keys.create("another team", ["domains"])
        prove(store, "another team", "example.com")

        assert refusal(put(kind="domain", subject="example.com"))[:2] == (403, "unproved_domain")

    def test_there_are_only_so_many(self, put):
        made = [put(f"hook{one}").status_code for one in range(MOST_WEBHOOKS)]

        assert set(made) == {201}
        assert refusal(put())[:2] == (422, "invalid_request")
        assert put("hook0").status_code == 200

    @pytest.mark.parametrize(
        ("body", "status"),
        [(b"{", 400), (b"\xff", 400), (b"[]", 422), (b"{}", 422), (b'{"url": 1, "kind": "catalogue"}', 422),
         (b'{"url": "https://x.example/", "kind": "fax"}', 422),
         (b'{"url": "https://x.example/", "kind": "catalogue", "secret": "mine"}', 422),
         (b"x" * 70_000, 413)],
    )  # fmt: skip
    def test_a_body_of_another_form_is_refused(self, refused, body, status):
        assert refused("PUT", "siem", data=body, content_type="application/json").status_code == status


class TestWhose:
    @pytest.mark.parametrize(("kind", "scope"), [("watchlist", "watch"), ("domain", "domains"), ("catalogue",) * 2])
    def test_each_kind_needs_its_scope(self, untouched, refused, kind, scope):
        others = key_of(untouched, scopes=[one for one in ("watch", "domains", "catalogue") if one != scope])
        body = {"url": "https://hooks.example.com/", "kind": kind, "subject": "staff"}
        answer = refused("PUT", "new", json=body, headers=others)

        assert refusal(answer)[:2] == (403, "missing_scope")
        assert scope in answer.json["detail"]

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_a_key_without_any_of_them_sees_nothing(self, untouched, refused, method):
        answer = refused(method, "siem", headers=key_of(untouched, scopes=["lookup", "batch"]))

        assert refusal(answer)[:2] == (403, "missing_scope")

    def test_a_list_has_those_alone_that_the_key_opens(self, client, store, put):
        watch(store, ("e1", ANN))
        put("changes")
        put("staff", kind="watchlist", subject="staff")
        answer = client.get("/api/v1/webhooks", headers=key_of(store, scopes=["watch"]))

        assert [one["name"] for one in answer.json["webhooks"]] == ["staff"]

    def test_another_name_sees_nothing_of_it_and_the_same_name_all(self, client, store, put):
        put()
        same, another = key_of(store), key_of(store, "another team")

        assert client.get(SIEM, headers=same).status_code == 200
        assert refusal(client.get(SIEM, headers=another))[:2] == (404, "unknown_webhook")
        assert client.get("/api/v1/webhooks", headers=another).json == {"webhooks": []}

    @pytest.mark.parametrize(
        ("method", "path"),
        [("GET", ""), ("DELETE", ""), ("POST", "/rotate"), ("POST", "/test"), ("GET", "/deliveries"),
         ("POST", "/replay")],
    )  # fmt: skip
    def test_what_is_not_there_is_404_and_without_a_key_401(self, refused, method, path):
        with_key = refused(method, "nothing" + path)
        without = refused(method, "siem" + path, headers={})

        assert refusal(with_key)[:2] == (404, "unknown_webhook")
        assert with_key.json["status"] == "could_not_check"
        assert without.status_code == 401

    def test_its_state_says_that_no_key_opens_it(self, store, put):
        put()
        for key in store.api_keys.all():
            store.api_keys.revoke(key.id)

        (view,) = store.webhooks.in_trouble()
        assert view.state == "closed"


class TestSeeingToIt:
    def test_rotating_tells_a_new_secret_and_until_when_the_former_one_counts(self, client, headers, put):
        first = put().json["secret"]
        answer = client.post(f"{SIEM}/rotate", headers=headers)
        at_once = client.post(f"{SIEM}/rotate", headers=headers, json={"overlap_hours": 0})

        assert (answer.status_code, at_once.status_code) == (200, 200)
        assert len({first, answer.json["secret"], at_once.json["secret"]}) == 3
        assert answer.json["former_secret_until"] is not None
        assert "secret" not in client.get(SIEM, headers=headers).json

    @pytest.mark.parametrize("hours", [-1, 169, 10**30, 1.5, "24"])
    def test_an_overlap_has_its_bounds(self, refused, hours):
        assert refused("POST", "siem/rotate", json={"overlap_hours": hours}).status_code == 422

    def test_a_test_is_queued_and_its_delivery_can_be_looked_up(self, client, store, headers, put, receiver):
        put()
        queued = client.post(f"{SIEM}/test", headers=headers)
        call(store)
        (delivery,) = client.get(f"{SIEM}/deliveries", headers=headers).json["deliveries"]

        assert (queued.status_code, queued.json["state"]) == (202, "queued")
        assert (delivery["id"], delivery["type"]) == (queued.json["id"], "webhook.test")
        assert (delivery["state"], delivery["attempts"], delivery["response_status"]) == ("delivered", 1, 204)
        assert receiver.ids == [delivery["id"]]

    def test_tests_are_limited(self, client, headers, put):
        put()
        answers = [client.post(f"{SIEM}/test", headers=headers).status_code for _ in range(11)]

        assert answers == [202] * 10 + [429]

    def test_what_is_gone_is_not_tested(self, client, store, headers, put, receiver):
        put()
        receiver.mood = "gone"
        publish(store, "Shop")
        call(store)

        assert client.get(SIEM, headers=headers).json["state"] == "gone"
        assert client.post(f"{SIEM}/test", headers=headers).status_code == 422

    def test_deliveries_come_in_pages_newest_first_and_by_state(self, client, store, headers, put, receiver):
        put()
        for name in ("A", "B", "C"):
            publish(store, name)
            call(store)
        receiver.mood = "fails"
        publish(store, "D")
        call(store)
        first = client.get(f"{SIEM}/deliveries?limit=3", headers=headers).json
        second = client.get(f"{SIEM}/deliveries?limit=3&cursor={first['cursor']}", headers=headers).json
        queued = client.get(f"{SIEM}/deliveries?state=queued", headers=headers).json

        states = [one["state"] for one in first["deliveries"] + second["deliveries"]]
        assert states == ["queued", "delivered", "delivered", "delivered"]
        assert second["cursor"] is None
        (waiting,) = queued["deliveries"]
        assert (waiting["response_status"], waiting["failure"]) == (500, "The receiver did not answer with 2xx.")
        assert waiting["next_try_at"] is not None

    @pytest.mark.parametrize(
        "query", ["limit=0", "limit=x", "state=lost", "cursor=msg_9_1_1", "cursor=1", "cursor=msg_1_²_1"]
    )
    def test_a_parameter_that_is_none_is_refused(self, refused, query):
        assert refused("GET", f"siem/deliveries?{query}").status_code == 422

    def test_messages_are_replayed_all_or_none(self, client, store, headers, put, receiver):
        put()
        publish(store, "A")
        call(store)
        (one,) = receiver.ids
        wrong = client.post(f"{SIEM}/replay", headers=headers, json={"ids": [one, one + "0"]})
        nothing = call(store)
        right = client.post(f"{SIEM}/replay", headers=headers, json={"ids": [one, one]})
        call(store)

        assert refusal(wrong) == (422, "invalid_request", "/ids/1")
        assert nothing == 0
        assert (right.status_code, right.json) == (202, {"queued": 1})
        assert receiver.ids == [one, one]

    def test_without_ids_all_that_was_given_up_is_replayed(self, client, store, headers, put, receiver):
        put()
        receiver.mood = "fails"
        publish(store, "A")
        now = NOW
        for _ in range(10):
            call(store, now)
            now += 30 * 3600
        dead = client.get(SIEM, headers=headers).json["dead"]
        answer = client.post(f"{SIEM}/replay", headers=headers)

        assert (dead, answer.json) == (1, {"queued": 1})
        assert client.get(SIEM, headers=headers).json["dead"] == 0

    def test_one_that_is_deleted_is_called_no_more(self, client, store, headers, put, receiver):
        put()
        publish(store, "A")
        answer = client.delete(SIEM, headers=headers)
        call(store)

        assert answer.status_code == 204
        assert receiver.heard == []
        assert client.get(SIEM, headers=headers).status_code == 404

    def test_each_step_is_on_record(self, client, headers, put, store):
        put()
        client.post(f"{SIEM}/rotate", headers=headers)
        client.post(f"{SIEM}/replay", headers=headers)
        client.delete(SIEM, headers=headers)

        noted = [one.action for one in store.audit.latest(10) if "webhook" in one.action]
        assert sorted(noted) == ["add webhook", "delete webhook", "replay webhook", "rotate secret of webhook"]

    @pytest.mark.parametrize(
        ("method", "path", "body", "schema"),
        [
            ("GET", "/api/v1/webhooks", None, "Webhooks"),
            ("GET", SIEM, None, "Webhook"),
            ("POST", f"{SIEM}/rotate", {}, "WebhookWithSecret"),
            ("POST", f"{SIEM}/test", None, "Delivery"),
            ("GET", f"{SIEM}/deliveries", None, "Deliveries"),
            ("POST", f"{SIEM}/replay", {}, "Replayed"),
            ("GET", "/api/v1/webhooks/nothing", None, "CouldNotCheck"),
        ],
    )
    def test_answers_have_the_keys_described(self, client, store, headers, put, method, path, body, schema):
        assert mismatches(put().json, SCHEMAS["WebhookWithSecret"], SCHEMAS) == []
        publish(store, "A")
        call(store)
        answer = client.open(path, method=method, json=body, headers=headers).json

        assert mismatches(answer, SCHEMAS[schema], SCHEMAS) == []

    def test_a_store_that_cannot_be_read_is_no_answer(self, client, store, headers, put):
        put()
        break_catalogue(store)
        answer = client.get(SIEM, headers=headers)

        assert (answer.status_code, answer.json["status"]) == (503, "could_not_check")


def prove(store, holder, domain):
    key = next(one for one in store.api_keys.all() if one.name == holder)
    claim = store.domains.begin(key.id, domain, now=NOW)
    store.domains.note_proved(claim, Way.DNS, now=NOW)


def schema_of(described):
    return described["post"]["requestBody"]["content"]["application/json"]["schema"]
