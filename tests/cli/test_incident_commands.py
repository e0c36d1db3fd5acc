"""``breachcheck incidents``: what is typed is told, in words and as JSON, and who typed it is on record."""

import pytest

from tests.cli.commands import breachcheck
from tests.engines import ENGINES as ENGINES

SLOW = ("incidents", "open", "Answers are slow", "--text", "We look into it.")


@pytest.fixture
def data(store):
    return store.config.data


def test_an_incident_is_opened_updated_and_resolved(data, store):
    opened = breachcheck(*SLOW, data=data)
    breachcheck("incidents", "update", "1", "--state", "identified", "--text", "A disk is full.", data=data)
    found = breachcheck("incidents", "resolve", "1", "--text", "It has room.", "--json", data=data).json

    assert opened.out == "Incident 1 is investigating: /status says so.\n"
    assert [one["state"] for one in found["updates"]] == ["resolved", "identified", "investigating"]
    assert [one.action for one in store.audit.latest()] == ["resolve incident", "update incident", "open incident"]
    assert {one.actor.partition(":")[0] for one in store.audit.latest()} == {"cli"}


@pytest.mark.engines("sqlite")
def test_what_is_open_and_what_was_over_long_ago_is_listed(data, store):
    old = store.incidents.open("Mail was late", "We look into it.", by="tests", at=1_700_000_000)
    store.incidents.update(old.id, "resolved", "Over.", by="tests", at=1_700_000_000)
    breachcheck(*SLOW, data=data)

    listed = [breachcheck("incidents", "list", *more, "--json", data=data).json for more in ((), ("--all",))]

    assert [[one["title"] for one in found] for found in listed] == [
        ["Answers are slow"],
        ["Answers are slow", "Mail was late"],
    ]
    assert "Answers are slow" in breachcheck("incidents", "list", data=data).out


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("open", "Mail", "--text", "Ask ann@example.com"), "holds an e-mail address"),
        (("open", "Mail"), "--text"),
        (("update", "9", "--state", "monitoring", "--text", "Hm."), "There is no incident 9"),
        (("update", "9", "--state", "resolved", "--text", "Hm."), "--state"),
    ],
)
def test_what_cannot_be_told_is_refused_in_words(data, arguments, why):
    outcome = breachcheck("incidents", *arguments, data=data)

    assert outcome.status == 2
    assert why in outcome.err
    assert "ann@" not in outcome.err
