"""A wheel of what the tree holds: the one that was installed for the tests, or one that is built for them."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
KEPT = Path(sys.prefix, "wheel")
"""Where ``make`` leaves what it installs."""
_FOLDERS = ("breachcheck", "ingest", "templates", "examples")
_TOP_FILES = ("setup.cfg", "setup.py", "pyproject.toml", "README.md", "LICENSE")
_MADE = shutil.ignore_patterns("__pycache__", "*.so", "*.c")


def installed() -> Path | None:
    """The wheel that was installed, if nothing that it is built from was changed since, and a compiler was there."""
    for wheel in KEPT.glob("*.whl"):
        made_at = wheel.stat().st_mtime
        if compiled(wheel) and all(path.stat().st_mtime < made_at for path in _sources()):
            return wheel
    return None


def build(folder: Path) -> Path:
    """One of a copy in *folder*, so that nothing is left in the tree."""
    for name in _FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=_MADE)
    for name in _TOP_FILES:
        shutil.copy(ROOT / name, folder / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", str(folder)]
    subprocess.run([*command, "--wheel-dir", str(folder)], check=True, cwd=folder)
    return next(folder.glob("*.whl"))


def compiled(wheel: Path) -> list[str]:
    """The names in *wheel* of what is compiled."""
    with zipfile.ZipFile(wheel) as archive:
        return [name for name in archive.namelist() if name.endswith(".so")]


def take_compiled(wheel: Path) -> None:
    """Put what is compiled in *wheel* into the folders of the source, from which tests import it."""
    with zipfile.ZipFile(wheel) as archive:
        for name in compiled(wheel):
            (ROOT / name).unlink(missing_ok=True)  # another process may have the old one open
            (ROOT / name).write_bytes(archive.read(name))


def _sources() -> Iterator[Path]:
    yield from (ROOT / name for name in _TOP_FILES)
    for folder in _FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.parent.name != "__pycache__" and path.suffix not in (".so", ".c"):
                yield path
