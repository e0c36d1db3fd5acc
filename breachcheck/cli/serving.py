"""The server process: waitress set up for slow clients, graceful stop, and a supervisor for the worker process."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType, TracebackType

from waitress import wasyncore
from waitress.server import create_server

from breachcheck.cli.refusing import channel_that_says
from breachcheck.services import Services
from breachcheck.web.app import create_app, refusals

MIB = 2**20
LARGEST_BODY = 16 * MIB
NEVER_SPOOL = 64 * MIB
"""Above any body or answer: waitress would otherwise keep what is larger in a temporary file, in clear."""
GRACE_S = 10.0
ROUND_S, LAST_ROUNDS_S = 1.0, 0.05
RESTART_AFTER_S = (1.0, 2.0, 5.0, 15.0, 60.0)
NOTHING_MORE: Mapping[str, str] = {}


class Server:
    """waitress over the app. 2,000 connections and poll: 500 slow clients hold up nobody."""

    def __init__(self, services: Services, listener: socket.socket, *, threads: int) -> None:
        app = create_app(services)
        self._server = create_server(
            app,
            sockets=[listener],
            threads=threads,
            connection_limit=2000,
            asyncore_use_poll=True,
            max_request_body_size=LARGEST_BODY,
            inbuf_overflow=NEVER_SPOOL,
            outbuf_overflow=NEVER_SPOOL,
            channel_timeout=60,
            ident=None,
            clear_untrusted_proxy_headers=False,
        )
        self._server.channel_class = channel_that_says(refusals(app))
        self._stops = 0

    def run_until_stopped(self) -> None:
        """Serve until SIGTERM or SIGINT; what was read by then is answered, if that takes no more than ``GRACE_S``.

        Another such signal ends it at once. waitress's own way is an exception wherever its loop is: what was just
        read, or waits for a thread, would get no answer.
        """
        previous = {name: signal.signal(name, self._stop) for name in (signal.SIGTERM, signal.SIGINT)}
        try:
            while not self._stops:
                self._round(ROUND_S)
            self._end_what_has_begun()
        finally:
            self._server.task_dispatcher.shutdown(timeout=ROUND_S)
            for name, handler in previous.items():
                signal.signal(name, handler)
            self._server.close()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stops += 1
        self._server.pull_trigger()  # which ends a round that waits

    def _round(self, patience_s: float) -> None:
        wasyncore.loop(timeout=patience_s, use_poll=True, map=self._server._map, count=1)

    def _end_what_has_begun(self) -> None:
        self._server.accepting = False
        until = time.monotonic() + GRACE_S
        self._round(0)
        while self._close_idle() and self._stops == 1 and time.monotonic() < until:
            self._round(LAST_ROUNDS_S)

    def _close_idle(self) -> int:
        """Let go of connections on which nobody waits for an answer; how many others there are."""
        channels = list(self._server.active_channels.values())
        idle = [channel for channel in channels if not (channel.requests or channel.total_outbufs_len)]
        for channel in idle:
            channel.will_close = True
        return len(channels) - len(idle)


class Supervisor:
    """Keeps one niced worker process running for the length of a block; restarts it, ever more slowly, if it dies."""

    def __init__(self, data: Path | None, environment: Mapping[str, str] = NOTHING_MORE) -> None:
        """*environment* is what the worker is told besides ours."""
        self._data = data
        self._environment = os.environ | dict(environment)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._look_after, name="supervisor", daemon=True)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Supervisor":
        if self._data is not None:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
        if self._thread.is_alive():
            self._thread.join(GRACE_S)
        if self._process is not None and self._process.poll() is None:
            self._process.kill()

    def _look_after(self) -> None:
        deaths = 0
        while not self._stopping.is_set():
            self._process = self._start()
            self._process.wait()
            pause = RESTART_AFTER_S[min(deaths, len(RESTART_AFTER_S) - 1)]
            deaths += 1
            self._stopping.wait(pause)

    def _start(self) -> subprocess.Popen[bytes]:
        worker = ["worker", "--supervised-by", str(os.getpid()), "--data", str(self._data)]
        command = [sys.executable, "-m", "breachcheck.cli", *worker]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, env=self._environment)  # noqa: S603 - our own program
