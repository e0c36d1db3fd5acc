"""Look-ups a second of the running server, as a share of what an empty Flask route in the same server answers.

Run with ``python -m bench.lookup``. Both routes get the same requests; rounds alternate, the median counts.
"""

import http.client
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from flask import Flask, request

from breachcheck import addresses, config, services
from breachcheck.breaches import Facts, LoadId
from breachcheck.cli import serve, serving
from breachcheck.loads import Contents, Tally
from breachcheck.services import Services
from breachcheck.web.app import create_app

LOOKUP, BATCH, EMPTY = "/api/v1/lookup", "/api/v1/lookup/batch", "/bench/empty"
ACCOUNTS = 100_000
ROUNDS, ROUND_S = 5, 3
CONNECTIONS = 8
EXPOSURES = 200_000
FOUND, MISSED = "found@example.com", "missed@example.com"

WRK_SCRIPT = """
wrk.method = "POST"
wrk.body = os.getenv("BENCH_BODY")
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_KEY")
"""


@dataclass(frozen=True)
class Target:
    """A server under test and the key that opens it."""

    port: int
    key: str
    folder: Path


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name, running(Path(name)) as target:
        for account in (MISSED, FOUND):
            ratio, a_second = measure(target, account)
            what = "a miss" if account == MISSED else "a hit"
            print(f"look-up, {what}: {ratio:.2f} of an empty Flask route ({a_second:,.0f} a second)")
        batch = statistics.median(batch_rate(target) for _ in range(ROUNDS))
        print(f"batch: {batch:,.0f} accounts a second through HTTP, one client")


def batch_rate(target: Target) -> float:
    """Accounts a second of one full batch, from the first byte sent to the last one read; one in ten is found."""
    accounts = [f"person{number}@example.com" if number % 10 else FOUND for number in range(ACCOUNTS)]
    body = "".join(f'{{"account":"{account}","ref":{place}}}\n' for place, account in enumerate(accounts)).encode()
    connection = http.client.HTTPConnection("127.0.0.1", target.port)
    headers = {"Content-Type": "application/x-ndjson", "Authorization": f"Bearer {target.key}"}
    began = time.perf_counter()
    connection.request("POST", BATCH, body, headers)
    answer = connection.getresponse().read()
    took = time.perf_counter() - began
    if answer.count(b'"exposed"') != ACCOUNTS // 10 or answer.count(b"\n") != ACCOUNTS:
        raise SystemExit("the batch was not answered whole")
    return ACCOUNTS / took


def measure(target: Target, account: str) -> tuple[float, float]:
    """(median of the rounds' ratios, median look-ups a second)."""
    rates = [(rate(target, LOOKUP, account), rate(target, EMPTY, account)) for _ in range(ROUNDS)]
    return statistics.median(ours / empty for ours, empty in rates), statistics.median(ours for ours, _ in rates)


def rate(target: Target, path: str, account: str) -> float:
    """Answers a second, all of them 200."""
    body = json.dumps({"account": account})
    return by_wrk(target, path, body) if shutil.which("wrk") else by_threads(target, path, body)


def by_wrk(target: Target, path: str, body: str) -> float:
    script = target.folder / "post.lua"
    script.write_text(WRK_SCRIPT)
    url = f"http://127.0.0.1:{target.port}{path}"
    said = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{ROUND_S}s", "-s", str(script), url],
        env=os.environ | {"BENCH_BODY": body, "BENCH_KEY": target.key},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in said:
        raise SystemExit(f"{path} was refused:\n{said}")
    return float(said.partition("Requests/sec:")[2].split()[0])


def by_threads(target: Target, path: str, body: str) -> float:
    ends_at = time.monotonic() + ROUND_S
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(ask(target, path, body, ends_at))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / ROUND_S


def ask(target: Target, path: str, body: str, ends_at: float) -> int:
    """How many answers one connection got before *ends_at*."""
    connection = http.client.HTTPConnection("127.0.0.1", target.port)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {target.key}"}
    count = 0
    while time.monotonic() < ends_at:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} was refused with {answer.status}")
        count += 1
    return count


@contextmanager
def running(folder: Path) -> Iterator[Target]:
    """The real server over a store of its own, in a process of its own."""
    key = make_store(folder / "data")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "server.log").open("w") as log:
        command = [sys.executable, "-m", "bench.lookup", "serve", str(folder / "data"), str(port)]
        process = subprocess.Popen(command, stdout=log, stderr=log)
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


def make_store(data: Path) -> str:
    """A store with one breach of strangers and FOUND; the text of a key without a limit."""
    settings = config.read(data, {})
    services.init(settings)
    store = services.open_services(settings)
    publish(store)
    text = store.api_keys.create("bench", ["lookup", "batch"], limit_per_minute=0)[1]
    store.close()
    return text


def publish(store: Services) -> LoadId:
    facts = Facts(
        name="Bench", title="Bench", breach_date=date(2025, 11, 9), description="Made up.", domain="b.example"
    )
    load_id = store.loads.start(
        store.breaches.id_of("Bench"), facts, manifest="", sha256="", program="bench", by="bench", at=int(time.time())
    )
    classes = frozenset({"Email addresses", "Names", "Geographic locations"})
    [field_set] = store.loads.add_field_sets(load_id, [(classes, False)])
    digests = np.random.default_rng(1).integers(-(2**63), 2**63 - 1, EXPOSURES)
    digests[0] = store.digester.of_address(addresses.canonical(FOUND))
    digests.sort()
    store.index.insert(load_id, 0, digests, np.full(EXPOSURES, field_set))
    tally = Tally(read=EXPOSURES, indexed=EXPOSURES, people=EXPOSURES, coverage=dict.fromkeys(classes, EXPOSURES))
    contents = Contents(mapped=tuple(classes))
    store.loads.complete(load_id, contents, tally, {field_set: EXPOSURES}, int(time.time()))
    store.publishing.publish(load_id, by="bench")
    return load_id


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
    if sys.argv[1:2] == ["serve"]:
        run_server(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
