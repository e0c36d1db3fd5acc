"""Runs the command line as its users do, with nothing of the test's environment."""

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from breachcheck.cli import main

ROOT = Path(__file__).parents[2]
SET_UP_THEIR_PROCESS = {"serve", "worker", "doctor"}
"""Commands that set up the logging of their process, once and for all."""
MEASURED = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
"""For processes of which coverage is told. It slows them down by half, and is lost of those that are killed."""


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
    """Ours, without the settings of whoever runs the tests; coverage is not measured in it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BREACHCHECK_", "COVERAGE_"))}
    return kept | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"} | extra


def breachcheck(*arguments: str | Path, data: Path | None = None, stdin: str = "", **extra: str) -> Outcome:
    """Run ``breachcheck`` to its end: in this process, which is quick, unless the command sets up that of its own."""
    if arguments[0] in SET_UP_THEIR_PROCESS:
        return program(*arguments, data=data, stdin=stdin, **MEASURED, **extra)
    streams = [_stream(text) for text in (stdin, "", "")]
    with _as_if_begun(*streams, folder=data.parent if data else None, **extra):
        status = _status_of(_line(arguments, data))
    out, err = (_written(stream) for stream in streams[1:])
    return Outcome(status, out, err)


def program(*arguments: str | Path, data: Path | None = None, stdin: str = "", **extra: str) -> Outcome:
    """As ``breachcheck``, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "breachcheck.cli", *_line(arguments, data)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        env=environment(**extra),
        cwd=data.parent if data else None,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def _line(arguments: tuple[str | Path, ...], data: Path | None) -> list[str]:
    where = [] if data is None else ["--data", str(data)]
    return [*map(str, arguments), *where]


def _status_of(line: list[str]) -> int:
    try:
        main(line)
    except SystemExit as ended:
        return int(ended.code or 0)
    raise AssertionError("a command ends by its exit status")


@contextlib.contextmanager
def _as_if_begun(
    stdin: io.TextIOWrapper, out: io.TextIOWrapper, err: io.TextIOWrapper, *, folder: Path | None, **extra: str
) -> Iterator[None]:
    """What a new process would find: its streams, its environment, its folder."""
    with (
        mock.patch.multiple(sys, stdin=stdin, stdout=out, stderr=err),
        mock.patch.dict(os.environ, environment(**extra), clear=True),
        contextlib.chdir(folder or Path.cwd()),
    ):
        yield


def _stream(text: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
