"""``breachcheck worker``: the process that does what can wait."""

import signal
from pathlib import Path
from threading import Event

import click

from breachcheck.cli.edge import data_option
from breachcheck.services import opened
from ingest import worker as jobs


@click.command()
@data_option
def worker(data: Path | None) -> None:
    """Do jobs as they fall due, until told to stop. `serve` starts one by itself."""
    stopping = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    with opened(data) as services:
        jobs.run(services, stopping)
