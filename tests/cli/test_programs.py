"""Every command is a program, and says as one what it says where the tests call it."""

import re
from collections.abc import Iterator
from dataclasses import replace

import click
import pytest

from breachcheck.cli import COMMANDS, cli
from tests.cli.commands import SET_UP_THEIR_PROCESS, breachcheck, program
from tests.stores import SHOP, new_store, published_breach

ANN = "ann@example.com"
LINES = {
    "init": ["init"],
    "demo": ["demo", "--no-serve"],
    "ingest": ["ingest", "breach.yaml", "--dry-run"],
    "check": ["check", "-"],
    "breaches": ["breaches", "show", "Shop", "--json"],
    "manifest": ["manifest", "draft", "people.csv"],
    "domains": ["domains", "list"],
    "keys": ["keys", "list"],
    "mails": ["mails", "allow"],
    "watchlists": ["watchlists", "list"],
    "webhooks": ["webhooks", "deliveries", "siem"],
    "operators": ["operators", "remove", "kim"],
    "suppressions": ["suppressions", "count", "--json"],
    "backup": ["backup", "people.csv"],
    "restore": ["restore", "people.csv"],
    "migrate-store": ["migrate-store", "data", "data"],
    "receipt": ["receipt", "key"],
    "incidents": ["incidents", "list"],
}
"""Of each command a line that changes nothing, so that it can be said twice."""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("programs")
    (folder / "people.csv").write_text(f"email,name\n{ANN},Ann\n", encoding="utf-8")
    (folder / "breach.yaml").write_text(
        "manifest: 1\nname: Late\ntitle: Late\nbreach_date: 2026-03-14\ndescription: A breach.\n"
        "files: [{path: people.csv, mapping: {email: Email addresses, name: Names}}]\n",
        encoding="utf-8",
    )
    store = new_store(folder / "data")
    published_breach(store, SHOP, {ANN: ["Email addresses"]})
    store.close()
    return store.config.data


def without_pace(outcome):
    return replace(outcome, err=re.sub("[0-9,]+/s", "", outcome.err))


@pytest.mark.parametrize("command", LINES)
def test_a_command_says_as_a_program_what_it_says_here(data, command):
    as_program, here = (run(*LINES[command], data=data, stdin=f"{ANN}\n") for run in (program, breachcheck))

    assert as_program.out + as_program.err
    assert without_pace(as_program) == without_pace(here)


def test_no_command_is_left_out():
    assert {*LINES, *SET_UP_THEIR_PROCESS} == set(COMMANDS)


def every(group: click.Group) -> Iterator[tuple[str, str]]:
    """Each command of *group* and of its groups, with its line in a list on a terminal of 80 columns."""
    context = click.Context(group)
    names = group.list_commands(context)
    room = 80 - len("      ") - max(map(len, names))
    for name in names:
        command = group.get_command(context, name)
        assert command is not None
        yield name, command.get_short_help_str(room)
        if isinstance(command, click.Group):
            yield from every(command)


def test_what_a_list_says_of_a_command_is_not_cut_off():
    lines = dict(every(cli))

    assert len(lines) > len(COMMANDS)
    assert [name for name, line in lines.items() if not line.endswith((".", "?")) or line.endswith("...")] == []
