"""The fast server: granian, whose processes each have the app and services of their own.

It hands a request over before its body is there, so that whoever sends one slowly holds up all: it stands behind a
proxy that gathers bodies, or nowhere.
"""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from breachcheck.cli import logs
from breachcheck.cli.serving import GRACE_S, LARGEST_BODY
from breachcheck.config import Config
from breachcheck.errors import ConfigError
from breachcheck.web.app import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

APP = f"{__name__}:app_of_process"
MOST_READ_FOR_NOTHING, A_PIECE = 2 * LARGEST_BODY, 2**16
"""In bytes: more than a proxy of ours hands over, and as much at a time."""
ON_STANDARD_ERROR = {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "generic"}


def require_use(settings: Config) -> None:
    """Raises ConfigError where granian is not installed, or would be asked by anybody but a proxy."""
    try:
        import granian  # noqa: F401 - an extra
    except ImportError:
        raise ConfigError(
            "The server granian is not installed; install it with: pip install 'breachcheck[fast]'."
        ) from None
    if not settings.trusted_proxies:
        raise ConfigError(
            "The server granian is for behind a proxy that gathers bodies, and trusted_proxies names none; set it, or"
            " use the server waitress."
        )


def run_until_stopped(data: Path, host: str, port: int, *, threads: int, processes: int) -> None:
    """Serve the store of *data* until SIGTERM or SIGINT. A process that ends by itself is started again.

    Nothing of the store may be open here. Requests that have begun get ``GRACE_S`` seconds to end.
    """
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    os.environ["BREACHCHECK_DATA"] = str(data)
    multiprocessing.set_start_method("spawn", force=True)  # a fork would have our threads' locks, and not the threads
    Server(
        APP,
        host,
        port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=processes,
        blocking_threads=threads,
        http=HTTPModes.http1,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=int(GRACE_S),
        log_level=LogLevels.error,
        log_dictconfig={"handlers": {"console": ON_STANDARD_ERROR, "access": ON_STANDARD_ERROR}},
    ).serve()


def app_of_process() -> "WSGIApplication":
    """What one process of the server asks; it ends with the process that began it."""
    logs.configure()
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    return _taking_whole_bodies(create_app())


def _taking_whole_bodies(app: "WSGIApplication") -> "WSGIApplication":
    """granian says that bodies end where they end, and lets one that was cut off look like an empty one.

    Without its word for it the app holds a body against its length, and refuses one that has none. What the app left
    unread of it is read too: granian ends the connection otherwise, while the proxy sends the next request on it.
    """

    def asked(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        del environ["wsgi.input_terminated"]
        body = environ["wsgi.input"]
        answer = app(environ, start_response)
        if int(environ.get("CONTENT_LENGTH") or 0) <= MOST_READ_FOR_NOTHING:
            while body.read(A_PIECE):
                pass
        return answer

    return asked


def _end_with(parent: int) -> None:
    """A server that was killed cannot stop its processes, which would go on answering beside the next one."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
