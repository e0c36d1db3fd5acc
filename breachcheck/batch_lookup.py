"""Batches: the one question for many accounts, all answered by what was published at one moment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from breachcheck.addresses import Domain, canonical, domain_of
from breachcheck.answers import Answer, Checked, Exposure
from breachcheck.catalog import Catalogue, Published
from breachcheck.digests import Digest, Kind
from breachcheck.disclosure import SENSITIVE, Viewer, about_people_of
from breachcheck.errors import BreachcheckError, IndexMoved, InvalidAccount, NothingToAsk, UnknownBreach
from breachcheck.index import FieldSetId, Index
from breachcheck.lookup import ATTEMPTS, Found, Lookup, Reach, Sought, exposures_of, shown


@dataclass(frozen=True, slots=True)
class Question:
    """What ``Lookup.ask`` is asked."""

    account: str
    kind: Kind = Kind.EMAIL
    breach: str | None = None


Outcome = Answer | BreachcheckError
"""Of one account: what ``Lookup.ask`` would have returned, or would have raised because of the question itself."""


@dataclass(frozen=True, slots=True)
class _Group:
    """What all questions by one kind, to one breach or to all, have in common for one viewer."""

    viewer: Viewer
    asked: Reach
    checked: Checked
    miss: Answer


class BatchLookup:
    """Asks for many accounts at once: as ``Lookup`` tells, but each step for all of them."""

    def __init__(self, catalogue: Catalogue, index: Index, lookup: Lookup, *, is_demo: bool) -> None:
        self._catalogue = catalogue
        self._index = index
        self._lookup = lookup
        self._is_demo = is_demo

    def ask(self, questions: Sequence[Question], viewer: Viewer) -> Iterator[Outcome]:
        """One outcome for each question, in order. The store is asked before this returns, and not after.

        *viewer* is told of sensitive breaches where a question is about people of domains that they have proved.
        Raises IndexMoved where what is published kept moving, and other kinds of CouldNotCheck where the store failed:
        then there is no outcome at all.
        """
        for _ in range(1 + ATTEMPTS):
            published = self._catalogue.published()
            asked = _Asked(self._lookup, published, viewer, self._is_demo)
            groups = [asked.group_of(question) for question in questions]
            sought = [asked.sought(question, group) for question, group in zip(questions, groups, strict=True)]
            digests = (digest for one in sought if isinstance(one, Sought) for digest in one.digests)
            held = self._index.field_sets_of_many(digests)
            found = [self._found(one, held) for one in sought]
            if self._catalogue.stands(published):
                return asked.outcomes(groups, found)
        raise IndexMoved("What is published changed while we looked; ask again.")

    def _found(
        self, sought: Sought | BreachcheckError, held: dict[Digest, list[FieldSetId]]
    ) -> Found | BreachcheckError:
        if isinstance(sought, BreachcheckError):
            return sought
        field_sets = tuple(one for digest in sought.digests for one in held.get(digest, ()))
        return Found(sought, field_sets, self._lookup.records_of(sought))


class _Asked:
    """One batch, by one state of what is published."""

    def __init__(self, lookup: Lookup, published: Published, viewer: Viewer, is_demo: bool) -> None:
        self._lookup = lookup
        self._published = published
        self._viewer = viewer
        self._is_demo = is_demo
        self._groups: dict[tuple[Kind, str | None, bool], _Group | BreachcheckError] = {}
        self._viewers: dict[Domain, Viewer] = {}
        self._exposures: dict[tuple[int, Sequence[FieldSetId]], tuple[Exposure, ...]] = {}

    def group_of(self, question: Question) -> _Group | BreachcheckError:
        try:
            viewer = self._viewer_of(question)
        except InvalidAccount as refused:
            return refused
        key = question.kind, question.breach, viewer.sees_sensitive
        if key not in self._groups:
            self._groups[key] = self._new_group(question.kind, question.breach, viewer)
        return self._groups[key]

    def sought(self, question: Question, group: _Group | BreachcheckError) -> Sought | BreachcheckError:
        if isinstance(group, BreachcheckError):
            return group
        try:
            return self._lookup.sought(question.account, question.kind, group.asked.breaches)
        except InvalidAccount as refused:
            return refused

    def outcomes(
        self, groups: Sequence[_Group | BreachcheckError], found: Sequence[Found | BreachcheckError]
    ) -> Iterator[Outcome]:
        """Made one by one as they are read, so that many answers take no more room than one."""
        for group, one in zip(groups, found, strict=True):
            if isinstance(group, BreachcheckError):
                yield group
            else:
                yield one if isinstance(one, BreachcheckError) else self._answer(group, one)

    def _viewer_of(self, question: Question) -> Viewer:
        """Who asks this one question, as ``Lookup`` would be told. Raises InvalidAccount."""
        if SENSITIVE not in self._viewer.scopes or question.kind is not Kind.EMAIL:
            return self._viewer
        domain = domain_of(canonical(question.account))
        if domain not in self._viewers:
            self._viewers[domain] = about_people_of(self._viewer, domain)
        return self._viewers[domain]

    def _answer(self, group: _Group, found: Found) -> Answer:
        told = shown(found, self._published, group.viewer)
        exposures = self._exposures_of(group, told.field_sets) if told.field_sets else ()
        if not exposures:
            return group.miss
        return self._lookup.answer_with(self._published, group.asked, told, exposures, group.checked)

    def _exposures_of(self, group: _Group, field_sets: Sequence[FieldSetId]) -> tuple[Exposure, ...]:
        """Worked out once for all who share them."""
        key = id(group), field_sets
        if key not in self._exposures:
            self._exposures[key] = exposures_of(self._published, group.asked, field_sets, group.viewer)
        return self._exposures[key]

    def _new_group(self, kind: Kind, breach: str | None, viewer: Viewer) -> _Group | BreachcheckError:
        try:
            asked = self._lookup.asked(self._published, viewer, kind, breach)
            checked = self._lookup.checked_by(self._published, asked, kind)
        except (UnknownBreach, NothingToAsk) as refused:
            return refused
        return _Group(viewer, asked, checked, Answer(checked, (), (), is_demo=self._is_demo))
