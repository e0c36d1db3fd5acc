"""Heads: how many of each domain have each combination of data classes, counted from people in key order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.columns import Int64s
from ingest.domains import ASIDE, DomainNumbers
from ingest.runs import Columns, Runs, sum_counts
from ingest.words import DOMAIN_BITS, domains_of

HELD_ROWS = 1 << 20

Members = tuple[Int64s, NDArray[np.intp], Int64s]
"""Digests of domains, which combination, how many people: a row for each that has any."""


def heads_in(folder: Path) -> Runs:
    """Runs that add up: (digest of a domain or organisation, combination or field set, how many)."""
    return Runs(folder, sum_counts, held_rows=HELD_ROWS)


def members_of(people: Columns, which: NDArray[np.intp], aside: Columns | None, domains: DomainNumbers) -> Members:
    """Count *people*, rows of digests and words; *which* is the combination of each, *aside* tells of some domains."""
    digests, words = people
    numbers = domains_of(words)
    has_number = numbers > ASIDE
    pairs, counts = np.unique(which[has_number] << DOMAIN_BITS | numbers[has_number], return_counts=True)
    found = domains.digests(pairs & ((1 << DOMAIN_BITS) - 1)), pairs >> DOMAIN_BITS, counts
    return found if aside is None else _joined(found, _told_aside(digests, which, aside))


def _told_aside(digests: Int64s, which: NDArray[np.intp], aside: Columns) -> Members:
    """The people whose domain *aside* tells, each in a row of their own."""
    people, domains = aside
    rows = np.searchsorted(digests, people)
    return domains, which[rows], np.ones(len(rows), np.int64)


def _joined(some: Members, more: Members) -> Members:
    domains, combinations, counts = (np.concatenate(both) for both in zip(some, more, strict=True))
    return domains, combinations, counts
