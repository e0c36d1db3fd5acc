"""The look-up: the one question the service answers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from breachcheck.addresses import base_of, canonical
from breachcheck.answers import Answer, Checked, Exposure, Records
from breachcheck.breaches import LoadId
from breachcheck.catalog import Breach, Catalogue, Published
from breachcheck.config import Disclosure
from breachcheck.digests import Digest, Digester, Kind
from breachcheck.disclosure import (
    OWNER,
    Viewer,
    disclose,
    may_ask_by,
    may_be_shown,
    may_be_told,
    records_shown,
)
from breachcheck.errors import IndexMoved, KindNotCarried, NothingToAsk
from breachcheck.field_sets import FieldSet
from breachcheck.headcounts import Headcounts
from breachcheck.index import FieldSetId, Index
from breachcheck.owner_links import Owner

ATTEMPTS = 3
"""How often what is published is read anew for one question, if it moves meanwhile."""

NOBODY = Digest(0)
NO_RECORDS: Mapping[FieldSetId, int] = {}


@dataclass(frozen=True, slots=True)
class Sought:
    """Whom a question is about: one digest, or one for each breach asked where the same value is someone else in each.

    *base*: of an address with a plus tag, the digest of the address without it.
    """

    kind: Kind
    digests: tuple[Digest, ...]
    base: Digest | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What the index holds of whoever was sought. *records*: of an organisation, how many by field set."""

    sought: Sought
    field_sets: Sequence[FieldSetId]
    records: Mapping[FieldSetId, int]


@dataclass(frozen=True)
class Reach:
    """The breaches that a question reaches; the same for whoever is asked about."""

    breaches: tuple[Breach, ...]

    @cached_property
    def newest_added(self) -> int:
        return max(breach.added_at for breach in self.breaches)

    @cached_property
    def places(self) -> Mapping[LoadId, int]:
        """Where in the order of the breaches each load stands."""
        return {breach.load_id: place for place, breach in enumerate(self.breaches)}


Seek = Callable[[Sequence[Breach]], Sought]
"""Whom the question is about, by which breaches are asked."""


class Lookup:
    """Answers, or raises: an answer without exposures means that the whole published index was asked."""

    def __init__(
        self,
        catalogue: Catalogue,
        index: Index,
        headcounts: Headcounts,
        digester: Digester,
        *,
        site: Disclosure,
        is_demo: bool,
    ) -> None:
        self._catalogue = catalogue
        self._index = index
        self._headcounts = headcounts
        self._digester = digester
        self._site: Disclosure = site
        self._is_demo = is_demo
        self._reaches: tuple[Published | None, dict[tuple[Viewer, Kind], Reach]] = None, {}

    def ask(self, account: str, viewer: Viewer, *, kind: Kind = Kind.EMAIL, breach: str | None = None) -> Answer:
        """What *viewer* may be told of *account*, in the breach named or in all.

        Raises InvalidAccount, UnknownBreach, NothingToAsk where no breach can answer, and other kinds of
        CouldNotCheck where the store failed or what is published kept moving.
        """
        published = self._catalogue.last_read() if breach is None else self._catalogue.published()
        return self._settled(published, viewer, kind, breach, lambda asked: self.sought(account, kind, asked))

    def ask_owner(self, owner: Owner) -> Answer:
        """As ``ask``, of an e-mail address that its owner proved; what was proved is all that is known of it."""
        sought = Sought(Kind.EMAIL, (owner.digest,), owner.base)
        return self._settled(self._catalogue.last_read(), OWNER, Kind.EMAIL, None, lambda _asked: sought)

    def _settled(self, published: Published, viewer: Viewer, kind: Kind, breach: str | None, seek: Seek) -> Answer:
        """The answer by what is published, read anew where that moved while we looked."""
        for _ in range(1 + ATTEMPTS):
            asked = self.asked(published, viewer, kind, breach)
            found = self._found(seek(asked.breaches), published, viewer) if asked.breaches else None
            if self._catalogue.stands(published):
                return self.answer(published, asked, found, viewer, kind)
            published = self._catalogue.published()
        raise IndexMoved("What is published changed while we looked; ask again.")

    def try_store(self) -> Published:
        """What is published, once both databases answered as a look-up needs it. Raises CouldNotCheck otherwise."""
        published = self._catalogue.published()
        self._index.field_sets_of(NOBODY)
        return published

    def ask_load(self, account: str, load_id: LoadId, viewer: Viewer, *, kind: Kind = Kind.EMAIL) -> Answer:
        """What the answer would be if *load_id*, held or not, were all that is published."""
        published = self._catalogue.of_load(load_id)
        asked = self._all(published, viewer, kind)
        sought = self.sought(account, kind, asked.breaches) if asked.breaches else None
        found = None if sought is None else self._found(sought, published, viewer)
        return self.answer(published, asked, found, viewer, kind)

    def reach(self, viewer: Viewer, load_id: LoadId | None = None) -> list[Breach]:
        """The breaches that *viewer* can be told of when asking for an e-mail address, by title.

        With *load_id*, as if that load, held or not, were all that is published.
        """
        published = self._catalogue.published() if load_id is None else self._catalogue.of_load(load_id)
        return [
            breach
            for breach in published.breaches
            if Kind.EMAIL in breach.kinds and may_be_told(viewer, breach, self._site)
        ]

    def sought(self, account: str, kind: Kind, asked: Sequence[Breach]) -> Sought:
        """Whom *account* is in the breaches *asked*. Raises InvalidAccount. The address ends here."""
        if kind is Kind.EMAIL:
            address = canonical(account)
            base = base_of(address)
            digest_of_base = None if base is None else self._digester.of_address(base)
            return Sought(kind, (self._digester.of_address(address),), digest_of_base)
        names = [breach.name for breach in asked] if kind.is_of_one_breach else [None]
        return Sought(kind, tuple(self._digester.of(kind, account.strip(), name) for name in names))

    def asked(self, published: Published, viewer: Viewer, kind: Kind, name: str | None) -> Reach:
        """The breaches that a question reaches; never depends on the account. Raises UnknownBreach.

        All of them are worked out once for each state of what is published: a question costs the same among hundreds.
        """
        if name is not None:
            return self._reach((published.get(name),), viewer, kind)
        of, reaches = self._reaches
        if of is not published:
            reaches = {}
            self._reaches = published, reaches
        known = reaches.get((viewer, kind))
        if known is None:
            known = reaches[viewer, kind] = self._all(published, viewer, kind)
        return known

    def _all(self, published: Published, viewer: Viewer, kind: Kind) -> Reach:
        return self._reach(published.breaches, viewer, kind)

    def _reach(self, breaches: Iterable[Breach], viewer: Viewer, kind: Kind) -> Reach:
        return Reach(
            tuple(
                one
                for one in breaches
                if kind in one.kinds and may_ask_by(viewer, kind) and may_be_told(viewer, one, self._site)
            )
        )

    def _found(self, sought: Sought, published: Published, viewer: Viewer) -> Found:
        field_sets = [one for digest in sought.digests for one in self._index.field_sets_of(digest)]
        return shown(Found(sought, field_sets, self.records_of(sought)), published, viewer)

    def records_of(self, sought: Sought) -> Mapping[FieldSetId, int]:
        """Of an organisation, how many records each field set has."""
        if sought.kind is not Kind.ORG_ID:
            return NO_RECORDS
        counted = (self._headcounts.of(digest) for digest in sought.digests)
        return {field_set: number for one in counted for field_set, number in one.items()}

    def answer(self, published: Published, asked: Reach, found: Found | None, viewer: Viewer, kind: Kind) -> Answer:
        """What *found* means to *viewer*. Raises NothingToAsk where no breach was *asked*."""
        checked = self.checked_by(published, asked, kind)
        exposures = () if found is None else exposures_of(published, asked, found.field_sets, viewer)
        if found is None or not exposures:
            return Answer(checked, (), (), is_demo=self._is_demo)
        return self.answer_with(published, asked, found, exposures, checked)

    def checked_by(self, published: Published, asked: Reach, kind: Kind) -> Checked:
        """What asking the breaches *asked* now covers. Raises NothingToAsk where there is none."""
        if not asked.breaches:
            refused = NothingToAsk if kind is Kind.EMAIL else KindNotCarried
            raise refused(f"None of the breaches here can be searched by {kind}.")
        return Checked(len(asked.breaches), as_of=self._catalogue.as_of(published), newest_added=asked.newest_added)

    def answer_with(
        self,
        published: Published,
        asked: Reach,
        found: Found,
        exposures: tuple[Exposure, ...],
        checked: Checked,
    ) -> Answer:
        """As ``answer``, where the *exposures* are known already, as are those of many."""
        sought = found.sought
        event_ids = tuple(self._event_id(_digest_in(one.breach, sought, asked), one) for one in exposures)
        records = _records(published, exposures, found.records) if sought.kind is Kind.ORG_ID else ()
        return Answer(checked, exposures, event_ids, records, is_demo=self._is_demo)

    def _event_id(self, digest: Digest, exposure: Exposure) -> str:
        return self._digester.event_id(digest, exposure.breach.name, exposure.leaked, via_alias=exposure.via_alias)


def shown(found: Found, published: Published, viewer: Viewer) -> Found:
    """*found*, or nothing where an opt-out keeps it from *viewer*. To be asked after the index, so that it takes as
    long."""
    sought = found.sought
    if sought.kind is not Kind.EMAIL or may_be_shown(viewer, published.suppressed, sought.digests[0], sought.base):
        return found
    return Found(sought, (), NO_RECORDS)


def _digest_in(breach: Breach, sought: Sought, asked: Reach) -> Digest:
    return sought.digests[asked.places[breach.load_id] if sought.kind.is_of_one_breach else 0]


def exposures_of(
    published: Published, asked: Reach, found: Iterable[FieldSetId], viewer: Viewer
) -> tuple[Exposure, ...]:
    """What *viewer* may see of whoever occurs in the field sets *found*, newest breach first."""
    exposures = [
        exposure
        for breach, field_sets in _by_breach(published.field_sets, found, asked)
        if (exposure := disclose(viewer, breach, field_sets))
    ]
    exposures.sort(key=lambda one: one.breach.facts.breach_date, reverse=True)
    return tuple(exposures)


def _records(
    published: Published, exposures: Iterable[Exposure], numbers: Mapping[FieldSetId, int]
) -> tuple[Records, ...]:
    owned = [(*published.field_sets[one], number) for one, number in numbers.items() if one in published.field_sets]
    return tuple(
        records_shown(exposure, {field_set: number for breach, field_set, number in owned if breach is exposure.breach})
        for exposure in exposures
    )


def _by_breach(
    owners: Mapping[FieldSetId, tuple[Breach, FieldSet]], found: Iterable[FieldSetId], asked: Reach
) -> list[tuple[Breach, list[FieldSet]]]:
    """The field sets *found*, gathered by breach; those of breaches that were not *asked* are left out."""
    gathered: dict[int, list[FieldSet]] = {}
    for field_set_id in found:
        owner = owners.get(field_set_id)
        if owner and (place := asked.places.get(owner[0].load_id)) is not None:
            gathered.setdefault(place, []).append(owner[1])
    return [(asked.breaches[place], gathered[place]) for place in sorted(gathered)]
