"""The plain lines of a combo list, taken out of a block at a time; all other lines are left to the engine.

What is taken is what the SQL of `combo` and of `ingest.selection` would find: whatever could make a difference leaves
its whole line to them.
"""

from dataclasses import replace

from ingest.compiled.addresses import Addresses
from ingest.compiled.known import Domains, Nothings
from ingest.compiled.lists import Lists
from ingest.nothing_said import SAYS_NOTHING
from ingest.readers.plain import Plain
from ingest.readers.plain_addresses import plain_of
from ingest.readers.plain_domains import ignores_dots


class PlainLines:
    """Takes the plain lines out of blocks, whose lines *separator* divides, the address first.

    What it gives is good until it is called again. For one thread alone.
    """

    def __init__(self, separator: str) -> None:
        self._addresses = Addresses(Domains(ignores_dots))
        self._lists = Lists(ord(separator), Nothings(SAYS_NOTHING), self._addresses)

    def __call__(self, block: bytes) -> Plain:
        """What *block* holds, which is of whole lines, each ended by a line feed."""
        self._lists.take(block)
        found = plain_of(self._addresses, {"secret": self._lists.says()}, self._lists.rest())
        return replace(found, names=self._lists.names())
