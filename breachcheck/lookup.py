"""The look-up: the one question the service answers."""

import time
from collections.abc import Callable, Mapping

from breachcheck.addresses import Address, base_of, canonical
from breachcheck.answers import Answer, Checked
from breachcheck.breaches import Disclosure, LoadId
from breachcheck.catalog import Breach, Catalogue, Published
from breachcheck.digests import Digest, Digester, Kind
from breachcheck.disclosure import OWNER, Viewer, disclose, may_ask_by, may_be_shown, may_be_told
from breachcheck.errors import IndexMoved, NothingToAsk
from breachcheck.index import FieldSetId, Index
from breachcheck.loads import FieldSet
from breachcheck.owner_links import Owner

ATTEMPTS = 3
"""How often what is published is read anew for one question, if it moves meanwhile."""

Find = Callable[[Published, list[Breach]], list[FieldSetId]]
"""The field sets of whoever is asked about, by what is published and which breaches of it are asked."""


class Lookup:
    """Answers, or raises: an answer without exposures means that the whole published index was asked."""

    def __init__(
        self, catalogue: Catalogue, index: Index, digester: Digester, *, site: Disclosure, is_demo: bool
    ) -> None:
        self._catalogue = catalogue
        self._index = index
        self._digester = digester
        self._site: Disclosure = site
        self._is_demo = is_demo

    def ask(self, account: str, viewer: Viewer, *, kind: Kind = Kind.EMAIL, breach: str | None = None) -> Answer:
        """What *viewer* may be told of *account*, in the breach named or in all.

        Raises InvalidAccount, UnknownBreach, NothingToAsk where no breach can answer, and other kinds of
        CouldNotCheck where the store failed or what is published kept moving.
        """
        published = self._catalogue.last_read() if breach is None else self._catalogue.published()

        def find(now: Published, asked: list[Breach]) -> list[FieldSetId]:
            return self._found(account, kind, now, asked, viewer)

        return self._settled(published, viewer, kind, breach, find)

    def ask_owner(self, owner: Owner) -> Answer:
        """As ``ask``, of an e-mail address that its owner proved; what was proved is all that is known of it."""

        def find(now: Published, _asked: list[Breach]) -> list[FieldSetId]:
            return self._found_digest(owner.digest, owner.base, now, OWNER)

        return self._settled(self._catalogue.last_read(), OWNER, Kind.EMAIL, None, find)

    def _settled(self, published: Published, viewer: Viewer, kind: Kind, breach: str | None, find: Find) -> Answer:
        """The answer by what is published, read anew where that moved while we looked."""
        for _ in range(1 + ATTEMPTS):
            asked = self._asked(published, viewer, kind, breach)
            found = find(published, asked) if asked else []
            if self._catalogue.generation() == published.generation:
                return self._answer(published, asked, found, viewer, kind)
            published = self._catalogue.published()
        raise IndexMoved("What is published changed while we looked; ask again.")

    def ask_load(self, account: str, load_id: LoadId, viewer: Viewer, *, kind: Kind = Kind.EMAIL) -> Answer:
        """What the answer would be if *load_id*, held or not, were all that is published."""
        published = self._catalogue.of_load(load_id)
        asked = self._asked(published, viewer, kind, None)
        found = self._found(account, kind, published, asked, viewer) if asked else []
        return self._answer(published, asked, found, viewer, kind)

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

    def _found(
        self, account: str, kind: Kind, published: Published, asked: list[Breach], viewer: Viewer
    ) -> list[FieldSetId]:
        """The field sets that *account* occurs in; one name stands for another person in every breach."""
        value = account.strip()
        if kind is Kind.EMAIL:
            return self._found_address(canonical(value), published, viewer)
        names = [breach.name for breach in asked] if kind.is_of_one_breach else [None]
        return [found for name in names for found in self._index.field_sets_of(self._digester.of(kind, value, name))]

    def _found_address(self, address: Address, published: Published, viewer: Viewer) -> list[FieldSetId]:
        base = base_of(address)
        digest_of_base = None if base is None else self._digester.of_address(base)
        return self._found_digest(self._digester.of_address(address), digest_of_base, published, viewer)

    def _found_digest(
        self, digest: Digest, base: Digest | None, published: Published, viewer: Viewer
    ) -> list[FieldSetId]:
        """None where an opt-out keeps them from *viewer*: asked all the same, so that this takes as long."""
        found = self._index.field_sets_of(digest)
        return found if may_be_shown(viewer, published.suppressed, digest, base) else []

    def _asked(self, published: Published, viewer: Viewer, kind: Kind, name: str | None) -> list[Breach]:
        named = published.breaches if name is None else (published.get(name),)
        return [
            one
            for one in named
            if kind in one.kinds and may_ask_by(viewer, kind) and may_be_told(viewer, one, self._site)
        ]

    def _answer(
        self, published: Published, asked: list[Breach], found: list[FieldSetId], viewer: Viewer, kind: Kind
    ) -> Answer:
        if not asked:
            raise NothingToAsk(f"None of the breaches here can be searched by {kind}.")
        exposures = [
            exposure
            for breach, field_sets in _by_breach(published.field_sets, found, asked)
            if (exposure := disclose(viewer, breach, field_sets))
        ]
        exposures.sort(key=lambda one: one.breach.facts.breach_date, reverse=True)
        checked = Checked(
            breaches=len(asked), as_of=int(time.time()), newest_added=max(breach.added_at for breach in asked)
        )
        return Answer(checked=checked, exposures=tuple(exposures), is_demo=self._is_demo)


def _by_breach(
    owners: Mapping[FieldSetId, tuple[Breach, FieldSet]], found: list[FieldSetId], asked: list[Breach]
) -> list[tuple[Breach, list[FieldSet]]]:
    """The field sets *found*, gathered by breach; those of breaches that were not *asked* are left out."""
    gathered: dict[int, list[FieldSet]] = {breach.load_id: [] for breach in asked}
    for field_set_id in found:
        if owner := owners.get(field_set_id):
            gathered.setdefault(owner[0].load_id, []).append(owner[1])
    return [(breach, gathered[breach.load_id]) for breach in asked if gathered[breach.load_id]]
