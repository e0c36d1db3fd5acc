"""What every test may ask for: a real store in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from breachcheck.services import Services
from tests.stores import new_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Services]:
    """An empty store, open."""
    services = new_store(tmp_path / "data")
    yield services
    services.close()
