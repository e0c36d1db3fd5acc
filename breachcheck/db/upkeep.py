"""What the rooms above ask of an engine for the sake of a store's safety: a copy of it, and how it fares."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from breachcheck.errors import OwnBackup


@dataclass(frozen=True, slots=True)
class ServerState:
    """One of several servers. *why_away*: why it does not answer; *behind*: bytes of log that a standby still lacks."""

    place: str
    is_written_to: bool = False
    behind: int | None = None
    why_away: str | None = None


class Upkeep(Protocol):
    """Looks after one store. Changes nothing in it, and needs no key."""

    def require_copies(self) -> None:
        """Raises OwnBackup where copies of this engine's stores are made by its own tools alone."""

    def copy(self, folder: Path) -> Sequence[Path]:
        """Write files to *folder* that together are the store as of one moment, while others read and write it.

        Raises StoreDamaged where what was copied is not whole, StoreFull where there is no room for it.
        """

    def lacks(self) -> Sequence[str]:
        """Changes of the schema that the store has not got yet. Raises SchemaMismatch where it has newer ones."""

    def faults(self) -> Sequence[str]:
        """What a look at every page of it finds wrong; nothing where it is whole. Quotes no data."""

    def files(self) -> Sequence[Path]:
        """The files that the store is made of, if they are in our care."""

    def servers(self) -> Sequence[ServerState]:
        """How each of the servers fares that settings name for it; empty where it is one alone, or none."""


class ElsewhereUpkeep:
    """Of a store in a database server, which sees to its own files."""

    def __init__(self, survey: Callable[[], Sequence[ServerState]]) -> None:
        self._survey = survey

    def require_copies(self) -> None:
        raise OwnBackup(
            "The store is in PostgreSQL, whose own tools back it up: `pg_dump --format=custom` of its database, or"
            " pg_basebackup of the server. Keep with it settings.toml and, apart from it, the keys; docs/operations.md"
            " says which."
        )

    def copy(self, folder: Path) -> Sequence[Path]:  # noqa: ARG002 - the protocol's signature
        self.require_copies()
        return []

    def lacks(self) -> Sequence[str]:
        """Opening it says so."""
        return []

    def faults(self) -> Sequence[str]:
        """The server looks after its pages."""
        return []

    def files(self) -> Sequence[Path]:
        return []

    def servers(self) -> Sequence[ServerState]:
        return self._survey()
