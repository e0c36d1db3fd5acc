"""Column signs: what the columns of a table show that their mapping does not say. No value of theirs is kept."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from breachcheck import data_classes
from breachcheck.addresses import mask_addresses
from ingest import contents, header_names
from ingest.mapping import Plan, Sample

HEAVY = 60
"""What a class weighs at least that nobody should miss to map."""

LONGEST = 60  # characters of a column's name that are told

SECRETS = frozenset(
    {
        *("Passwords", "Historical passwords", "Password hints", "Password strengths", "PINs", "Auth tokens"),
        *("Security questions and answers", "Encrypted keys", "Mnemonic phrases", "Cryptocurrency wallet hashes"),
    }
)
"""What is rightly said of a column that looks like passwords."""

OFTEN_HASHES = frozenset(
    {
        *("Account identifiers", "Organisation identifiers", "Device information", "Device usage tracking data"),
        *("Device serial numbers", "Avatars", "Profile photos"),
    }
)
"""What is rightly said of a column of bare hashes: much that is no password is told by one."""

_PAST = frozenset(
    {"born", "birth", "created", "registered", "joined", "signup", "seen", "login", "modified", "updated"}
)
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)|(?:\d{1,2}[./]){2}(\d{4})(?!\d)")
_WORD = re.compile(r"[A-Z]?[a-z]+")


@dataclass(frozen=True, slots=True)
class Sign:
    """What one column shows: for which warning, in which words, and which class it would be mapped to."""

    warning: str
    column: str
    data_class: str = ""


def signs_of(name: str, columns: Sequence[str], plan: Plan, sample: Sample) -> list[Sign]:
    """What the *columns* of the table *name* show; where there is no *sample* of one, by what it is called alone."""
    return [sign for column in columns for sign in _signs(name, column, plan, sample.get(column), bool(sample))]


def unread_secret(name: str) -> Sign:
    """What stands behind the addresses of the list *name* may be a password or a name, and is not read."""
    return Sign("not-mapped", f"Passwords ({mask_addresses(name)}: secret)", "Passwords")


def _signs(name: str, column: str, plan: Plan, values: Sequence[str] | None, is_sampled: bool) -> Iterator[Sign]:
    if is_sampled and not values:
        return
    held, carried = values or (), plan.classes.get(column, ())
    shown = mask_addresses(f"{name}: {column[:LONGEST]}")
    called = header_names.meaning_of(column)
    class_called = called.data_class if called else ""
    if class_called == header_names.EMAIL and column not in plan.addresses:
        yield Sign("address-not-read", shown)
    if carried and _looks_secret(class_called, held, carried):
        yield Sign("password-column", f"{shown} ({', '.join(carried)})")
    if column not in plan.columns and (seems := _heavy(class_called, held)):
        yield Sign("not-mapped", f"{seems} ({shown})", seems)
    if _is_of_the_past(column, carried) and any(map(_is_to_come, held)):
        yield Sign("future-dates", shown)


def _looks_secret(called: str, values: Sequence[str], carried: Sequence[str]) -> bool:
    if header_names.EMAIL in carried or not SECRETS.isdisjoint(carried):
        return False
    if called in ("Passwords", "Historical passwords") or contents.class_of(values) == "Passwords":
        return True
    return contents.are_hashes(values) and OFTEN_HASHES.isdisjoint(carried)


def _heavy(called: str, values: Sequence[str]) -> str:
    """The class that nobody should miss to map and that the column seems to hold."""
    seems = called or contents.class_of(values) or ""
    return seems if seems and data_classes.weight_of(seems) >= HEAVY else ""


def _is_of_the_past(column: str, carried: Sequence[str]) -> bool:
    return "Dates of birth" in carried or not _PAST.isdisjoint(word.lower() for word in _WORD.findall(column))


def _is_to_come(value: str) -> bool:
    """Whether a day stands there that is not yet; of days in which the month's place is unknown, by the year."""
    today = datetime.now(UTC).date()
    found = _DAY.match(value.strip())
    if not found:
        return False
    if found[4]:
        return int(found[4]) > today.year
    try:
        return (date(int(found[1]), int(found[2]), int(found[3])) - today).days > 1
    except ValueError:
        return False
