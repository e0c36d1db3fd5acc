"""Starts a real server in a process of its own, on a free port of the loopback."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from tests.cli.commands import environment
from tests.deploy import samples
from tests.engines import CHOSEN
from tests.patience import PATIENCE_S

MOST_BOUND = 100
OPEN = "01"
"""A connection, as the system says it."""
_BOUND: deque[socket.socket] = deque()
Kind = Literal["waitress", "granian"]

KINDS: tuple[Kind, ...] = get_args(Kind)
PAIRED: dict[str, Kind] = {"sqlite": "waitress", "postgres": "granian"}
"""Which server shows a store on which engine, so that what runs on both engines has run on both servers."""
EVERYWHERE = os.environ.get("SERVER", "")
"""`SERVER=granian python -m pytest …` has all stores shown by granian, on whatever engine they are."""
BEHIND_A_PROXY = {"BREACHCHECK_TRUSTED_PROXIES": "127.0.0.1"}


@dataclass
class Server:
    """A running server. *log* gathers all it prints."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def request(
        self, method: str, path: str, body: str | bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """(status, headers by lower-case name, body)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        with contextlib.closing(connection):
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read().decode()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop; its exit status."""
        self.process.send_signal(how)
        return self.process.wait(PATIENCE_S)


def free_port() -> int:
    """One where nobody listens. A server may, and the system gives it to nobody else: it stays bound for a while."""
    if len(_BOUND) == MOST_BOUND:
        _BOUND.popleft().close()
    port = socket.socket()
    port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    port.bind(("127.0.0.1", 0))
    _BOUND.append(port)
    return int(port.getsockname()[1])


def has_been_read(client: socket.socket) -> bool:
    """Whether the server that *client* is connected with has taken what it was sent, and nothing waits in between."""
    ends = [f":{name[1]:04X}" for name in (client.getpeername(), client.getsockname())]
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        _, local, remote, state, queues, *_, inode = line.split()[:10]
        if [local[-5:], remote[-5:]] == ends:
            is_accepted = inode != "0" or state != OPEN  # an answered one has no number any more
            return queues.endswith(":00000000") and is_accepted
    return False


def _listens(port: int) -> bool:
    with contextlib.closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def running(data: Path, *arguments: str, server: str = "", **extra: str) -> Iterator[Server]:
    """``breachcheck serve`` over *data*, ready, as visitors meet it, for the length of a block.

    On *server*, or else on that which is paired with the engine of the test; before granian stands nginx.
    """
    kind = server or EVERYWHERE or PAIRED["postgres" if CHOSEN.postgres else "sqlite"]
    if kind == "waitress":
        with alone(data, *arguments, **extra) as one:
            yield one
        return
    with alone(data, "--server", kind, *arguments, **BEHIND_A_PROXY | extra) as one, _nginx(data, one.port) as port:
        yield replace(one, port=port)


@contextlib.contextmanager
def alone(data: Path, *arguments: str, **extra: str) -> Iterator[Server]:
    """As ``running``, with nothing before the server; waitress unless *arguments* say another."""
    line = [sys.executable, "-m", "breachcheck.cli", "serve"]
    with running_program(line, data, *arguments, **extra) as server:
        yield server


@contextlib.contextmanager
def _nginx(data: Path, server_port: int) -> Iterator[int]:
    """The port of an nginx with the sample of deploy/, but for https, for the length of a block."""
    port, folder = free_port(), data.parent / f"nginx-{server_port}"
    folder.mkdir()
    process = subprocess.Popen(samples.nginx_in_clear(folder, port, server_port))
    try:
        while not _listens(port):
            assert process.poll() is None, "nginx ended"
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def running_program(
    program: list[str], data: Path, *arguments: str, cwd: Path | None = None, **extra: str
) -> Iterator[Server]:
    """As ``running``, of any program that takes the same options."""
    port = free_port()
    log = data.parent / f"server-{port}.log"
    line = [*program, "--data", str(data), "--port", str(port), *arguments]
    with log.open("wb") as sink:
        process = subprocess.Popen(
            line, stdout=sink, stderr=sink, env=environment(**extra), start_new_session=True, cwd=cwd
        )
    server = Server(process, port, log)
    try:
        _wait_until_ready(server)
        yield server
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE_S)


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise AssertionError(f"the server ended: {server.log.read_text()}")
        with contextlib.suppress(OSError):
            if server.request("GET", "/healthz")[0] == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"the server is not ready: {server.log.read_text()}")
