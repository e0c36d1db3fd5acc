"""How often one network may ask. Counted in memory: exact in one process."""

import ipaddress
import math
import time

from flask import Flask, current_app, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

KEY = "breachcheck limits"


def install(app: Flask) -> None:
    app.extensions[KEY] = MovingWindowRateLimiter(MemoryStorage())


def spend(purpose: str, a_minute: int, who: str | None = None) -> None:
    """Count one request for *purpose*, of *who* or else of this network; 0 *a_minute* is no limit.

    Raises TooManyRequests; what is refused counts for nothing.
    """
    if not a_minute:
        return
    limit, spender = RateLimitItemPerMinute(a_minute), who or network()
    counted = current_app.extensions[KEY]
    if not counted.hit(limit, purpose, spender):
        resets_at = counted.get_window_stats(limit, purpose, spender).reset_time
        raise TooManyRequests(retry_after=max(1, math.ceil(resets_at - time.time())))


def network() -> str:
    """The client's address; of an IPv6 address the /64, since that is what one household is given."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)
