"""What the rooms above ask of an engine for the sake of a store's safety: a copy of it, and how it fares."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ServerState:
    """One of several servers. *why_away*: why it does not answer; *behind*: bytes of log that a standby still lacks."""

    place: str
    is_written_to: bool = False
    behind: int | None = None
    why_away: str | None = None


class Upkeep(Protocol):
    """Looks after one store. Changes nothing in it, and needs no key."""

    def copy(self, folder: Path) -> Sequence[Path]:
        """Write files of SQLite to *folder* that together are the store as of one moment, while others write to it.

        Raises StoreDamaged where what was copied is not whole, StoreFull where there is no room for it.
        """

    def bytes_of_copy(self) -> int:
        """How much room ``copy`` needs, about, and rather too much."""

    def lacks(self) -> Sequence[str]:
        """Changes of the schema that the store has not got yet. Raises SchemaMismatch where it has newer ones."""

    def faults(self) -> Sequence[str]:
        """What a look at every page of it finds wrong; nothing where it is whole. Quotes no data."""

    def files(self) -> Sequence[Path]:
        """The files that the store is made of, if they are in our care."""

    def servers(self) -> Sequence[ServerState]:
        """How each of the servers fares that settings name for it; empty where it is one alone, or none."""
