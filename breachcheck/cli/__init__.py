"""The command line: ``breachcheck``. Commands are imported when they are called, so that each starts fast."""

import gc
import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from breachcheck import __version__
from breachcheck.cli import edge
from breachcheck.cli.endings import leave
from breachcheck.cli.stops import never_dropped

COMMANDS = {
    "init": ("breachcheck.cli.init", "init"),
    "demo": ("breachcheck.cli.demo", "demo"),
    "serve": ("breachcheck.cli.serve", "serve"),
    "worker": ("breachcheck.cli.worker", "worker"),
    "ingest": ("breachcheck.cli.ingest", "ingest"),
    "check": ("breachcheck.cli.check", "check"),
    "breaches": ("breachcheck.cli.breaches", "breaches"),
    "manifest": ("breachcheck.cli.manifest", "manifest"),
    "domains": ("breachcheck.cli.domains", "domains"),
    "keys": ("breachcheck.cli.keys", "keys"),
    "mails": ("breachcheck.cli.mails", "mails"),
    "watchlists": ("breachcheck.cli.watchlists", "watchlists"),
    "webhooks": ("breachcheck.cli.webhooks", "webhooks"),
    "incidents": ("breachcheck.cli.incidents", "incidents"),
    "operators": ("breachcheck.cli.operators", "operators"),
    "suppressions": ("breachcheck.cli.suppressions", "suppressions"),
    "backup": ("breachcheck.cli.backup", "backup"),
    "restore": ("breachcheck.cli.restore", "restore"),
    "migrate-store": ("breachcheck.cli.migrate_store", "migrate_store"),
    "doctor": ("breachcheck.cli.doctor", "doctor"),
    "receipt": ("breachcheck.cli.receipt", "receipt"),
}


class Commands(click.Group):
    """Finds a command's module by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name]
        with _nothing_collected():
            command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """What is imported stays: to look again and again for what could go takes a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="breachcheck")
def cli() -> None:
    """Was I in a data breach, and which of my fields leaked?

    Load a disclosed breach from its manifest and data files, look accounts up, serve the web site and the APIs.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 for success, 1 for an exposure or a false receipt, 2 for everything else."""
    # Where numpy's BLAS, which nothing here uses, finds no memory for its threads, it ends the process with 1.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with never_dropped():
        status = edge.run(cli, list(sys.argv[1:] if arguments is None else arguments))
    if arguments is None:
        leave(status)
    sys.exit(status)
