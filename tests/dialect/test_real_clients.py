"""Clients of Have I Been Pwned, as their authors published them, against a running server."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import parts
from tests.dialect.conftest import ACCOUNTS, DOMAIN, Dialect
from tests.dialect.leading_here import leading_to
from tests.engines import ENGINES as ENGINES
from tests.mail_servers import authority

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent


def asked_of(dialect: Dialect) -> str:
    facts = {"baseUrl": dialect.url, "apiKey": dialect.key, "spentKey": dialect.spent_key()}
    return json.dumps(facts | {"accounts": list(ACCOUNTS), "domain": DOMAIN})


def told_by(command, environment, cwd):
    done = subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def npm(dialect):
    """What the npm package hibp made of each call."""
    node, folder = parts.require("node"), parts.require("hibp")
    script = (HERE / "npm_hibp.mjs").read_text(encoding="utf-8")
    environment = {"ASKED": asked_of(dialect), "PATH": os.environ["PATH"]}
    return told_by([node, "--input-type=module", "--eval", script], environment, folder)


@pytest.fixture(scope="module")
def pypi(dialect, tmp_path_factory):
    """What the PyPI package pyhibp made of each call."""
    made_up = authority(tmp_path_factory.mktemp("authority"), "haveibeenpwned.com")
    with leading_to(dialect.server.port, made_up.server_context) as proxy:
        environment = {"ASKED": asked_of(dialect), "HTTPS_PROXY": proxy, "REQUESTS_CA_BUNDLE": str(made_up.ca_file)}
        return told_by([sys.executable, str(HERE / "pypi_pyhibp.py")], environment, HERE)


@pytest.fixture(params=["npm", "pypi"])
def client(lasting_engine, request):
    return request.getfixturevalue(request.param)


def names(told):
    """Of the breaches; the npm package says null for none, pyhibp an empty list."""
    return [one["Name"] for one in told["value"] or []]


@pytest.mark.parametrize("local", ACCOUNTS)
def test_a_test_account_is_in_the_breaches_that_hibp_says(client, local):
    assert sorted(names(client[local])) == ACCOUNTS[local]


def test_breaches_are_listed_and_narrowed(client):
    assert {"Adobe", "Gawker", "Stratfor", "Sensitive-Test", "Retired-Test"} <= set(names(client["breaches"]))
    assert names(client["breachesOfDomain"]) == ["Adobe"]
    assert not client["breachesOfNobody"]["value"]


def test_a_breach_is_had_by_its_name(client):
    assert client["breach"]["value"]["BreachDate"] == "2013-10-04"
    assert not client["breachUnknown"]["value"]


def test_whole_models_come_where_they_are_asked_for(client):
    (found,) = client["whole"]["value"]

    assert found == client["breach"]["value"]
    assert len(found) == 20


def test_answers_can_be_narrowed(client):
    assert names(client["ofDomain"]) == ["Gawker"]
    assert names(client["verified"]) == []


def test_data_classes_are_texts_in_order(client):
    classes = client["dataClasses"]["value"]

    assert {"Email addresses", "Usernames"} <= set(classes)
    assert classes == sorted(classes, key=str.lower)


def test_there_are_no_pastes(client):
    assert not client["pastes"]["value"]


@pytest.mark.parametrize("call", ["noAddress", "wrongKey", "spentKey"])
def test_what_is_refused_is_never_a_miss(client, call):
    assert client[call]["error"]


def test_npm_searches_breaches_and_pastes_together(npm):
    assert npm["search"]["value"] == {"breaches": [{"Name": "Adobe"}], "pastes": None}


def test_npm_is_told_of_the_newest_breach_the_subscription_and_the_domains(npm):
    assert npm["latestBreach"]["value"]["Name"] == "Unverified-Test"
    assert npm["subscription"]["value"]["SubscriptionName"] == "a client"
    assert npm["subscribedDomains"]["value"] == []
    assert npm["stealerLogs"]["value"] is None


def test_npm_passes_on_why_it_was_refused(npm):
    assert "missing hibp-api-key" in npm["noKey"]["error"]
    assert "invalid hibp-api-key" in npm["wrongKey"]["error"]
    assert npm["noAddress"]["error"].startswith("Bad request")
    assert npm["domainUnproved"]["error"].startswith("Forbidden")


def test_npm_is_told_when_to_try_again(npm):
    refused = npm["spentKey"]

    assert refused["error"] == f"Rate limit is exceeded. Try again in {refused['retryAfterSeconds']} seconds."
    assert 0 < refused["retryAfterSeconds"] <= 60


def test_pypi_tells_a_refusal_by_its_status(pypi):
    assert [pypi[call]["error"][:8] for call in ("noAddress", "wrongKey", "spentKey")] == [
        "HTTP 400", "HTTP 401", "HTTP 429"
    ]  # fmt: skip
