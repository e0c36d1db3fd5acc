"""What became of accounts, one after the other: as lines of JSON, rows of CSV, events of the Elastic Common Schema."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from breachcheck.answers import Answer, Exposure, checked_json, exposure_json, records_json, timestamp
from breachcheck.web import csv_cells, ecs
from breachcheck.web.batch_body import Ref
from breachcheck.web.formats import Format

Problem = Mapping[str, Any]
Outcome = Answer | Problem

COLUMNS = (
    *("ref", "line", "lines", "status", "reason", "detail", "breach", "title", "breach_date"),
    *("leaked", "not_leaked", "unknown", "owner_only", "severity", "severity_level", "via_alias", "event_id"),
    *("records", "breaches_checked", "newest_added", "as_of", "demo"),
)
FROM_AN_EXPOSURE = ("leaked", "not_leaked", "unknown", "owner_only", "severity", "severity_level", "via_alias")


@dataclass(frozen=True, slots=True)
class Told:
    """The outcome of *line* of *lines*: whoever has the last of them, has all."""

    ref: Ref
    line: int
    lines: int
    outcome: Outcome


def json_lines(every: Iterable[Told]) -> Iterator[bytes]:
    """As the look-up answers, but for advice, which is the same for all with these classes and has its own endpoint."""
    return map(_JsonLines().line, every)


class _JsonLines:
    """Encodes once what many answers share."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[object, bytes]] = {}

    def line(self, told: Told) -> bytes:
        ref = msgspec.json.encode(told.ref)
        return b'{"ref":%b,"line":%d,"lines":%d,%b\n' % (ref, told.line, told.lines, self._rest(told.outcome))

    def _rest(self, outcome: Outcome) -> bytes:
        """The line from its status on."""
        if not isinstance(outcome, Answer):
            return msgspec.json.encode(outcome)[1:]
        exposures = [self._exposure(outcome, place) for place in range(len(outcome.exposures))]
        checked = self._once(outcome.checked, lambda _: msgspec.json.encode(checked_json(outcome.checked)))
        demo = b',"demo":true' if outcome.is_demo else b""
        return b'"status":"%b","checked":%b,"exposures":[%b]%b}' % (
            outcome.status.encode(), checked, b",".join(exposures), demo,
        )  # fmt: skip

    def _exposure(self, answer: Answer, place: int) -> bytes:
        shared = self._once(answer.exposures[place], _without_advice)
        event_id = b'{"event_id":"%b",' % answer.event_ids[place].encode()
        if not answer.records:
            return event_id + shared[1:]
        return event_id + shared[1:-1] + b"," + msgspec.json.encode(records_json(answer.records[place]))[1:]

    def _once(self, value: object, encode: Callable[[Any], bytes]) -> bytes:
        """Kept beside *value* itself, so that nothing else can come to have its identity."""
        kept = self._kept.get(id(value))
        if kept is None:
            kept = self._kept[id(value)] = value, encode(value)
        return kept[1]


def _without_advice(exposure: Exposure) -> bytes:
    return msgspec.json.encode({key: value for key, value in exposure_json(exposure).items() if key != "advice"})


def csv_rows(every: Iterable[Told]) -> Iterator[bytes]:
    """A row for each exposure, and one for each account without any, below the names of the columns."""
    yield csv_cells.row(COLUMNS)
    for told in every:
        for cells in _cells(told):
            yield csv_cells.row(cells.get(name) for name in COLUMNS)


def _cells(told: Told) -> Iterator[dict[str, object]]:
    about: dict[str, object] = {"ref": told.ref, "line": told.line, "lines": told.lines}
    outcome = told.outcome
    if not isinstance(outcome, Answer):
        yield about | {name: outcome.get(name) for name in ("status", "reason", "detail", "demo")}
        return
    about |= {
        "status": outcome.status,
        "breaches_checked": outcome.checked.breaches,
        "newest_added": timestamp(outcome.checked.newest_added),
        "as_of": timestamp(outcome.checked.as_of),
        "demo": True if outcome.is_demo else None,
    }
    yield from (
        (about | _cells_of(outcome, place) for place in range(len(outcome.exposures))) if outcome.exposures else [about]
    )


def _cells_of(answer: Answer, place: int) -> dict[str, object]:
    shared = exposure_json(answer.exposures[place])
    return {
        "breach": shared["breach"]["name"],
        "title": shared["breach"]["title"],
        "breach_date": shared["breach"]["breach_date"],
        "event_id": answer.event_ids[place],
        "records": answer.records[place].number if answer.records else None,
        **{name: shared[name] for name in FROM_AN_EXPOSURE},
    }


def ecs_lines(every: Iterable[Told]) -> Iterator[bytes]:
    """An event for each exposure, and one for each account without any."""
    return (msgspec.json.encode(event) + b"\n" for told in every for event in _events(told))


def _events(told: Told) -> Iterable[dict[str, Any]]:
    place = {"ref": told.ref, "line": told.line, "lines": told.lines}
    if isinstance(told.outcome, Answer):
        return ecs.of_answer(told.outcome, place)
    return [ecs.of_problem(told.outcome, place)]


WRITERS: Mapping[Format, Callable[[Iterable[Told]], Iterator[bytes]]] = {
    "json": json_lines,
    "csv": csv_rows,
    "ecs": ecs_lines,
}
