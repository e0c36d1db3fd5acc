"""Layers: the contracts of setup.cfg speak of every module, so that a new one has to take its place."""

from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def placed() -> set[str]:
    read = ConfigParser()
    read.read(ROOT / "setup.cfg", encoding="utf-8")
    names = read["importlinter:contract:layers"]["layers"].replace("|", " ").replace(":", " ").split()
    return {name.strip("()") for name in names}


def modules_of(package: str) -> set[str]:
    return {f"{package}.{path.stem}" for path in (ROOT / package).glob("*.py") if path.stem != "__init__"} | {
        f"{package}.{path.parent.name}" for path in (ROOT / package).glob("*/__init__.py")
    }


@pytest.mark.parametrize("package", ["breachcheck", "ingest"])
def test_every_module_has_its_layer(package):
    assert {name for name in placed() if name.startswith(package)} == modules_of(package)
