"""What the benches of look-ups share: the real server with one more route, and how fast a route of it answers."""

import http.client
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, request

from bench import strangers
from breachcheck import addresses, config, services
from breachcheck.cli import serve, serving
from breachcheck.services import Services
from breachcheck.web.app import create_app

ROUND_S = 3
CONNECTIONS = 8
EXPOSURES = 200_000
FOUND, MISSED = "found@example.com", "missed@example.com"

WRK_SCRIPT = """
wrk.method = os.getenv("BENCH_METHOD")
wrk.body = os.getenv("BENCH_BODY")
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_KEY")
wrk.headers["User-Agent"] = "bench"
"""
NOTHING_MORE: Mapping[str, str] = {}
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Target:
    """A server under test and the key that opens it."""

    port: int
    key: str
    folder: Path


@dataclass(frozen=True)
class Call:
    """One call, over and over."""

    path: str
    account: str = MISSED
    method: str = "POST"

    @property
    def body(self) -> str:
        return json.dumps({"account": self.account}) if self.method == "POST" else ""


LOOKUP, EMPTY = "/api/v1/lookup", "/bench/empty"
MISS, HIT, NOTHING = Call(LOOKUP), Call(LOOKUP, FOUND), Call(EMPTY)
HIT_IN_V3 = Call(f"/api/v3/breachedaccount/{FOUND}", FOUND, "GET")
CALLS = {"POST /api/v1/lookup, a miss": MISS, "POST /api/v1/lookup, a hit": HIT, "v3 breachedaccount, a hit": HIT_IN_V3}


@dataclass(frozen=True)
class Answered:
    """Answers a second, all of them 200, and within how many milliseconds 99 of 100 came."""

    a_second: float
    p99_ms: float


def answered(target: Target, call: Call, seconds: float = ROUND_S) -> Answered:
    return by_wrk(target, call, seconds) if shutil.which("wrk") else by_threads(target, call, seconds)


def by_wrk(target: Target, call: Call, seconds: float) -> Answered:
    script = target.folder / "call.lua"
    script.write_text(WRK_SCRIPT)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{round(seconds)}s", "--latency", "-s", str(script)]
    said = subprocess.run(
        [*command, f"http://127.0.0.1:{target.port}{call.path}"],
        env=os.environ | {"BENCH_METHOD": call.method, "BENCH_BODY": call.body, "BENCH_KEY": target.key},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"{call.path} failed:\n{said}")
    [(number, unit)] = re.findall(r"^ +99% +([0-9.]+)(us|ms|s)$", said, re.MULTILINE)
    return Answered(float(said.partition("Requests/sec:")[2].split()[0]), float(number) * UNITS[unit])


def by_threads(target: Target, call: Call, seconds: float) -> Answered:
    ends_at = time.monotonic() + seconds
    took: list[float] = []
    threads = [threading.Thread(target=lambda: took.extend(ask(target, call, ends_at))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Answered(len(took) / seconds, 1000 * statistics.quantiles(took, n=100)[98])


def ask(target: Target, call: Call, ends_at: float) -> list[float]:
    """How long each answer took that one connection got before *ends_at*."""
    connection = http.client.HTTPConnection("127.0.0.1", target.port)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {target.key}", "User-Agent": "bench"}
    took = []
    while (began := time.monotonic()) < ends_at:
        connection.request(call.method, call.path, call.body or None, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{call.path} was refused with {answer.status}")
        took.append(time.monotonic() - began)
    return took


@contextmanager
def serving_for_a_while() -> Iterator[Target]:
    """As ``running``, in a folder that goes."""
    with tempfile.TemporaryDirectory() as name, running(Path(name)) as target:
        yield target


@contextmanager
def running(folder: Path, database: str | None = None) -> Iterator[Target]:
    """The real server over a store of its own, in a process of its own; in a *database* where one is named."""
    environment = {"BREACHCHECK_DATABASE": database} if database else {}
    key = make_store(folder / "data", environment)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "server.log").open("w") as log:
        command = [sys.executable, "-m", "bench.asked", str(folder / "data"), str(port)]
        process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | environment)
        try:
            wait_for(port)
            yield Target(port, key, folder)
        finally:
            process.terminate()
            process.wait()


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start")


def make_store(data: Path, environment: Mapping[str, str] = NOTHING_MORE) -> str:
    """A store with one breach of strangers and FOUND; the text of a key without a limit."""
    settings = config.read(data, environment)
    services.init(settings)
    store = services.open_services(settings)
    strangers.publish(store, "Bench", EXPOSURES, [store.digester.of_address(addresses.canonical(FOUND))])
    text = store.api_keys.create("bench", ["lookup", "batch"], limit_per_minute=0)[1]
    store.close()
    return text


def run_server(data: Path, port: int) -> None:
    """`breachcheck serve`'s own server, with one more route: it parses the body and answers as little as possible."""
    serving.create_app = with_empty_route  # type: ignore[attr-defined, assignment]
    serve.run(data, "127.0.0.1", socket.create_server(("127.0.0.1", port)), with_worker=False)


def with_empty_route(opened: Services) -> Flask:
    app = create_app(opened)

    @app.post(EMPTY)
    def empty() -> dict[str, str]:
        request.get_json()
        return {}

    app.extensions["csrf"].exempt(empty)
    return app


if __name__ == "__main__":
    run_server(Path(sys.argv[1]), int(sys.argv[2]))
