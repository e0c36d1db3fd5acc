"""How often one network, or one key, may ask. Counted in memory: exact in one process."""

import ipaddress
import math
import time
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from breachcheck.web.forwarded import address_in

KEY = "breachcheck limits"
EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many more requests may be made now, and in how many seconds there will be more again."""

    left: int
    more_in_s: int


class TooManyOfAll(TooManyRequests):
    """Too many people ask for the same at once; it is nobody's own doing."""


def install(app: Flask) -> None:
    app.extensions[KEY] = MovingWindowRateLimiter(MemoryStorage())


def spend(purpose: str, a_minute: int, who: str | None = None) -> None:
    """Count one request for *purpose*, of *who* or else of this network; 0 *a_minute* is no limit.

    Raises TooManyRequests; what is refused counts for nothing.
    """
    if a_minute and (wait_s := _hit(purpose, a_minute, who or network())):
        raise TooManyRequests(retry_after=wait_s)


def spend_of_all(purpose: str, a_minute: int) -> None:
    """Count one request for *purpose*, whoever makes it. Raises TooManyOfAll."""
    if wait_s := _hit(purpose, a_minute, EVERYONE):
        raise TooManyOfAll(retry_after=wait_s)


def allowance(purpose: str, a_minute: int, who: str) -> Allowance:
    """What *who* has left of a limit of *a_minute*, which is not 0. Counts nothing."""
    counted = cast(MovingWindowRateLimiter, current_app.extensions[KEY])
    window = counted.get_window_stats(RateLimitItemPerMinute(a_minute), purpose, who)
    return Allowance(window.remaining, _seconds_until(window.reset_time))


def _hit(purpose: str, a_minute: int, spender: str) -> int:
    """0, or where the limit is reached how many seconds to wait."""
    limit = RateLimitItemPerMinute(a_minute)
    counted = cast(MovingWindowRateLimiter, current_app.extensions[KEY])
    if counted.hit(limit, purpose, spender):
        return 0
    return _seconds_until(counted.get_window_stats(limit, purpose, spender).reset_time)


def _seconds_until(moment: float) -> int:
    return max(1, math.ceil(moment - time.time()))


def network() -> str:
    """The client's address; of an IPv6 address the /64, since that is what one household is given."""
    address = address_in(request.remote_addr or "")
    if address is None:
        return "unknown"
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)
