"""What every test may ask for: a real store in a folder of its own, on SQLite or on PostgreSQL."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from breachcheck.services import Services
from tests import engines, made_once, servers
from tests.engines import ENGINES, Postgres
from tests.stores import new_store

settings.register_profile("same everywhere", deadline=None, derandomize=True)
settings.load_profile("same everywhere")
made_once.make_sites_quickly()


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: most tests wait for a program, a server or a page."""
    return (os.cpu_count() or 1) + 1


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Those tests of a module that says ``ENGINES`` which have a folder for a store run on each of them."""
    marker = metafunc.definition.get_closest_marker("engines")
    on = marker.args if marker else getattr(metafunc.module, "ENGINES", ())
    if on and "tmp_path" in metafunc.fixturenames:
        metafunc.parametrize("engine", on, indirect=True)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A server of this process alone, gone with it."""
    with servers.running(*servers.QUICK) as server:
        yield Postgres(server, tmp_path_factory.mktemp("postgres"))


@pytest.fixture(autouse=True)
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """What the stores of a test are made on."""
    name: str = getattr(request, "param", ENGINES[0])
    if name == "sqlite":
        yield name
        return
    with engines.on(request.getfixturevalue("postgres")):
        yield name


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Services]:
    """An empty store, open."""
    services = new_store(tmp_path / "data")
    yield services
    services.close()
