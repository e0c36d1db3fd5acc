"""The command line and its server on PostgreSQL: the same words and answers, and a password that nobody sees."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers
from tests.cli.commands import breachcheck
from tests.cli.servers import KINDS, running
from tests.patience import eventually

pytestmark = pytest.mark.slow

SECRET = "s3cr3t"


@pytest.fixture
def database() -> Iterator[servers.Server]:
    with servers.running() as server:
        server.make("breaches")
        yield server


@pytest.fixture
def url(database: servers.Server) -> str:
    return database.url("breaches").replace("tests@", f"tests:{SECRET}@")


def write_people(folder: Path) -> Path:
    (folder / "people.csv").write_text("email,name\nann@example.com,Ann\n", encoding="utf-8")
    path = folder / "breach.yaml"
    path.write_text(
        "manifest: 1\nname: Shop\ntitle: Shop\nbreach_date: 2026-03-14\ndescription: A breach.\n"
        "files: [{path: people.csv, mapping: {email: Email addresses, name: Names}}]\n",
        encoding="utf-8",
    )
    return path


def test_from_init_to_answers_nothing_differs_and_the_password_is_told_to_nobody(tmp_path, database, url):
    data, told = tmp_path / "data", {"BREACHCHECK_DATABASE": url}
    outcomes = [
        breachcheck("init", "--database", url, data=data),
        breachcheck("init", data=data, **told),
        breachcheck("ingest", write_people(tmp_path), data=data, **told),
        breachcheck("check", "ann@example.com", data=data, **told),
        breachcheck("check", "bob@example.com", data=data, **told),
        breachcheck("check", "bob@example.com", data=data, BREACHCHECK_DATABASE=url.replace("breaches", "nowhere")),
        breachcheck("check", "bob@example.com", data=data),
    ]

    assert [one.status for one in outcomes] == [0, 2, 0, 1, 0, 2, 2]
    assert "the store in the database breaches on" in outcomes[0].out
    assert "exists already in the database breaches" in outcomes[1].err
    assert 'database "nowhere" does not exist' in outcomes[5].err
    assert "There is no store in" in outcomes[6].err
    assert not list(data.glob("*.db"))
    assert SECRET not in "".join(one.out + one.err for one in outcomes)


def test_the_doctor_claims_nothing_of_files_that_are_not_ours(tmp_path, url):
    data, told = tmp_path / "data", {"BREACHCHECK_DATABASE": url}
    breachcheck("init", data=data, **told)
    seen = breachcheck("doctor", data=data, **told)

    assert "It opens with these keys." in seen.out
    assert SECRET not in seen.out + seen.err


@pytest.mark.parametrize("kind", KINDS)
def test_a_running_server_sees_what_is_published_elsewhere_and_outlives_the_database(tmp_path, database, url, kind):
    data, told = tmp_path / "data", {"BREACHCHECK_DATABASE": url}
    breachcheck("init", data=data, **told)
    breachcheck("ingest", write_people(tmp_path), data=data, **told)
    key = json.loads(breachcheck("keys", "create", "--name", "n", "--scope", "lookup", "--json", data=data, **told).out)
    with running(data, server=kind, **told) as server:

        def ask() -> int:
            headers = {"hibp_api_key": key["key"], "user_agent": "tests"}
            return server.request("GET", "/api/v3/breachedaccount/ann@example.com", **headers)[0]

        answers = [ask()]
        breachcheck("breaches", "withdraw", "Shop", data=data, **told)
        answers.append(ask())
        breachcheck("breaches", "publish", "Shop", data=data, **told)
        answers.append(ask())
        database.kill()
        answers.append(ask())
        database.start()
        assert eventually(lambda: ask() == 200)
        database.signal(signal.SIGSTOP)
        answers.append(ask())
        database.signal(signal.SIGCONT)

        assert answers == [200, 503, 200, 503, 503]
        assert eventually(lambda: ask() == 200)
        assert SECRET not in server.log.read_text()
