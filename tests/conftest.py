"""What every test may ask for: a real store in a folder of its own, on SQLite or on PostgreSQL."""

import gc
import os
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from breachcheck.services import Services
from tests import engines, guesses, made_once, patience, servers
from tests.engines import ENGINES, Postgres
from tests.stores import new_store

settings.register_profile("same everywhere", deadline=None, derandomize=True)
settings.load_profile("same everywhere")
made_once.make_sites_quickly()
patience.have_stores_wait()
guesses.let_cost_little()


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: most tests wait for a program, a server or a page."""
    return (os.cpu_count() or 1) + 1


class ByFile(LoadFileScheduling):
    """A file is the work of one process, and tests/browser altogether is, which so starts its sites once."""

    TOGETHER = "tests/browser/"

    def _split_scope(self, nodeid: str) -> str:
        return self.TOGETHER if nodeid.startswith(self.TOGETHER) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile | None:
    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Finds the tests. None of them goes before the end, nor do the modules: nobody looks for garbage among them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_unconfigure() -> None:
    """At the end it does matter: DuckDB tells what it thinks is left over."""
    gc.unfreeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first, by their names, so that nobody waits for one of them at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path not in slow, item.path.name if item.path in slow else ""))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Those tests of a module that says ``ENGINES`` which have a store run on each of them: one of their own in
    ``tmp_path``, or one that a module makes for many with ``lasting_engine``."""
    marker = metafunc.definition.get_closest_marker("engines")
    on = marker.args if marker else getattr(metafunc.module, "ENGINES", ())
    names = metafunc.fixturenames
    if on and "lasting_engine" in names:
        metafunc.parametrize("lasting_engine", on, indirect=True)
    elif on and "tmp_path" in names:
        metafunc.parametrize("engine", on, indirect=True)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A server of this process alone, gone with it."""
    folder = tmp_path_factory.mktemp("postgres")
    with servers.running(*servers.QUICK) as server, closing(Postgres(server, folder, stays_connected=True)) as one:
        yield one


@pytest.fixture(scope="module")
def lasting_engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """What the stores that a module makes for many tests are made on."""
    with _made_on(request) as name:
        yield name


@pytest.fixture(autouse=True)
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """What the stores of a test are made on."""
    with _made_on(request) as name:
        yield name


@contextmanager
def _made_on(request: pytest.FixtureRequest) -> Iterator[str]:
    name: str = getattr(request, "param", ENGINES[0])
    with engines.on(None if name == "sqlite" else request.getfixturevalue("postgres")):
        yield name


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Services]:
    """An empty store, open."""
    services = new_store(tmp_path / "data")
    yield services
    services.close()
