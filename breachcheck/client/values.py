"""Values of the client: what is asked, and what comes back, read strictly. Keys that are new to it are passed over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import msgspec

from breachcheck.errors import BreachcheckError

Ref = str | int | None


class Account(msgspec.Struct, frozen=True, omit_defaults=True):
    """One account of a batch. *ref*: what you know it by; it comes back with its line."""

    account: str
    kind: str = "email"
    breach: str | None = None
    ref: Ref = None


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One account of *ref* on a watchlist."""

    ref: str
    account: str
    kind: str = "email"
    breach: str | None = None


class Checked(msgspec.Struct, frozen=True):
    """How many breaches the answer speaks for, when, and how fresh they are."""

    breaches: int
    as_of: datetime
    newest_added: datetime


class NamedBreach(msgspec.Struct, frozen=True):
    """A breach, by its stable name and its display name."""

    name: str
    title: str


class BriefBreach(NamedBreach, frozen=True):
    """A breach as an answer names it."""

    domain: str
    breach_date: date
    added_at: datetime


class Step(msgspec.Struct, frozen=True):
    """One thing to do."""

    id: str
    title: str
    why: str
    how: str


class Exposure(msgspec.Struct, frozen=True):
    """What one breach holds of one account. docs/api.md says what each list means."""

    event_id: str
    breach: BriefBreach
    leaked: tuple[str, ...]
    not_leaked: tuple[str, ...]
    unknown: tuple[str, ...]
    owner_only: tuple[str, ...]
    not_exposed: tuple[str, ...]
    severity: int
    severity_level: str
    via_alias: bool
    advice: tuple[Step, ...] = ()
    records: int | None = None


class Answer(msgspec.Struct, frozen=True):
    """All breaches in *checked* were asked. Without exposures the account is in none of those, and no more is known."""

    status: Literal["exposed", "not_found"]
    checked: Checked
    exposures: tuple[Exposure, ...]
    demo: bool = False

    def __post_init__(self) -> None:
        if (self.status == "exposed") != bool(self.exposures):
            raise ValueError("the status and the exposures contradict each other")


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one account of a batch: its answer, or why there is none."""

    ref: Ref
    line: int
    outcome: Answer | BreachcheckError


class Breach(BriefBreach, frozen=True):
    """A published breach. *affected*: what the discloser said; *people*: those who can be found in this copy."""

    modified_at: datetime
    listed_only: bool
    affected: int | None
    people: int
    description: str
    data_classes: tuple[str, ...]
    not_exposed: tuple[str, ...]
    not_exposed_also: tuple[str, ...]
    is_sensitive: bool
    is_retired: bool


class Change(msgspec.Struct, frozen=True):
    """What happened to the catalogue. *id* is the cursor behind it."""

    id: str
    change: str
    at: datetime
    breach: NamedBreach
    reason: str | None


class Event(msgspec.Struct, frozen=True):
    """What became so, or ceased to be, of one ref of a watchlist in one breach. *id* is the cursor behind it."""

    id: str
    event: str
    at: datetime
    ref: str
    breach: NamedBreach
    leaked: tuple[str, ...]
    via_alias: bool
    severity: int
    severity_level: str
    acknowledged_at: datetime | None


class RefusedLine(msgspec.Struct, frozen=True):
    """A line of a directory that is not watched, and the stable word for why."""

    line: int
    ref: str | None
    reason: str


class Kept(msgspec.Struct, frozen=True):
    """What became of a watchlist that was put."""

    name: str
    refs: int
    accounts: int
    added: int
    removed: int
    refused: tuple[RefusedLine, ...]


class Breaches(msgspec.Struct, frozen=True):
    """The list of the published breaches."""

    breaches: tuple[Breach, ...]


class ChangePage(msgspec.Struct, frozen=True):
    """A page of the changes."""

    changes: tuple[Change, ...]
    cursor: str
    has_more: bool

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)


class EventPage(msgspec.Struct, frozen=True):
    """A page of the events."""

    events: tuple[Event, ...]
    cursor: str
    has_more: bool

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)


class Acknowledged(msgspec.Struct, frozen=True):
    """How many events were acknowledged."""

    acknowledged: int


class LineHead(msgspec.Struct, frozen=True):
    """What every line of a batch's answer begins with. *lines*: of how many it is one."""

    ref: Ref
    line: int
    lines: int
    status: str
