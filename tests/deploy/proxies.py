"""The samples of deploy/, in front of a real server: on free ports, with a certificate of a made-up authority."""

import contextlib
import http.client
import os
import re
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests import parts
from tests.cli.servers import PATIENCE_S, free_port
from tests.deploy import samples
from tests.deploy.samples import HERE
from tests.deploy.samples import NAME as NAME
from tests.mail_servers import authority

Body = str | Iterable[bytes] | None

VISITOR, OTHER_VISITOR, SLOW_VISITOR = "127.0.0.2", "127.0.0.3", "127.0.0.4"
"""The loopback has many addresses; the proxy asks from the first."""
BEFORE_2_6_4 = {"request_buffers 17MiB": "buffer_requests\n\t\tmax_buffer_size 17MiB"}
"""How Caddy called it then; the sample says so."""


@dataclass
class Proxy:
    """One that runs. *folder* holds all that it writes, *printed* among it."""

    port: int
    plain_port: int
    folder: Path
    ca_file: Path

    def request(
        self, method: str, path: str, body: Body = None, *, who: str = VISITOR, **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """(status, headers by lower-case name, body) of a request by https of *who*."""
        with contextlib.closing(http.client.HTTPConnection(NAME, timeout=PATIENCE_S)) as connection:
            connection.sock = self.connected(who)
            return _asked(connection, method, path, body, headers)

    def request_in_clear(self, path: str) -> tuple[int, dict[str, str], str]:
        with contextlib.closing(http.client.HTTPConnection(HERE, self.plain_port, timeout=PATIENCE_S)) as connection:
            return _asked(connection, "GET", path, None, {"Host": NAME})

    def connected(self, who: str = VISITOR) -> ssl.SSLSocket:
        plain = socket.create_connection((HERE, self.port), timeout=PATIENCE_S, source_address=(who, 0))
        return ssl.create_default_context(cafile=str(self.ca_file)).wrap_socket(plain, server_hostname=NAME)

    def written(self) -> str:
        """All that it has logged and printed until now."""
        logs = (path for path in self.folder.iterdir() if path.suffix == ".log")
        return "\n".join(path.read_text() for path in logs)


def _asked(
    connection: http.client.HTTPConnection, method: str, path: str, body: Body, headers: Mapping[str, str]
) -> tuple[int, dict[str, str], str]:
    connection.request(method, path, body, {_written(name): value for name, value in headers.items()})
    response = connection.getresponse()
    return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read().decode()


def _written(name: str) -> str:
    """``Content_Type`` is meant with a hyphen, ``X__Forwarded__For`` with one underscore."""
    return name.replace("__", "\0").replace("_", "-").replace("\0", "_")


@contextlib.contextmanager
def running(kind: str, folder: Path, server_port: int) -> Iterator[Proxy]:
    """The sample of *kind*, ``nginx`` or ``caddy``, in front of what listens on *server_port*, for a block."""
    program = parts.require(kind)
    authority(folder, NAME)
    proxy = Proxy(free_port(), free_port(), folder, folder / "ca.pem")
    command = PREPARED[kind](program, proxy, server_port)
    with (folder / "printed.log").open("wb") as sink:
        known = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        process = subprocess.Popen(command, stdout=sink, stderr=sink, env=known, start_new_session=True)
    try:
        _wait_until_ready(process, proxy)
        yield proxy
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE_S)


def _nginx(_program: str, proxy: Proxy, server_port: int) -> list[str]:
    return samples.nginx(proxy.folder, proxy.port, proxy.plain_port, server_port)


def _caddy(program: str, proxy: Proxy, server_port: int) -> list[str]:
    ports = f"http_port {proxy.plain_port}\n\thttps_port {proxy.port}\n\tdefault_bind {HERE}\n\tadmin off"
    site = f"{{$SITE:{NAME}}}"
    changes = {
        "{\n\t# No path": f"{{\n\t{ports}\n\t# No path",
        f"\n{site} {{\n": f"\n{site} {{\n\ttls {proxy.folder}/own.pem {proxy.folder}/own.pem\n",
        "127.0.0.1:8000": f"127.0.0.1:{server_port}",
    }
    older = BEFORE_2_6_4 if _version(program) < (2, 6, 4) else {}
    (proxy.folder / "sample").write_text(samples.changed("Caddyfile", changes | older))
    return [program, "run", "--config", str(proxy.folder / "sample"), "--adapter", "caddyfile"]


PREPARED = {"nginx": _nginx, "caddy": _caddy}


def _version(program: str) -> tuple[int, ...]:
    said = subprocess.run([program, "version"], check=True, capture_output=True, text=True).stdout
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", said)
    assert found, said
    return tuple(map(int, found.groups()))


def _wait_until_ready(process: subprocess.Popen[bytes], proxy: Proxy) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(proxy.written())
        with contextlib.suppress(OSError):
            proxy.connected().close()
            return
        time.sleep(0.05)
    raise AssertionError(proxy.written())
