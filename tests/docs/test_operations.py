"""Operations: what the document says to type about backups is typed here, and does what it says."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from breachcheck import key_files
from tests.cli.commands import ROOT, breachcheck, environment
from tests.stores import SHOP, published_breach

pytestmark = pytest.mark.slow

ANN = "ann@example.com"
SECTION = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
FENCE = re.compile(r"```sh\n(.+?)```", re.DOTALL)


def commands_of(section: str) -> str:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    return "\n".join(FENCE.findall(dict(SECTION.findall(text))[section]))


@pytest.fixture
def terminal(tmp_path: Path) -> Path:
    """A folder to type in; ``breachcheck`` is on the path."""
    program = tmp_path / "bin" / "breachcheck"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m breachcheck.cli "$@"\n')
    program.chmod(0o755)
    return tmp_path


def typed(terminal: Path, section: str, data: Path) -> str:
    """What the commands of *section* print; each has to succeed."""
    known = environment(BREACHCHECK_DATA=str(data))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands_of(section)],
        cwd=terminal, env=known | {"PATH": f"{terminal}/bin:{known['PATH']}"}, input="nobody@example.org\n",
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_store_is_backed_up_and_restored_as_written(store, terminal):
    published_breach(store, SHOP, {ANN: ["Email addresses"]})

    typed(terminal, "Back up", store.config.data)
    typed(terminal, "Restore", store.config.data)

    assert breachcheck("check", ANN, data=terminal / "restored").status == 1


def test_a_store_is_upgraded_as_written(store, terminal):
    published_breach(store, SHOP, {ANN: ["Email addresses"]})
    (terminal / "backups").mkdir()

    assert "Shop" in typed(terminal, "Upgrade", store.config.data)


def test_a_store_is_moved_as_written(store, terminal):
    published_breach(store, SHOP, {ANN: ["Email addresses"]})
    key_files.write_key_file(terminal / "moving.key", key_files.new_key())

    typed(terminal, "Move to another machine", store.config.data)

    assert breachcheck("check", ANN, data=terminal / "moved").status == 1
