"""Mixpanel's names: what its properties are called in exports, tables and the interface, and what they carry."""

import re
from collections.abc import Iterable, Mapping

PEOPLE, EVENTS = "mixpanel-people", "mixpanel-events"

# Raw (`$first_name`), warehouse (`mp_first_name`) and display names ("First Name") all come to the plain name.
CLASSES: Mapping[str, str] = {
    "email": "Email addresses",
    "name": "Names",
    "first_name": "Names",
    "last_name": "Names",
    "phone": "Phone numbers",
    "city": "Geographic locations",
    "region": "Geographic locations",
    "country_code": "Geographic locations",
    "country": "Geographic locations",
    "timezone": "Time zones",
    "time_zone": "Time zones",
    "os": "Device information",
    "operating_system": "Device information",
    "os_version": "Device information",
    "operating_system_version": "Device information",
    "device": "Device information",
    "screen_height": "Device information",
    "screen_width": "Device information",
    "screen_dpi": "Device information",
    "browser": "Browser user agent details",
    "browser_version": "Browser user agent details",
    "referrer": "Referring websites",
    "referring_domain": "Referring websites",
    "initial_referrer": "Referring websites",
    "initial_referring_domain": "Referring websites",
    "distinct_id": "Account identifiers",
    "user_id": "Account identifiers",
    "identified_id": "Account identifiers",
    "organization_id": "Organisation identifiers",
    "organisation_id": "Organisation identifiers",
    "org_id": "Organisation identifiers",
    "company_id": "Organisation identifiers",
    "group_id": "Organisation identifiers",
    "team_id": "Organisation identifiers",
    "workspace_id": "Organisation identifiers",
}
IDS = ("distinct_id", "user_id", "identified_id")

_TAGS = re.compile(r"(?:initial_)?utm_(?:source|medium|campaign|content|term|id)(?:_\w+)?")
_SCREEN = re.compile(r"screen_\w+")


def plain_name(column: str) -> str:
    """*column* as a word: ``$distinct_id``, ``mp_distinct_id`` and ``Distinct ID`` are all distinct_id."""
    name = re.sub(r"[\W_]+", "_", column.strip().removeprefix("$").casefold()).strip("_")
    return name.removeprefix("mp_")


def class_of(column: str) -> str | None:
    """The data class that a Mixpanel property carries, however it is spelled; None for all others."""
    name = plain_name(column)
    if _TAGS.fullmatch(name):
        return "Referring websites"
    return "Device information" if _SCREEN.fullmatch(name) else CLASSES.get(name)


def form_of(columns: Iterable[str]) -> str | None:
    """Which of Mixpanel's forms a table has that is known by its *columns* alone, as CSV and Parquet are."""
    names = {plain_name(column) for column in columns}
    if "distinct_id" not in names:
        return None
    return EVENTS if names & {"event", "event_name"} else PEOPLE
