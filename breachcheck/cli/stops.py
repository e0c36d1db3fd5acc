"""Stops: Ctrl-C, and SIGTERM where it is the same, which Python drops when they come while something is finalised."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from breachcheck.interruption import hears_sigterm

AGAIN_AFTER_S = 0.05


@contextmanager
def never_dropped() -> Iterator[None]:
    """What was dropped in the block is told again, until it is heard."""
    before = sys.unraisablehook
    sys.unraisablehook = partial(_tell_again, before)
    try:
        yield
    finally:
        sys.unraisablehook = before


def _tell_again(otherwise: "Callable[[sys.UnraisableHookArgs], object]", dropped: "sys.UnraisableHookArgs") -> None:
    """In a moment and by another thread: told here it would be dropped again."""
    if dropped.exc_type is not KeyboardInterrupt:
        otherwise(dropped)
        return
    heard = signal.SIGTERM if hears_sigterm() else signal.SIGINT  # which programs begun in the background ignore
    threading.Timer(AGAIN_AFTER_S, signal.pthread_kill, [threading.main_thread().ident, heard]).start()
