"""Incidents: what was said stays said, holds no address, and is on record."""

import pytest

from breachcheck.errors import HoldsAddress, InvalidRequest, UnknownIncident
from breachcheck.health.incidents import LONGEST_TITLE, IncidentId, Incidents, as_json
from breachcheck.services import Services
from tests.engines import ENGINES as ENGINES

NOON = 1_795_003_200
SAID = {"by": "tests", "at": NOON}


@pytest.fixture
def incidents(store: Services) -> Incidents:
    return store.incidents


def test_an_incident_is_told_update_by_update_newest_first(incidents):
    opened = incidents.open("Answers are slow", "We look into it.", **SAID)
    incidents.update(opened.id, "identified", "A disk is full.", by="tests", at=NOON + 60)
    found = incidents.update(opened.id, "resolved", "It has room again.", by="tests", at=NOON + 120)

    assert [one.state for one in found.updates] == ["resolved", "identified", "investigating"]
    assert (found.state, found.opened_at, found.resolved_at) == ("resolved", NOON, NOON + 120)
    assert incidents.get(opened.id) == found


def test_every_step_is_on_record_with_who_took_it(store, incidents):
    opened = incidents.open("Answers are slow", "We look into it.", **SAID)
    incidents.update(opened.id, "monitoring", "We watch it.", **SAID)
    incidents.update(opened.id, "resolved", "Over.", **SAID)

    assert [(one.actor, one.action, one.subject) for one in store.audit.latest()] == [
        ("tests", "resolve incident", "incident 1"),
        ("tests", "update incident", "incident 1"),
        ("tests", "open incident", "incident 1"),
    ]


def test_what_is_resolved_is_told_for_a_while_after_what_is_open(incidents):
    first, second, third = (incidents.open(title, "Soon more.", **SAID) for title in ("One", "Two", "Three"))
    incidents.update(third.id, "resolved", "Over.", by="tests", at=NOON + 60)
    incidents.update(second.id, "resolved", "Over.", by="tests", at=NOON + 10)

    assert [one.title for one in incidents.since(NOON + 60)] == ["One", "Three"]
    assert [one.id for one in incidents.since(0)] == [first.id, third.id, second.id]


def test_nothing_more_is_said_of_what_is_over(store, incidents):
    opened = incidents.open("One", "Soon more.", **SAID)
    incidents.update(opened.id, "resolved", "Over.", **SAID)

    with pytest.raises(UnknownIncident, match="open another one"):
        incidents.update(opened.id, "monitoring", "Or not.", **SAID)
    assert len(store.audit.latest()) == 2


def test_of_what_there_is_not_nothing_is_said(incidents):
    with pytest.raises(UnknownIncident, match="There is no incident 7"):
        incidents.update(IncidentId(7), "monitoring", "Hm.", **SAID)


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    ("title", "text", "refusal"),
    [
        ("Mail to ann@example.com", "It waits.", HoldsAddress),
        ("Mail", "It waits for ann@example.com", HoldsAddress),
        (" ", "It waits.", InvalidRequest),
        ("Mail", "", InvalidRequest),
        ("x" * (LONGEST_TITLE + 1), "It waits.", InvalidRequest),
    ],
)
def test_what_cannot_be_told_to_everybody_is_refused_and_not_quoted(incidents, title, text, refusal):
    with pytest.raises(refusal) as refused:
        incidents.open(title, text, **SAID)

    assert "ann" not in str(refused.value)
    assert incidents.since(0) == []


@pytest.mark.engines("sqlite")
def test_programs_are_told_the_same(incidents):
    opened = incidents.open("Answers are slow", "We look into it.", **SAID)

    assert as_json(opened) == {
        "id": 1,
        "title": "Answers are slow",
        "state": "investigating",
        "opened_at": "2026-11-18T12:00:00Z",
        "resolved_at": None,
        "updates": [{"state": "investigating", "at": "2026-11-18T12:00:00Z", "text": "We look into it."}],
    }
