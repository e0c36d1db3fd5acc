"""Runs the command line as its users do: a process of its own, with nothing of the test's environment."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def environment(**extra: str) -> dict[str, str]:
    """Ours, without the settings of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BREACHCHECK_")}
    return kept | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"} | extra


def breachcheck(*arguments: str | Path, data: Path | None = None, stdin: str = "", **extra: str) -> Outcome:
    """Run ``breachcheck`` to its end."""
    where = [] if data is None else ["--data", str(data)]
    done = subprocess.run(
        [sys.executable, "-m", "breachcheck.cli", *map(str, arguments), *where],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        env=environment(**extra),
        cwd=data.parent if data else None,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)
