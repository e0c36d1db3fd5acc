"""``serve --server granian``: the other server, in processes of its own, behind what passes for a proxy."""

import json
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from breachcheck import config
from breachcheck.cli import fast_serving, serve
from breachcheck.errors import ConfigError
from breachcheck.services import open_services
from tests.cli.commands import MEASURED
from tests.cli.servers import BEHIND_A_PROXY, Server, alone, has_been_read
from tests.patience import PATIENCE_S, eventually
from tests.stores import SHOP, new_store, published_breach

CANARY = "canary.zyx@example.com"
UMLAUT = "müller@example.com"
QUESTION = json.dumps({"account": CANARY})


@dataclass
class Site:
    """A running server, its data folder and a key for it."""

    server: Server
    data: Path
    key: str

    def send(self, method: str, path: str, head: str, body: bytes = b"") -> socket.socket:
        """A connection on which so much of a request was sent."""
        client = socket.create_connection(("127.0.0.1", self.server.port), timeout=PATIENCE_S)
        lines = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.key}\r\n{head}\r\n\r\n"
        client.sendall(lines.encode() + body)
        return client


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    store = new_store(tmp_path_factory.mktemp("fast") / "data")
    data = store.config.data
    published_breach(store, SHOP, {CANARY: ["Email addresses"], UMLAUT: ["Email addresses"]})
    key = store.api_keys.create("tests", ["lookup", "batch", "watch"])[1]
    store.close()
    with alone(data, "--server", "granian", "--no-worker", **BEHIND_A_PROXY, **MEASURED) as server:
        yield Site(server, data, key)


def received(client: socket.socket) -> str:
    with client:
        return b"".join(iter(lambda: client.recv(65536), b"")).decode()


def test_people_and_programs_are_answered_before_flask_and_behind_it(site):
    asked = {"Authorization": f"Bearer {site.key}", "Content_Type": "application/json"}
    v3 = {"hibp_api_key": site.key, "user_agent": "tests"}

    assert (
        site.server.request("POST", "/", f"account={CANARY}", Content_Type="application/x-www-form-urlencoded")[0]
        == 303
    )
    assert json.loads(site.server.request("POST", "/api/v1/lookup", QUESTION, **asked)[2])["status"] == "exposed"
    assert site.server.request("GET", f"/api/v3/breachedaccount/{CANARY}", **v3)[0] == 200
    assert site.server.request("GET", "/api/v3/breachedaccount/m%C3%BCller@example.com", **v3)[0] == 200
    assert site.server.request("GET", "/api/v3/breachedaccount/nobody@example.com", **v3)[0] == 404


def test_a_key_made_while_it_runs_works_at_once(site):
    with closing(open_services(config.read(site.data, {}))) as store:
        key = store.api_keys.create("new", ["lookup"])[1]
    status, _, _ = site.server.request("POST", "/api/v1/lookup", QUESTION, Authorization=f"Bearer {key}")

    assert status == 200


def test_a_body_that_was_cut_off_is_never_taken_for_a_whole_one(site):
    asked = {"Authorization": f"Bearer {site.key}", "Content_Type": "text/csv"}
    watchlist = "/api/v1/watchlists/staff"
    put, _, _ = site.server.request("PUT", watchlist, f"ref,account\n1,{CANARY}\n2,{UMLAUT}\n".encode(), **asked)
    part = f"ref,account\n1,{CANARY}\n".encode()
    site.send("PUT", watchlist, "Content-Type: text/csv\r\nContent-Length: 1000", part).close()
    time.sleep(0.3)
    kept = json.loads(site.server.request("GET", watchlist, **asked)[2])

    assert put == 201
    assert kept["accounts"] == 2


@pytest.mark.parametrize("path", ["/", "/api/v1/lookup", "/api/v1/lookup/batch"])
def test_a_body_in_chunks_is_refused_and_not_taken_for_an_empty_one(site, path):
    client = site.send("POST", path, "Connection: close\r\nTransfer-Encoding: chunked", b"4\r\nabcd\r\n0\r\n\r\n")

    assert " 411 " in received(client).partition("\r\n")[0]


def test_a_body_that_is_too_large_is_refused(site):
    client = site.send("POST", "/api/v1/lookup/batch", "Connection: close\r\nContent-Length: 99000000", b"{}")

    assert " 413 " in received(client).partition("\r\n")[0]


def test_the_connection_of_a_proxy_goes_on_after_a_body_that_nobody_read(site):
    client = site.send("POST", "/api/v1/breaches", "Content-Length: 100000")
    time.sleep(0.2)
    client.sendall(b"x" * 100_000)
    client.sendall(b"GET /api/v1/breaches HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    answers = received(client)

    assert [answers.count(f"HTTP/1.1 {status} ") for status in (405, 200)] == [1, 1]


def test_it_stops_gracefully_and_what_it_counted_last_is_not_lost(site):
    length = f"Connection: close\r\nContent-Length: {len(QUESTION)}"
    with closing(open_services(config.read(site.data, {}))) as store:
        site.key = store.api_keys.create("last", ["lookup"])[1]
        client = site.send("POST", "/api/v1/lookup", length, QUESTION[:9].encode())
        assert eventually(lambda: has_been_read(client))
        site.server.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        client.sendall(QUESTION[9:].encode())
        answer = received(client)
        status = site.server.process.wait(PATIENCE_S)
        used = store.key_uses.of_key(store.api_keys.authenticate(site.key).id, since=0, step_s=60)

    assert " 200 " in answer.partition("\r\n")[0]
    assert '"exposed"' in answer
    assert status == 0
    assert [(one.outcome, one.calls) for one in used] == [("answered", 1)]


def test_nothing_that_it_printed_holds_an_address(site):
    printed = site.server.log.read_text().lower()

    assert printed.count("request") > 3
    assert "canary" not in printed


def test_its_processes_end_with_it_where_it_is_killed(tmp_path):
    store = new_store(tmp_path / "data")
    store.close()
    with alone(store.config.data, "--server", "granian", "--no-worker", **BEHIND_A_PROXY) as server:
        server.process.kill()
        server.process.wait()

        assert eventually(lambda: not is_answering(server.port))


def is_answering(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_it_does_not_start_where_no_proxy_is_in_front(store):
    with pytest.raises(ConfigError, match="trusted_proxies names none"):
        fast_serving.require_use(store.config)


def test_it_does_not_start_where_it_is_not_installed(store, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "granian", None)

    with pytest.raises(ConfigError, match=r"breachcheck\[fast\]"):
        fast_serving.require_use(store.config)


def test_processes_are_granians_alone():
    with pytest.raises(click.UsageError, match="--server granian"):
        serve.serve.main(["--processes", "2"], standalone_mode=False)
