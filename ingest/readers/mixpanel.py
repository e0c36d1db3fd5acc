"""Mixpanel's own forms of JSON: events, one a line, and profiles, in engage pages or one a line.

What stands in `properties` and `$properties` is seen through by the JSON reader, which reads both; its exports as CSV
or Parquet are read as those, and the mapping knows their headers.
"""

from collections.abc import Mapping, Sequence

EVENTS, PEOPLE = "mixpanel-events", "mixpanel-people"


def format_of(records: Sequence[Mapping[str, object]]) -> str | None:
    """Which of Mixpanel's forms most of *records* have, if any."""
    for name, reads_as in ((EVENTS, _is_event), (PEOPLE, _is_profile)):
        if records and sum(map(reads_as, records)) * 2 > len(records):
            return name
    return None


def _is_event(record: Mapping[str, object]) -> bool:
    properties = record.get("properties")
    return "event" in record and isinstance(properties, dict) and not {"distinct_id", "time"}.isdisjoint(properties)


def _is_profile(record: Mapping[str, object]) -> bool:
    return "$distinct_id" in record and isinstance(record.get("$properties"), dict)
