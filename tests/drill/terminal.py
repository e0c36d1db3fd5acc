"""A terminal in which docs/worst-day.md is followed; folder and variables stay from one command to the next."""

import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.cli.commands import environment
from tests.drill.document import Command, Edit

_ANSWERS = "breachcheck check "
"""Commands whose status is their answer: 1 is a yes."""


@dataclass
class Terminal:
    """*folder* is where one is. ``breachcheck`` is on the path, as after an installation."""

    folder: Path
    programs: Path

    @classmethod
    def at(cls, folder: Path) -> "Terminal":
        programs = folder / "bin"
        programs.mkdir()
        program = programs / "breachcheck"
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m breachcheck.cli "$@"\n')
        program.chmod(0o755)
        start = folder / "program"
        start.mkdir()
        return cls(start, programs)

    def type(self, command: Command) -> str:
        """What *command* prints, on either channel; it has to end well, and to show what it should."""
        known = environment()
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"{command.text}\npwd > {self.programs}/where"],
            cwd=self.folder, env=known | {"PATH": f"{self.programs}:{known['PATH']}"}, input=command.typed,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        assert done.returncode in ((0, 1) if command.text.startswith(_ANSWERS) else (0,)), done.stdout
        if done.returncode == 0:
            self.folder = Path((self.programs / "where").read_text().strip())
        for line in command.seen:
            assert f"\n{_bare(line)}" in f"\n{_bare(done.stdout)}", f"{line!r} is not in: {done.stdout}"
        return done.stdout

    def change(self, edit: Edit) -> None:
        """As an editor does, in breach.yaml."""
        path = self.folder / "breach.yaml"
        text = path.read_text(encoding="utf-8")
        for line in edit.lines:
            key = re.match(r"( *)([^:]+:)", line)
            assert key, f"{line!r} has no key"
            before = re.compile(rf"^{key[1]}(?:# )?{re.escape(key[2])}.*$", re.MULTILINE)
            assert before.search(text), f"{key[2]} is not in: {text}"
            text = before.sub(lambda _, after=line: after, text)
        path.write_text(text, encoding="utf-8")


def _bare(text: str) -> str:
    """*text* whatever the width of its columns."""
    return "\n".join(" ".join(line.split()) for line in text.splitlines())
