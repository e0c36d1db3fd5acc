"""The plain lines of a combo list, taken out of a block at a time; all other lines are left to the engine.

What is taken is what the SQL of `combo` and of `ingest.selection` would find: whatever could make a difference leaves
its whole line to them.
"""

from ingest.columns import TextColumn
from ingest.compiled.known import Domains, Nothings
from ingest.compiled.lists import Lists
from ingest.nothing_said import SAYS_NOTHING
from ingest.readers.plain import Plain
from ingest.readers.plain_domains import ignores_dots


class PlainLines:
    """Takes the plain lines out of blocks, whose lines *separator* divides, the address first.

    What it gives is good until it is called again. For one thread alone.
    """

    def __init__(self, separator: str) -> None:
        self._domains = Domains(ignores_dots)
        self._lists = Lists(ord(separator), Nothings(SAYS_NOTHING), self._domains)

    def __call__(self, block: bytes) -> Plain:
        """What *block* holds, which is of whole lines, each ended by a line feed."""
        lists = self._lists
        lists.take(block)
        bases, starts, lengths, base_of = lists.bases()
        return Plain(
            addresses=TextColumn(*lists.addresses()),
            domains=TextColumn.of(self._domains.met()),
            domain_of=lists.domain_of(),
            says={"secret": lists.says()},
            rest=lists.rest(),
            bases=TextColumn(bases, starts, lengths),
            base_of=base_of,
            names=lists.names(),
        )
