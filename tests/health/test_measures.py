"""Measures: what is counted adds up, whoever counts."""

import threading

from breachcheck.errors import InvalidAccount, KindNotCarried, StoreUnavailable
from breachcheck.health.measures import BOUNDS_MS, Measures, outcome_of


def test_a_request_is_counted_by_rule_method_and_class_of_status():
    measures = Measures()
    for status in (200, 204, 503):
        measures.request("GET", "/breaches/<name>", status, 0.003)

    counts = measures.counts()

    assert counts.requests == {("GET", "/breaches/<name>", "2xx"): 2, ("GET", "/breaches/<name>", "5xx"): 1}
    assert counts.request_times["/breaches/<name>"].within[BOUNDS_MS.index(5)] == 3


def test_a_method_that_somebody_made_up_is_no_label():
    measures = Measures()
    measures.request("ann@example.com", "/", 405, 0.0)

    assert list(measures.counts().requests) == [("other", "/", "4xx")]


def test_what_takes_longer_than_every_bound_is_counted_too():
    measures = Measures()
    measures.lookup("page", "exposed", 11.0)

    assert measures.counts().lookup_times["page"].within == [0] * len(BOUNDS_MS) + [1]


def test_how_long_a_failure_took_is_not_how_long_an_answer_takes():
    measures = Measures()
    measures.lookup("v1", "could_not_check", 9.0)
    measures.lookup("v1", "limited", 9.0)

    assert sum(measures.counts().lookup_times["v1"].within) == 0
    assert measures.counts().calls == {"answered": 0, "could_not_check": 1, "limited": 1}


def test_a_batch_is_one_call_and_many_accounts():
    measures = Measures()
    measures.batch({"exposed": 3, "not_found": 4})

    measures.lookup("batch", "limited", 0.0)
    counts = measures.counts()

    assert counts.calls == {"answered": 1, "could_not_check": 0, "limited": 1}
    told = {asked: number for asked, number in counts.lookups.items() if number}
    assert told == {("batch", "exposed"): 3, ("batch", "not_found"): 4, ("batch", "limited"): 1}


def test_what_was_no_question_has_no_outcome():
    assert outcome_of(InvalidAccount("no address")) is None
    assert outcome_of(KindNotCarried("no phones")) is None
    assert outcome_of(StoreUnavailable("gone")) == "could_not_check"


def test_no_count_is_lost_when_many_count_at_once():
    measures = Measures()
    threads = [
        threading.Thread(target=lambda: [measures.lookup("v1", "exposed", 0.001) for _ in range(2000)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert measures.counts().calls["answered"] == 8000
    assert sum(measures.counts().lookup_times["v1"].within) == 8000
