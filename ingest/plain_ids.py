"""Ids of plain records: digested in whatever thread meets them, and entered at junctions by the one that has these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.columns import ColumnDigester, Int64s, TextColumn
from ingest.joins import Junction
from ingest.readers.plain import Ids, Plain, Waiting
from ingest.selection import Wanted
from ingest.values import spelled, there
from ingest.words import WordArray

Pairs = tuple[Int64s, Int64s]
"""Ids, and the digests of those who have them."""


@dataclass(frozen=True, slots=True)
class Owners:
    """Who was found to have which ids at a *junction*; of those with the ids *left_out* nothing is kept."""

    junction: str
    people: Pairs
    aliases: Pairs
    left_out: Int64s


@dataclass(frozen=True, slots=True)
class Linked:
    """What a block said of ids. Records that *wait* for their person have a row of ids each, best first, and words."""

    owners: Sequence[Owners]
    wait: NDArray[np.int64]
    words: WordArray

    def enter(self, junctions: Mapping[str, Junction], meets: str | None, file: int) -> int:
        """Say all that at *junctions*, of the load's number *file*; how many records wait at the one that *meets*."""
        for one in self.owners:
            junction = junctions[one.junction]
            junction.add_left_out(one.left_out)
            junction.add_people(*one.people, are_aliases=False)
            junction.add_people(*one.aliases, are_aliases=True)
        if meets is not None and len(self.wait):
            junctions[meets].add_references(self.wait, file, self.words)
        return len(self.wait)


class Linker:
    """Digests the ids of one table, under the *secrets* of the junctions. For one thread alone."""

    def __init__(self, wanted: Wanted, secrets: Mapping[str, bytes]) -> None:
        self._wanted = wanted
        self._digesters = {name: ColumnDigester(secrets[name]) for name in _junctions(wanted)}

    def owners(self, plain: Plain, digests: Int64s, bases: Int64s, is_kept: NDArray[np.bool_]) -> list[Owners]:
        """Who has which ids: of the people of *digests* those who are kept, and those behind their *bases*."""
        if not self._wanted.keys:
            return []
        base_at = np.full(len(digests), -1, np.intp)
        base_at[plain.base_of] = np.arange(len(bases))
        return [
            self._owners(name, plain.ids[column], digests, bases, is_kept, base_at)
            for column, name in self._wanted.keys
        ]

    def _owners(
        self,
        junction: str,
        found: Ids,
        digests: Int64s,
        bases: Int64s,
        is_kept: NDArray[np.bool_],
        base_at: NDArray[np.intp],
    ) -> Owners:
        beside, texts = there(found.beside, spelled(found.texts))
        ids = self._digesters[junction].digests(texts)
        left_out = ids[~is_kept[beside]]
        ids, beside = ids[is_kept[beside]], beside[is_kept[beside]]
        have_base = base_at[beside] >= 0
        aliases = ids[have_base], bases[base_at[beside[have_base]]]
        return Owners(junction, (ids, digests[beside]), aliases, left_out)

    def wait(self, waiting: Waiting) -> NDArray[np.int64]:
        """The ids of the records that are *waiting*, a row each, best first."""
        if self._wanted.meets is None or not len(waiting):
            return np.empty((0, 1), np.int64)
        digester = self._digesters[self._wanted.meets]
        columns = [_digests_or_none(digester, spelled(texts)) for texts in waiting.ids]
        return np.stack(columns, axis=1)


def _digests_or_none(digester: ColumnDigester, ids: TextColumn) -> Int64s:
    digests: Int64s = np.where(ids.lengths > 0, digester.digests(ids), 0)
    return digests


def _junctions(wanted: Wanted) -> set[str]:
    return {*(name for _, name in wanted.keys), *([wanted.meets] if wanted.meets else [])}
