"""The twin: a process of our own that takes blocks apart beside this one, as two threads of one process cannot.

The arrays of a block are so short that threads would ask for the interpreter's lock every few microseconds. All that
passes between the two goes through pipes; nothing of it is ever in a file.
"""

from __future__ import annotations

import os
import pickle
import resource
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import IO, NamedTuple, cast

import numpy as np

from breachcheck.errors import BreachcheckError, LoadError
from ingest.columns import Int64s, are_among
from ingest.domains import ASIDE, DomainNumbers
from ingest.lanes import Errand, Lane, Taken
from ingest.readers.stretches import Text
from ingest.words import domains_of, renumber_domains

MEMORY = 512 << 20
"""Address space of the process. Honest blocks were seen to take half of it."""

_AHEAD = 2  # tasks that it has: one to work on, and the next
_OUT_OF_MEMORY = 3  # as the process's status
_WITHOUT_MEMORY = (_OUT_OF_MEMORY, -signal.SIGABRT, 127)
"""Its statuses where it had none left, also those with which the C library and its linker end it then."""


class _Reply(NamedTuple):
    """What was taken there, and the domains that have numbers there."""

    taken: Taken
    domains: Int64s


class Twin:
    """The other process, begun for the first lane that is asked of it or before. For one thread alone; to be closed."""

    def __init__(self) -> None:
        self._process: _Process | None = None
        self._pool = ThreadPoolExecutor(1, "twin")

    @property
    def is_begun(self) -> bool:
        return self._process is not None

    def begin(self) -> None:
        """Begin the process, which takes a while, if that was not done."""
        self._begun()

    def lane(self, errand: Errand) -> TwinLane:
        """A lane there, when that of the errand before is done."""
        return TwinLane(self._begun(), self._pool, errand)

    def thread(self, errand: Errand) -> TwinLane:
        """A lane in a thread of this process, which costs nothing to begin and nothing to send to.

        It does as well where arrays are so long that it seldom asks for the interpreter's lock.
        """
        return TwinLane(_Worker(), self._pool, errand)

    def close(self) -> None:
        """End the process, whatever it is doing."""
        if self._process:
            self._process.end()
        self._pool.shutdown(cancel_futures=True)

    def _begun(self) -> _Process:
        if self._process is None:
            self._process = _Process()
        return self._process


class TwinLane:
    """As `Lane`, but elsewhere and meanwhile. Words have the numbers of the errand's domains all the same."""

    def __init__(self, process: _Process | _Worker, pool: ThreadPoolExecutor, errand: Errand) -> None:
        self._process, self._pool = process, pool
        self._domains = errand.terms.domains
        self._waiting: deque[Future[_Reply]] = deque()
        there = replace(errand, terms=replace(errand.terms, domains=DomainNumbers()))
        self._is_told = pool.submit(process.send, there)

    @property
    def has_room(self) -> bool:
        return len(self._waiting) < _AHEAD

    def give(self, text: Text) -> None:
        """Have *text* taken."""
        self._waiting.append(self._pool.submit(self._process.ask, text))

    def done(self) -> Iterator[Taken]:
        """What was taken since it was asked last. LoadError where the process ended; what it raised."""
        while self._waiting and self._waiting[0].done():
            yield self._next()

    def rest(self) -> Iterator[Taken]:
        """As `done`, when all is."""
        self._is_told.result()
        while self._waiting:
            yield self._next()

    def _next(self) -> Taken:
        reply = self._waiting.popleft().result()
        without = reply.domains[self._domains.numbers(reply.domains) == ASIDE]
        return _put_aside(reply.taken, np.sort(without)) if len(without) else reply.taken


def _put_aside(taken: Taken, domains: Int64s) -> Taken:
    """*taken* with the people of *domains*, which is sorted, aside: other domains have their numbers."""
    digests, words = taken.rows
    numbered = DomainNumbers()
    numbered.numbers(domains)
    domain_of = numbered.digests(domains_of(words))
    rows = np.flatnonzero(are_among(domain_of, domains))
    renumber_domains(words, rows, ASIDE)
    more = digests[rows], domain_of[rows]
    return replace(taken, aside=tuple(np.concatenate(pair) for pair in zip(taken.aside, more, strict=True)))


class _Worker:
    """Does one errand after the other."""

    def send(self, errand: Errand) -> None:
        self._lane, self._domains = Lane(errand), errand.terms.domains

    def ask(self, text: Text) -> _Reply:
        return _Reply(self._lane.take(text), self._domains.all())


class _Process:
    """The process as seen from here. Raises LoadError where it has ended."""

    def __init__(self) -> None:
        command = [sys.executable, "-P", "-c", f"from ingest import twin; twin.main({MEMORY})"]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}  # it finds what we found
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
            )
        except OSError as error:
            raise LoadError(
                f"A second process to read with could not be started ({error.strerror}); allow this one to start it."
            ) from None
        self._to, self._from = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)

    def send(self, request: Errand | Text) -> None:
        try:
            pickle.dump(request, self._to)
            self._to.flush()
        except BrokenPipeError:
            raise self._ended() from None

    def ask(self, text: Text) -> _Reply:
        self.send(text)
        try:
            reply: _Reply | BreachcheckError = pickle.load(self._from)  # noqa: S301 - our own program
        except (EOFError, pickle.UnpicklingError):
            raise self._ended() from None
        if isinstance(reply, BreachcheckError):
            raise reply
        return reply

    def end(self) -> None:
        self._process.kill()
        with suppress(BrokenPipeError), self._process:  # which closes the pipes, and waits
            return

    def _ended(self) -> Exception:
        if self._process.wait() in _WITHOUT_MEMORY:
            return MemoryError()
        return LoadError(
            "The process that reads beside this one was ended from outside; nothing of the load is visible. Load"
            " again, and see whether the machine has memory enough."
        )


def main(memory: int) -> None:
    """Do one errand after the other in so much *memory*, until nobody has one any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever began us hears it too, and ends us
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (memory if hard == resource.RLIM_INFINITY else min(memory, hard), hard))
    try:
        _serve()
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)  # what Python does at its end takes memory too
    except (EOFError, pickle.UnpicklingError, BrokenPipeError):
        os._exit(0)  # nobody is there to hear what the pipe still holds


def _serve() -> None:
    worker = _Worker()
    while True:
        request = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own program
        if isinstance(request, Errand):
            worker.send(request)
        else:
            pickle.dump(_answer(worker, request), sys.stdout.buffer)
            sys.stdout.buffer.flush()


def _answer(worker: _Worker, text: Text) -> _Reply | BreachcheckError:
    try:
        return worker.ask(text)
    except BreachcheckError as error:
        return error
