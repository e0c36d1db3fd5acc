"""What a load gathers before it writes: exposures by digest, and what domains and organisations are counted by."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ingest import boxes
from ingest.boxes import Seal
from ingest.columns import Int64s
from ingest.domains import ASIDE, DomainNumbers
from ingest.memory import keep_freed
from ingest.runs import Columns, Runs, first_of_each, sum_counts
from ingest.words import WordArray, Words, mark_domains

HELD_ROWS = 1 << 20

BYTES_A_ROW = 40
"""Room that a row takes while it is written: in the index, in its write-ahead log, and to spare."""

BYTES_A_BOX = 300
"""Room that a box takes more than another row: it is longer, and stands in two indexes."""


class Gathering:
    """Digests with words, united by digest. *folder* takes what does not fit in memory, in files without a name.

    *direct* and *aliases* are of people and their identifiers. *organisations* counts records by organisation and word.
    *aside* has the domains of those people whose words have no number for it, *boxes* those that *seal* says to seal.
    """

    def __init__(self, folder: Path, words: Words, seal: Seal | None = None) -> None:
        keep_freed()
        self.folder = folder
        self.words = words
        self.domains = DomainNumbers()
        self.direct = Runs(folder)
        self.aliases = Runs(folder)
        self.organisations = Runs(folder, sum_counts, held_rows=HELD_ROWS)
        self.aside = Runs(folder, _unite_aside, held_rows=HELD_ROWS)
        self.boxes = boxes.runs_in(folder)
        self.seal = seal
        self._all = (self.direct, self.aliases, self.organisations, self.aside, self.boxes)

    def close(self) -> None:
        for runs in self._all:
            runs.close()

    @property
    def bytes(self) -> int:
        """Room that the store may have to have for it."""
        return sum(runs.rows for runs in self._all) * BYTES_A_ROW + self.boxes.rows * BYTES_A_BOX

    def add(self, digests: Int64s, words: WordArray) -> None:
        self.direct.add((digests, words))

    def add_people(self, digests: Int64s, words: WordArray, domains: Int64s) -> None:
        """As `add`, for addresses, of which *domains* are the domains' digests; *words* are changed."""
        numbers = self.domains.numbers(domains)
        mark_domains(words, numbers)
        if len(rows := np.flatnonzero(numbers == ASIDE)):
            self.aside.add((digests[rows], domains[rows]))
        self.add(digests, words)

    def add_boxes(self, sealed: Columns | None) -> None:
        """What the seal made of people who may yet turn out not to be kept."""
        if sealed:
            self.boxes.add(sealed)

    def add_sorted_people(self, rows: Columns, aside: Columns) -> None:
        """People in key order and united, with their domains' numbers in the words; *aside* are those without one."""
        self.direct.add_sorted(rows)
        self.aside.add(aside)

    def add_aliases(self, digests: Int64s, words: WordArray) -> None:
        """*digests* are of base addresses: whoever has one may be the person of an address with a tag."""
        self.aliases.add((digests, words))

    def add_records(self, organisations: Int64s, words: WordArray) -> None:
        """A record each of *organisations*, given by the digests of their ids."""
        self.organisations.add((organisations, words, np.ones(len(organisations), np.int64)))


def _unite_aside(columns: Columns) -> Columns:
    """One row a person, who has one domain."""
    firsts = first_of_each(columns[0])
    return tuple(column[firsts] for column in columns)
