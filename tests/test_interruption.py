"""SIGTERM ends a block as Ctrl-C does, so that what is unfinished is undone."""

import signal
import subprocess
import sys
import threading

import pytest

from breachcheck.interruption import CUT_OFF, at_once, stoppable

DEAF = """
import signal, sys, time
from breachcheck import interruption

interruption.GRACE_S = 0.1
with interruption.stoppable(), interruption.ends_in_time():
    for _ in range(2):
        try:
            signal.raise_signal(signal.SIGTERM)
        except KeyboardInterrupt:
            pass
    time.sleep(60)
"""


def test_sigterm_interrupts_the_block_and_only_the_block():
    before = signal.getsignal(signal.SIGTERM)

    with pytest.raises(KeyboardInterrupt), stoppable():
        signal.raise_signal(signal.SIGTERM)

    assert signal.getsignal(signal.SIGTERM) is before


def test_whoever_wants_to_know_at_once_is_told_by_another_thread_the_outer_ones_too():
    inner, outer = threading.Event(), threading.Event()

    with stoppable(), at_once(outer.set), at_once(inner.set):
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)

        assert inner.wait(10)
        assert outer.wait(10)


def test_what_does_not_end_when_it_is_told_to_is_ended_with_its_process():
    told = subprocess.run([sys.executable, "-c", DEAF], capture_output=True, text=True, check=False, timeout=50)

    assert told.returncode == 128 + signal.SIGTERM
    assert told.stderr == CUT_OFF
