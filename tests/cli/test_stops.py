"""Whoever presses Ctrl-C is heard, also where Python would drop it."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from breachcheck.cli.stops import never_dropped
from breachcheck.interruption import stoppable
from tests.cli.commands import environment
from tests.ingest.loads import described
from tests.patience import eventually
from tests.stores import SHOP, new_store, published_breach


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


@pytest.fixture
def unread():
    """The end to write to of a pipe that has no room left and that nobody reads."""
    out, its_out = os.pipe()
    os.set_blocking(its_out, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(its_out, b" ")
    os.set_blocking(its_out, True)
    yield its_out
    os.close(its_out)
    os.close(out)


def stopped_once(is_done, signum, unread, *arguments):
    """The exit status of a command that was told by *signum* to stop once *is_done*, and what it said of that."""
    line = [sys.executable, "-m", "breachcheck.cli", *arguments]
    with subprocess.Popen(line, stdout=unread, stderr=subprocess.PIPE, text=True, env=environment()) as command:
        eventually(is_done)
        command.send_signal(signum)
        err = command.stderr.read()
    return command.returncode, err


def test_whoever_stops_a_load_that_is_published_is_told_so(tmp_path, unread):
    store = new_store(tmp_path / "data")
    described(tmp_path, "- path: people.csv", {"people.csv": "email\na@example.com\n"})

    status, err = stopped_once(
        lambda: store.breaches.all() and store.breaches.get("Shop").current_load,
        signal.SIGTERM,
        unread,
        "ingest",
        tmp_path / "breach.yaml",
        "--data",
        tmp_path / "data",
    )
    store.close()

    assert status > 0
    assert re.search("Stopped .*[Pp]ublished", err)


def test_whoever_stops_a_command_that_changes_what_is_shown_is_told_where_to_look(tmp_path, unread):
    store = new_store(tmp_path / "data")
    first, _ = (published_breach(store, SHOP, {"a@example.com": ["Names"]}) for _ in range(2))

    status, err = stopped_once(
        lambda: store.breaches.get("Shop").current_load == first,
        signal.SIGINT,
        unread,
        "breaches",
        "rollback",
        "Shop",
        "--data",
        tmp_path / "data",
    )
    store.close()

    assert (status, err.strip()) == (
        130,
        "Stopped. What the command changes is changed whole or not at all; `breachcheck breaches list` shows which.",
    )
