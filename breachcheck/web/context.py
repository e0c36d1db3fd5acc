"""What a request may reach: the services of its app."""

from typing import cast

from flask import current_app

from breachcheck.services import Services
from breachcheck.web.sealed import Seal

KEY = "breachcheck"
SEAL_KEY = "breachcheck seal"


def services() -> Services:
    """The services that the running app was made with."""
    return cast(Services, current_app.extensions[KEY])


def seal() -> Seal:
    """What closes and opens the cookie of the account just asked about."""
    return cast(Seal, current_app.extensions[SEAL_KEY])
