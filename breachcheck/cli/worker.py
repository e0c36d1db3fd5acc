"""``breachcheck worker``: the process that does what can wait."""

import os
import signal
import threading
import time
from pathlib import Path

import click

from breachcheck.cli import logs
from breachcheck.cli.edge import data_option
from breachcheck.services import opened
from breachcheck.settings import look
from ingest import worker as jobs

NICENESS = 10


@click.command()
@data_option
@click.option("--supervised-by", type=int, hidden=True, help="Give way to the server, a process, and end when it ends.")
def worker(data: Path | None, supervised_by: int | None) -> None:
    """Do jobs as they fall due, until told to stop. `serve` starts one by itself."""
    logs.configure()
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    if supervised_by is not None:
        os.nice(NICENESS)
        threading.Thread(target=_watch_parent, args=(supervised_by, stopping), daemon=True).start()
    with opened(data) as services:
        look.read(services.config.site_folder)  # mails have its colour: what will not do is refused now
        jobs.run(services, stopping)


def _watch_parent(parent: int, stopping: threading.Event) -> None:
    """A server that was killed cannot stop its worker; the worker notices by itself, even if it was still starting."""
    while os.getppid() == parent:
        time.sleep(1)
    stopping.set()
