"""Layers: the contracts of setup.cfg speak of every module, so that a new one has to take its place."""

from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLAT = ("cli", "client", "db", "readers", "web")
"""Rooms whose modules stand side by side."""


def names_in(layers: str) -> set[str]:
    return {name.strip("()") for name in layers.replace("|", " ").replace(":", " ").split()}


def placed() -> set[str]:
    """Every module that a contract gives its place."""
    read = ConfigParser()
    read.read(ROOT / "setup.cfg", encoding="utf-8")
    contracts = [read[name] for name in read.sections() if "layers" in read[name]]
    outer = next(one for one in contracts if "containers" not in one)
    return names_in(outer["layers"]) | {
        f"{one['containers']}.{name}" for one in contracts if "containers" in one for name in names_in(one["layers"])
    }


def modules_in(room: Path) -> set[str]:
    name = ".".join(room.relative_to(ROOT).parts)
    return {f"{name}.{path.stem}" for path in room.glob("*.py") if path.stem != "__init__"}


@pytest.mark.parametrize("package", ["breachcheck", "ingest"])
def test_every_module_has_its_layer(package):
    rooms = sorted(path.parent for path in (ROOT / package).glob("*/__init__.py"))
    modules = modules_in(ROOT / package) | {f"{package}.{room.name}" for room in rooms}
    modules |= {name for room in rooms if room.name not in FLAT for name in modules_in(room)}

    assert {name for name in placed() if name.startswith(f"{package}.")} == modules
