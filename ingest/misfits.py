"""Misfits: values of a manifest that are each right and do not fit together."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from breachcheck import data_classes
from breachcheck.breaches import Facts
from ingest.documents import Path
from ingest.entries import STANDARD_INPUT, FileEntry
from ingest.header_names import EMAIL

Wrong = tuple[Path, str]


def misfits(facts: Facts, files: tuple[FileEntry, ...], *, says_sensitive: bool) -> Iterator[Wrong]:
    """What is wrong between values that are each right, with the path of the one to change."""
    if facts.disclosed_date and facts.disclosed_date < facts.breach_date:
        yield ("disclosed_date",), "disclosed_date: it lies before breach_date"
    mapped = mapped_classes(files)
    yield from _contradictions(facts, mapped)
    if not says_sensitive and (heavy := owner_only([*mapped, *facts.disclosed_classes])):
        yield (), sensitivity_question(heavy)
    if not files:
        yield ("files",), "files: name at least one data file, as `- path: people.csv`"
    if [entry.path for entry in files].count(STANDARD_INPUT) > 1:
        yield ("files",), 'files: standard input ("-") can be read only once'
    for number, entry in enumerate(files):
        for path, text in _entry_misfits(entry, files):
            yield ("files", number, *path), text


def mapped_classes(files: tuple[FileEntry, ...]) -> list[str]:
    """The data classes that the manifest itself maps, in the order in which they first stand there."""
    return list(dict.fromkeys(name for entry in files for names in (entry.mapping or {}).values() for name in names))


def owner_only(classes: list[str]) -> list[str]:
    """Those of *classes* whose mere presence tells a stranger something about a person."""
    return [name for name in dict.fromkeys(classes) if data_classes.is_owner_only(name)]


def sensitivity_question(heavy: list[str]) -> str:
    """What a manifest is refused with that has *heavy* classes and does not say whether the breach is sensitive."""
    return (
        f"it carries {', '.join(heavy)}, so it must say `is_sensitive: true` "
        "(only the owner of an address is told) or `is_sensitive: false`"
    )


def _contradictions(facts: Facts, mapped: list[str]) -> Iterator[Wrong]:
    absent = facts.not_exposed.classes if facts.not_exposed else ()
    for name in absent:
        if name in facts.disclosed_classes:
            yield ("not_exposed", "classes"), f"not_exposed: {name} is also in disclosed_classes; keep one"
        elif name in mapped:
            yield ("not_exposed", "classes"), f"not_exposed: {name} is mapped in files; keep one"


def _entry_misfits(entry: FileEntry, files: tuple[FileEntry, ...]) -> Iterator[Wrong]:
    if entry.mapping is not None and not _finds_people(entry):
        yield (
            ("mapping",),
            f"mapping: no column says whose record it is; map one to {EMAIL}, or write address:, identifiers: or join:",
        )
    if entry.join and not any(_names(entry.join.to, other.path) for other in files):
        known = ", ".join(dict.fromkeys(other.path for other in files if other is not entry)) or "no other file"
        yield ("join", "to"), f"join.to: no entry under files has this path; there is {known}"


def _finds_people(entry: FileEntry) -> bool:
    is_mapped = any(EMAIL in names for names in (entry.mapping or {}).values())
    return bool(is_mapped or entry.address or entry.identifiers or entry.join)


def _names(target: str, path: str) -> bool:
    """Whether *target*, as ``people.csv``, ``dump.sql#users`` or ``all.zip!users.csv``, lies in the entry's *path*."""
    outer = re.split("[#!]", target)[0]
    return target == path or outer == path or fnmatchcase(outer, path) or outer.startswith(path.rstrip("/") + "/")
