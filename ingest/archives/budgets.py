"""Budgets: how much may come out of one file on disk, whatever it holds and however deep."""

from dataclasses import dataclass

from breachcheck.errors import DataFileError
from ingest.archives.compression import Limits, refuse_bomb

MOST_MEMBERS = 100_000


@dataclass(slots=True)
class Budget:
    """What is left of *limits* for a file of *packed* bytes. Several archives within it share one."""

    limits: Limits
    packed: int
    _unpacked: int = 0
    _members: int = 0

    def spend(self, count: int, name: str) -> None:
        """So many bytes more came out. Raises DataFileError, of the member *name*, where that is too much."""
        self._unpacked += count
        refuse_bomb(self._unpacked, self.packed, name, self.limits)

    def admit(self, name: str) -> None:
        """One member more, of the archive *name*; DataFileError where those are too many."""
        self._members += 1
        if self._members > MOST_MEMBERS:
            raise DataFileError(f"{name}: holds more than {MOST_MEMBERS:,} members; split it")
