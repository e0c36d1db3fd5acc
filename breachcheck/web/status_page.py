"""The site's status as people read it, and as programs do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from breachcheck.answers import timestamp
from breachcheck.health import incidents
from breachcheck.health.incidents import State
from breachcheck.health.measures import BOUNDS_MS
from breachcheck.health.site_status import Seen, Span, Status, Within
from breachcheck.web.language import gettext as _
from breachcheck.web.language import number, share

SECOND_MS = 1000
NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Row:
    """What is told of each window, and the words for it."""

    about: str
    cells: Sequence[str]


def rows_of(spans: Sequence[Span]) -> list[Row]:
    """What the record says. Where there is none it says that, and never that all was well."""
    told: dict[str, Callable[[Span], str]] = {
        _("Time on record"): lambda span: share(span.watched, span.minutes),
        _("Look-ups could be answered"): _could_be_answered,
        _("Look-ups that failed"): _failed,
        _("Half were answered within"): lambda span: _within(span, 0.5),
        _("99 of 100 were answered within"): lambda span: _within(span, 0.99),
    }
    return [Row(about, [tell(span) for span in spans]) for about, tell in told.items()]


def heads() -> Mapping[str, str]:
    """What each window is called."""
    return {"hour": _("Last hour"), "day": _("Last day"), "ninety_days": _("Last 90 days")}


def state_names() -> Mapping[State, str]:
    """What each state of an incident is called."""
    return {
        "investigating": _("We are looking into it"),
        "identified": _("We know the cause"),
        "monitoring": _("Mended, and we watch it"),
        "resolved": _("Solved"),
    }


def as_json(status: Status, *, is_demo: bool) -> dict[str, Any]:
    """For programs. What is not known is null."""
    known = _seen_json(status.seen) if status.seen else {"as_of": None}
    said = {"can_answer": status.can_answer, "asked_at": timestamp(status.at), **known}
    return said | ({"demo": True} if is_demo else {})


def _seen_json(seen: Seen) -> dict[str, Any]:
    newest = None if seen.newest_added is None else timestamp(seen.newest_added)
    return {
        "as_of": timestamp(seen.read_at),
        "index": {"breaches": seen.breaches, "newest_added": newest, "generation": seen.generation},
        "record": [_span_json(span) for span in seen.spans],
        "incidents": [incidents.as_json(one) for one in seen.incidents],
    }


def _span_json(span: Span) -> dict[str, Any]:
    return {
        "window": span.window,
        "since": timestamp(span.since),
        "minutes": span.minutes,
        "minutes_on_record": span.watched,
        "minutes_out_of_reach": span.out_of_reach,
        "failed_share": round(span.failed / span.asked, 6) if span.asked else None,
        "median_within_ms": span.within(0.5),
        "p99_within_ms": span.within(0.99),
        "complaints": span.complaints,
    }


def _could_be_answered(span: Span) -> str:
    return share(span.watched - span.out_of_reach, span.watched) if span.watched else _("no record")


def _failed(span: Span) -> str:
    if span.asked:
        return share(span.failed, span.asked)
    return _("nobody asked") if span.watched else _("no record")


def _within(span: Span, wanted: float) -> str:
    found: Within = span.within(wanted)
    if found is None:
        return _("nobody asked") if span.watched else _("no record")
    if found == "slower":
        return _("longer than %(num)s s", num=number(BOUNDS_MS[-1] // SECOND_MS))
    if found < SECOND_MS:
        return _("%(num)s ms", num=number(found)).replace(" ", NO_BREAK)
    return _("%(num)s s", num=number(found // SECOND_MS)).replace(" ", NO_BREAK)
