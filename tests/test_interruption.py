"""SIGTERM ends a block as Ctrl-C does, so that what is unfinished is undone."""

import signal

import pytest

from breachcheck.interruption import stoppable


def test_sigterm_interrupts_the_block_and_only_the_block():
    before = signal.getsignal(signal.SIGTERM)

    with pytest.raises(KeyboardInterrupt), stoppable():
        signal.raise_signal(signal.SIGTERM)

    assert signal.getsignal(signal.SIGTERM) is before
