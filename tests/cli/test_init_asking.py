"""``breachcheck init`` at a terminal, where it asks who may see answers, and away from one, where it does not."""

import os
import pty
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.commands import breachcheck, environment


def at_a_terminal(data: Path, answer: str, *options: str, **extra: str) -> str:
    """What stands on the terminal once *answer* was typed ahead and the command has ended."""
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    command = [sys.executable, "-m", "breachcheck.cli", "init", "--data", str(data), *options]
    done = subprocess.run(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment(**extra), timeout=60)
    os.close(theirs)
    shown = b""
    while chunk := _read(ours):
        shown += chunk
    os.close(ours)
    assert done.returncode == 0, shown
    return shown.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    """Empty at the end, which Linux tells of as a fault."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


def settings_of(data: Path) -> dict[str, object]:
    return tomllib.loads((data / "settings.toml").read_text(encoding="utf-8"))


def test_each_rule_is_explained_and_what_needs_mail_gets_it(tmp_path):
    shown = at_a_terminal(tmp_path / "data", "owner")

    assert "\n  open    Whoever types an address sees its answer on the page.\n" in shown
    assert "\n  owner   The answer is mailed to the address itself" in shown
    assert "\n  closed  There is no public form" in shown
    assert "nobody gets them until you set smtp" in shown
    assert settings_of(tmp_path / "data") == {"disclosure": "owner", "mail": "outbox"}


def test_what_was_said_already_is_not_asked(tmp_path):
    shown = at_a_terminal(tmp_path / "data", "owner", "--disclosure", "closed")

    assert "Who may see answers?" not in shown
    assert settings_of(tmp_path / "data") == {"disclosure": "closed", "mail": "off"}


def test_away_from_a_terminal_answers_are_open_and_mail_is_off(tmp_path):
    outcome = breachcheck("init", data=tmp_path / "data", stdin="owner\n")

    assert (outcome.status, "Who may see answers?" in outcome.out) == (0, False)
    assert settings_of(tmp_path / "data") == {"disclosure": "open", "mail": "off"}


def test_mail_can_be_said_beside_the_rule_that_needs_it(tmp_path):
    outcome = breachcheck("init", "--disclosure", "owner", "--mail", "outbox", data=tmp_path / "data")

    assert outcome.status == 0
    assert settings_of(tmp_path / "data") == {"disclosure": "owner", "mail": "outbox"}


@pytest.mark.parametrize("said", [("--mail", "smtp"), ("--disclosure", "owner")])
def test_what_cannot_be_makes_no_folder(tmp_path, said):
    outcome = breachcheck("init", *said, data=tmp_path / "data")

    assert (outcome.status, (tmp_path / "data").exists()) == (2, False)
    assert "is not set" in outcome.err or "mail is off" in outcome.err


def test_settings_that_say_otherwise_are_not_passed_over(tmp_path):
    (tmp_path / "settings.toml").write_text('mail = "off"\n', encoding="utf-8")
    outcome = breachcheck("init", "--mail", "outbox", data=tmp_path)

    assert outcome.status == 2
    assert "is there already and says mail off; change it there." in outcome.err
