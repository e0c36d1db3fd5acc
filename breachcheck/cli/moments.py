"""Times as they are typed: how long, and until when. Each function is the type of an option."""

import re
import time
from datetime import UTC, date, datetime

import click

UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 24 * 3600, "w": 7 * 24 * 3600}
LIKE = "like 30m, 24h, 90d or 2w"

_length = re.compile(r"([0-9]{1,5})([smhdw])", re.ASCII)


def length(text: str) -> int:
    """A length of time, in seconds. Raises BadParameter."""
    seconds = _seconds_of(text)
    if seconds is None:
        raise click.BadParameter(f"{text!r} is no length of time, {LIKE}.")
    return seconds


def moment(text: str) -> int:
    """A moment to come, in epoch seconds: a length of time from now, or the beginning of a day in UTC.

    Raises BadParameter.
    """
    now = int(time.time())
    seconds, day = _seconds_of(text), _day_of(text)
    found = now + seconds if seconds is not None else day
    if found is None:
        raise click.BadParameter(f"{text!r} is neither a length of time, {LIKE}, nor a day like 2027-01-31.")
    if found <= now:
        raise click.BadParameter(f"{text!r} is not to come.")
    return found


def _seconds_of(text: str) -> int | None:
    found = _length.fullmatch(text.strip())
    return int(found[1]) * UNITS_S[found[2]] if found else None


def _day_of(text: str) -> int | None:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
