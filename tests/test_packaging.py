"""What is installed is what the tree holds: a built wheel, in an environment of its own, used from another folder."""

import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests import wheels
from tests.cli.servers import running_program
from tests.parts import require

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The one that ``make`` installed, or one like it."""
    return wheels.installed() or wheels.build(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="module")
def program(wheel, tmp_path_factory) -> Path:
    """``breachcheck`` in a new environment, which borrows only the libraries of the one that runs the tests."""
    place = tmp_path_factory.mktemp("installed")
    venv.create(place, with_pip=False, symlinks=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(place), "platbase": str(place)}))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    script = place / "bin" / "breachcheck"
    script.write_text(f"#!{place}/bin/python\nfrom breachcheck.cli import main\nmain()\n")
    script.chmod(0o755)
    return script


def test_every_shipped_file_is_in_the_wheel(wheel):
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    templates = {f"breachcheck/templates/{path.relative_to(ROOT / 'templates')}" for path in files(ROOT / "templates")}
    static = {str(path.relative_to(ROOT)) for path in files(ROOT / "breachcheck" / "static")}
    data = {
        str(path.relative_to(ROOT))
        for path in files(ROOT / "breachcheck", ROOT / "ingest")
        if path.suffix not in (".py", ".pyx", ".pxd", ".c", ".so")
    }
    examples = {
        f"breachcheck/examples/{path.relative_to(ROOT / 'examples')}"
        for path in files(ROOT / "examples")
        if path.suffix not in (".py", ".md")
    }

    assert templates | static | data | examples <= packed


def test_what_is_compiled_is_in_the_wheel(wheel):
    require("gcc")
    packed = {Path(name).name.partition(".")[0] for name in wheels.compiled(wheel)}

    assert packed == {path.stem for path in (ROOT / "ingest" / "compiled").glob("*.pyx")}


def test_an_installed_demo_loads_and_serves_the_same_pages(program, tmp_path):
    there = tmp_path / "there"
    here = tmp_path / "here"
    command = [sys.executable, "-m", "breachcheck.cli"]
    with (
        running_program([str(program), "demo"], there, cwd=tmp_path, PYTHONPATH="") as installed,
        running_program([*command, "demo"], here, cwd=tmp_path, PYTHONPATH=str(ROOT)) as tree,
    ):
        for path in ("/", "/breaches", "/breaches/OpenAI-Mixpanel", "/how-it-works", "/api/v1/openapi.json"):
            assert comparable(installed.request("GET", path)) == comparable(tree.request("GET", path)), path


def comparable(response: tuple[int, dict[str, str], str]) -> tuple[int, str]:
    status, _, body = response
    return status, body


def files(*folders: Path) -> list[Path]:
    return [
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.stat().st_size
    ]
