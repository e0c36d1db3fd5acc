"""The plain lines of a combo list, taken apart a block at a time; all other lines are left to the engine.

What is taken is what the SQL of `combo` and of `ingest.selection` would find: whatever could make a difference leaves
its whole line to them.
"""

import numpy as np

from breachcheck.addresses import PLAIN_LENGTH
from ingest.columns import TextColumn
from ingest.readers.marked_text import FEED, Bools, Bytes, Marker, Positions, lines
from ingest.readers.nothings import LONGEST, MAY_BEGIN_NOTHING, MAY_SAY_NOTHING, are_printed
from ingest.readers.plain import Plain
from ingest.readers.plain_domains import PlainDomains

_AT, _DOT = b"@."


class PlainLines:
    """Takes the plain lines out of blocks, whose lines *separator* divides, the address first.

    What it gives is good until it is called again. For one thread alone.
    """

    def __init__(self, separator: str) -> None:
        self._separator = ord(separator)
        self._mark = Marker()
        self._domains = PlainDomains()

    def __call__(self, block: bytes) -> Plain:
        """What *block* holds, which is of whole lines, each ended by a line feed."""
        marked = self._mark(block)
        text, marks = marked.text, marked.marks
        feeds = np.flatnonzero(marked.kinds[:-1] == FEED)
        fences = marks[feeds]  # of every line: the one before it and the one at its end
        is_divided = marked.kinds[feeds[:-1] + 1] == _AT
        second = marked.kinds[feeds[:-1] + 2]
        is_divided &= (second == self._separator) | (second == FEED)
        divided = np.flatnonzero(is_divided)
        ats, stops = marks[feeds[divided] + 1], marks[feeds[divided] + 2]
        starts, ends = fences[divided] + 1, fences[divided + 1]
        addresses = TextColumn(text, starts, stops - starts)
        places = self._domains.places(TextColumn(text, ats + 1, stops - ats - 1))
        says, is_clear = _secrets(text, stops, ends, self._separator)
        is_clear &= (text[starts] != _DOT) & (ats > starts) & (addresses.lengths <= PLAIN_LENGTH)
        is_clear &= self._domains.are_delivered_so(places, TextColumn(text, starts, ats - starts))
        clear = np.flatnonzero(is_clear)
        is_left = np.ones(len(feeds) - 1, np.bool_)
        is_left[divided[clear]] = False
        domains, domain_of = self._domains.distinct(places[clear])
        return Plain(addresses.take(clear), domains, domain_of, {"secret": says[clear]}, lines(block, fences, is_left))


def _secrets(text: Bytes, stops: Positions, ends: Positions, separator: int) -> tuple[Bools, Bools]:
    """Of the secrets between *stops* and *ends*: which say something, and of which that is sure.

    What begins with the *separator* may be empty fields alone.
    """
    lengths = ends - stops - 1
    says = lengths > 0
    first, last = text[stops + 1], text[ends - 1]
    is_clear = are_printed(first) & are_printed(last) & (first != separator)
    suspects = np.flatnonzero(MAY_BEGIN_NOTHING[first])
    short = np.minimum(lengths[suspects], LONGEST)
    is_clear[suspects] &= ~MAY_SAY_NOTHING[first[suspects], short]
    return says, is_clear | ~says
