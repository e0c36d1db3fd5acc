"""The systemd units are understood by systemd, run what there is and may do little."""

import shlex
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from breachcheck import config
from breachcheck.cli import COMMANDS
from tests import parts
from tests.cli.commands import ROOT

UNITS = ("breachcheck.service", "breachcheck-worker.service")
PROGRAM = "/usr/local/lib/breachcheck/bin/breachcheck"
MOST_EXPOSED = 15
"""In tenths, of 100; a unit that says nothing has 96."""


def unit(name: str) -> ConfigParser:
    read = ConfigParser(interpolation=None, strict=False)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read(ROOT / "deploy" / name, encoding="utf-8")
    return read


@pytest.mark.parametrize("name", UNITS)
def test_it_is_understood(name, tmp_path):
    text = (ROOT / "deploy" / name).read_text(encoding="utf-8")
    (tmp_path / name).write_text(
        text.replace(PROGRAM, sys.executable).replace("\nWants=breachcheck-worker.service", "")
    )
    said = subprocess.run(
        [parts.require("systemd-analyze"), "verify", "--man=no", str(tmp_path / name)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.parametrize("name", UNITS)
def test_it_may_do_little(name):
    command = [parts.require("systemd-analyze"), "security", "--offline=true", f"--threshold={MOST_EXPOSED}"]
    said = subprocess.run(
        [*command, "--no-pager", str(ROOT / "deploy" / name)], capture_output=True, text=True, check=False
    )

    assert said.returncode == 0, said.stdout


@pytest.mark.parametrize("name", UNITS)
def test_it_runs_a_command_that_there_is_on_the_folder_that_it_may_write(name):
    service = unit(name)["Service"]
    program, command, *_ = shlex.split(service["ExecStart"])
    read = config.read(None, dict([service["Environment"].split("=", 1)]))

    assert (program, command in COMMANDS) == (PROGRAM, True)
    assert read.data == Path("/var/lib", service["StateDirectory"])
    assert (service["StateDirectoryMode"], service["User"]) == ("0700", "breachcheck")


def test_the_two_differ_in_what_they_do_and_in_nothing_that_they_may():
    server, worker = (dict(unit(name)["Service"]) for name in UNITS)
    differing = {key for key in server.keys() | worker.keys() if server.get(key) != worker.get(key)}

    assert differing == {"ExecStart", "Nice", "LimitNOFILE"}
