"""Shortcuts taken: the plain records of a table become sorted rows on several threads; the rest is given back.

A thread takes some megabytes at a time, so that it hardly meets the others: arrays that long are worked on without the
interpreter's lock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from ingest.boxes import Seal
from ingest.columns import ColumnDigester, Int64s, are_among
from ingest.domains import ASIDE, DomainNumbers
from ingest.readers.base import Plain, Shortcut, Table, Taker
from ingest.readers.left_out import LeftOut
from ingest.runs import Columns, sort_and_unite
from ingest.selection import Wanted, columns_by_class
from ingest.words import FIRST, PERSON, WordArray, Words, flags_of, mark_domains

_THREADS = 2
_AHEAD = _THREADS + 1  # tasks that wait or run
_AT_ONCE = 6 << 20  # bytes of a task
_MOST_REST = 8 << 20  # bytes of the rest that are scanned at once


@dataclass(frozen=True, slots=True)
class Terms:
    """On which plain records are taken: under which keys, as which words, of whom nothing may be kept, whom to seal."""

    key: bytes
    domain_key: bytes
    words: Words
    domains: DomainNumbers
    suppressed: Int64s
    seal: Seal | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What some blocks gave: *accepted* records as sorted rows, how many were *suppressed*, and the rest as it is.

    *aliases*: digests and words of base addresses. *aside*: digests with those of their domains, for which words have
    no number. *boxes*: of whom was to be sealed.
    """

    accepted: int
    suppressed: int
    rows: Columns
    aliases: Columns
    aside: Columns
    boxes: list[Columns]
    rest: bytes


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
    others = (wanted.identifiers, wanted.keys, wanted.references, wanted.meets, wanted.nothing_said, wanted.number)
    return not any(others) and len(wanted.addresses) == 1 and wanted.addresses[0] in shortcut.addresses


def _taker(shortcut: Shortcut, wanted: Wanted) -> Taker:
    [address] = wanted.addresses
    return shortcut.taker(address, [name for name in wanted.columns if name != address])


def _taken(shortcut: Shortcut, wanted: Wanted, terms: Terms, left_out: LeftOut) -> Generator[Taken]:
    lanes: SimpleQueue[_Lane] = SimpleQueue()
    lock = Lock()
    for _ in range(_THREADS):
        lanes.put(_Lane(shortcut, wanted, terms, lock))

    def take(blocks: list[bytes]) -> Taken:
        lane = lanes.get()
        try:
            return lane.take(blocks)
        finally:
            lanes.put(lane)

    waiting: deque[Future[Taken]] = deque()
    with ThreadPoolExecutor(_THREADS, "plain records") as pool, closing(shortcut.blocks(left_out)) as blocks:
        for some in _some(blocks):
            waiting.append(pool.submit(take, some))
            if len(waiting) >= _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _some(blocks: Iterable[bytes]) -> Iterator[list[bytes]]:
    some, size = [], 0
    for block in blocks:
        some.append(block)
        size += len(block)
        if size >= _AT_ONCE:
            yield some
            some, size = [], 0
    if some:
        yield some


@dataclass(frozen=True, slots=True)
class _Found:
    """What one block gave. *people*: digests, words, and the domains' digests where words have no number for these."""

    people: Columns
    aliases: Columns
    suppressed: int
    rest: bytes


class _Lane:
    """What takes blocks apart, for one thread at a time. *lock* is for the terms' domains, which all lanes share."""

    def __init__(self, shortcut: Shortcut, wanted: Wanted, terms: Terms, lock: Lock) -> None:
        self._take = _taker(shortcut, wanted)
        self._columns = columns_by_class(wanted.classes)
        self._digester, self._domains = ColumnDigester(terms.key), ColumnDigester(terms.domain_key)
        self._terms, self._lock = terms, lock

    def take(self, blocks: list[bytes]) -> Taken:
        sealed: list[Columns] = []
        found = [self._block(block, sealed) for block in blocks]
        digests, words, domains = _joined([one.people for one in found])
        base_digests, base_words = _joined([one.aliases for one in found])
        with_domain = np.flatnonzero(domains)
        return Taken(
            accepted=len(digests),
            suppressed=sum(one.suppressed for one in found),
            rows=sort_and_unite((digests, words)),
            aliases=(base_digests, base_words),
            aside=(digests[with_domain], domains[with_domain]),
            boxes=sealed,
            rest=b"".join([one.rest for one in found]),
        )

    def _block(self, block: bytes, sealed: list[Columns]) -> _Found:
        plain = self._take(block)
        digests, bases = self._digester.digests(plain.addresses), self._digester.digests(plain.bases)
        words = self._words(plain)
        aliases = bases, words[plain.base_of]
        flags = flags_of(words)
        flags |= flags.dtype.type(FIRST | PERSON)
        asides = self._mark_domains(plain, words, digests, sealed)
        return self._kept((digests, words, asides), aliases, plain)

    def _mark_domains(self, plain: Plain, words: WordArray, digests: Int64s, sealed: list[Columns]) -> Int64s:
        """Write domains into *words*, boxes into *sealed*; digests of domains without a number, else 0."""
        domains = self._domains.digests(plain.domains)
        with self._lock:
            numbers = self._terms.domains.numbers(domains)
        mark_domains(words, numbers[plain.domain_of])
        if self._terms.seal and (boxes := self._terms.seal.boxes(plain.addresses, digests, domains[plain.domain_of])):
            sealed.append(boxes)
        asides: Int64s = np.where(numbers == ASIDE, domains, 0)[plain.domain_of]
        return asides

    def _kept(self, people: Columns, aliases: Columns, plain: Plain) -> _Found:
        """All but those who are suppressed under their address or under its base."""
        is_kept = ~are_among(people[0], self._terms.suppressed)
        is_kept[plain.base_of[are_among(aliases[0], self._terms.suppressed)]] = False
        if is_kept.all():
            return _Found(people, aliases, 0, plain.rest)
        kept_aliases = tuple(column[is_kept[plain.base_of]] for column in aliases)
        kept = tuple(column[is_kept] for column in people)
        return _Found(kept, kept_aliases, len(is_kept) - len(kept[0]), plain.rest)

    def _words(self, plain: Plain) -> WordArray:
        says = {name: _any_says(columns, plain.says) for name, columns in self._columns.items()}
        return self._terms.words.saying(len(plain.addresses), says)


def _joined(parts: Sequence[Columns]) -> Columns:
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def _any_says(columns: tuple[str, ...], says: Mapping[str, NDArray[np.bool_]]) -> NDArray[np.bool_] | bool:
    """Which records say something in any of *columns*; the address, which is not among *says*, always does."""
    if any(name not in says for name in columns):
        return True
    some: NDArray[np.bool_] = np.logical_or.reduce([says[name] for name in columns])
    return some
