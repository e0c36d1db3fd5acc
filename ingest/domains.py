"""Domains of a load: small numbers that stand for them in words, so that a merge keeps each with its people.

A domain is known by its digest from the moment it is met; no table here holds one in clear.
"""

from __future__ import annotations

from threading import Lock

import numpy as np
from numpy.typing import NDArray

from ingest.columns import Int64s, TextColumn
from ingest.words import DOMAIN_BITS

NONE = 0
"""The number of what has no domain."""

ASIDE = 1
"""The number of a domain whose place another has; whoever gives it out notes the domain elsewhere."""

_NOWHERE = -1  # as a digest it points to the last place, so no digest is met with it in the first two
_AT = ord("@")


class DomainNumbers:
    """Gives domains numbers of `DOMAIN_BITS` bits: the beginning of the digest.

    Of domains that begin alike the first to come has the number, and keeps it; the others are ASIDE. So the table never
    grows, however many domains a file holds, and those that many people have are soon in it. May be shared by threads.
    """

    def __init__(self) -> None:
        self._digests = np.zeros(1 << DOMAIN_BITS, np.int64)
        self._digests[[NONE, ASIDE]] = _NOWHERE
        self._lock = Lock()

    def numbers(self, domains: Int64s) -> NDArray[np.intp]:
        """The number of each of *domains*, given by digest."""
        places = (domains.view(np.uint64) >> np.uint64(64 - DOMAIN_BITS)).astype(np.intp)
        if len(new := np.flatnonzero(self._digests[places] == 0)):
            self._enter(places[new], domains[new])
        return np.where(self._digests[places] == domains, places, ASIDE)

    def _enter(self, places: NDArray[np.intp], domains: Int64s) -> None:
        """Give *domains* the numbers, but for those that another thread has given out since."""
        with self._lock:
            are_free = self._digests[places] == 0
            self._digests[places[are_free]] = domains[are_free]

    def digests(self, numbers: NDArray[np.intp]) -> Int64s:
        """The domains that have *numbers*, but for NONE and ASIDE."""
        return self._digests[numbers]


def domains_in(addresses: TextColumn) -> TextColumn:
    """What stands behind the last @ of each of *addresses*, all of which have one."""
    ats = np.flatnonzero(addresses.data == _AT)
    ends = addresses.starts + addresses.lengths
    starts = 1 + (ats if len(ats) == len(ends) else ats[np.searchsorted(ats, ends) - 1])
    return TextColumn(addresses.data, starts, ends - starts)
