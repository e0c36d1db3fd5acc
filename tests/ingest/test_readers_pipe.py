"""Streams into DuckDB: what goes wrong on the way is raised, and nothing hangs or is left behind."""

import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from breachcheck.errors import DataFileError
from ingest.readers.pipe import Pipe


def pipes() -> set[str]:
    """Those that are open in this process, each by a name that no other has."""
    found = set()
    for file in Path("/dev/fd").iterdir():
        with suppress(FileNotFoundError):  # what lists them is one of them
            found.add(str(file.readlink()))
    return {name for name in found if name.startswith("pipe:")}


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """No test leaves a thread or an open pipe. What others left in this process may end meanwhile."""
    threads, open_before = set(threading.enumerate()), pipes()
    yield
    assert set(threading.enumerate()) <= threads
    assert pipes() <= open_before


def endless(closed: list[bool]) -> Generator[bytes]:
    try:
        while True:
            yield b"x" * 100_000
    finally:
        closed.append(True)


def failing() -> Generator[bytes]:
    yield b"first\n"
    raise DataFileError("people.csv.gz: the file is cut short")


def test_what_is_written_is_read() -> None:
    pipe = Pipe(piece for piece in [b"a" * 3_000_000, b"", b"b"])

    with Path(pipe.path).open("rb") as file:
        content = file.read()
        pipe.finish()

    assert content == b"a" * 3_000_000 + b"b"


def test_a_fault_on_the_way_is_raised_at_the_end() -> None:
    pipe = Pipe(failing())

    with Path(pipe.path).open("rb") as file:
        assert file.read() == b"first\n"
        with pytest.raises(DataFileError, match="cut short"):
            pipe.finish()
    pipe.close()


def test_a_surprise_on_the_way_is_raised_too() -> None:
    pipe = Pipe(bytes(1 // (1 - number)) for number in range(2))

    with Path(pipe.path).open("rb") as file:
        file.read()
        with pytest.raises(ZeroDivisionError):
            pipe.finish()


def test_a_stream_that_nobody_reads_can_be_closed() -> None:
    closed: list[bool] = []
    pipe = Pipe(endless(closed))

    pipe.close()
    pipe.close()

    assert closed == [True]


def test_a_stream_whose_reader_went_away_ends() -> None:
    closed: list[bool] = []
    pipe = Pipe(endless(closed))

    with Path(pipe.path).open("rb") as file:
        file.read(10)
    pipe.finish()

    assert closed == [True]


def test_a_stream_can_be_closed_while_it_is_read() -> None:
    closed: list[bool] = []
    pipe = Pipe(endless(closed))

    with Path(pipe.path).open("rb") as file:
        file.read(10)
        pipe.close()

    assert closed == [True]
