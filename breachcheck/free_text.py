"""Free text that is kept: names, reasons and the like, which may hold no address."""

from breachcheck.addresses import holds_address
from breachcheck.errors import HoldsAddress


def without_address(text: str, what: str) -> str:
    """*text*, if it may be kept as *what*. Raises HoldsAddress, which does not quote it."""
    if holds_address(text):
        raise HoldsAddress(f"The {what} holds an e-mail address, and none is kept here; write it without.")
    return text
