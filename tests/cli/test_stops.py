"""Whoever presses Ctrl-C is heard, also where Python would drop it."""

import signal
import sys
import time

import pytest

from breachcheck.cli.stops import never_dropped
from breachcheck.interruption import stoppable


class ToldAtItsEnd:
    """Is told to stop by *signum* while it is finalised, where Python drops what is raised."""

    def __init__(self, signum):
        self._signum = signum

    def __del__(self):
        signal.raise_signal(self._signum)


class Failing:
    """Cannot be finalised."""

    def __del__(self):
        raise ZeroDivisionError


@pytest.fixture(autouse=True)
def ctrl_c_is_heard():
    """As on a terminal, also where the tests were begun in the background, as which programs ignore Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_what_is_told_while_something_is_finalised_is_heard_all_the_same(signum):
    with stoppable(), never_dropped():
        ToldAtItsEnd(signum)
        with pytest.raises(KeyboardInterrupt):
            time.sleep(10)


@pytest.mark.parametrize("otherwise", [signal.SIG_DFL, lambda *_: sys.exit("told otherwise")])
def test_ctrl_c_is_heard_all_the_same_where_sigterm_is_told_otherwise(otherwise):
    before = signal.signal(signal.SIGTERM, otherwise)
    try:
        with never_dropped():
            ToldAtItsEnd(signal.SIGINT)
            with pytest.raises(KeyboardInterrupt):
                time.sleep(10)
    finally:
        signal.signal(signal.SIGTERM, before)


def test_what_else_a_finaliser_raises_goes_where_it_went_before(monkeypatch):
    dropped = []
    monkeypatch.setattr(sys, "unraisablehook", lambda one: dropped.append(one.exc_type))

    with never_dropped():
        Failing()

    assert dropped == [ZeroDivisionError]
