"""``breachcheck serve``: the web server and the one worker it looks after."""

import socket
import sys
from contextlib import closing
from pathlib import Path
from typing import Literal

import click

from breachcheck import config
from breachcheck.cli import logs
from breachcheck.cli.edge import data_option
from breachcheck.cli.serving import Server, Supervisor
from breachcheck.errors import ConfigError
from breachcheck.services import open_services, recorded
from breachcheck.web.app import create_app

Kind = Literal["waitress", "granian"]

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
PORTS_TO_TRY = 50
THREADS_OF: dict[Kind, int] = {"waitress": 4, "granian": 1}


@click.command(short_help="Serve the web site and the APIs.")
@data_option
@click.option("--host", default=DEFAULT_HOST, show_default=True)
@click.option("--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(0, 65535), help="0: any free one.")
@click.option("--threads", type=click.IntRange(1, 64), help="Requests answered at once; 4, with granian 1 a process.")
@click.option("--worker/--no-worker", default=True, help="Look after a worker process as well.")
@click.option(
    "--server", type=click.Choice(["waitress", "granian"]), default="waitress", show_default=True,
    help="granian is faster, and for behind a proxy alone (extra `fast`).",
)  # fmt: skip
@click.option(
    "--processes", default=1, show_default=True, type=click.IntRange(1, 64),
    help="Of granian. Each counts what a visitor may ask for itself.",
)  # fmt: skip
def serve(
    data: Path | None, host: str, port: int, threads: int | None, worker: bool, server: Kind, processes: int
) -> None:
    """Serve the web site and the APIs until told to stop (SIGTERM, Ctrl-C)."""
    if processes > 1 and server != "granian":
        raise click.UsageError("waitress is one process; --processes goes with --server granian.")
    threads = threads or THREADS_OF[server]
    listener = listen(host, port)
    if server == "granian":
        run_fast(data, host, listener, threads=threads, processes=processes, with_worker=worker)
    else:
        run(data, host, listener, threads=threads, with_worker=worker)


def run(
    data: Path | None,
    host: str,
    listener: socket.socket,
    *,
    threads: int = THREADS_OF["waitress"],
    with_worker: bool = True,
    links_lead_here: bool = False,
) -> None:
    """Serve on *listener* until told to stop. Refuses to start, before the first request, where anything is wrong.

    *links_lead_here*: links in mails lead to *listener* where the settings name no site.
    """
    logs.configure()
    settings = config.read(data)
    services = open_services(settings)
    url = _url(host, listener.getsockname()[1])
    told = {config.variable_of("public_url"): url} if links_lead_here and settings.public_url is None else {}
    with Supervisor(settings.data if with_worker else None, told), recorded(services):
        server = Server(services, listener, threads=threads)
        click.echo(f"Serving on {url} (Ctrl-C stops it)", err=True)
        server.run_until_stopped()
    services.close()


def run_fast(
    data: Path | None, host: str, listener: socket.socket, *, threads: int, processes: int, with_worker: bool
) -> None:
    """As ``run``, with granian, which listens by itself where *listener* does."""
    from breachcheck.cli import fast_serving

    logs.configure()
    settings = config.read(data)
    fast_serving.require_use(settings)
    with closing(open_services(settings)) as services:
        create_app(services)
    port = listener.getsockname()[1]
    listener.close()
    with Supervisor(settings.data if with_worker else None):
        click.echo(f"Serving on {_url(host, port)} (Ctrl-C stops it)", err=True)
        fast_serving.run_until_stopped(settings.data, host, port, threads=threads, processes=processes)


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises ConfigError where the port is taken."""
    try:
        return _bound(host, port)
    except OSError as error:
        raise ConfigError(
            f"Port {port} on {host} cannot be used ({error.strerror}); choose another with --port."
        ) from None


def listen_on_next_free(host: str, port: int) -> socket.socket:
    """A listening socket on *port* or the first free one after it."""
    for candidate in range(port, port + PORTS_TO_TRY):
        try:
            return _bound(host, candidate)
        except OSError:
            continue
    return listen(host, port)


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except OSError:
        listener.close()
        raise
    return listener
