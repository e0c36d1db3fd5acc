"""The plain rows of delimited text, taken out of a block at a time; all other rows are left to the engine.

What is taken is what the SQL of `csv` and of `ingest.selection` would find: whatever could make a difference leaves its
whole row to them.
"""

from collections.abc import Mapping

from ingest.columns import TextColumn
from ingest.compiled.known import Domains, Nothings
from ingest.compiled.rows import Rows
from ingest.nothing_said import SAYS_NOTHING
from ingest.readers.plain import Plain
from ingest.readers.plain_domains import ignores_dots


class PlainRows:
    """Takes the plain rows out of blocks without quotes, by the columns of the address and of *others*, by name.

    What it gives is good until it is called again. For one thread alone.
    """

    def __init__(self, delimiter: str, width: int, address: int, others: Mapping[str, int]) -> None:
        self._others = tuple(others)
        self._domains = Domains(ignores_dots)
        self._rows = Rows(ord(delimiter), width, address, [*others.values()], Nothings(SAYS_NOTHING), self._domains)

    def __call__(self, block: bytes) -> Plain:
        """What *block* holds, which is of whole lines, each ended by a line feed."""
        rows = self._rows
        rows.take(block)
        bases, starts, lengths, base_of = rows.bases()
        return Plain(
            addresses=TextColumn(*rows.addresses()),
            domains=TextColumn.of(self._domains.met()),
            domain_of=rows.domain_of(),
            says={name: rows.says(number) for number, name in enumerate(self._others)},
            rest=rows.rest(),
            bases=TextColumn(bases, starts, lengths),
            base_of=base_of,
        )
