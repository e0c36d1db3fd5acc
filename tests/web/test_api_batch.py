"""/api/v1/lookup/batch: every account has its line, a bad one spoils no other, and no failure reads as an answer."""

import csv
import io
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from breachcheck.catalog import move
from breachcheck.errors import IndexMoved
from breachcheck.services import Services
from breachcheck.suppressions import Level
from breachcheck.web import api_batch, batch_body
from breachcheck.web.app import create_app
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, break_catalogue, break_index, drop_table, facts, new_store, published_breach

BATCH = "/api/v1/lookup/batch"
NDJSON = "application/x-ndjson"
EMAIL, NAMES, PHONES = "Email addresses", "Names", "Phone numbers"
PEOPLE = {
    "alice@example.com": [EMAIL, NAMES],
    "bob@example.com": [EMAIL, NAMES, PHONES],
    "carol+shop@example.com": [EMAIL],
}
EVERYBODY = ("alice@example.com", "bob@example.com", "carol@example.com", "carol+shop@example.com", "no@example.com")


@pytest.fixture
def app(store: Services) -> Flask:
    published_breach(store, SHOP, PEOPLE)
    return create_app(store)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def key(store: Services) -> str:
    return store.api_keys.create("tests", ["batch", "lookup"])[1]


@pytest.fixture
def send(client: FlaskClient, key: str) -> Callable[..., TestResponse]:
    """Post a body of some type."""

    def post(body: str | bytes, media_type: str | None = NDJSON, **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {key}", **more.pop("headers", {})}
        return client.post(BATCH + more.pop("query", ""), data=body, content_type=media_type, headers=headers)

    return post


def lines_of(response: TestResponse) -> list[dict[str, Any]]:
    assert (response.status_code, response.content_type) == (200, NDJSON)
    return [json.loads(line) for line in response.text.splitlines()]


def as_lines(*items: object) -> str:
    return "".join(f"{json.dumps(item)}\n" for item in items)


def without_advice(answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {
        "exposures": [{key: one for key, one in each.items() if key != "advice"} for each in answer["exposures"]]
    }


def test_accounts_are_answered_in_order_under_the_callers_own_refs(send: Callable[..., TestResponse]) -> None:
    accounts = [{"account": who, "ref": f"row-{place}"} for place, who in enumerate(EVERYBODY)]

    lines = lines_of(send(as_lines(*accounts)))

    assert [line["ref"] for line in lines] == ["row-0", "row-1", "row-2", "row-3", "row-4"]
    assert [line["status"] for line in lines] == ["exposed"] * 4 + ["not_found"]
    assert [(line["line"], line["lines"]) for line in lines] == [(place, 5) for place in range(1, 6)]


def test_each_line_says_what_the_look_up_says(send: Callable[..., TestResponse], client: FlaskClient, key: str) -> None:
    lines = lines_of(send(as_lines(*({"account": who} for who in EVERYBODY))))

    for who, line in zip(EVERYBODY, lines, strict=True):
        single = client.post("/api/v1/lookup", json={"account": who}, headers={"hibp-api-key": key})
        told = {name: value for name, value in line.items() if name not in ("ref", "line", "lines")}
        assert told["checked"].pop("as_of")
        expected = without_advice(single.json)
        assert expected["checked"].pop("as_of")
        assert told == expected


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (as_lines({"account": "alice@example.com", "ref": 7}, {"account": "no@example.com", "ref": 8}), NDJSON),
        (as_lines({"account": "alice@example.com", "ref": 7}, {"account": "no@example.com", "ref": 8}).strip(), NDJSON),
        ('[{"account":"alice@example.com","ref":7},{"account":"no@example.com","ref":8}]', "application/json"),
        ('\n[\n{"account":"alice@example.com","ref":7} ,\n{"ref":8,"account":"no@example.com"}]', None),
        ('{"account":"alice@example.com","ref":7}\r\n\r\n{"account":"no@example.com","ref":8}', "application/jsonl"),
        ("\ufeff" + as_lines({"account": "alice@example.com", "ref": 7}, {"account": "no@example.com", "ref": 8}),
         "application/json-lines"),
    ],
)  # fmt: skip
def test_lines_and_arrays_say_the_same(send: Callable[..., TestResponse], body: str, media_type: str | None) -> None:
    lines = lines_of(send(body, media_type))

    assert [(line["ref"], line["status"]) for line in lines] == [(7, "exposed"), (8, "not_found")]


@pytest.mark.parametrize(
    "body",
    [
        "account,ref\r\nalice@example.com,a1\r\nno@example.com,b2\r\n",
        "Ref , Account\na1,alice@example.com\n\nb2,no@example.com",
        '\ufeff"account","kind","breach","ref"\n"alice@example.com","email","Shop","a1"\n"no@example.com","","",b2\n',
    ],
)
def test_csv_names_its_columns(send: Callable[..., TestResponse], body: str) -> None:
    lines = lines_of(send(body, "text/csv; charset=utf-8"))

    assert [(line["ref"], line["status"]) for line in lines] == [("a1", "exposed"), ("b2", "not_found")]


def test_an_account_alone_is_a_line_too(send: Callable[..., TestResponse]) -> None:
    lines = lines_of(send(as_lines("alice@example.com", "no@example.com")))

    assert [(line["ref"], line["status"]) for line in lines] == [(None, "exposed"), (None, "not_found")]


def test_a_bad_line_is_an_error_of_that_line_alone(send: Callable[..., TestResponse]) -> None:
    body = as_lines(
        {"account": "alice@example.com", "ref": 1},
        {"account": "alice", "ref": 2},
        {"acount": "alice@example.com", "ref": 3},
        {"account": 17, "ref": 4},
        {"account": "alice@example.com", "kind": "shoe-size", "ref": 5},
        ["alice@example.com"],
        {"account": "no@example.com", "breach": "Nowhere", "ref": 7},
        {"account": "17", "kind": "account-id", "ref": 8},
        {"account": "alice@example.com", "ref": True},
        {"account": "no@example.com", "ref": 10},
    )
    body = body.replace('["alice', '{not JSON "alice')

    lines = lines_of(send(body))

    assert [line["ref"] for line in lines] == [1, 2, 3, 4, 5, None, 7, 8, None, 10]
    assert [line.get("reason") for line in lines] == [
        None, "invalid_account", "invalid_request", "invalid_request", "invalid_request", "malformed_json",
        "unknown_breach", "nothing_to_ask", "invalid_request", None,
    ]  # fmt: skip
    assert [line.get("pointer") for line in lines[2:5]] == ["/acount", "/account", "/kind"]
    assert [line["status"] for line in lines] == ["exposed", *["could_not_check"] * 8, "not_found"]


def test_a_line_that_is_refused_has_the_members_of_a_problem(send: Callable[..., TestResponse]) -> None:
    [line] = lines_of(send(as_lines({"account": "alice"})))

    assert set(line) == {"ref", "line", "lines", "type", "title", "status", "reason", "detail"}
    assert line["type"] == "urn:breachcheck:problem:invalid_account"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("alice,a1", "invalid_account"),
        (",a1", "invalid_account"),
        ("alice@example.com", "invalid_request"),
        ("alice@example.com,a1,more", "invalid_request"),
        ('"alice"@example.com,a1', "invalid_request"),
        ("alice@example.com,a1@example.com", "invalid_request"),
        (f"{'a' * 5000}@example.com,a1", "invalid_request"),
    ],
)
def test_a_bad_row_is_an_error_of_that_row_alone(send: Callable[..., TestResponse], row: str, reason: str) -> None:
    lines = lines_of(send(f"account,ref\nalice@example.com,x\n{row}\nno@example.com,y\n", "text/csv"))

    assert [line["status"] for line in lines] == ["exposed", "could_not_check", "not_found"]
    assert lines[1]["reason"] == reason


def test_a_quote_that_never_ends_is_an_error_and_no_answer(send: Callable[..., TestResponse]) -> None:
    lines = lines_of(send('account,ref\nalice@example.com,x\n"no@example.com,y\n', "text/csv"))

    assert [line["status"] for line in lines] == ["exposed", "could_not_check"]


@pytest.mark.parametrize("ref", ["bob@example.com", "bob%40example.com", "x" * 65, "two\nlines", "\ud800"])
def test_a_ref_that_no_program_should_keep_is_refused_and_not_repeated(
    send: Callable[..., TestResponse], ref: str
) -> None:
    response = send(as_lines({"account": "alice@example.com", "ref": ref}))

    [line] = lines_of(response)
    assert (line["ref"], line["status"]) == (None, "could_not_check")
    assert "bob" not in response.text


def test_no_account_is_repeated_whatever_became_of_it(send: Callable[..., TestResponse]) -> None:
    body = as_lines("alice@example.com", "no@example.com", "alice@", {"alice@example.com": 1}, {"account": ["alice"]})

    assert "alice" not in send(body).text


def test_a_line_that_is_too_long_is_refused_alone(send: Callable[..., TestResponse]) -> None:
    lines = lines_of(send(as_lines("a" * 5000, "alice@example.com")))

    assert [line["status"] for line in lines] == ["could_not_check", "exposed"]


def test_what_is_not_utf_8_is_refused_alone(send: Callable[..., TestResponse]) -> None:
    sent = b'{"account":"\xe9@example.com"}\n"\xff"\n"alice@example.com"\n'
    rows = b"account\n\xe9@example.com\nalice@example.com\n"

    assert [line["status"] for line in lines_of(send(sent))] == ["could_not_check", "could_not_check", "exposed"]
    assert [line["status"] for line in lines_of(send(rows, "text/csv"))] == ["could_not_check", "exposed"]


@pytest.mark.parametrize(
    ("body", "media_type", "status", "reason"),
    [
        ("", NDJSON, 422, "invalid_request"),
        ("\n \n", NDJSON, 422, "invalid_request"),
        ("[]", "application/json", 422, "invalid_request"),
        ("account,ref\n", "text/csv", 422, "invalid_request"),
        ("", "text/csv", 422, "invalid_request"),
        ("alice@example.com\n", "text/csv", 422, "invalid_request"),
        ("ref\n1\n", "text/csv", 422, "invalid_request"),
        ("account,account\na@example.com,b@example.com\n", "text/csv", 422, "invalid_request"),
        ('"account', "text/csv", 422, "invalid_request"),
        ('{"account":"alice@example.com"}', "application/json", 422, "invalid_request"),
        ("[1,", "application/json", 400, "malformed_json"),
        ("[" * 60_000, "application/json", 400, "nested_too_deeply"),
        (b"\xff", "application/json", 400, "malformed_json"),
        ("account=alice", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        ("<a/>", "text/xml", 415, "unsupported_media_type"),
    ],
)
def test_a_body_that_is_no_batch_is_refused_as_a_whole(
    send: Callable[..., TestResponse], body: str | bytes, media_type: str, status: int, reason: str
) -> None:
    response = send(body, media_type)

    assert (response.status_code, response.content_type) == (status, "application/problem+json")
    assert json.loads(response.data)["reason"] == reason
    assert "alice" not in response.text


@pytest.mark.parametrize(
    ("sent", "media_type"),
    [
        ('"x"\n' * 100_001, NDJSON),
        (f"[{','.join(['1'] * 100_001)}]", "application/json"),
        (f"[{',' * 1_000_001}]", "application/json"),
        ("account\n" + "x\n" * 100_001, "text/csv"),
    ],
)
def test_too_many_accounts_are_refused_as_a_whole(
    send: Callable[..., TestResponse], sent: str, media_type: str
) -> None:
    response = send(sent, media_type)

    assert (response.status_code, json.loads(response.data)["reason"]) == (413, "too_many_accounts")


def test_a_hundred_thousand_accounts_are_taken(send: Callable[..., TestResponse]) -> None:
    lines = send('"no@example.com"\n' * 99_999 + '"alice@example.com"\n').text.splitlines()

    assert len(lines) == 100_000
    assert [json.loads(line)["status"] for line in lines[-2:]] == ["not_found", "exposed"]


def test_a_body_above_16_mib_is_refused(send: Callable[..., TestResponse]) -> None:
    response = send(b" " * (16 * 2**20 + 1))

    assert (response.status_code, json.loads(response.data)["reason"]) == (413, "body_too_large")


def test_a_batch_needs_its_own_scope(client: FlaskClient, store: Services) -> None:
    lookup_alone = store.api_keys.create("tests", ["lookup"])[1]

    assert client.post(BATCH, data='"a@example.com"').status_code == 401
    assert client.post(BATCH, data='"a@example.com"', headers={"hibp-api-key": lookup_alone}).status_code == 403


def test_a_batch_is_one_call_whatever_its_length(client: FlaskClient, store: Services) -> None:
    text = store.api_keys.create("tests", ["batch"], limit_per_minute=2)[1]
    sent = {"data": '"no@example.com"\n' * 50, "content_type": NDJSON, "headers": {"hibp-api-key": text}}

    responses = [client.post(BATCH, **sent) for _ in range(3)]

    assert [one.status_code for one in responses] == [200, 200, 429]
    assert "Retry-After" in responses[2].headers


def test_a_batch_is_on_record_by_key_and_number_and_nothing_else(
    send: Callable[..., TestResponse], store: Services
) -> None:
    send('"no@example.com"\n' * 1_200)

    entry = store.audit.latest(1)[0]
    assert (entry.actor, entry.action, entry.subject) == ("key 1", "batch", "1,200 accounts")


def test_an_answer_is_kept_by_no_cache(send: Callable[..., TestResponse]) -> None:
    response = send('"alice@example.com"')

    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_what_opted_out_is_a_miss_like_any_other(send: Callable[..., TestResponse], store: Services) -> None:
    digest = store.digester.of(batch_body.questions.Kind.EMAIL, "carol@example.com")
    with store.databases[1].transaction():
        store.suppressions.add(digest, Level.HIDE, at=1)
        move(store.databases[1])

    lines = lines_of(send(as_lines("carol@example.com", "carol+shop@example.com", "no@example.com")))

    assert len({json.dumps({**line, "line": 0}) for line in lines}) == 1


def test_sensitive_breaches_answer_to_no_plain_key(send: Callable[..., TestResponse], store: Services) -> None:
    private = facts(name="Private", title="Private", is_sensitive=True)
    published_breach(store, private, {"dan@example.com": [EMAIL], "alice@example.com": [EMAIL]})

    lines = lines_of(send(as_lines("dan@example.com", "alice@example.com")))

    assert [line["status"] for line in lines] == ["not_found", "exposed"]
    assert [line["checked"]["breaches"] for line in lines] == [1, 1]


@pytest.mark.parametrize("break_it", [break_index, break_catalogue])
def test_a_broken_store_is_never_reported_as_no_breach(
    send: Callable[..., TestResponse], store: Services, break_it: Callable[[Services], None]
) -> None:
    break_it(store)

    response = send('"no@example.com"')

    assert (response.status_code, response.content_type) == (503, "application/problem+json")
    assert json.loads(response.data)["status"] == "could_not_check"


def test_exposures_that_are_gone_are_never_reported_as_no_breach(
    send: Callable[..., TestResponse], store: Services
) -> None:
    drop_table(store, "exposure")

    assert send('"no@example.com"').status_code == 503


def test_an_empty_store_checks_nobody(store: Services, key: str) -> None:
    client = create_app(store).test_client()

    response = client.post(BATCH, data='"no@example.com"', content_type=NDJSON, headers={"hibp-api-key": key})

    [line] = lines_of(response)
    assert (line["status"], line["reason"]) == ("could_not_check", "nothing_to_ask")


class _Moving:
    """An index during whose every question what is published changes, *times* times."""

    def __init__(self, store: Services, times: int) -> None:
        self._store, self._index, self._left = store, store.index, times

    def field_sets_of_many(self, digests: Any) -> Any:
        found = self._index.field_sets_of_many(digests)
        if self._left:
            self._left -= 1
            with self._store.databases[1].transaction():
                move(self._store.databases[1])
        return found


def test_a_batch_is_asked_again_where_what_is_published_moved(
    send: Callable[..., TestResponse], store: Services
) -> None:
    store.batch_lookup._index = _Moving(store, 3)  # type: ignore[assignment]

    assert [line["status"] for line in lines_of(send('"alice@example.com"'))] == ["exposed"]


def test_a_batch_that_finds_no_still_moment_is_no_answer(send: Callable[..., TestResponse], store: Services) -> None:
    store.batch_lookup._index = _Moving(store, 4)  # type: ignore[assignment]

    response = send('"alice@example.com"')

    assert (response.status_code, json.loads(response.data)["reason"]) == (503, IndexMoved.reason)


def test_what_is_published_while_an_answer_is_read_is_not_in_it(app: Flask, key: str, store: Services) -> None:
    sent = '"alice@example.com"\n' * 2_000
    response = app.test_client().post(BATCH, data=sent, content_type=NDJSON, headers={"hibp-api-key": key})
    pieces = response.iter_encoded()
    first = next(pieces)
    store.publishing.withdraw("Shop", by="tests", reason="a test")

    lines = (first + b"".join(pieces)).splitlines()

    assert {json.loads(line)["status"] for line in lines} == {"exposed"}
    assert len(lines) == 2_000


def test_a_slow_reader_keeps_no_batch_but_those_of_its_own(app: Flask, key: str) -> None:
    client = app.test_client()
    call = {"data": '"no@example.com"\n', "content_type": NDJSON, "headers": {"hibp-api-key": key}}
    unread = [client.post(BATCH, buffered=False, **call) for _ in range(api_batch.AT_ONCE)]

    refused = client.post(BATCH, **call)
    for response in unread:
        response.close()
    taken = client.post(BATCH, **call)

    assert (refused.status_code, json.loads(refused.data)["reason"]) == (503, "busy")
    assert refused.headers["Retry-After"] == "5"
    assert taken.status_code == 200


def test_a_refused_batch_makes_room_again(app: Flask, send: Callable[..., TestResponse]) -> None:
    for _ in range(api_batch.AT_ONCE + 1):
        send("", NDJSON)

    assert send('"no@example.com"').status_code == 200
    assert isinstance(app.extensions[api_batch.GATE], threading.BoundedSemaphore)


def test_a_demo_marks_every_line(tmp_path: Any) -> None:
    demo = new_store(tmp_path / "demo", is_demo=True)
    published_breach(demo, SHOP, PEOPLE)
    headers = {"hibp-api-key": demo.api_keys.create("tests", ["batch"])[1]}
    body = as_lines("alice@example.com", "no@example.com", "no", {})

    response = create_app(demo).test_client().post(BATCH, data=body, content_type=NDJSON, headers=headers)

    assert [line["demo"] for line in lines_of(response)] == [True] * 4
    demo.close()


def test_as_csv_each_exposure_is_a_row(send: Callable[..., TestResponse]) -> None:
    body = as_lines({"account": "alice@example.com", "ref": "=1+1"}, {"account": "no@example.com"}, {"account": "no"})

    response = send(body, query="?format=csv")
    rows = list(csv.DictReader(io.StringIO(response.text)))

    assert response.content_type == "text/csv; charset=utf-8; header=present"
    assert [row["status"] for row in rows] == ["exposed", "not_found", "could_not_check"]
    assert [row["ref"] for row in rows] == ["'=1+1", "", ""]
    assert (rows[0]["breach"], rows[0]["leaked"], rows[2]["reason"]) == ("Shop", f"{EMAIL}; {NAMES}", "invalid_account")


def test_as_ecs_each_exposure_is_an_alert_with_its_own_id(send: Callable[..., TestResponse]) -> None:
    body = as_lines({"account": "alice@example.com", "ref": "a1"}, {"account": "no@example.com"}, {"account": "no"})

    response = send(body, headers={"Accept": "application/vnd.breachcheck.ecs+x-ndjson"})
    events = [json.loads(line) for line in response.text.splitlines()]

    assert response.content_type == "application/vnd.breachcheck.ecs+x-ndjson"
    assert [one["event"]["action"] for one in events] == ["exposed", "not_found", "could_not_check"]
    assert [one["event"]["kind"] for one in events] == ["alert", "event", "event"]
    assert (events[0]["user"]["id"], events[0]["breachcheck"]["leaked"]) == ("a1", [EMAIL, NAMES])
    assert len(events[0]["event"]["id"]) == 32
    assert events[2]["error"]["code"] == "invalid_account"
