"""``serve``: a real server in a process of its own."""

import json
import os
import signal
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.commands import MEASURED, breachcheck
from tests.cli.servers import BEHIND_A_PROXY, PAIRED, Server, alone, free_port, has_been_read, running
from tests.engines import ENGINES as ENGINES
from tests.patience import PATIENCE_S, eventually
from tests.stores import SHOP, new_store, published_breach

pytestmark = pytest.mark.slow

CANARY = "canary.zyx@example.com"
EMAIL = "Email addresses"


@dataclass(frozen=True)
class Site:
    """A running server, its worker beside it, and a key for it."""

    server: Server
    key: str


@pytest.fixture(scope="module")
def site(lasting_engine, tmp_path_factory):
    """For what leaves it running."""
    store = new_store(tmp_path_factory.mktemp("served") / "data")
    published_breach(store, SHOP, {CANARY: [EMAIL]})
    key = store.api_keys.create("tests", ["lookup"])[1]
    store.close()
    with running(store.config.data, **MEASURED) as server:
        yield Site(server, key)


@pytest.fixture
def data(store):
    published_breach(store, SHOP, {CANARY: [EMAIL]})
    return store.config.data


def workers(pid: int) -> list[int]:
    """Of every thread: a child belongs to the thread that started it."""
    children = [one for file in Path(f"/proc/{pid}/task").glob("*/children") for one in told(file).split()]
    return [int(one) for one in children if b"\0worker\0" in told(Path(f"/proc/{int(one)}/cmdline"))]


def told(file: Path) -> bytes:
    """What the system says, which is nothing of a process or thread that has ended since."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return file.read_bytes()
    return b""


def test_a_server_answers_and_stops_when_told_and_its_worker_with_it(data):
    with running(data, **MEASURED) as server:
        status, _, _ = server.request("GET", "/healthz")
        ready, _, _ = server.request("GET", "/readyz")
        assert eventually(lambda: len(workers(server.process.pid)) == 1)
        (worker,) = workers(server.process.pid)

        assert (status, ready) == (200, 200)
        assert server.stop() == 0
        assert eventually(lambda: not Path(f"/proc/{worker}").exists())


def question(data: Path, connection: str) -> bytes:
    """A look-up, as it is sent."""
    key = breachcheck("keys", "create", "--name", "t", "--scope", "lookup", "--json", data=data).json["key"]
    body = json.dumps({"account": CANARY})
    head = f"POST /api/v1/lookup HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: {connection}\r\n\r\n"
    return (head + body).encode()


def answered_by_one_that_is_stopped(server: Server, asked: bytes) -> bytes:
    """What comes back where the server is told to stop as soon as it has read what is *asked*."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S) as client:
        client.sendall(asked)
        assert eventually(lambda: has_been_read(client))
        server.process.send_signal(signal.SIGTERM)
        return b"".join(iter(lambda: client.recv(65536), b""))


def test_a_request_that_has_begun_is_answered_before_the_server_ends(data, engine):
    with alone(data, "--no-worker", "--server", PAIRED[engine], **BEHIND_A_PROXY) as server:
        received = answered_by_one_that_is_stopped(server, question(data, "close"))

        assert b"200 OK" in received
        assert b'"exposed"' in received
        assert server.process.wait(PATIENCE_S) == 0


@pytest.mark.engines("sqlite")
def test_requests_that_wait_for_their_turn_are_answered_before_waitress_ends(data):
    with alone(data, "--no-worker") as server:
        received = answered_by_one_that_is_stopped(server, question(data, "keep-alive") * 40)

        assert received.count(b"200 OK") == 40
        assert server.process.wait(PATIENCE_S) == 0


def test_nothing_that_the_server_prints_holds_an_address(site):
    server = site.server
    server.request("GET", f"/api/v3/breachedaccount/{CANARY}", hibp_api_key=site.key, user_agent="test")
    server.request("GET", f"/no/such/page/{CANARY}?account={CANARY}")
    server.request("POST", "/", f"account={CANARY}", Content_Type="application/x-www-form-urlencoded")
    server.request("POST", "/api/v1/lookup", f'{{"account": "{CANARY}"', Authorization=f"Bearer {site.key}")

    assert eventually(lambda: server.log.read_text().count("\n") > 3)
    assert "canary" not in server.log.read_text().lower()


def test_the_worker_runs_beside_the_server_at_a_lower_priority_and_is_started_again_if_it_dies(site):
    server = site.server.process.pid
    assert eventually(lambda: len(workers(server)) == 1)
    (worker,) = workers(server)

    assert eventually(lambda: os.getpriority(os.PRIO_PROCESS, worker) >= 10)
    os.kill(worker, signal.SIGKILL)
    assert eventually(lambda: workers(server) not in ([], [worker]))


def test_a_worker_whose_server_was_killed_ends_by_itself(data):
    with running(data) as server:
        assert eventually(lambda: len(workers(server.process.pid)) == 1)
        (worker,) = workers(server.process.pid)
        server.process.kill()  # perhaps before the worker has begun to look whether it is there

        assert eventually(lambda: not Path(f"/proc/{worker}").exists())


def test_a_port_that_is_taken_is_named(data, engine):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        outcome = breachcheck("serve", "--port", str(port), "--server", PAIRED[engine], data=data, **BEHIND_A_PROXY)

    assert outcome.status == 2
    assert str(port) in outcome.err
    assert "--port" in outcome.err


def test_a_look_that_will_not_do_is_refused_before_anything_is_served(data, tmp_path, engine):
    (tmp_path / "look").mkdir()
    (tmp_path / "look" / "logo.svg").write_text("<svg onload='alert(1)'/>")
    told = {"BREACHCHECK_SITE_FOLDER": str(tmp_path / "look"), **BEHIND_A_PROXY}

    outcome = breachcheck("serve", "--port", "0", "--no-worker", "--server", PAIRED[engine], data=data, **told)

    assert outcome.status == 2
    assert "logo.svg" in outcome.err
    assert "Serving on" not in outcome.err


def test_a_server_without_its_key_does_not_start(data, engine):
    (data / "index.key").unlink()

    line = ["serve", "--port", str(free_port()), "--server", PAIRED[engine]]
    outcome = breachcheck(*line, data=data, **BEHIND_A_PROXY)

    assert outcome.status == 2
    assert "index.key" in outcome.err
    assert "Traceback" not in outcome.err


def test_five_hundred_slow_clients_hold_up_nobody(site):
    slow = [socket.create_connection(("127.0.0.1", site.server.port)) for _ in range(500)]
    for client in slow:
        client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nacc")
    answered = []
    asking = threading.Thread(target=lambda: answered.append(site.server.request("GET", "/healthz")[0]))
    asking.start()
    asking.join(9)  # who is slow is let go after ten seconds
    for client in slow:
        client.close()

    assert answered == [200]
