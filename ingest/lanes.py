"""Lanes: plain records, a few blocks of text at a time, into sorted rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ingest.boxes import Seal
from ingest.columns import ColumnDigester, Int64s, are_among
from ingest.domains import ASIDE, DomainNumbers
from ingest.plain_ids import Linked, Linker
from ingest.readers.plain import Plain, Says, Taker
from ingest.readers.stretches import Text
from ingest.runs import Columns, sort_and_unite
from ingest.selection import Wanted, columns_by_class
from ingest.words import FIRST, PERSON, WordArray, Words, flags_of, mark_domains

_NOBODY = (np.empty(0, np.int64), np.empty(0, np.int64))


@dataclass(frozen=True, slots=True)
class Terms:
    """On which plain records are taken: under which keys, as which words, of whom nothing may be kept, whom to seal.

    *secrets*: those of the junctions.
    """

    key: bytes
    domain_key: bytes
    words: Words
    domains: DomainNumbers
    suppressed: Int64s
    seal: Seal | None
    secrets: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Errand:
    """What to take out of blocks, and how."""

    take: Taker
    wanted: Wanted
    terms: Terms


@dataclass(frozen=True, slots=True)
class Taken:
    """What some blocks gave: *accepted* records as sorted rows, how many were *suppressed*, and the rest as it is.

    *names*: how many records more have a name, and no address in its place.
    *aliases*: digests and words of base addresses. *aside*: digests with those of their domains, for which words have
    no number. *boxes*: of whom was to be sealed. *linked*: what the blocks said of ids.
    """

    accepted: int
    suppressed: int
    names: int
    rows: Columns
    aliases: Columns
    aside: Columns
    boxes: list[Columns]
    linked: list[Linked]
    rest: bytes


@dataclass(frozen=True, slots=True)
class _Found:
    """What one block gave. *people*: digests and words, and where words have no number for somebody's domain a third
    column with the digests of such domains."""

    people: Columns
    aliases: Columns
    accepted: int
    suppressed: int
    names: int
    linked: Linked
    rest: bytes


class Lane:
    """Does an errand, whatever number of blocks it is given. For one thread alone."""

    def __init__(self, errand: Errand) -> None:
        self._take, self._terms = errand.take, errand.terms
        self._columns = columns_by_class(errand.wanted.classes)
        self._linker = Linker(errand.wanted, errand.terms.secrets)
        self._digester, self._domains = ColumnDigester(self._terms.key), ColumnDigester(self._terms.domain_key)

    def take(self, text: Text) -> Taken:
        sealed: list[Columns] = []
        found = [self._block(block, sealed) for block in text]
        return Taken(
            accepted=sum(one.accepted for one in found),
            suppressed=sum(one.suppressed for one in found),
            names=sum(one.names for one in found),
            rows=sort_and_unite(_joined([one.people[:2] for one in found])),
            aliases=_joined([one.aliases for one in found]),
            aside=_joined([_aside(one.people) for one in found]),
            boxes=sealed,
            linked=[one.linked for one in found],
            rest=b"".join([one.rest for one in found]),
        )

    def _block(self, block: bytes, sealed: list[Columns]) -> _Found:
        plain = self._take(block)
        digests, bases = self._digester.digests(plain.addresses), self._digester.digests(plain.bases)
        words = self._words(len(plain.addresses), plain.says)
        aliases = bases, words[plain.base_of]
        flags = flags_of(words)
        flags |= flags.dtype.type(FIRST | PERSON)
        asides = self._mark_domains(plain, words, digests, sealed)
        return self._kept((digests, words, *asides), aliases, plain)

    def _mark_domains(self, plain: Plain, words: WordArray, digests: Int64s, sealed: list[Columns]) -> Columns:
        """Write domains into *words*, boxes into *sealed*; a column of domains without a number, if any, else 0."""
        domains = self._domains.digests(plain.domains)
        numbers = self._terms.domains.numbers(domains)
        mark_domains(words, numbers.astype(words.dtype)[plain.domain_of])
        if self._terms.seal and (boxes := self._terms.seal.boxes(plain.addresses, digests, domains[plain.domain_of])):
            sealed.append(boxes)
        is_aside = numbers == ASIDE
        return (np.where(is_aside, domains, 0)[plain.domain_of],) if is_aside.any() else ()

    def _kept(self, people: Columns, aliases: Columns, plain: Plain) -> _Found:
        """All but those who are suppressed under their address or under its base."""
        is_kept = ~are_among(people[0], self._terms.suppressed)
        is_kept[plain.base_of[are_among(aliases[0], self._terms.suppressed)]] = False
        linked = self._linked(plain, people[0], aliases[0], is_kept)
        if is_kept.all():
            return _Found(people, aliases, _records(plain, is_kept), 0, plain.names, linked, plain.rest)
        kept_aliases = tuple(column[is_kept[plain.base_of]] for column in aliases)
        kept = tuple(column[is_kept] for column in people)
        accepted, suppressed = _records(plain, is_kept), _records(plain, ~is_kept)
        return _Found(kept, kept_aliases, accepted, suppressed, plain.names, linked, plain.rest)

    def _linked(self, plain: Plain, digests: Int64s, bases: Int64s, is_kept: NDArray[np.bool_]) -> Linked:
        owners = self._linker.owners(plain, digests, bases, is_kept)
        words = self._words(len(plain.waiting), plain.waiting.says)
        return Linked(owners, self._linker.wait(plain.waiting), words)

    def _words(self, count: int, says: Says) -> WordArray:
        return self._terms.words.saying(
            count, {name: _any_says(columns, says) for name, columns in self._columns.items()}
        )


def _records(plain: Plain, which: NDArray[np.bool_]) -> int:
    """How many records those addresses stand for."""
    return int(which.sum() if plain.records is None else plain.records[which].sum())


def _aside(people: Columns) -> Columns:
    """Digests of *people* whose domain has no number, and those of their domains."""
    if len(people) == 2:
        return _NOBODY
    which = np.flatnonzero(people[2])
    return people[0][which], people[2][which]


def _joined(parts: Sequence[Columns]) -> Columns:
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def _any_says(columns: tuple[str, ...], says: Mapping[str, NDArray[np.bool_]]) -> NDArray[np.bool_] | bool:
    """Which records say something in any of *columns*; the address, which is not among *says*, always does."""
    if any(name not in says for name in columns):
        return True
    some: NDArray[np.bool_] = np.logical_or.reduce([says[name] for name in columns])
    return some
