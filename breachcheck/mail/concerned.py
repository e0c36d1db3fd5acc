"""Concerned: whom a telling is about, by what is found of each subscriber now and what they were told before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from breachcheck import data_classes
from breachcheck.addresses import base_of, canonical
from breachcheck.answers import Exposure
from breachcheck.breaches import BreachRow
from breachcheck.catalog import Breach, Catalogue
from breachcheck.config import Disclosure
from breachcheck.digests import Digester
from breachcheck.disclosure import ANY_OWNER, OPERATOR, OWNER, STRICTNESS, Viewer, may_be_shown
from breachcheck.errors import NothingToAsk, NotSubscribed, UnknownBreach
from breachcheck.lookup import Lookup
from breachcheck.notifications import Notification, Notifications
from breachcheck.subscribers import Subscriber, Subscribers


@dataclass(frozen=True)
class ToTell:
    """Someone of whom more is found than they were told."""

    subscriber: Subscriber
    exposure: Exposure


@dataclass(frozen=True)
class ToCorrect:
    """Someone who was told more than is found: *told* is what, *exposure* what still is."""

    subscriber: Subscriber
    told: Sequence[Notification]
    exposure: Exposure | None

    @property
    def told_at(self) -> int:
        """When they were told last."""
        return max(one.told_at or 0 for one in self.told)


class Concerned:
    """Asks the index for each subscriber, as they would themselves. Who opted out is never concerned."""

    def __init__(
        self,
        catalogue: Catalogue,
        lookup: Lookup,
        digester: Digester,
        subscribers: Subscribers,
        notifications: Notifications,
    ) -> None:
        self._catalogue = catalogue
        self._lookup = lookup
        self._digester = digester
        self._subscribers = subscribers
        self._notifications = notifications

    def to_tell(self, row: BreachRow) -> Iterator[ToTell]:
        """Who is to be told of the breach as it is published now."""
        for subscriber in self._subscribers.all():
            exposure = self._found(subscriber, row, OWNER)
            if exposure and self.is_news(subscriber, row, exposure):
                yield ToTell(subscriber, exposure)

    def is_news(self, subscriber: Subscriber, row: BreachRow, exposure: Exposure) -> bool:
        """Whether *exposure* holds more than they were told, or are about to be by a mail that still holds."""
        known = frozenset[str]().union(
            *(
                one.classes
                for one in self._notifications.of_subscriber(subscriber.id)
                if one.breach_id == row.id and (one.told_at is not None or one.load_id == row.current_load)
            )
        )
        return not set(exposure.leaked) <= known

    def to_correct(self, row: BreachRow) -> Iterator[ToCorrect]:
        """Who was told of the breach what is not so, as far as is known now."""
        told: dict[int, list[Notification]] = {}
        for one in self._notifications.of_breach(row.id):
            if one.told_at is not None:
                told.setdefault(one.subscriber_id, []).append(one)
        for subscriber in self._subscribers.all():
            if subscriber.id in told and (change := self._change(subscriber, row, told[subscriber.id])):
                yield change

    def _change(self, subscriber: Subscriber, row: BreachRow, told: list[Notification]) -> ToCorrect | None:
        if self._opted_out(subscriber):
            return None
        exposure = self._found(subscriber, row, OPERATOR) if row.current_load else None
        found = frozenset(exposure.leaked) if exposure else frozenset[str]()
        is_right = frozenset[str]().union(*(one.classes for one in told)) <= found
        return None if is_right else ToCorrect(subscriber, told, exposure)

    def _found(self, subscriber: Subscriber, row: BreachRow, viewer: Viewer) -> Exposure | None:
        if self._opted_out(subscriber):
            return None
        try:
            answer = self._lookup.ask(self._subscribers.recipient_of(subscriber), viewer, breach=row.name)
        except (NothingToAsk, UnknownBreach, NotSubscribed):  # closed, withdrawn meanwhile, or they left
            return None
        return answer.exposures[0] if answer.exposures else None

    def _opted_out(self, subscriber: Subscriber) -> bool:
        suppressed = self._catalogue.published().suppressed
        if not suppressed:
            return False
        try:
            address = canonical(self._subscribers.recipient_of(subscriber))
        except NotSubscribed:
            return True
        base = base_of(address)
        base_digest = None if base is None else self._digester.of_address(base)
        return not may_be_shown(ANY_OWNER, suppressed, subscriber.digest, base_digest)


def is_private(breach: Breach, classes: Sequence[str] | frozenset[str], site: Disclosure) -> bool:
    """Whether a mail about *classes* of *breach* must not name it: subjects are read from lock screens."""
    is_for_owners = max(site, breach.facts.disclosure, key=STRICTNESS.__getitem__) != "open"
    return is_for_owners or tells_of_someone(breach, classes)


def tells_of_someone(breach: Breach, classes: Sequence[str] | frozenset[str]) -> bool:
    """Whether the mere fact of *classes* of *breach* says something of their person."""
    names = frozenset(classes)
    is_owner_only = any(data_classes.is_owner_only(name) for name in names) or data_classes.makes_owner_only(names)
    return breach.facts.is_sensitive or bool(is_owner_only)
