"""Parts of the system that some tests need beside Python. Where one is missing CI fails; elsewhere the rest runs.

``python -m tests.parts install`` gets them where it may; ``python -m tests.parts missing`` tells what was not run.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

import pytest

NOT_RUN = "not run, because a part of the system is missing: "


@dataclass(frozen=True)
class Part:
    """A program, the tests that need it, and the Debian packages that bring it."""

    program: str
    tests: str
    packages: tuple[str, ...]

    @property
    def path(self) -> str | None:
        return shutil.which(self.program)

    @property
    def remedy(self) -> str:
        return f"{self.program} (on Debian or Ubuntu: apt-get install {' '.join(self.packages)})"


PARTS = {
    "chromium": Part("chromium", "tests/browser", ("chromium", "fonts-dejavu-core", "fonts-noto-core")),
}


def require(name: str) -> str:
    """The path of the program of the part *name*; where it is missing the test fails in CI and is skipped elsewhere."""
    part = PARTS[name]
    if path := part.path:
        return path
    if is_ci():
        pytest.fail(NOT_RUN + part.remedy, pytrace=False)
    pytest.skip(NOT_RUN + part.remedy)


def is_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def install() -> None:
    """Get what is missing through apt, where this is root on a Debian-like system; elsewhere change nothing."""
    missing = [part for part in PARTS.values() if part.path is None]
    apt = shutil.which("apt-get")
    if not missing or apt is None or os.geteuid() != 0:
        return
    packages = [package for part in missing for package in part.packages]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ([apt, "update"], [apt, "install", "--yes", "--no-install-recommends", *packages]):
        subprocess.run(command, check=True, env=environment)


def tell_missing() -> None:
    """One line for each part that is not there; nothing where all are."""
    for part in PARTS.values():
        if part.path is None:
            print(f"Not run: {part.tests}, which needs {part.remedy}.")


if __name__ == "__main__":
    {"install": install, "missing": tell_missing}[sys.argv[1]]()
