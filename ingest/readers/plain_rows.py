"""The plain rows of delimited text, taken out of a block at a time; all other rows are left to the engine.

What is taken is what the SQL of `csv` and of `ingest.selection` would find: whatever could make a difference leaves its
whole row to them.
"""

from collections.abc import Mapping

from ingest.compiled.addresses import Addresses
from ingest.compiled.known import Domains, Nothings
from ingest.compiled.rows import Rows
from ingest.nothing_said import SAYS_NOTHING
from ingest.readers.plain import Plain
from ingest.readers.plain_addresses import plain_of
from ingest.readers.plain_domains import ignores_dots


class PlainRows:
    """Takes the plain rows out of blocks without quotes, by the columns of the address and of *others*, by name.

    What it gives is good until it is called again. For one thread alone.
    """

    def __init__(self, delimiter: str, width: int, address: int, others: Mapping[str, int]) -> None:
        self._others = tuple(others)
        self._addresses = Addresses(Domains(ignores_dots))
        self._rows = Rows(ord(delimiter), width, address, [*others.values()], Nothings(SAYS_NOTHING), self._addresses)

    def __call__(self, block: bytes) -> Plain:
        """What *block* holds, which is of whole lines, each ended by a line feed."""
        self._rows.take(block)
        says = {name: self._rows.says(number) for number, name in enumerate(self._others)}
        return plain_of(self._addresses, says, self._rows.rest())
