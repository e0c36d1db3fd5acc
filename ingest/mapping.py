"""Mappings: which column of a table carries which data classes, and whose record it is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from breachcheck.addresses import mask_addresses
from breachcheck.errors import DataFileError
from ingest import mixpanel_names
from ingest.entries import FileEntry, IdentifierKind, Join
from ingest.header_names import EMAIL
from ingest.suggestions import Sample, Suggestion, is_mostly_addresses, suggest

__all__ = ["Plan", "Sample", "Suggestion", "plan", "suggest"]

CLASS_OF_KIND: Mapping[str, str] = {
    "phone": "Phone numbers",
    "username": "Usernames",
    "account-id": "Account identifiers",
    "org-id": "Organisation identifiers",
}
FIXED: Mapping[str, Mapping[str, str]] = {
    "combo": {"address": EMAIL, "secret": "Passwords"},
    "stealer": {"address": EMAIL, "secret": "Passwords"},
    "text": {"address": EMAIL},
}
"""What formats without headers carry; their readers give exactly these columns."""

MIXPANEL_PEOPLE, MIXPANEL_EVENTS = MIXPANEL = (mixpanel_names.PEOPLE, mixpanel_names.EVENTS)
KEYED = ("json", "jsonl", *MIXPANEL)
WRAPPERS = ("_source.", "$properties.", "properties.")
SHOWN_COLUMNS = 20
LONGEST_SHOWN = 60  # characters of a column's name in a message; what is longer may be data that passed for a header

Classes = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to take from the records of one table, in the table's own spelling of its columns."""

    addresses: tuple[str, ...]  # whoever stands in any of these is a person of the record
    classes: Classes  # what each column carries; address and identifier columns included
    identifiers: Mapping[str, IdentifierKind] = field(default_factory=dict)
    join: Join | None = None  # as the manifest declares it
    ids: tuple[str, ...] = ()  # Mixpanel: the columns by which people and events find each other, best first
    unseen: tuple[str, ...] = ()  # declared, but not among the columns that a sample of open keys showed

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column to read, each once."""
        joined = (self.join.column,) if self.join else ()
        return tuple(dict.fromkeys([*self.addresses, *self.classes, *self.identifiers, *joined, *self.ids]))

    @property
    def data_classes(self) -> tuple[str, ...]:
        """Every data class that this table could show, each once."""
        return tuple(dict.fromkeys(name for names in self.classes.values() for name in names))


def plan(
    entry: FileEntry,
    columns: Sequence[str],
    format: str,
    sample: Sample | None = None,
    *,
    name: str = "",
    is_only_table: bool = True,
    open_keys: bool = False,
    alike: Mapping[str, tuple[str, ...]] | None = None,
) -> Plan | None:
    """What *entry* says to take from a table with these *columns*; None where the table names nobody.

    *sample* is some values of each column, wanted where the mapping was left out. Of an entry with several tables
    (*is_only_table* false) one that lacks every column that would say whose record it is names nobody. Any other
    declared column that is not there raises DataFileError, unless records may hold keys that a sample of them did not
    show (*open_keys*). A declared name means every column of it: of those *alike*, all that are not named themselves.
    """
    form = entry.format if entry.format in MIXPANEL else format
    # A key that one of several JSON files never uses is no mistake in the mapping.
    is_open = open_keys or (format in KEYED and not is_only_table)
    headers = _Headers(columns, name or entry.path, loosely=form in MIXPANEL, is_open=is_open, alike=alike or {})
    if not is_only_table and not headers.has_any(_declared_people(entry)):
        return None
    joins_as = form if form in MIXPANEL else mixpanel_names.form_of(columns)
    ids = _mixpanel_ids(columns) if joins_as else ()
    if entry.mapping is not None:
        found = _declared(entry, headers, ids)
    else:
        found = _suggested(entry, headers, form, sample or {}, ids)
    finds_people_elsewhere = found.join or (found.ids and joins_as == MIXPANEL_EVENTS)
    return found if found.addresses or found.identifiers or finds_people_elsewhere else None


class _Headers:
    """The columns of a table, found by what a manifest calls them."""

    def __init__(
        self,
        columns: Sequence[str],
        name: str,
        *,
        loosely: bool,
        is_open: bool,
        alike: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.columns = tuple(columns)
        self.unseen: dict[str, None] = {}
        self._name = name
        self.is_open = is_open
        self._alike = alike
        self._keys = (_folded, mixpanel_names.plain_name) if loosely else (_folded,)

    def get(self, declared: str) -> str:
        """The column that *declared* means: exactly, else trimmed and case-folded; raises DataFileError."""
        found = self._like(declared)
        if len(found) > 1:
            raise DataFileError(
                mask_addresses(f"{self._name}: {declared} may be any of {', '.join(found)}; spell it out")
            )
        if not found and not self.is_open:
            raise DataFileError(self._absent(declared))
        if not found:
            self.unseen[declared] = None
        return found[0] if found else declared

    def all(self, declared: str, others: Collection[str]) -> tuple[str, ...]:
        """The column that *declared* means, and those under the same header that *others* do not spell out."""
        first = self.get(declared)
        return (first, *(column for column in self._alike.get(first, ()) if column not in others))

    def has_any(self, declared: Sequence[str]) -> bool:
        return not declared or any(self._like(one) for one in declared)

    def _like(self, declared: str) -> list[str]:
        if declared in self.columns:
            return [declared]
        for key in self._keys:
            found = [column for column in self.columns if key(column) == key(declared)]
            if found:
                return found
        return []

    def _absent(self, declared: str) -> str:
        shown = ", ".join(map(_shown, self.columns[:SHOWN_COLUMNS])) or "none"
        more = f" and {len(self.columns) - SHOWN_COLUMNS} more" if len(self.columns) > SHOWN_COLUMNS else ""
        return mask_addresses(f"{self._name}: there is no column {declared}; the columns are {shown}{more}")


def _shown(name: str) -> str:
    masked = mask_addresses(name)
    return masked if len(masked) <= LONGEST_SHOWN else masked[: LONGEST_SHOWN - 1] + "…"


def _folded(name: str) -> str:
    for wrapper in WRAPPERS:
        name = name.removeprefix(wrapper)
    return name.strip().casefold()


def _declared_people(entry: FileEntry) -> list[str]:
    mapped = [column for column, names in (entry.mapping or {}).items() if EMAIL in names]
    joined = [entry.join.column] if entry.join else []
    return list(entry.address) + mapped + list(entry.identifiers) + joined


def _declared(entry: FileEntry, headers: _Headers, ids: tuple[str, ...]) -> Plan:
    mapping = entry.mapping or {}
    classes: dict[str, tuple[str, ...]] = {}
    for declared, names in mapping.items():
        for column in headers.all(declared, mapping):
            classes[column] = tuple(dict.fromkeys([*classes.get(column, ()), *names]))
    return _completed(entry, headers, classes, _mapped_addresses(classes), ids)


def _mapped_addresses(classes: Classes) -> tuple[str, ...]:
    """The columns that carry an address and nothing else, or, where there are none, those that carry one at all."""
    alone = tuple(column for column, names in classes.items() if names == (EMAIL,))
    return alone or tuple(column for column, names in classes.items() if EMAIL in names)


def _suggested(entry: FileEntry, headers: _Headers, format: str, sample: Sample, ids: tuple[str, ...]) -> Plan:
    if format in MIXPANEL:
        classes, addresses = _of_mixpanel(headers, format, sample)
    else:
        suggestions = suggestions_of(format, headers.columns, sample)
        classes = {one.column: one.classes for one in suggestions if one.classes}
        addresses = tuple(one.column for one in suggestions if one.is_address)
    return _completed(entry, headers, classes, addresses, ids)


def suggestions_of(format: str, columns: Sequence[str], sample: Sample) -> list[Suggestion]:
    """What each of *columns* of a table in such a *format* seems to carry; see `suggest`."""
    if format in FIXED:
        carried = FIXED[format]
        return [Suggestion(name, (carried[name],), "high", carried[name] == EMAIL) for name in columns]
    found = suggest(columns, sample)
    known = {one.column: one.classes for one in found if one.classes}
    logins = _logins(columns, known, sample) if format == "blocks" else ()
    return [_of_person(one) if one.column in logins and not one.is_address else one for one in found]


def _of_person(login: Suggestion) -> Suggestion:
    return replace(login, classes=(EMAIL, *login.classes), is_address=True)


def _logins(columns: Sequence[str], classes: Classes, sample: Sample) -> tuple[str, ...]:
    """The columns of user names in which an address stands now and then, and those that hold little else."""
    named = [column for column, names in classes.items() if "Usernames" in names]
    found = [column for column in named if any(is_mostly_addresses([one]) for one in sample.get(column, ()))]
    unknown = (column for column in columns if column not in classes)
    return (*found, *(column for column in unknown if is_mostly_addresses(sample.get(column, ()))))


def _of_mixpanel(headers: _Headers, format: str, sample: Sample) -> tuple[Classes, tuple[str, ...]]:
    classes = {column: (name,) for column in headers.columns if (name := mixpanel_names.class_of(column))}
    addresses = tuple(column for column, names in classes.items() if names == (EMAIL,))
    if addresses:
        return classes, addresses
    # Many who send data to Mixpanel use the address as the id.
    holding = [column for column in _mixpanel_ids(headers.columns) if is_mostly_addresses(sample.get(column, ()))]
    said_more: Classes = {column: (EMAIL, *classes[column]) for column in holding}
    rare = [headers.get("$email")] if headers.is_open and format == MIXPANEL_PEOPLE else []
    return {**classes, **said_more}, (*rare, *holding)


def _completed(
    entry: FileEntry, headers: _Headers, classes: Classes, found: tuple[str, ...], ids: tuple[str, ...]
) -> Plan:
    """The plan of columns *found* to hold addresses, with what *entry* says beside its mapping."""
    addresses = tuple(dict.fromkeys(one for name in entry.address for one in headers.all(name, entry.address))) or found
    identifiers = {
        column: kind for name, kind in entry.identifiers.items() for column in headers.all(name, entry.identifiers)
    }
    carried = {column: (CLASS_OF_KIND[kind],) for column, kind in identifiers.items()}
    carried |= dict.fromkeys(addresses, (EMAIL,))
    join = msgspec.structs.replace(entry.join, column=headers.get(entry.join.column)) if entry.join else None
    return Plan(
        addresses=addresses,
        classes={**carried, **classes},
        identifiers=identifiers,
        join=join,
        ids=() if join else ids,
        unseen=tuple(headers.unseen),
    )


def _mixpanel_ids(columns: Sequence[str]) -> tuple[str, ...]:
    by_name = {mixpanel_names.plain_name(column): column for column in reversed(columns)}
    return tuple(by_name[name] for name in mixpanel_names.IDS if name in by_name)
