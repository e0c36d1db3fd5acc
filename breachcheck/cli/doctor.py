"""``breachcheck doctor``: what is wrong with this site, and what to do about it."""

import json
from collections.abc import Mapping
from pathlib import Path

import click
import msgspec

from breachcheck.addresses import canonical
from breachcheck.cli import logs
from breachcheck.cli.edge import data_option, json_option
from breachcheck.doctor import examination as doctors
from breachcheck.doctor import findings
from breachcheck.doctor.findings import Finding, Severity

STATUS_OF: Mapping[Severity, int] = {"fine": 0, "note": 0, "warning": 1, "problem": 2}


@click.command(short_help="Look at everything that can go wrong, and say what to do.")
@data_option
@json_option
@click.option("--quick", is_flag=True, help="Leave out what reads the whole store.")
@click.option("--mail", "account", metavar="ADDRESS", help="Send one mail there; - to type the address.")
@click.option("--url", metavar="URL", help="Ask the site there as a visitor would, and say what proxies make of it.")
def doctor(data: Path | None, as_json: bool, quick: bool, account: str | None, url: str | None) -> int:
    """Look at settings, keys, store, disk, clock, worker, mail and backups, and say what to do.

    Runs also where the store cannot be opened. Exit status: 0 all is well, 1 something should be looked at, 2 something
    does not work.
    """
    address = click.prompt("Address") if account == "-" else account
    logs.configure()
    if address is not None:
        canonical(address)  # before anything else is done
    found = doctors.examine(data, is_quick=quick, account=address, url=url)
    worst = findings.worst_of(found)
    if as_json:
        click.echo(json.dumps({"status": worst, "findings": msgspec.to_builtins(found)}))
    else:
        for one in found:
            click.echo(_line(one))
    return STATUS_OF[worst]


def _line(one: Finding) -> str:
    do = f"\n{'':20}{one.do}" if one.do else ""
    return f"{one.severity:8} {one.about:10} {one.what}{do}"
