"""The plain addresses that compiled code found in a block, as columns."""

from ingest.columns import TextColumn
from ingest.compiled.addresses import Addresses
from ingest.readers.plain import Plain, Says


def plain_of(found: Addresses, says: Says, rest: bytes) -> Plain:
    """The records of which each has one of the addresses that were *found*."""
    text, starts, lengths, base_of = found.bases()
    return Plain(
        addresses=TextColumn(*found.found()),
        domains=TextColumn.of(found.domains()),
        domain_of=found.domain_of(),
        says=says,
        rest=rest,
        bases=TextColumn(text, starts, lengths),
        base_of=base_of,
    )
