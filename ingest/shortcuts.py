"""Shortcuts taken: the plain records of a table become sorted rows, two tasks at a time; the rest is given back."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

from ingest.chains import ways_on
from ingest.lanes import Errand, Lane, Taken, Terms
from ingest.readers.base import Shortcut, Table
from ingest.readers.left_out import LeftOut
from ingest.readers.plain import Taker, Uses
from ingest.readers.stretches import Text
from ingest.selection import Wanted

AT_ONCE = 6 << 20
"""Bytes of a task."""

_AHEAD = 2  # tasks that the other thread has: one to work on, and the next
_MOST_REST = 8 << 20  # bytes of the rest that are scanned at once


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A task that the other thread has."""

    taken: Future[Taken]
    text: Text


def portions(table: Table, wanted: Wanted, terms: Terms, left_out: LeftOut) -> Generator[Taken | Table]:
    """The records of *table*: plain ones as rows, and what is to be scanned as tables, which may be *table* itself.

    *left_out* counts what is in neither.
    """
    shortcut = table.shortcut
    if shortcut is None or not _is_enough(wanted, shortcut) or not shortcut.is_open(_taker(shortcut, wanted)):
        yield table
        return
    rest: list[bytes] = []
    with closing(_taken(shortcut, wanted, terms, left_out)) as found:
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
    if wanted.identifiers or wanted.nothing_said or wanted.number or len(wanted.addresses) > 1:
        return False
    if any(name not in shortcut.addresses for name in wanted.addresses):
        return False
    if shortcut.linking is None:
        return bool(wanted.addresses) and not (wanted.keys or wanted.references or wanted.meets)
    return bool(wanted.addresses or wanted.references) and not ways_on(wanted)


def _taker(shortcut: Shortcut, wanted: Wanted) -> Taker:
    address = next(iter(wanted.addresses), "")
    others = tuple(name for name in wanted.columns if name != address)
    if shortcut.linking is None:
        return shortcut.taker(address, others)
    keys = tuple(dict.fromkeys(column for column, _ in wanted.keys))
    return shortcut.linking(Uses(address, others, keys, wanted.references if wanted.meets else ()))


def _taken(shortcut: Shortcut, wanted: Wanted, terms: Terms, left_out: LeftOut) -> Generator[Taken]:
    """Here and, where there is more than one task, in another thread meanwhile."""
    here, there = (Lane(Errand(_taker(shortcut, wanted), wanted, terms)) for _ in range(2))
    waiting: deque[_Waiting] = deque()
    pool = ThreadPoolExecutor(1, "lane")
    try:
        with closing(shortcut.text(left_out, AT_ONCE)) as text:
            mine = next(text, None)
            while mine is not None:
                waiting.extend(
                    _Waiting(pool.submit(there.take, one), one) for one in islice(text, _AHEAD - len(waiting))
                )
                yield here.take(mine)
                while waiting and waiting[0].taken.done():
                    yield waiting.popleft().taken.result()
                mine = next(text, None) or _taken_back(waiting)
        while waiting:
            yield waiting.popleft().taken.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _taken_back(waiting: deque[_Waiting]) -> Text | None:
    """The last of those *waiting*, which is no longer there, if the other thread has not begun it."""
    return waiting.pop().text if waiting and waiting[-1].taken.cancel() else None
