"""Suggestions: what the columns of a table seem to carry, by their names and their content."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from breachcheck.addresses import canonical
from breachcheck.errors import InvalidAccount
from ingest import contents, header_names
from ingest.header_names import EMAIL, Meaning
from ingest.mailboxes import addresses_in

NEVER_AN_ADDRESS = frozenset({"Passwords", "Password hints", "Security questions and answers", "Auth tokens", "PINs"})
MOSTLY = 0.5  # the least share of addresses among the values of a column that is one by content

_NAMELESS = re.compile(r"column\d+")

Sample = Mapping[str, Sequence[str]]
Confidence = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a column seems to carry, by its name and its content; no classes where nothing is known."""

    column: str
    classes: tuple[str, ...]
    confidence: Confidence
    is_address: bool = False
    shows: str = ""  # a data class that its values show and its name does not say; not taken as said
    looks: tuple[str, ...] = field(default=(), compare=False)  # outlines of its values


def suggest(columns: Sequence[str], sample: Sample | None = None) -> list[Suggestion]:
    """What each of *columns* seems to carry, in their order; *sample* is some values of each, which are not kept."""
    values = sample or {}
    shares = {column: _share_of_addresses(values.get(column, ())) for column in columns}
    of_site = _of_site(columns)
    named = {column: None if column == of_site else header_names.meaning_of(column) for column in columns}
    addresses = _address_columns(columns, named, shares)
    found = [_suggestion(column, named[column], shares[column], column in addresses) for column in columns]
    return [_by_content(one, values.get(one.column, ()), shares[one.column]) for one in found]


def _of_site(columns: Sequence[str]) -> str | None:
    """The column that does not name people though it says so: in browsers' lists of logins, `name` is the site's."""
    folded = {column.strip().casefold(): column for column in columns}
    return folded["name"] if folded.keys() >= {"name", "url", "username", "password"} else None


def _by_content(one: Suggestion, values: Sequence[str], share: float | None) -> Suggestion:
    """*one*, unless *values* deny it; or where its column has no name or one that says too little, what they show.

    Of addresses, which *share* of the values are, only a person can say whose they are.
    """
    if one.classes:
        return (
            one if one.is_address or not contents.denies(one.classes[0], values) else Suggestion(one.column, (), "low")
        )
    if (share or 0) >= MOSTLY:
        return replace(one, shows=EMAIL)
    shown = contents.class_of(values)
    if not shown:
        return one
    if _NAMELESS.fullmatch(one.column) or _is_own(one.column, shown):
        return Suggestion(one.column, (shown,), "medium")
    return replace(one, shows=shown)


def _is_own(column: str, shown: str) -> bool:
    """Whether whose *shown* is needs no name: of a password as programs keep it, and of an IP address that is called
    so and not another's."""
    if shown == "IP addresses":
        return header_names.is_of_ip(column)
    return shown == "Passwords" and not header_names.speaks_of_another(column)


def _address_columns(
    columns: Sequence[str], named: Mapping[str, Meaning | None], shares: Mapping[str, float | None]
) -> frozenset[str]:
    """The columns whose names say that they hold the record's own addresses, but for those whose values never do.

    Where there are none: the one column whose values mostly are addresses, the best and first of them. Where there is
    none either, the names stand: a sample without an address proves nothing about the rest of the file.
    """
    by_name = {column: meaning.data_class for column, meaning in named.items() if meaning}
    said = [column for column in columns if by_name.get(column) == EMAIL]
    if held := [column for column in said if shares[column] != 0]:
        return frozenset(held)
    fit = [column for column in columns if by_name.get(column) not in NEVER_AN_ADDRESS]
    best = sorted(fit, key=lambda column: shares[column] or 0, reverse=True)[:1]
    return frozenset(column for column in best if (shares[column] or 0) >= MOSTLY) or frozenset(said)


def _suggestion(column: str, meaning: Meaning | None, share: float | None, is_address: bool) -> Suggestion:
    name = meaning.data_class if meaning else ""
    certain: Confidence = "high" if meaning and meaning.is_exact else "medium"
    if is_address and name == EMAIL:
        return Suggestion(column, (EMAIL,), "high" if share else certain, is_address=True)
    if is_address:
        beside = (name,) if name not in ("", "Physical addresses") else ()
        return Suggestion(column, (EMAIL, *beside), "medium", is_address=True)
    return Suggestion(column, (name,), certain) if name not in ("", EMAIL) else Suggestion(column, (), "low")


def _share_of_addresses(values: Sequence[str]) -> float | None:
    """The share of *values* that are addresses, empty ones aside; None where all are empty."""
    said = [part for value in values for part in value.split("\n") if part.strip()]
    return sum(map(_is_address, said)) / len(said) if said else None


def is_mostly_addresses(values: Sequence[str]) -> bool:
    """Whether half or more of *values* are addresses, empty ones aside."""
    return (_share_of_addresses(values) or 0) >= MOSTLY


def _is_address(text: str) -> bool:
    try:
        canonical(text)
    except InvalidAccount:
        return bool(addresses_in(text))
    return True
