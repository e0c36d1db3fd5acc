"""``breachcheck keys``: rotated, expired, revoked and counted, as operators do it, on a server that runs."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import Outcome, breachcheck
from tests.cli.servers import Server, running
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, published_breach

ANN = "ann@example.com"


def keys(data: Path, *arguments: str) -> Outcome:
    return breachcheck("keys", *arguments, data=data)


def made(data: Path, *arguments: str) -> Any:
    return keys(data, "create", "--name", "siem", "--scope", "lookup", "--json", *arguments).json


def reason_for(server: Server, text: str) -> str:
    """Why a look-up with the key *text* is refused; "" where it is answered."""
    body = json.dumps({"account": ANN})
    status, _, said = server.request("POST", "/api/v1/lookup", body, Authorization=f"Bearer {text}")
    return "" if status == 200 else str(json.loads(said)["reason"])


def test_what_is_done_to_a_key_counts_at_once_on_a_running_server(store):
    published_breach(store, SHOP, {ANN: ["Email addresses"]})
    data = store.config.data
    with running(data, "--no-worker") as server:
        first = made(data)["key"]
        second = keys(data, "rotate", "siem", "--json").json["key"]
        during = [reason_for(server, text) for text in (first, second)]
        third = keys(data, "rotate", "siem", "--at-once", "--json").json["key"]
        after = [reason_for(server, text) for text in (first, second, third)]
        assert keys(data, "revoke", "siem").status == 0
        at_last = reason_for(server, third)
        assert server.stop() == 0

    assert during == ["", ""]
    assert after == ["invalid_key", "expired_key", ""]
    assert at_last == "invalid_key"
    used = keys(data, "usage", "1", "--json").json
    assert {(one["endpoint"], one["outcome"]) for one in used} == {("POST /api/v1/lookup", "answered")}
    assert sum(one["calls"] for one in used) == 3


def test_a_key_that_expires_says_when(store):
    data = store.config.data
    about = made(data, "--expires", "90d")
    listed = keys(data, "list", "--json").json[0]
    in_90_days = datetime.now(UTC) + timedelta(days=90)

    assert listed["expires_at"] == about["expires_at"]
    assert abs(datetime.fromisoformat(about["expires_at"]) - in_90_days) < timedelta(hours=1)


def test_an_expiry_is_a_day_a_length_of_time_or_never(store):
    data = store.config.data
    made(data)
    ends = []
    for when in ("2999-12-31", "2w", "never"):
        assert keys(data, "expire", "siem", when).status == 0
        ends.append(keys(data, "list", "--json").json[0]["expires_at"])

    assert (ends[0], ends[2]) == ("2999-12-31T00:00:00Z", None)
    assert ends[1] > datetime.now(UTC).isoformat()


@pytest.mark.parametrize("when", ["yesterday", "2001-01-01", "0d", "-1d", "90", "2999-02-30", "99999999d"])
def test_what_is_no_moment_to_come_is_refused(store, when):
    key = store.api_keys.create("siem", ["lookup"])[0]

    outcome = breachcheck("keys", "expire", "--data", store.config.data, "--", "siem", when)

    assert (outcome.status, repr(when) in outcome.err) == (2, True)
    assert store.api_keys.get("siem") == key


@pytest.mark.parametrize("command", [["rotate"], ["usage"], ["revoke"]])
def test_a_key_that_is_not_there_is_a_clear_error(store, command):
    outcome = keys(store.config.data, *command, "nobody")

    assert outcome.status == 2
    assert "no key of that number or name" in outcome.err


def test_what_is_done_to_keys_is_on_record(store):
    data = store.config.data
    made(data)
    keys(data, "rotate", "siem")
    keys(data, "expire", "siem", "1d")
    keys(data, "revoke", "siem")

    assert [(one.action, one.subject) for one in reversed(store.audit.latest())] == [
        (action, "key 1") for action in ("create key", "rotate key", "expire key", "revoke key")
    ]


def test_an_unused_key_is_said_to_be_so(store):
    made(store.config.data)

    assert "was not used" in keys(store.config.data, "usage", "siem").out
