"""Fingerprints are of the file that was read, whenever they are taken."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from breachcheck.errors import LoadError
from ingest import fingerprints
from ingest.disk_files import state_of
from ingest.fingerprints import Fingerprints

TEXT = b"ann@example.com\n" * 1000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "people.csv"
    file.write_bytes(TEXT)
    return file


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fingerprints]:
    """Of files that take many pieces."""
    monkeypatch.setattr(fingerprints, "_PIECE", 16)
    with Fingerprints() as opened:
        yield opened


def is_hashed_within(taken: Fingerprints, path: Path, seconds: float) -> bool:
    try:
        taken._hashes[path].result(seconds)
    except TimeoutError:
        return False
    return True


def test_a_file_is_hashed_whole_before_and_after_reading_but_not_meanwhile(taken: Fingerprints, path: Path) -> None:
    with taken.reading():
        taken.begin(path, state_of(path))
        taken.hash_waiting()

        assert not is_hashed_within(taken, path, 0.2)
    assert taken.of(path) == hashlib.sha256(TEXT).hexdigest()


def test_a_file_that_memory_may_not_hold_is_hashed_while_it_is_read(
    taken: Fingerprints, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprints, "_LARGE", 1)
    with taken.reading():
        taken.begin(path, state_of(path))

        assert is_hashed_within(taken, path, 60)


def test_a_file_that_changed_since_it_was_begun_is_refused_when_it_is_begun_again(
    taken: Fingerprints, path: Path
) -> None:
    taken.begin(path, state_of(path))
    taken.hash_waiting()
    path.write_bytes(TEXT + b"bob@example.com\n")

    with pytest.raises(LoadError, match=r"people\.csv changed while it was read"):
        taken.begin(path, state_of(path))


def test_what_is_given_up_while_it_waits_ends(path: Path) -> None:
    with Fingerprints() as taken, taken.reading():
        taken.begin(path, state_of(path))
        taken.hash_waiting()
        taken.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)

        assert is_hashed_within(taken, path, 60)
