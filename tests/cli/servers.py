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
from dataclasses import dataclass, replace
from pathlib import Path

from tests import parts
from tests.cli.commands import environment

PATIENCE_S = 30.0
SERVERS = {"waitress": (), "granian": ("--server", "granian")}
"""By name, what `serve` is told. Whoever starts granian says that there is a proxy."""
BEHIND_A_PROXY = {"BREACHCHECK_TRUSTED_PROXIES": "192.0.2.1"}
EVERYWHERE = os.environ.get("SERVER", "waitress")
"""Which one tests have that do not say: `SERVER=granian python -m pytest …` has them all on the other, behind nginx."""
GATHERING = """
daemon off; pid {folder}/pid; error_log stderr; {user}
events {{}}
http {{
    access_log off; client_max_body_size 0; client_body_temp_path {folder}/bodies; proxy_temp_path {folder}/answers;
    fastcgi_temp_path {folder}/1; uwsgi_temp_path {folder}/2; scgi_temp_path {folder}/3;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://127.0.0.1:{server_port}; proxy_http_version 1.1; proxy_set_header Host $http_host;
        }}
    }}
}}
"""


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


def _listens(port: int) -> bool:
    with contextlib.closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def running(data: Path, *arguments: str, command: str = "serve", **extra: str) -> Iterator[Server]:
    """``breachcheck serve`` over *data*, ready, for the length of a block."""
    line = [sys.executable, "-m", "breachcheck.cli", command]
    if command == "serve" and EVERYWHERE != "waitress" and "--server" not in arguments:
        arguments, extra = (*arguments, *SERVERS[EVERYWHERE]), BEHIND_A_PROXY | extra
        with running_program(line, data, *arguments, **extra) as server, _gathering(data, server.port) as port:
            yield replace(server, port=port)
        return
    with running_program(line, data, *arguments, **extra) as server:
        yield server


@contextlib.contextmanager
def _gathering(data: Path, server_port: int) -> Iterator[int]:
    """The port of an nginx that gathers bodies and does nothing else, for the length of a block."""
    port, folder = free_port(), data.parent / f"nginx-{server_port}"
    folder.mkdir()
    user = "user root;" if os.geteuid() == 0 else ""
    written = GATHERING.format(folder=folder, port=port, server_port=server_port, user=user)
    (folder / "main").write_text(written)
    process = subprocess.Popen([parts.require("nginx"), "-p", str(folder), "-c", str(folder / "main")])
    try:
        while process.poll() is None and not _listens(port):
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
