"""What a guess at a password or a passphrase costs: next to nothing here, but where that is what is tested."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from breachcheck import key_files, operators

_PLACES: tuple[dict[str, Any], ...] = (vars(operators), vars(key_files))
_NAME = "_MEMORY_KIB"
_LEAST_KIB = 32
"""Argon2 takes no less for four lanes."""
_AS_THE_PROGRAM_HAS_IT = tuple(place[_NAME] for place in _PLACES)


def let_cost_little() -> None:
    """From now on, until *in_earnest*. What is hashed so opens to any process: a password's hash says what it cost."""
    for place in _PLACES:
        place[_NAME] = _LEAST_KIB


@contextmanager
def in_earnest() -> Iterator[None]:
    """As much as the program has it cost, for the length of a block; for what other processes are to open by a
    passphrase too.
    """
    for place, memory in zip(_PLACES, _AS_THE_PROGRAM_HAS_IT, strict=True):
        place[_NAME] = memory
    try:
        yield
    finally:
        let_cost_little()
