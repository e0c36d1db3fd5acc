"""The operators' page of incidents: who may write it, that it is on record, and that all can read it at once."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from breachcheck.services import Services
from tests.engines import ENGINES as ENGINES

PASSWORD = "correct horse battery"  # made up
PAGE = "/admin/incidents"
SLOW = {"title": "Answers are slow", "text": "We look into it.", "state": "investigating"}


def token(client: FlaskClient, path: str) -> str:
    return re.findall(r'name="csrf_token" value="([^"]+)"', client.get(path).text)[0]


@pytest.fixture
def operator(app: Flask, loaded: Services) -> FlaskClient:
    loaded.operators.add("olga", PASSWORD)
    client = app.test_client()
    with client.session_transaction("/admin/") as session:
        session["operator"] = loaded.operators.all()[0].id
    return client


def press(client: FlaskClient, path: str, form: dict[str, str]) -> TestResponse:
    return client.post(path, data=form | {"csrf_token": token(client, PAGE)}, follow_redirects=True)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_it_is_for_operators_alone(client: FlaskClient, loaded: Services, method: str) -> None:
    response = client.open(PAGE, method=method, data=SLOW)

    assert response.status_code in (303, 400)
    assert loaded.incidents.since(0) == []


def test_a_form_without_its_token_is_refused(operator: FlaskClient, loaded: Services) -> None:
    assert operator.post(PAGE, data=SLOW).status_code == 400
    assert loaded.incidents.since(0) == []


def test_what_an_operator_says_everybody_can_read_at_once(
    operator: FlaskClient, client: FlaskClient, loaded: Services
) -> None:
    client.get("/")
    press(operator, PAGE, SLOW)
    opened = client.get("/status").text
    press(operator, f"{PAGE}/1", {"state": "identified", "text": "A disk is full."})
    press(operator, f"{PAGE}/1", {"state": "resolved", "text": "It has room."})
    over = client.get("/status").text

    assert "Answers are slow" in opened
    assert [said in over for said in ("A disk is full.", "It has room.", "Known problems")] == [True, True, False]
    assert [(one.actor, one.action) for one in loaded.audit.latest(3)] == [
        ("operator:olga", "resolve incident"),
        ("operator:olga", "update incident"),
        ("operator:olga", "open incident"),
    ]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"text": "Ask ann@example.com"}, "holds an e-mail address"),
        ({"title": " "}, "needs 1 to"),
        ({"state": "x"}, "state"),
    ],
)
def test_what_cannot_be_said_is_told_with_its_reason_and_need_not_be_typed_again(
    operator: FlaskClient, loaded: Services, change: dict[str, str], why: str
) -> None:
    response = press(operator, PAGE, SLOW | change)

    assert response.status_code == 400
    assert why in response.text
    assert 'value="Answers are slow"' in response.text or "title" in change
    assert loaded.incidents.since(0) == []


def test_nothing_more_is_said_of_what_is_over(operator: FlaskClient, loaded: Services) -> None:
    press(operator, PAGE, SLOW)
    press(operator, f"{PAGE}/1", {"state": "resolved", "text": "Over."})
    response = press(operator, f"{PAGE}/1", {"state": "monitoring", "text": "Or not."})

    assert response.status_code == 400
    assert "open another one" in response.text


def test_operators_see_how_many_visitors_say_that_it_does_not_work(operator: FlaskClient, loaded: Services) -> None:
    page = operator.get(PAGE).text

    assert "In the last hour visitors said 0 times that the site does not work." in page
