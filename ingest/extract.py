"""Records into digests: the only place where a record's text becomes an address, and where it is dropped again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from breachcheck.addresses import Address, base_of, canonical
from breachcheck.digests import Digester, Kind
from breachcheck.errors import InvalidAccount
from breachcheck.phones import numbers_in
from breachcheck.tallies import LEFT_OUT, Part
from ingest import parts, shortcuts
from ingest.batches import Batch, batches
from ingest.columns import ColumnDigester, Int64s, TextColumn, are_among
from ingest.domains import domains_in
from ingest.engine import Engine
from ingest.found import NO_ENTRIES, NOBODY, Entries, firsts_of
from ingest.gathering import Gathering
from ingest.joins import Junction
from ingest.lanes import Taken, Terms
from ingest.linking import ids_in, link, refer
from ingest.mailboxes import addresses_in
from ingest.readers.base import Table
from ingest.readers.escapes import unescaped, unmixed
from ingest.readers.left_out import LeftOut
from ingest.rejections import Rejections
from ingest.selection import NOTHING, OTHER, PLAIN_IN_SPACES, Selection, Wanted
from ingest.values import Rows, names, spelled, there, values_in
from ingest.words import FIRST, PERSON, WordArray, flags_of

NO_ADDRESS = "no address"
NOT_AN_ADDRESS = "not an address"
NO_IDENTIFIER = "no identifier"
NO_PERSON = "no matching person"

_UNREADABLE = "\ufffd"  # in the place of a letter that nobody knows: it is somebody's address, but whose?
_PERHAPS = re.compile(rb"[@%&\\\x80-\xff]")  # in whatever is an address, as it stands or escaped
_ESCAPED = re.compile(r"[%&\\\0\uff20\ufe6b\u00ad\u200b-\u200f\u2060\ufeff]")


@dataclass(slots=True)
class Count:
    """What became of the records of one table. *waiting*: at a junction, to find their person.

    *has_replaced*: bytes that are no text have become U+FFFD.
    """

    read: int = 0
    accepted: int = 0
    waiting: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    last: int = 0
    has_replaced: bool = False

    def take(self, accepted: int, rejected: Mapping[str, int]) -> None:
        """Count records that were read and found their person, or none."""
        self.read += accepted + sum(rejected.values())
        self.accepted += accepted
        self.rejected += Counter(rejected)  # which leaves out the reasons that no record had


class Extractor:
    """Takes tables apart for one load: digests go to *gathering* and *junctions*, counts to the caller.

    *suppressed*: digests, sorted, of addresses of which nothing may be kept, nor of their aliases.
    """

    def __init__(
        self,
        engine: Engine,
        digester: Digester,
        breach: str,
        gathering: Gathering,
        junctions: Mapping[str, Junction],
        suppressed: Int64s = NOBODY,
        rejections: Rejections | None = None,
        part: Part | None = None,
    ) -> None:
        self._engine = engine
        self._digesters = {kind: ColumnDigester(digester.key_of(kind)) for kind in Kind}
        self._domains = ColumnDigester(digester.domain_key)
        self._keys = digester.key_of(Kind.EMAIL), digester.domain_key
        self._breach = breach
        self._gathering = gathering
        self._junctions = junctions
        self._suppressed = suppressed
        self._rejections = rejections
        self._part = part

    def read(self, table: Table, wanted: Wanted, file: int, watch: Callable[[int], None]) -> Count:
        """Read *table*, the load's number *file*; *watch* hears how many more records were read, now and then.

        Raises DataFileError, which quotes nothing, where the table cannot be read to its end.
        """
        count, left_out = Count(), LeftOut()
        gathering = self._gathering
        secrets = {name: junction.secret for name, junction in self._junctions.items()}
        terms = Terms(*self._keys, gathering.words, gathering.domains, self._suppressed, gathering.seal, secrets)
        with closing(shortcuts.portions(table, wanted, terms, left_out)) as portions:
            for portion in portions:
                if isinstance(portion, Table):
                    self._scan(portion, wanted, file, watch, count)
                else:
                    self._enter_portion(portion, wanted.meets, file, count)
                    watch(portion.accepted + portion.names)
        count.take(0, left_out)
        count.has_replaced |= left_out.has_replaced
        return count

    def _enter_portion(self, taken: Taken, meets: str | None, file: int, count: Count) -> None:
        self._gathering.add_sorted_people(taken.rows, taken.aside)
        self._gathering.add_aliases(*taken.aliases)
        for sealed in taken.boxes:
            self._gathering.add_boxes(sealed)
        count.take(taken.accepted, {LEFT_OUT: taken.suppressed, NOT_AN_ADDRESS: taken.names})
        waiting = sum(linked.enter(self._junctions, meets, file) for linked in taken.linked)
        count.read += waiting
        count.waiting += waiting

    def _scan(self, table: Table, wanted: Wanted, file: int, watch: Callable[[int], None], count: Count) -> None:
        selection = Selection(wanted, self._gathering.words, self._breach)
        connection = self._engine.connection
        table.weigh(connection, wanted.columns)
        with table.scan(wanted.columns) as relation:
            part = parts.chosen(relation, self._part) if self._part else relation
            for batch in batches(connection, selection.sql(part)):
                self._take(batch, wanted, file, count, table.flaw)
                watch(batch.rows)
            left_out = table.rejects(connection)
            count.has_replaced |= left_out.has_replaced
            if self._part:
                left_out = parts.left_out_of(self._part, left_out, count.read, count.last)
            count.take(0, left_out)
            if self._rejections:
                for reason, numbers in left_out.numbers.items():
                    self._rejections.add(file, reason, np.frombuffer(numbers, np.int64))

    def _take(self, batch: Batch, wanted: Wanted, file: int, count: Count, flaw: str) -> None:
        numbers = batch.numbers() if wanted.number else None
        if numbers is not None:
            count.last = max(count.last, int(numbers.max(initial=0)))
        is_broken = batch.numbers() != 0
        words = self._gathering.words.joined([batch.numbers() for _ in range(self._gathering.words.lanes)])
        is_said, is_left_out = np.zeros(batch.rows, bool), np.zeros(batch.rows, bool)
        people, aliases = self._people(batch, wanted, is_said, is_left_out)
        is_left_out[people.rows] = False  # of a record with several addresses one that may be kept is enough
        found = self._identifiers(batch, wanted)
        identifiers = {kind: entries.take(~is_left_out[entries.rows]) for kind, entries in found.items()}
        organisations = identifiers.pop(Kind.ORG_ID, NO_ENTRIES)
        own = Entries.joined(list(identifiers.values()))
        others = Entries.beside(own, organisations)
        is_accepted = self._enter(people, aliases, others, len(own.rows), words)
        if len(organisations.rows):
            rows, digests = _once_a_row(organisations)
            self._gathering.add_records(digests, words[rows])
        links = {name: ids_in(batch.texts()) for name in wanted.links}
        onward = link(self._junctions, links, wanted, Entries.beside(people, others), aliases, is_left_out)
        is_open = ~is_left_out
        is_open[people.rows] = False  # found by a number or a name alone, its person is still to be found
        is_waiting = refer(self._junctions, links, wanted, words, file, is_open, is_accepted, numbers, onward)
        told = _told(count, is_broken, is_accepted, is_waiting, is_left_out, is_said, wanted, flaw)
        if self._rejections and numbers is not None:
            for reason in told.keys() - {LEFT_OUT}:  # nobody is told who had themselves forgotten
                self._rejections.add(file, reason, numbers[told[reason]])

    def _people(
        self, batch: Batch, wanted: Wanted, is_said: NDArray[np.bool_], is_left_out: NDArray[np.bool_]
    ) -> tuple[Entries, Entries]:
        """Everyone whose address stands in a record, and the base addresses of those with a plus tag."""
        found = [self._address_column(batch, is_said, is_left_out) for _ in wanted.addresses]
        return Entries.joined([people for people, _ in found]), Entries.joined([aliases for _, aliases in found])

    def _address_column(
        self, batch: Batch, is_said: NDArray[np.bool_], is_left_out: NDArray[np.bool_]
    ) -> tuple[Entries, Entries]:
        texts, forms, bases = batch.texts(), batch.numbers(), batch.texts()
        is_said |= forms != NOTHING
        plain, tagged = np.flatnonzero(forms >= PLAIN_IN_SPACES), np.flatnonzero(bases.lengths)
        people = self._people_of(plain, texts.lowered().take(plain))
        aliases = self._entries(tagged, bases.lowered().take(tagged))
        found = [self._to_keep(people, aliases, np.arange(batch.rows), is_left_out)]
        others = np.flatnonzero(forms == OTHER)
        if len(others):
            odd = list(_one_by_one(others.tolist(), texts.take(others).values()))
            people = self._people_of(*_columns(list(enumerate(address for _, address in odd))))
            bases_of = [(at, base) for at, (_, address) in enumerate(odd) if (base := base_of(address))]
            aliases = self._entries(*_columns(bases_of))
            found.append(self._to_keep(people, aliases, np.array([row for row, _ in odd], np.intp), is_left_out))
        return Entries.joined([people for people, _ in found]), Entries.joined([aliases for _, aliases in found])

    def _to_keep(
        self, people: Entries, aliases: Entries, rows: Rows, is_left_out: NDArray[np.bool_]
    ) -> tuple[Entries, Entries]:
        """Both without those of suppressed addresses, whose rows are marked in *is_left_out*.

        What the entries call a row is a place in *rows*, at which one address stands.
        """
        if len(self._suppressed):
            is_suppressed = np.zeros(len(rows), bool)
            for entries in (people, aliases):
                is_suppressed[entries.rows[are_among(entries.digests, self._suppressed)]] = True
            is_left_out[rows[is_suppressed]] = True
            people, aliases = (entries.take(~is_suppressed[entries.rows]) for entries in (people, aliases))
        return replace(people, rows=rows[people.rows]), replace(aliases, rows=rows[aliases.rows])

    def _entries(self, rows: Rows, texts: TextColumn, kind: Kind = Kind.EMAIL) -> Entries:
        return Entries(rows, self._digesters[kind].digests(texts))

    def _people_of(self, rows: Rows, addresses: TextColumn) -> Entries:
        """The people whose canonical *addresses* those are."""
        people = replace(self._entries(rows, addresses), domains=self._domains.digests(domains_in(addresses)))
        if self._gathering.seal:
            self._gathering.add_boxes(self._gathering.seal.boxes(addresses, people.digests, people.domains))
        return people

    def _identifiers(self, batch: Batch, wanted: Wanted) -> dict[Kind, Entries]:
        parts: dict[Kind, list[Entries]] = {}
        for kind in wanted.identifiers.values():
            found = self._values(kind, *values_in(batch.texts()))
            parts.setdefault(kind, []).append(self._entries(*found, kind))
        return {kind: Entries.joined(found) for kind, found in parts.items()}

    def _values(self, kind: Kind, rows: Rows, values: TextColumn) -> tuple[Rows, TextColumn]:
        """*values* as `Digester` digests them for a look-up; those of one breach stand behind its name."""
        if kind is Kind.PHONE:
            return _phones(rows, values)
        before = f"{self._breach}\0".encode()
        spelling = names if kind is Kind.USERNAME else spelled
        return there(rows, spelling(values, before), len(before) + 1)

    def _enter(
        self, people: Entries, aliases: Entries, identifiers: Entries, own: int, words: WordArray
    ) -> NDArray[np.bool_]:
        """Hand the batch's digests over, with their flags; which rows they are of.

        So many of the *identifiers*, the first ones, are a person's *own*; the others are organisations, which are
        nobody, though a record is found by them.
        """
        rows = np.concatenate([people.rows, identifiers.rows])
        is_accepted = np.zeros(len(words), bool)
        is_accepted[rows] = True
        entered = words[rows]
        flags = flags_of(entered)
        flags[: len(people.rows)] |= flags.dtype.type(PERSON)
        firsts = firsts_of(rows, len(words))
        flags[firsts] |= flags.dtype.type(FIRST)
        flags[firsts[firsts < len(people.rows) + own]] |= flags.dtype.type(PERSON)
        self._gathering.add_people(people.digests, entered[: len(people.rows)], people.domains)
        self._gathering.add(identifiers.digests, entered[len(people.rows) :])
        self._gathering.add_aliases(aliases.digests, words[aliases.rows])
        return is_accepted


def _columns(found: Sequence[tuple[int, Address]]) -> tuple[Rows, TextColumn]:
    """Rows and addresses, side by side."""
    return np.array([row for row, _ in found], np.intp), TextColumn.of([address.encode() for _, address in found])


def _one_by_one(rows: Sequence[int], texts: Sequence[bytes]) -> Iterator[tuple[int, Address]]:
    """The addresses among *texts* that are not plain; a line each where a text is a list."""
    for row, raw in zip(rows, texts, strict=True):
        for piece in raw.decode().split("\n") if _PERHAPS.search(raw) else ():
            for address in _named_in(piece):
                if _UNREADABLE not in address:
                    yield row, address


def _named_in(text: str) -> list[Address]:
    """The address, or the list of them, that *text* is as a whole, as it stands or else with its escapes resolved."""
    text = unmixed(text)
    if found := _as_it_stands(text):
        return found
    return _as_it_stands(unescaped(text.replace("\0", ""))) if _ESCAPED.search(text) else []


def _as_it_stands(text: str) -> list[Address]:
    try:
        return [canonical(text)]
    except InvalidAccount:
        return addresses_in(text)


def _phones(rows: Rows, values: TextColumn) -> tuple[Rows, TextColumn]:
    found = [
        (row, number.encode())
        for row, value in zip(rows.tolist(), values.values(), strict=True)
        for number in numbers_in(value.decode())
    ]
    return np.array([row for row, _ in found], np.intp), TextColumn.of([number for _, number in found])


def _once_a_row(entries: Entries) -> tuple[Rows, Int64s]:
    """Rows and digests, of which no row has one twice."""
    order = np.lexsort((entries.digests, entries.rows))
    rows, digests = entries.rows[order], entries.digests[order]
    is_new = np.ones(len(rows), bool)
    is_new[1:] = (rows[1:] != rows[:-1]) | (digests[1:] != digests[:-1])
    return rows[is_new], digests[is_new]


def _told(
    count: Count,
    is_broken: NDArray[np.bool_],
    is_accepted: NDArray[np.bool_],
    is_waiting: NDArray[np.bool_],
    is_left_out: NDArray[np.bool_],
    is_said: NDArray[np.bool_],
    wanted: Wanted,
    flaw: str,
) -> dict[str, NDArray[np.bool_]]:
    """Count a batch; which of its records are rejected, by reason."""
    accepted, waiting = int(is_accepted.sum()), int(is_waiting.sum())
    count.read += len(is_broken)
    count.accepted += accepted
    count.waiting += waiting
    if accepted + waiting == len(is_broken):
        return {}
    is_open = ~(is_accepted | is_waiting | is_broken | is_left_out)
    nothing = NO_ADDRESS if wanted.addresses else NO_IDENTIFIER
    reasons = {
        flaw: is_broken,
        LEFT_OUT: is_left_out,
        NOT_AN_ADDRESS: is_open & is_said,
        nothing: is_open & ~is_said,
    }
    reasons = {reason: which for reason, which in reasons.items() if which.any()}
    count.rejected.update({reason: int(which.sum()) for reason, which in reasons.items()})
    return reasons
