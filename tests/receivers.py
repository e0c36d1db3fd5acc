"""A receiver of webhooks, on the loopback: it takes messages, fails, stalls, redirects or is late, as it is told."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from standardwebhooks import Webhook, WebhookVerificationError

from tests.patience import eventually

HERE = "127.0.0.1"
LATE_S = 0.3
"""After how long a receiver answers that stalls or is late, unless it says otherwise."""

Mood = Literal["takes", "fails", "stalls", "late", "redirects", "drops", "floods", "gone", "busy"]
STATUS_OF: dict[Mood, int] = {
    "takes": 204,
    "late": 200,
    "fails": 500,
    "redirects": 307,
    "gone": 410,
    "floods": 200,
    "busy": 503,
}


@dataclass
class Heard:
    """One request. *path*: where it came to; *took*: whether the receiver answered that it has it."""

    path: str
    headers: dict[str, str]
    body: bytes
    took: bool

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def message(self) -> Any:
        return json.loads(self.body)

    @property
    def signatures(self) -> list[str]:
        return self.headers["webhook-signature"].split()

    def is_signed_with(self, secret: str) -> bool:
        """By the library of the standard, as a receiver would."""
        with suppress(WebhookVerificationError):
            Webhook(secret).verify(self.body, self.headers)
            return True
        return False


@dataclass
class Receiver:
    """*mood*: how it is now; *refuses*: which messages it never takes; *on_call* is run before it answers."""

    mood: Mood = "takes"
    refuses: Callable[[Heard], bool] = lambda _: False
    on_call: Callable[[], None] = lambda: None
    headers: dict[str, str] = field(default_factory=dict)
    late_s: float = LATE_S
    heard: list[Heard] = field(default_factory=list)
    port: int = 0
    _accepted: set[Any] = field(default_factory=set)
    _unheard: set[Any] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://{HERE}:{self.port}/hook"

    @property
    def taken(self) -> list[Heard]:
        return [one for one in self.heard if one.took]

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.heard]

    def hear_out(self) -> None:
        """Wait until all is heard that was sent by now, also by callers who did not wait for it."""
        with socket.create_connection((HERE, self.port)) as last:
            assert eventually(lambda: last.getsockname() in self._accepted)
        assert eventually(lambda: not self._unheard)


@contextmanager
def receiving(receiver: Receiver | None = None) -> Iterator[Receiver]:
    """A receiver for the length of a block."""
    it = receiver or Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            heard = Heard(self.path, headers, body, took=it.mood in ("takes", "late"))
            heard.took = heard.took and not it.refuses(heard)
            it.heard.append(heard)
            it._unheard.discard(self.client_address)
            it.on_call()
            with suppress(OSError):
                self._answer(heard)

        do_GET = do_POST  # noqa: N815 - the library's name

        def _answer(self, heard: Heard) -> None:
            if it.mood in ("stalls", "late"):
                time.sleep(it.late_s)
            if it.mood == "drops":
                self.close_connection = True
                return
            self.send_response(STATUS_OF.get(it.mood, 500) if heard.took or it.mood != "takes" else 422)
            for name, value in it.headers.items():
                self.send_header(name, value)
            if it.mood == "redirects":
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            if it.mood == "floods":
                self.wfile.write(b"x" * 2**20)

        def finish(self) -> None:
            it._unheard.discard(self.client_address)
            super().finish()

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def get_request(self) -> tuple[socket.socket, Any]:
            request, address = super().get_request()
            it._unheard.add(address)
            it._accepted.add(address)
            return request, address

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    with Server((HERE, 0), Handler) as server:
        it.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield it
        finally:
            server.shutdown()
            thread.join()
