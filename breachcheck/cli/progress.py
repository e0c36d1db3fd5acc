"""How a running load is shown: one live line on a terminal, plain lines now and then elsewhere."""

import getpass
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress

LINE_EVERY_S = 5.0


class Shown(Protocol):
    """A load's progress, shown for the length of a block."""

    def __enter__(self) -> "Shown": ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def update(self, stage: str, records: int, bytes_done: int, bytes_total: int) -> None:
        """*records* read so far; *bytes_total* 0 where nobody knows."""

    def ask(self, question: str) -> str | None:
        """What is typed, unseen, in answer to *question*; None where nobody sits at a terminal."""


def shown() -> Shown:
    """The form that fits where standard error goes."""
    return LiveLine() if sys.stderr.isatty() else PlainLines()


class LiveLine:
    """Records, their rate, bytes and the time left, in one line that is drawn over."""

    def __init__(self) -> None:
        self._progress = _bar()
        self._task = self._progress.add_task("Reading", total=None, records=0, rate=0.0)
        self._began = time.monotonic()

    def __enter__(self) -> "LiveLine":
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def update(self, stage: str, records: int, bytes_done: int, bytes_total: int) -> None:
        self._progress.update(
            self._task,
            description=stage,
            completed=bytes_done,
            total=bytes_total or None,
            records=records,
            rate=_rate(records, self._began),
        )

    def ask(self, question: str) -> str | None:
        self._progress.stop()
        try:
            return typed(question)
        finally:
            self._progress.start()


def _bar() -> "Progress":
    from rich.console import Console  # where nobody sits at a terminal, nothing is drawn
    from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        DownloadColumn(),
        TextColumn("{task.fields[records]:,} records, {task.fields[rate]:,.0f}/s"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


class PlainLines:
    """A line at the start of each stage and every few seconds, for logs and pipes."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._last = 0.0
        self._stage = ""

    def __enter__(self) -> "PlainLines":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def update(self, stage: str, records: int, bytes_done: int, bytes_total: int) -> None:
        begins = stage.partition(",")[0]
        if begins == self._stage and time.monotonic() - self._last < LINE_EVERY_S:
            return
        self._stage, self._last = begins, time.monotonic()
        share = f", {bytes_done / bytes_total:.0%} of {bytes_total:,} bytes" if bytes_total else ""
        print(f"{stage}: {records:,} records, {_rate(records, self._began):,.0f}/s{share}", file=sys.stderr, flush=True)  # noqa: T201

    def ask(self, question: str) -> str | None:
        return typed(question)


def typed(question: str) -> str | None:
    """What is typed, unseen, in answer to *question*; None where nobody sits at a terminal."""
    return getpass.getpass(f"{question}: ") if sys.stdin.isatty() else None


def _rate(records: int, began: float) -> float:
    return records / max(time.monotonic() - began, 0.001)
