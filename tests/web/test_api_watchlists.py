"""/api/v1/watchlists over HTTP: putting, changing, following, and every refusal."""

import json

import pytest

from breachcheck import watching
from breachcheck.digests import Kind
from breachcheck.web.app import LARGEST_BODY, create_app
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, break_catalogue, break_index, facts, new_store, published_breach
from tests.watched import work

STAFF = "/api/v1/watchlists/staff"
EXPOSURES = f"{STAFF}/exposures"
ACKNOWLEDGE = f"{EXPOSURES}/acknowledge"
EMAIL = "Email addresses"
ANN = {"ref": "e1", "account": "Ann@Example.com"}
BOB = {"ref": "e2", "account": "bob@example.com"}
LINES = b'{"ref":"e1","account":"ann@example.com"}\n\n{"ref":"e2","account":"bob@example.com"}\n'


@pytest.fixture
def client(store):
    published_breach(store, SHOP, {"ann@example.com": [EMAIL, "Names"]})
    return create_app(store).test_client()


@pytest.fixture
def headers(store):
    return key_of(store)


@pytest.fixture
def put(client, headers):
    """PUT the staff."""

    def sent(*entries, **more):
        return client.put(STAFF, headers=headers, **({"json": list(entries)} | more))

    return sent


def key_of(store, name="security team", scope="watch"):
    return {"Authorization": f"Bearer {store.api_keys.create(name, [scope])[1]}"}


def events_of(answer):
    return [(one["event"], one["ref"], one["breach"]["name"]) for one in answer.json["events"]]


def refusals_of(answer):
    return [(one["line"], one["ref"], one["reason"]) for one in answer.json["refused"]]


class TestPutting:
    def test_a_new_list_is_201_and_the_same_again_200(self, put):
        first, second = put(ANN, BOB), put(ANN, BOB)

        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json == {"name": "staff", "refs": 2, "accounts": 2, "added": 2, "removed": 0, "refused": []}
        assert second.json == first.json | {"added": 0}

    def test_what_is_there_already_can_be_read_at_once(self, client, headers, put):
        put(ANN, BOB)
        answer = client.get(EXPOSURES, headers=headers)

        (event,) = answer.json["events"]
        assert event.pop("at").endswith("Z")
        assert event == {
            "id": "1-1",
            "event": "exposed",
            "ref": "e1",
            "breach": {"name": "Shop", "title": "Corner Shop"},
            "leaked": [EMAIL, "Names"],
            "via_alias": False,
            "severity": 30,
            "severity_level": "low",
            "acknowledged_at": None,
        }
        assert (answer.json["cursor"], answer.json["has_more"]) == ("1-1", False)

    @pytest.mark.parametrize(
        ("kind", "body"),
        [
            ("application/x-ndjson", LINES),
            ("application/jsonl", LINES),
            ("text/csv", b"ref,account\r\ne1,ann@example.com\r\ne2,bob@example.com\r\n"),
            ("text/csv; charset=utf-8", b"\xef\xbb\xbfaccount;ref\nann@example.com;e1\nbob@example.com;e2"),
            ("application/json; charset=utf-8", json.dumps([ANN, BOB]).encode()),
        ],
    )
    def test_a_directory_comes_in_many_forms(self, client, headers, put, kind, body):
        answer = put(data=body, json=None, content_type=kind)

        assert (answer.status_code, answer.json["accounts"], answer.json["refused"]) == (201, 2, [])
        assert events_of(client.get(EXPOSURES, headers=headers)) == [("exposed", "e1", "Shop")]

    def test_a_ref_has_accounts_of_several_kinds(self, store, put):
        put(ANN, {"ref": "e1", "account": "+1 555 0100", "kind": "phone"},
            {"ref": "e1", "account": "ann17", "kind": "username", "breach": "shop"})  # fmt: skip

        watched = store.watchlists.accounts_of(store.watchlists.get("security team", "staff").id)
        assert {one.digest for one in watched} == {
            store.digester.of(Kind.EMAIL, "ann@example.com"),
            store.digester.of(Kind.PHONE, "+15550100"),
            store.digester.of(Kind.USERNAME, "ann17", "Shop"),
        }

    def test_lines_that_cannot_be_watched_are_listed_and_the_rest_is_watched(self, put):
        answer = put(
            ANN,
            {"ref": "e2", "account": "nobody"},
            {"ref": "e 3", "account": "cy@example.com"},
            {"ref": "e4"},
            {"ref": "e5", "account": "cy@example.com", "kind": "fax"},
            {"ref": "e6", "account": "cy", "kind": "username"},
            {"ref": "e7", "account": "cy@example.com", "breach": "Shop"},
            {"ref": "e8", "account": "cy", "kind": "username", "breach": "Nowhere"},
            {"ref": "e9", "account": "cy@example.com", "extra": 1},
            "e10",
            {"ref": 11, "account": "cy@example.com"},
        )

        assert (answer.status_code, answer.json["accounts"]) == (201, 1)
        assert refusals_of(answer) == [
            (2, "e2", "invalid_account"),
            (3, None, "invalid_ref"),
            (4, "e4", "invalid_line"),
            (5, "e5", "invalid_line"),
            (6, "e6", "breach_missing"),
            (7, "e7", "breach_not_needed"),
            (8, "e8", "unknown_breach"),
            (9, "e9", "invalid_line"),
            (10, None, "invalid_line"),
            (11, None, "invalid_line"),
        ]
        assert b"example.com" not in answer.data

    def test_lines_of_csv_are_counted_as_an_editor_does(self, put):
        body = b'ref,account,kind\ne1,ann@example.com,\n\n"e2","nob\nody",email\ne3,bob@example.com\ne4,x,phone\n'
        answer = put(data=body, json=None, content_type="text/csv")

        assert refusals_of(answer) == [
            (4, "e2", "invalid_account"),
            (6, "e3", "invalid_line"),
            (7, "e4", "invalid_account"),
        ]

    def test_a_ref_that_is_an_address_refuses_the_whole_and_says_why(self, store, put):
        answer = put(ANN, {"ref": "bob@example.com", "account": "bob@example.com"})

        assert (answer.status_code, answer.json["reason"], answer.json["pointer"]) == (422, "holds_address", "/1/ref")
        assert "line 2" in answer.json["detail"]
        assert b"bob" not in answer.data
        assert store.watchlists.all() == []

    def test_an_export_that_is_broken_does_not_empty_a_list(self, client, headers, put):
        put(ANN)
        answer = put({"ref": "e1", "account": "#REF!"}, {"ref": "e2", "account": "#REF!"})

        assert (answer.status_code, answer.json["reason"]) == (422, "invalid_request")
        assert "line 1: invalid_account" in answer.json["detail"]
        assert client.get(STAFF, headers=headers).json["accounts"] == 1

    def test_an_empty_directory_empties_it(self, put):
        put(ANN)

        assert put().json == {"name": "staff", "refs": 0, "accounts": 0, "added": 0, "removed": 1, "refused": []}

    @pytest.mark.parametrize(
        ("kind", "body", "status", "reason"),
        [
            ("application/json", b"[{", 400, "malformed_json"),
            ("application/json", b"[" * 100_000, 400, "nested_too_deeply"),
            ("application/json", b'["\xff"]', 422, "invalid_request"),
            ("application/json", b'{"ref":"e1","account":"x"}', 422, "invalid_request"),
            ("text/csv", b"account\nann@example.com\n", 422, "invalid_request"),
            ("text/csv", b"", 422, "invalid_request"),
            ("text/csv", b"ref,account,mail\ne1,ann@example.com,x\n", 422, "invalid_request"),
            ("text/csv", b"ref,account\ne1,\xff\n", 422, "invalid_request"),
            ("text/csv", b'ref,account\ne1,"' + b"x" * 200_000, 422, "invalid_request"),
            ("text/plain", b"e1 ann@example.com", 415, "unsupported_media_type"),
            ("application/json", b" " * (LARGEST_BODY + 1), 413, "body_too_large"),
        ],
    )
    def test_what_is_no_directory_is_refused(self, store, put, kind, body, status, reason):
        answer = put(data=body, json=None, content_type=kind)

        assert (answer.status_code, answer.json["reason"]) == (status, reason)
        assert store.watchlists.all() == []

    @pytest.mark.parametrize("name", ["a b", "x" * 65, "ann@example.com", "a.b"])
    def test_a_name_that_is_none_is_refused(self, client, headers, name):
        answer = client.put(f"/api/v1/watchlists/{name}", json=[], headers=headers)

        assert (answer.status_code, answer.json["reason"]) == (422, "invalid_request")

    def test_too_many_accounts_are_refused(self, put, monkeypatch):
        monkeypatch.setattr(watching, "MOST_ACCOUNTS", 1)
        answer = put(ANN, BOB)

        assert (answer.status_code, answer.json["reason"]) == (422, "watchlist_full")


class TestChanging:
    def test_refs_come_and_go(self, client, headers, put):
        put(ANN, BOB)
        change = {"remove": ["e1"], "add": [{"ref": "e3", "account": "ann@example.com"}, {"ref": "e4", "account": "x"}]}
        answer = client.patch(STAFF, json=change, headers=headers)

        assert answer.json == {
            "name": "staff",
            "refs": 2,
            "accounts": 2,
            "added": 1,
            "removed": 1,
            "refused": [{"line": 2, "ref": "e4", "reason": "invalid_account"}],
        }
        assert events_of(client.get(EXPOSURES, headers=headers)) == [("exposed", "e3", "Shop")]

    @pytest.mark.parametrize(
        ("sent", "status", "reason"),
        [
            ({"data": b"{"}, 400, "malformed_json"),
            ({"json": []}, 422, "invalid_request"),
            ({"json": {"put": []}}, 422, "invalid_request"),
            ({"json": {"add": {}}}, 422, "invalid_request"),
            ({"json": {"add": [{"ref": "@", "account": "x"}]}}, 422, "holds_address"),
            ({"data": b"{}", "content_type": "text/csv"}, 415, "unsupported_media_type"),
        ],
    )
    def test_a_change_that_is_none_is_refused(self, client, headers, put, sent, status, reason):
        put(ANN)
        answer = client.patch(STAFF, headers=headers, **sent)

        assert (answer.status_code, answer.json["reason"]) == (status, reason)

    def test_a_mistake_in_a_change_is_pointed_at(self, client, headers, put):
        put(ANN)
        in_ref = client.patch(STAFF, json={"add": [BOB, {"ref": "@", "account": "x"}]}, headers=headers)
        no_array = client.patch(STAFF, json={"add": {}}, headers=headers)

        assert (in_ref.json["pointer"], no_array.json["pointer"]) == ("/add/1/ref", "/add")
        assert no_array.json["detail"].startswith("add must be an array")

    def test_a_deleted_list_is_gone(self, client, headers, put):
        put(ANN)
        answer = client.delete(STAFF, headers=headers)

        assert (answer.status_code, answer.data) == (204, b"")
        assert client.get(STAFF, headers=headers).status_code == 404

    def test_lists_are_read_with_their_sizes(self, client, headers, put):
        put(ANN, BOB)
        one = client.get(STAFF, headers=headers).json
        every = client.get("/api/v1/watchlists", headers=headers).json

        assert {name: one[name] for name in ("name", "refs", "accounts")} == {"name": "staff", "refs": 2, "accounts": 2}
        assert every == {"watchlists": [one]}


class TestFollowing:
    def test_a_cursor_goes_on_where_it_was(self, store, client, headers, put):
        put(ANN, BOB)
        first = client.get(f"{EXPOSURES}?limit=1", headers=headers).json
        published_breach(store, facts(name="Bank"), {"bob@example.com": [EMAIL]})
        work(store)
        second = client.get(EXPOSURES, query_string={"cursor": first["cursor"]}, headers=headers)

        assert events_of(second) == [("exposed", "e2", "Bank")]

    @pytest.mark.parametrize("query", ["cursor=1", "cursor=9-1", "cursor=1-9", "cursor=%F0%9F%98%80"])
    def test_a_cursor_that_was_never_given_is_refused(self, client, headers, put, query):
        put(ANN)
        answer = client.get(f"{EXPOSURES}?{query}", headers=headers)

        assert (answer.status_code, answer.json["reason"]) == (422, "unknown_cursor")

    def test_a_limit_out_of_bounds_is_refused(self, client, headers, put):
        put(ANN)

        assert client.get(f"{EXPOSURES}?limit=1001", headers=headers).status_code == 422

    def test_events_are_acknowledged(self, client, headers, put):
        put(ANN)
        answer = client.post(ACKNOWLEDGE, json={"ids": ["1-1"]}, headers=headers)

        assert answer.json == {"acknowledged": 1}
        assert client.get(EXPOSURES, headers=headers).json["events"][0]["acknowledged_at"].endswith("Z")

    @pytest.mark.parametrize(
        ("sent", "status", "reason"),
        [
            ({"json": {"ids": ["1-2"]}}, 422, "unknown_cursor"),
            ({"json": {"ids": ["x"]}}, 422, "unknown_cursor"),
            ({"json": {"ids": "1-1"}}, 422, "invalid_request"),
            ({"json": {}}, 422, "invalid_request"),
            ({"json": {"ids": ["1-1"] * 10_001}}, 422, "invalid_request"),
            ({"data": b"x"}, 400, "malformed_json"),
            ({"data": b"x" * 600_000}, 413, "body_too_large"),
            ({"data": b"{}", "content_type": "text/plain"}, 415, "unsupported_media_type"),
        ],
    )
    def test_an_acknowledgement_that_is_none_is_refused(self, client, headers, put, sent, status, reason):
        put(ANN)
        answer = client.post(ACKNOWLEDGE, headers=headers, **sent)

        assert (answer.status_code, answer.json["reason"]) == (status, reason)


DOORS = [
    ("GET", "/api/v1/watchlists"),
    ("GET", STAFF),
    ("PUT", STAFF),
    ("PATCH", STAFF),
    ("DELETE", STAFF),
    ("GET", EXPOSURES),
    ("POST", ACKNOWLEDGE),
]


class TestWhoMay:
    @pytest.mark.parametrize(("method", "path"), DOORS)
    def test_nobody_comes_in_without_a_key(self, client, method, path):
        assert client.open(path, method=method).status_code == 401

    @pytest.mark.parametrize(("method", "path"), DOORS)
    def test_a_key_needs_the_scope(self, store, client, method, path):
        answer = client.open(path, method=method, headers=key_of(store, scope="lookup"))

        assert (answer.status_code, answer.json["reason"]) == (403, "missing_scope")

    @pytest.mark.parametrize(("method", "path"), [door for door in DOORS[1:] if door[0] != "PUT"])
    def test_another_holder_s_list_is_not_there(self, store, client, put, method, path):
        put(ANN)
        body = {"ids": []} if method == "POST" else {}
        answer = client.open(path, method=method, headers=key_of(store, "someone else"), json=body)

        assert (answer.status_code, answer.json["reason"]) == (404, "unknown_watchlist")
        assert answer.json["status"] == "could_not_check"

    def test_a_key_of_the_same_name_follows_on_where_the_old_one_was_revoked(self, store, client, headers, put):
        put(ANN)
        fresh = key_of(store)
        store.api_keys.revoke(1)
        answer = client.get(EXPOSURES, headers=fresh)

        assert client.get(EXPOSURES, headers=headers).status_code == 401
        assert events_of(answer) == [("exposed", "e1", "Shop")]

    def test_answers_are_kept_by_nobody(self, client, headers, put):
        put(ANN)

        assert client.get(EXPOSURES, headers=headers).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_a_broken_catalogue_is_a_failure_at_every_door(store, client, headers, put, method, path):
    put(ANN)
    break_catalogue(store)
    answer = client.open(path, method=method, headers=headers)

    assert (answer.status_code, answer.json["status"]) == (503, "could_not_check")


def test_a_broken_index_is_no_silence(store, client, headers):
    break_index(store)
    answer = client.put(STAFF, json=[ANN], headers=headers)

    assert (answer.status_code, answer.json["status"]) == (503, "could_not_check")


def test_a_demo_says_so(tmp_path):
    demo = new_store(tmp_path / "demo", is_demo=True)
    client, headers = create_app(demo).test_client(), key_of(demo)
    put = client.put(STAFF, json=[ANN], headers=headers).json
    read = client.get(EXPOSURES, headers=headers).json
    demo.close()

    assert (put["demo"], read["demo"]) == (True, True)
