"""Parts of the system that some tests need beside Python. Where one is missing CI fails; elsewhere the rest runs.

``python -m tests.parts install`` gets them where it may; ``python -m tests.parts missing`` tells what was not run.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from tests import wheels

NOT_RUN = "not run, because a part of the system is missing: "
ROOT = Path(__file__).parents[1]
NPM_FOLDER = Path(sys.prefix, "npm")


class Part(Protocol):
    """What *tests* need: where it is, if it is there, and how to get it."""

    tests: str

    @property
    def path(self) -> str | None: ...
    @property
    def remedy(self) -> str: ...


@dataclass
class Program:
    """A program, and the Debian packages that bring it."""

    program: str
    tests: str
    packages: tuple[str, ...]
    elsewhere: str = ""
    """Where it is looked for, the newest last, when it is not on the path: a pattern from the root."""

    @property
    def path(self) -> str | None:
        beside = sorted(map(str, Path("/").glob(self.elsewhere))) if self.elsewhere else []
        return shutil.which(self.program) or (beside[-1] if beside else None)

    @property
    def remedy(self) -> str:
        return f"{self.program} (on Debian or Ubuntu: apt-get install {' '.join(self.packages)})"


@dataclass
class NpmPackage:
    """A package of npm's registry, in one version. *path*: the folder where programs that are run can import it."""

    package: str
    version: str
    tests: str

    @property
    def path(self) -> str | None:
        try:
            about = json.loads((NPM_FOLDER / "node_modules" / self.package / "package.json").read_text())
        except OSError:
            return None
        return str(NPM_FOLDER) if about["version"] == self.version else None

    @property
    def remedy(self) -> str:
        return f"{self.package} {self.version} of npm (python -m tests.parts install)"

    def install(self, npm: str) -> None:
        NPM_FOLDER.mkdir(exist_ok=True)
        quietly = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock", "--loglevel=error"]
        command = [npm, "install", "--prefix", str(NPM_FOLDER), *quietly, f"{self.package}@{self.version}"]
        subprocess.run(command, check=True)


PARTS: dict[str, Part] = {
    "gcc": Program("gcc", "what is compiled of ingest", ("gcc", "libc6-dev", "python3-dev")),
    "curl": Program("curl", "the samples of the API that call it with curl", ("curl",)),
    "chromium": Program("chromium", "tests/browser", ("chromium", "fonts-dejavu-core", "fonts-noto-core")),
    "postgres": Program(
        "postgres", "what is tested on PostgreSQL too", ("postgresql",), elsewhere="usr/lib/postgresql/*/bin/postgres"
    ),
    "nginx": Program("nginx", "deploy/nginx.conf", ("nginx-light",), elsewhere="usr/sbin/nginx"),
    "caddy": Program("caddy", "deploy/Caddyfile", ("caddy",)),
    "systemd-analyze": Program("systemd-analyze", "the units of deploy/", ("systemd",)),
    "node": Program("node", "tests/dialect", ("nodejs",)),
    "npm": Program("npm", "tests/dialect", ("npm",)),
    "hibp": NpmPackage("hibp", "15.2.1", "tests/dialect"),
}


def require(name: str) -> str:
    """Where the part *name* is; where it is missing the test fails in CI and is skipped elsewhere."""
    part = PARTS[name]
    if path := part.path:
        return path
    if is_ci():
        pytest.fail(NOT_RUN + part.remedy, pytrace=False)
    pytest.skip(NOT_RUN + part.remedy)


def is_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def install() -> None:
    """Get what is missing: through apt, where this is root on a Debian-like system, and then through npm."""
    _install_programs()
    if PARTS["gcc"].path:
        _compile()
    npm = shutil.which("npm")
    for part in PARTS.values():
        if isinstance(part, NpmPackage) and part.path is None and npm:
            part.install(npm)


def _install_programs() -> None:
    missing = [part for part in PARTS.values() if isinstance(part, Program) and part.path is None]
    apt = shutil.which("apt-get")
    if not missing or apt is None or os.geteuid() != 0:
        return
    packages = [package for part in missing for package in part.packages]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ([apt, "update"], [apt, "install", "--yes", "--no-install-recommends", *packages]):
        subprocess.run(command, check=True, env=environment)


def _compile() -> None:
    """What setup.py names, in the folders of the source, from which tests import it: as it was installed, if it was."""
    if wheel := wheels.installed():
        wheels.take_compiled(wheel)
        return
    command = [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace"]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def tell_missing() -> None:
    """One line for each part that is not there; nothing where all are."""
    for part in PARTS.values():
        if part.path is None:
            print(f"Not run: {part.tests}, which needs {part.remedy}.")


if __name__ == "__main__":
    {"install": install, "missing": tell_missing}[sys.argv[1]]()
