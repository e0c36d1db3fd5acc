"""Tallies: what a load counted, in all and file by file."""

from typing import Literal

import msgspec

from breachcheck.load_warnings import LoadWarning

LEFT_OUT = "left out at its owner's wish"
"""Why a record was rejected whose every address is suppressed."""


class FileTally(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one data file, archive member or table."""

    name: str
    outcome: Literal["read", "nothing found", "not read"]
    why: str = ""
    sha256: str | None = None
    bytes: int = 0
    format: str = ""
    encoding: str = ""
    read: int = 0
    indexed: int = 0
    rejected: dict[str, int] = msgspec.field(default_factory=dict)
    classes: tuple[str, ...] = ()

    def without_left_out(self) -> "FileTally":
        return msgspec.structs.replace(
            self, read=self.read - self.rejected.get(LEFT_OUT, 0), rejected=_without_left_out(self.rejected)
        )


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was read of each data file where it was not all: the first *limit* records, or a *share* spread over it."""

    limit: int | None = None
    share: float | None = None

    def __str__(self) -> str:
        if self.limit is not None:
            return f"the first {self.limit:,} records of each file"
        return f"a sample of {(self.share or 0) * 100:g} % of each file"


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What a load counted, in records but for *people*, *aliases*, *domains*, *organisations* and *coverage*.

    read = indexed + duplicates + the sum of rejected, always. *coverage*: people a data class; *sealed*: people a
    domain of the operator's own, by its name. What is None was not counted yet by the program that made the load, but
    for *part*, which is None where everything was read.
    """

    read: int = 0
    indexed: int = 0
    duplicates: int = 0
    rejected: dict[str, int] = msgspec.field(default_factory=dict)
    people: int = 0
    aliases: int = 0
    domains: int | None = None
    organisations: int | None = None
    sealed: dict[str, int] = msgspec.field(default_factory=dict)
    coverage: dict[str, int] = msgspec.field(default_factory=dict)
    files: tuple[FileTally, ...] = ()
    part: Part | None = None
    warnings: tuple[LoadWarning, ...] = ()

    def without_left_out(self) -> "Tally":
        """What everyone may be told: as if no file held the records that were left out at their owners' wish.

        Nor does it name the operator's own domains, or warn.
        """
        return msgspec.structs.replace(
            self,
            read=self.read - self.rejected.get(LEFT_OUT, 0),
            rejected=_without_left_out(self.rejected),
            files=tuple(one.without_left_out() for one in self.files),
            sealed={},
            warnings=(),
        )


def _without_left_out(rejected: dict[str, int]) -> dict[str, int]:
    return {why: count for why, count in rejected.items() if why != LEFT_OUT}
