"""Starts a real server in a process of its own, on a free port of the loopback."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.cli.commands import environment

PATIENCE_S = 30.0
SERVERS = {"waitress": (), "granian": ("--server", "granian")}
"""By name, what `serve` is told. Whoever starts granian says that there is a proxy."""
BEHIND_A_PROXY = {"BREACHCHECK_TRUSTED_PROXIES": "192.0.2.1"}
EVERYWHERE = os.environ.get("SERVER", "waitress")
"""Which one tests have that do not say: `SERVER=granian python -m pytest …` has them all on the other."""


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
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(data: Path, *arguments: str, command: str = "serve", **extra: str) -> Iterator[Server]:
    """``breachcheck serve`` over *data*, ready, for the length of a block."""
    line = [sys.executable, "-m", "breachcheck.cli", command]
    if command == "serve" and EVERYWHERE != "waitress" and "--server" not in arguments:
        arguments, extra = (*arguments, *SERVERS[EVERYWHERE]), BEHIND_A_PROXY | extra
    with running_program(line, data, *arguments, **extra) as server:
        yield server


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
