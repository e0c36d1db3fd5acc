"""Boxes: addresses of the operator's own domains, sealed as soon as they are read; nothing else of them is kept."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np

from breachcheck.addresses import Address, Domain, base_of
from breachcheck.digests import Digest, Digester
from breachcheck.sealing import BOX_LENGTH, Sealer
from ingest.columns import Int64s, TextColumn, are_among
from ingest.runs import Columns, Runs, first_of_each

RUN_ROWS, HELD_ROWS = 1 << 16, 1 << 18


class Seal:
    """Seals the people of *domains*, in a load of *breach*. May be shared by threads."""

    def __init__(self, sealer: Sealer, digester: Digester, domains: Collection[Domain], breach: str) -> None:
        self._sealer = sealer
        self._digester = digester
        self._domains = np.array(sorted(map(digester.of_domain, domains)), np.int64)
        self._breach = breach

    def boxes(self, addresses: TextColumn, digests: Int64s, domains: Int64s) -> Columns | None:
        """Rows of (digest, domain, base, box) of those of *addresses*, which are canonical, that are to be sealed.

        *digests* are theirs, *domains* those of their domains. None where there are none.
        """
        rows = np.flatnonzero(are_among(domains, self._domains))
        if not len(rows):
            return None
        _, firsts = np.unique(digests[rows], return_index=True)
        rows = rows[firsts]
        texts = [Address(text.decode()) for text in addresses.take(rows).values()]
        sealed = [self._row(*one) for one in zip(texts, digests[rows].tolist(), strict=True)]
        bases = np.array([base for base, _ in sealed], np.int64)
        boxes = np.frombuffer(b"".join(box for _, box in sealed), np.uint8).reshape(-1, BOX_LENGTH)
        return digests[rows], domains[rows], bases, boxes

    def _row(self, address: Address, digest: int) -> tuple[int, bytes]:
        """The digest of what *address* is an alias of, or its own; and its box."""
        base = base_of(address)
        box = self._sealer.seal(address, Digest(digest), self._breach)
        return self._digester.of_address(base) if base else digest, box


def runs_in(folder: Path) -> Runs:
    """Runs of a seal's boxes, one row a person. *folder* takes what does not fit in memory."""
    return Runs(folder, _unite, run_rows=RUN_ROWS, held_rows=HELD_ROWS)


def _unite(columns: Columns) -> Columns:
    """All boxes of a person are the same."""
    firsts = first_of_each(columns[0])
    return tuple(column[firsts] for column in columns)
