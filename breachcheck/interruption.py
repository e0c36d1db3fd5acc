"""Interruption: being told to stop, as Python tells of Ctrl-C; what is unfinished can then be undone."""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import NoReturn

GRACE_S = 10.0
CUT_OFF = (
    "Stopped in the middle of what could not be broken off. A load is visible whole or not at all; "
    "`breachcheck breaches list` shows which.\n"
)

_STOPS = frozenset({signal.SIGTERM, signal.SIGINT})


@contextmanager
def stoppable() -> Iterator[None]:
    """SIGTERM raises KeyboardInterrupt in the block, as Ctrl-C does. Only the main thread hears signals."""
    if not _is_main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def hears_sigterm() -> bool:
    """Whether SIGTERM is just now told as Ctrl-C is."""
    return signal.getsignal(signal.SIGTERM) is _interrupt


@contextmanager
def at_once(act: Callable[[], None]) -> Iterator[None]:
    """In the block *act* is called, by another thread, when the process is told to stop, whatever this one is at.

    Python tells this one only when it comes back from what it has called, which may be long.
    """
    if not _is_main_thread():
        yield
        return
    ours, theirs = socket.socketpair()
    with ours, ThreadPoolExecutor(1, "interruption") as threads, theirs:
        theirs.setblocking(False)
        outer = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        try:
            threads.submit(_listen, ours, outer, act)
            yield
        finally:
            signal.set_wakeup_fd(outer, warn_on_full_buffer=False)


@contextmanager
def ends_in_time() -> Iterator[None]:
    """Once told to stop, the block ends within `GRACE_S`, if need be with the whole process, as if that were killed.

    For work that whatever cuts off leaves whole or undone.
    """
    is_over = threading.Event()
    with at_once(partial(_end_unless, is_over)):
        try:
            yield
        finally:
            is_over.set()


def _listen(signals: socket.socket, outer: int, act: Callable[[], None]) -> None:
    while heard := signals.recv(1):
        if outer >= 0:
            os.write(outer, heard)
        if heard[0] in _STOPS:
            act()


def _end_unless(is_over: threading.Event) -> None:
    if not is_over.wait(GRACE_S):
        sys.stderr.write(CUT_OFF)
        sys.stderr.flush()
        os._exit(128 + signal.SIGTERM)


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _interrupt(_signum: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
