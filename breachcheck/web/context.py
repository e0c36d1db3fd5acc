"""What a request may reach: the services of its app."""

from typing import cast

from flask import current_app

from breachcheck.services import Services

KEY = "breachcheck"


def services() -> Services:
    """The services that the running app was made with."""
    return cast(Services, current_app.extensions[KEY])
