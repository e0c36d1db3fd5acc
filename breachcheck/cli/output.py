"""How the terminal is spoken to: aligned tables, plain dates, who is at the keyboard, an address typed there."""

import getpass
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import click

from breachcheck.addresses import Address, canonical


def aligned(rows: Sequence[Mapping[str, object]], nothing: str) -> str:
    """*rows* as a table with a heading from their keys; *nothing* where there are none. Numbers stand to the right."""
    if not rows:
        return nothing
    heading = [name.replace("_", " ") for name in rows[0]]
    cells = [[_cell(value) for value in row.values()] for row in rows]
    widths = [max(len(line[column]) for line in [heading, *cells]) for column in range(len(heading))]
    numbers = [all(isinstance(list(row.values())[column], int) for row in rows) for column in range(len(heading))]
    lines = [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(line, widths, numbers, strict=True)
        ).rstrip()
        for line in [heading, *cells]
    ]
    return "\n".join(lines)


def plain_date(when: date | int) -> str:
    """9 November 2025. An int is epoch seconds, told in UTC."""
    day = datetime.fromtimestamp(when, UTC).date() if isinstance(when, int) else when
    return f"{day.day} {day:%B %Y}"


def who() -> str:
    """Who acts, for the audit: the system's name of the person at the command line."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli"


def address_of(account: str) -> Address:
    """The address that *account* is; where that is "-", one that is typed, or the first line of standard input."""
    if account == "-":
        account = (
            click.prompt("Address") if sys.stdin.isatty() else sys.stdin.buffer.readline().decode("utf-8", "replace")
        )
    return canonical(account)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return str(value)
