"""Shortcuts taken: the plain records of a table become sorted rows, two blocks at a time; the rest is given back."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing

from ingest.lanes import Errand, Lane, Taken, Terms
from ingest.readers.base import Shortcut, Table
from ingest.readers.left_out import LeftOut
from ingest.readers.plain import Taker
from ingest.readers.stretches import size_of
from ingest.selection import Wanted, columns_by_class
from ingest.twin import Twin

WORTH = 24 << 20
"""Bytes of a table from which on a second process saves more than its start costs."""

AT_ONCE = 6 << 20
"""Bytes of a task."""

_MOST_REST = 8 << 20  # bytes of the rest that are scanned at once


def portions(
    table: Table, wanted: Wanted, terms: Terms, left_out: LeftOut, twin: Twin | None
) -> Generator[Taken | Table]:
    """The records of *table*: plain ones as rows, and what is to be scanned as tables, which may be *table* itself.

    *left_out* counts what is in neither.
    """
    shortcut = table.shortcut
    if shortcut is None or not _is_enough(wanted, shortcut) or not shortcut.is_open(_taker(shortcut, wanted)):
        yield table
        return
    rest: list[bytes] = []
    with closing(_taken(shortcut, wanted, terms, left_out, twin)) as found:
        for some in found:
            yield some
            rest.append(some.rest)
            if sum(map(len, rest)) > _MOST_REST:
                yield shortcut.rest(b"".join(rest))
                rest.clear()
    if any(rest):
        yield shortcut.rest(b"".join(rest))


def _is_enough(wanted: Wanted, shortcut: Shortcut) -> bool:
    """Whether all that is *wanted* can be had by *shortcut*."""
    others = (wanted.identifiers, wanted.keys, wanted.references, wanted.meets, wanted.nothing_said, wanted.number)
    return not any(others) and len(wanted.addresses) == 1 and wanted.addresses[0] in shortcut.addresses


def _taker(shortcut: Shortcut, wanted: Wanted) -> Taker:
    [address] = wanted.addresses
    return shortcut.taker(address, [name for name in wanted.columns if name != address])


def _taken(shortcut: Shortcut, wanted: Wanted, terms: Terms, left_out: LeftOut, twin: Twin | None) -> Generator[Taken]:
    """Here and, where there is more than a little to take, in *twin*, or in its thread."""

    def errand() -> Errand:
        return Errand(_taker(shortcut, wanted), columns_by_class(wanted.classes), terms)

    here, there, size = Lane(errand()), None, 0
    in_a_thread = shortcut.is_quick or terms.seal is not None  # the ciphers of a seal cannot be sent
    with closing(shortcut.text(left_out, AT_ONCE)) as text:
        for some in text:
            size += size_of(some)
            if twin and there is None and size > (AT_ONCE if twin.is_begun or in_a_thread else WORTH):
                there = twin.thread(errand()) if in_a_thread else twin.lane(errand())
            if there and there.has_room:
                there.give(some)
            else:
                yield here.take(some)
            if there:
                yield from there.done()
    if there:
        yield from there.rest()
