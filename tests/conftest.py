"""What every test may ask for: a real store in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from breachcheck.services import Services
from tests.stores import new_store

settings.register_profile("same everywhere", deadline=None, derandomize=True)
settings.load_profile("same everywhere")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Services]:
    """An empty store, open."""
    services = new_store(tmp_path / "data")
    yield services
    services.close()
