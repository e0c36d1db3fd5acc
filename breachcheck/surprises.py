"""Surprises: what a thread that goes on for ever comes upon, noted without a word that may quote an address."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING

from breachcheck.errors import BreachcheckError

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger


def goes_well(act: Callable[[], object], log: FilteringBoundLogger) -> bool:
    """Whether *act* came to its end. What it raised stands in the *log*: one mail, or call, must not end all."""
    try:
        act()
    except BreachcheckError as error:
        log.warning("store out of reach", error=type(error).__name__)
        return False
    except Exception as error:  # noqa: BLE001 - the edge of a thread: whatever it was, the next may be well
        log.error("surprise", error=type(error).__name__, trace=places_of(error))
        return False
    return True


def places_of(error: BaseException) -> list[str]:
    """Where *error* came from; never its message, which may quote what it met."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
