"""Boxes: addresses of the operator's own domains, sealed as soon as they are read; nothing else of them is kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from breachcheck.addresses import Address, Domain, base_of
from breachcheck.digests import Digest, Digester
from breachcheck.sealing import BOX_LENGTH, Sealer
from ingest.columns import Int64s, TextColumn, are_among
from ingest.runs import Columns, Runs, first_of_each

RUN_ROWS, HELD_ROWS = 1 << 16, 1 << 18


@dataclass(frozen=True, slots=True)
class Seal:
    """What seals the people of *domains*, in a load of *breach*."""

    sealer: Sealer
    digester: Digester
    domains: Collection[Domain]
    breach: str

    def digests(self) -> Int64s:
        """The domains' digests, sorted."""
        return np.array(sorted(self.digester.of_domain(domain) for domain in self.domains), np.int64)

    def row(self, address: Address, digest: int) -> tuple[int, bytes]:
        """The digest of what *address* is an alias of, or its own; and its box."""
        base = base_of(address)
        box = self.sealer.seal(address, Digest(digest), self.breach)
        return self.digester.of_address(base) if base else digest, box


class Boxes:
    """Rows of (digest, domain, base, box), one a person, in key order. *folder* takes what does not fit in memory."""

    def __init__(self, folder: Path, seal: Seal | None) -> None:
        self.runs = Runs(folder, _unite, run_rows=RUN_ROWS, held_rows=HELD_ROWS)
        self._seal = seal
        self._domains = seal.digests() if seal else np.empty(0, np.int64)

    def add(self, addresses: TextColumn, digests: Int64s, domains: Int64s) -> None:
        """Seal those of canonical *addresses* that are of the load's domains to seal; *domains* are their digests."""
        if self._seal is None or not len(rows := np.flatnonzero(are_among(domains, self._domains))):
            return
        _, firsts = np.unique(digests[rows], return_index=True)
        rows = rows[firsts]
        texts = [Address(text.decode()) for text in addresses.take(rows).values()]
        sealed = [self._seal.row(*one) for one in zip(texts, digests[rows].tolist(), strict=True)]
        bases = np.array([base for base, _ in sealed], np.int64)
        boxes = np.frombuffer(b"".join(box for _, box in sealed), np.uint8).reshape(-1, BOX_LENGTH)
        self.runs.add((digests[rows], domains[rows], bases, boxes))


def _unite(columns: Columns) -> Columns:
    """One row a person: all their boxes are the same."""
    firsts = first_of_each(columns[0])
    return tuple(column[firsts] for column in columns)
