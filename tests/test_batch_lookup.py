"""Batches: every outcome is what the single look-up would have said, or raised."""

import pytest

from breachcheck.answers import Answer
from breachcheck.batch_lookup import Question
from breachcheck.digests import Kind
from breachcheck.disclosure import KEY, OPERATOR, PUBLIC, Viewer
from breachcheck.errors import BreachcheckError
from breachcheck.services import Services
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, facts, published_breach

EMAIL, NAMES = "Email addresses", "Names"
QUESTIONS = [
    Question("ann@example.com"),
    Question(" Ann@Example.COM"),
    Question("bob@example.com"),
    Question("bob+x@example.com"),
    Question("cy@example.com"),
    Question("cy@example.com", breach="cafe"),
    Question("ann@example.com", breach="cafe"),
    Question("ann@example.com", breach="Nowhere"),
    Question("17", Kind.ACCOUNT_ID),
    Question("+15550100", Kind.PHONE),
    Question("no address"),
    Question("no@example.com"),
]


@pytest.fixture
def loaded(store: Services) -> Services:
    published_breach(store, SHOP, {"ann@example.com": [EMAIL, NAMES], "bob+x@example.com": [EMAIL]})
    published_breach(store, facts(name="Cafe", title="Cafe"), {"ann@example.com": [EMAIL], "cy@example.com": [NAMES]})
    published_breach(store, facts(name="Private", is_sensitive=True), {"no@example.com": [EMAIL]})
    return store


def single(store: Services, question: Question, viewer: Viewer) -> object:
    try:
        answer = store.lookup.ask(question.account, viewer, kind=question.kind, breach=question.breach)
    except BreachcheckError as error:
        return type(error), str(error)
    return answer.exposures, answer.event_ids, answer.checked.breaches


def of_batch(outcome: Answer | BreachcheckError) -> object:
    if isinstance(outcome, BreachcheckError):
        return type(outcome), str(outcome)
    return outcome.exposures, outcome.event_ids, outcome.checked.breaches


@pytest.mark.parametrize("viewer", [KEY, OPERATOR, PUBLIC])
def test_many_are_told_what_each_would_be_told_alone(loaded: Services, viewer: Viewer) -> None:
    outcomes = loaded.batch_lookup.ask(QUESTIONS, viewer)

    assert [of_batch(one) for one in outcomes] == [single(loaded, one, viewer) for one in QUESTIONS]


def test_nobody_asked_for_is_nobody_told_of(loaded: Services) -> None:
    assert list(loaded.batch_lookup.ask([], KEY)) == []
