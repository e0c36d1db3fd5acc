"""Withheld, suppressed and absent cannot be told apart at any door: by status, headers, text, size or time."""

import random
import re
import statistics
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from breachcheck.addresses import Address
from breachcheck.disclosure import PUBLIC
from breachcheck.services import Services
from breachcheck.suppressions import Level
from breachcheck.web.app import create_app
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, facts, new_store, published_breach
from tests.web.hibp.breaches import AGENT

ABSENT, WITHHELD, HIDDEN, FORGOTTEN, ALIAS = (
    f"{name}@example.com" for name in ("absent", "wished", "hidden", "forgot", "hide+x")
)
ABSENT_ALIAS, ERASED = "gone+x@example.com", "erased@example.com"
FOUND = "inside@example.com"
EMAIL = "Email addresses"
TELLS_NOTHING = [WITHHELD, HIDDEN, FORGOTTEN, ERASED, ALIAS]

ROUNDS = 160
ADVANTAGE = 0.4
"""How much better than by guessing one may tell two accounts apart by the time that one answer to each took.

It is twice what the area under the ROC curve (Mann and Whitney's U over the number of pairs) has beyond a half: 0 where
times say nothing, 1 where each one tells. The time is the processor's, which sees more than any network lets through.
Two absent addresses differ by 0.07 (one standard deviation), so this is out of reach of chance, even on top of the 0.1
that was measured at most.
"""
SHARE = 0.03
"""By how much of a whole answer's time the look-ups of two accounts may differ, by the medians.

Measured: 0.01, three microseconds for rows that come back and are kept to ourselves. A look-up is 0.07. Over a network
that wavers by 0.2 milliseconds it takes some twenty thousand answers to see three microseconds, and the site gives one
network 120 a minute.
"""


@pytest.fixture
def store(store: Services) -> Services:
    return filled(store)


def filled(store: Services) -> Services:
    """*store*, with people in it whom nobody is told of."""
    people = [HIDDEN, FORGOTTEN, ERASED, ALIAS, "hide@example.com", FOUND]
    published_breach(store, SHOP, {address: [EMAIL, "Names"] for address in people})
    published_breach(store, facts(name="Whisper", is_sensitive=True), {WITHHELD: [EMAIL], HIDDEN: [EMAIL]})
    for address, level in (
        (HIDDEN, Level.HIDE),
        ("hide@example.com", Level.HIDE),
        (FORGOTTEN, Level.FORGET),
        (ERASED, Level.ERASE),
    ):
        store.opt_outs.opt_out(store.digester.of_address(Address(address)), level)
    return store


@pytest.fixture
def client(store: Services) -> FlaskClient:
    return create_app(store).test_client()


@pytest.fixture
def doors(store: Services, client: FlaskClient) -> dict[str, Callable[[str], TestResponse]]:
    key = store.api_keys.create("tests", ["lookup"], limit_per_minute=0)[1]
    bearer = {"Authorization": f"Bearer {key}"}
    v3 = AGENT | {"hibp-api-key": key}
    return {
        "v1": lambda account: client.post("/api/v1/lookup", json={"account": account}, headers=bearer),
        "v3": lambda account: client.get(f"/api/v3/breachedaccount/{account}", headers=v3),
        "page": lambda account: client.post("/", data={"account": account}, follow_redirects=True),
        "redirect": lambda account: client.post("/", data={"account": account}),
    }


OF_THE_MOMENT = re.compile(
    r'"as_of":\s*"[^"]*"|"request_id":\s*"[^"]*"|\d{1,2} \w+ \d{4}, \d\d:\d\d UTC'
    r"|(?<=^asked=)[^;]*|(?<=^mail=)[^;]*|Expires=[^;]*",
    re.MULTILINE,
)
"""What differs from one answer to the next, whoever asks: replaced by its length."""


def said(response: TestResponse, account: str) -> tuple[int, list[str], str]:
    """All that comes back, but for the account itself, the time of day and what is random each time."""
    headers = [
        f"{name}: {OF_THE_MOMENT.sub(lambda found: str(len(found[0])), value)}"
        for name, value in response.headers
        if name.lower() not in ("date", "x-request-id")
    ]
    text = response.text.replace(account, "ACCOUNT").replace(account.replace("@", "%40"), "ACCOUNT")
    return response.status_code, sorted(headers), OF_THE_MOMENT.sub(lambda found: str(len(found[0])), text)


@pytest.mark.parametrize("account", TELLS_NOTHING)
@pytest.mark.parametrize("door", ["v1", "v3", "page", "redirect"])
def test_it_is_answered_as_an_absent_address_is(doors, door, account):
    assert said(doors[door](account), account) == said(doors[door](ABSENT), ABSENT)


@pytest.mark.parametrize("door", ["v1", "v3", "page"])
def test_who_is_found_is_answered_otherwise_at_every_door(doors, door):
    assert said(doors[door](FOUND), FOUND) != said(doors[door](ABSENT), ABSENT)


@pytest.fixture
def by_mail(tmp_path: Path) -> Iterator[FlaskClient]:
    """A site whose answers go to the address itself alone."""
    store = filled(new_store(tmp_path / "by-mail", disclosure="owner", mail="outbox", mail_requests_a_minute=0))
    yield create_app(store).test_client()
    store.close()


@pytest.mark.parametrize("account", [FOUND, *TELLS_NOTHING])
@pytest.mark.parametrize("path", ["/", "/owner/ask"])
def test_where_answers_are_mailed_who_is_found_is_told_no_more_than_who_is_absent(by_mail, path, account):
    def ask(one: str) -> tuple[int, list[str], str]:
        return said(by_mail.post(path, data={"account": one}, follow_redirects=True), one)

    assert ask(account) == ask(ABSENT)


def times(ask: Callable[[str], object], accounts: Sequence[str], rounds: int = ROUNDS) -> dict[str, list[int]]:
    """The processor's time for each of *accounts*, in nanoseconds, sorted.

    All are asked in every round, so that whatever slows the machine slows all, and each time in another order, so that
    none gains by what was asked before it.
    """
    order, shuffle = list(accounts), random.Random(1).shuffle
    taken: dict[str, list[int]] = {account: [] for account in accounts}
    for _ in range(rounds):
        shuffle(order)
        for account in order:
            begun = time.thread_time_ns()
            ask(account)
            taken[account].append(time.thread_time_ns() - begun)
    return {account: sorted(each[rounds // 10 :]) for account, each in taken.items()}


def advantage(some: Sequence[int], others: Sequence[int]) -> float:
    """Of two sorted samples: see ADVANTAGE."""
    shorter = sum((bisect_left(some, one) + bisect_right(some, one)) / 2 for one in others)
    return abs(2 * shorter / (len(some) * len(others)) - 1)


@pytest.mark.parametrize("door", ["v1", "v3", "page", "redirect"])
def test_the_time_of_an_answer_tells_nothing(doors, door):
    taken = times(doors[door], [ABSENT, *TELLS_NOTHING])

    assert {one: gain for one in TELLS_NOTHING if (gain := advantage(taken[ABSENT], taken[one])) > ADVANTAGE} == {}


def test_the_measure_would_see_another_answer(doors):
    taken = times(doors["page"], [ABSENT, FOUND], rounds=60)

    assert advantage(taken[ABSENT], taken[FOUND]) > ADVANTAGE


def medians(ask: Callable[[str], object], accounts: Sequence[str]) -> dict[str, float]:
    return {account: statistics.median(each) for account, each in times(ask, accounts).items()}


def spread(ask: Callable[[str], object], accounts: Sequence[str]) -> float:
    """Between the slowest and the fastest, in nanoseconds: the least of three measurings.

    Work that one look-up does and another does not is in all of them; what the machine does besides is not.
    """
    measured = [medians(ask, accounts).values() for _ in range(3)]
    return min(max(found) - min(found) for found in measured)


@pytest.fixture
def whole_answer(doors) -> float:
    """The time of the fastest kind of answer there is, in nanoseconds."""
    return medians(doors["v3"], [ABSENT])[ABSENT]


def test_the_work_behind_an_answer_is_the_same(store, whole_answer):
    def ask(account: str) -> object:
        return store.lookup.ask(account, PUBLIC)

    assert spread(ask, [ABSENT, WITHHELD, HIDDEN, FORGOTTEN, ERASED]) < SHARE * whole_answer
    assert spread(ask, [ABSENT_ALIAS, ALIAS]) < SHARE * whole_answer


def test_the_measure_would_see_a_look_up_that_was_left_out(store, whole_answer):
    def ask(account: str) -> None:
        if account != HIDDEN:
            store.lookup.ask(account, PUBLIC)

    assert spread(ask, [ABSENT, HIDDEN]) > SHARE * whole_answer
