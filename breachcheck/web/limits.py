"""How often one network may ask. Counted in memory: exact in one process."""

import ipaddress
import math
import time
from typing import cast

from flask import Flask, current_app, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

KEY = "breachcheck limits"


EVERYONE = "everyone"


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


def _hit(purpose: str, a_minute: int, spender: str) -> int:
    """0, or where the limit is reached how many seconds to wait."""
    limit = RateLimitItemPerMinute(a_minute)
    counted = cast(MovingWindowRateLimiter, current_app.extensions[KEY])
    if counted.hit(limit, purpose, spender):
        return 0
    resets_at = counted.get_window_stats(limit, purpose, spender).reset_time
    return max(1, math.ceil(resets_at - time.time()))


def network() -> str:
    """The client's address; of an IPv6 address the /64, since that is what one household is given."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)
