"""Chains: joins that lead on to others, and the order in which people pass along them."""

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter

from breachcheck.addresses import mask_addresses
from breachcheck.errors import ManifestError
from ingest.entries import Join
from ingest.selection import Wanted


def junction(join: Join) -> str:
    """The name of the place where records that are joined so find their people."""
    return f"{join.to}\0{join.on}"


def ways_on(one: Wanted) -> tuple[str, ...]:
    """The junctions at which a table's records are found that may find their own people elsewhere."""
    return tuple(dict.fromkeys(name for _, name in one.keys if one.meets and name != one.meets))


def in_order(wanted: Sequence[Wanted]) -> tuple[str, ...]:
    """Every junction, none before one from which people come to it. Raises ManifestError where joins go in a circle."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for one in wanted:
        for name in (*(name for _, name in one.keys), *([one.meets] if one.meets else [])):
            sorter.add(name)
        for name in ways_on(one):
            sorter.add(name, one.meets or "")
    try:
        return tuple(sorter.static_order())
    except CycleError as error:
        circle = ", ".join(mask_addresses(name.partition("\0")[0]) for name in error.args[1][1:])
        raise ManifestError(f"`join` leads in a circle: {circle}; take one of these joins away") from None
