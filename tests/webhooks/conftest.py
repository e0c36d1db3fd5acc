"""A store that may call the loopback, and a program there that hears it."""

from collections.abc import Iterator

import pytest

from breachcheck.services import Services
from tests.hooked import hooked_store
from tests.receivers import Receiver, receiving


@pytest.fixture
def store(tmp_path) -> Iterator[Services]:
    with hooked_store(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one
