"""Drafts: a manifest written from data files, with what they show filled in and what only a person knows left empty."""

import json
import re
import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import duckdb

from breachcheck import data_classes
from breachcheck.addresses import Domain, holds_address, mask_addresses
from breachcheck.errors import DataFileError
from ingest import engine, kinship, mixpanel_names, readers, sources
from ingest.entries import Join
from ingest.kinship import Relative
from ingest.mapping import CLASS_OF_KIND, MIXPANEL
from ingest.readers.base import Instructions
from ingest.samples import sample_of
from ingest.sources import STANDARD_INPUT, DataFile, NotRead
from ingest.suggestions import Suggestion, suggest

_PLAIN = re.compile(r"[A-Za-z_$][\w$/.-]*(?: [\w$/.-]+)*", re.ASCII)
_WORDS = frozenset(["true", "false", "null", "yes", "no", "on", "off", "y", "n"])
_CHECK = {"high": "", "medium": "  # check: told by a part of its name, or by content", "low": ""}
_MASK = mask_addresses("a@example.com")
_MASKED = "not read (its name holds an address; rename it)"
_OF_DATABASE = {"sql": "table", "sqlite": "table", "xlsx": "sheet"}
_NOBODY = "nothing found: no column says whose record it is; where another file does, name it under join:"

_HEAD = """\
# Drafted from the names and headers of data files; no value of theirs stands here.
# Fill in what is empty, check the rest, then: breachcheck manifest check breach.yaml
manifest: 1
name: {name}  # a guess. The stable id of the breach: letters, digits and - _ .
title: {title}  # a guess. What people call it
breach_date:  # required: the day it happened, such as 2025-11-09
description:  # required: what happened, for the people concerned (CommonMark: no HTML, no images)

# What was made public. Take away the # in front of what is known.
# domain: example.com
# disclosed_date: 2025-11-26
# affected: 48098  # people; leave it out where nobody said how many
# disclosure_url: https://example.com/notice
# held_by: The company that lost the data
# on_behalf_of: The company that people know
# who: People with an account at Example.
# disclosed_classes: [Email addresses, Names]  # what the notice named, whether or not it is in these files
# not_exposed: {{classes: [Passwords], source: "https://example.com/notice"}}  # what it said was not in it
# copy: unknown  # complete, partial or unknown: how much of the data this is
# disclosure: open  # open, owner or closed: who may see who was in it
"""


@dataclass(frozen=True, slots=True)
class _Found:
    """What one table of a data file shows; *why* it gives no entry, where it gives none. *table*: within its file."""

    name: str
    why: str = ""
    table: str = ""
    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    columns: tuple[Suggestion, ...] = ()
    note: str = ""
    relative: Relative | None = None
    join: Join | None = None

    @property
    def path(self) -> str:
        return self._file.partition("!")[0]

    @property
    def member(self) -> str:
        return self._file.partition("!")[2]

    @property
    def _file(self) -> str:
        return self.name[: -1 - len(self.table)] if self.table else self.name

    @property
    def shape(self) -> tuple[object, ...]:
        """What an entry says of it beside its name."""
        return (self.format, self.encoding, self.delimiter, self.columns, self.note, self.table, self.join)


def draft(paths: Sequence[Path], sealed: Collection[Domain] = ()) -> str:
    """The text of a manifest for the data files *paths*; its required facts are empty, and refused until filled in.

    It says that a load seals the accounts of the domains *sealed*.

    What cannot be read is named in a comment; raises DataFileError where nothing at all could be.
    """
    with tempfile.TemporaryDirectory() as spill, engine.connect(Path(spill)) as connection:
        found = [one for path in paths for one in _tables_of(str(path), connection)]
    if not any(one.format for one in found):
        raise DataFileError("; ".join(f"{one.name}: {one.why}" for one in found))
    found = _related(found)
    entries = [one for one in found if not one.why]
    name = _scalar(_name_of(paths))
    lines = [
        _HEAD.format(name=name, title=name.replace("-", " ")),
        *_sealing(sealed),
        _sensitivity(entries),
        "files:" if entries else "files: []",
        *chain.from_iterable(_entries(entries, [one.path for one in found])),
        *(f"  # {_scalar(one.name)}: {one.why}" for one in found if one.why),
    ]
    return "\n".join(lines) + "\n"


def _tables_of(path: str, connection: duckdb.DuckDBPyConnection) -> Iterator[_Found]:
    try:
        for file in sources.find(path, Path()):
            if isinstance(file, NotRead):
                yield _Found(file.name, why=f"not read ({file.why})")
            elif _MASK in file.name:
                yield _Found(file.name, why=_MASKED)
            else:
                yield from _tables_in(file, connection)
    except DataFileError as error:
        yield _unread(mask_addresses(path), error)


def _tables_in(file: DataFile, connection: duckdb.DuckDBPyConnection) -> Iterator[_Found]:
    try:
        for table in readers.tables(file, Instructions()):
            within = table.name[len(file.name) :]
            name = (file.name if file.source else STANDARD_INPUT) + within
            if _MASK in within:
                yield _Found(table.name, why=_MASKED)
                continue
            sample = sample_of(connection, table)
            columns = tuple(suggest(table.columns, sample))
            form = mixpanel_names.form_of(table.columns) or table.format
            finds_people = form in MIXPANEL or any(column.is_address for column in columns)
            delimiter = "tab" if table.delimiter == "\t" else table.delimiter
            yield _Found(
                name,
                why="" if finds_people else _NOBODY,
                table=within[1:],
                format=form,
                encoding=table.encoding,
                delimiter=delimiter,
                columns=columns,
                note=table.note,
                relative=kinship.relative(name, table.columns, sample),
            )
    except DataFileError as error:
        yield _unread(file.name, error)


def _related(found: Sequence[_Found]) -> list[_Found]:
    """*found*, where those that name nobody but refer to those that do are joined to them, and others to these."""
    people = [one.relative for one in found if one.relative and not one.why and one.format not in MIXPANEL]
    led: list[Relative] = []
    while True:
        found = [_joined(one, people, led) if one.why == _NOBODY else one for one in found]
        before, led = len(led), [one.relative for one in found if one.relative and one.join]
        if len(led) == before:
            return list(found)


def _joined(one: _Found, people: Sequence[Relative], led: Sequence[Relative]) -> _Found:
    join = kinship.join_of(one.relative, people, led) if one.relative else None
    tells_more = join and any(column.classes for column in one.columns if column.column != join.column)
    return replace(one, why="", join=join) if tells_more else one


def _unread(name: str, error: DataFileError) -> _Found:
    return _Found(name, why=f"not read ({str(error).removeprefix(name).lstrip(': ')})")


def _name_of(paths: Sequence[Path]) -> str:
    """A guess at the breach's name, from that of the only file, or of the folder of several."""
    only = paths[0] if len(paths) == 1 else paths[0].resolve().parent
    name = "" if holds_address(only.name) else only.name.partition(".")[0]
    return "-".join(word[0].upper() + word[1:] for word in re.findall("[A-Za-z0-9]+", name))[:64]


def _sealing(sealed: Collection[Domain]) -> Iterator[str]:
    if sealed:
        yield f"# own_domains: a load keeps, encrypted, who of these is in it: {', '.join(sorted(sealed))}"


def _sensitivity(entries: Sequence[_Found]) -> str:
    classes = dict.fromkeys(name for one in entries for column in one.columns for name in column.classes)
    heavy = [name for name in classes if data_classes.is_owner_only(name)]
    if heavy:
        return f"is_sensitive: true  # proposed, for {', '.join(heavy)}: only the owner of an address is told"
    return "is_sensitive: false  # true where to have been in this breach says something about a person"


def _entries(found: Sequence[_Found], paths: Sequence[str]) -> Iterator[list[str]]:
    """The lines of each entry: one for an archive whose members are all alike, else one for each of its members.

    *paths*: of all tables, those without an entry included.
    """
    for path in dict.fromkeys(one.path for one in found):
        tables = [one for one in found if one.path == path]
        are_alike = len({one.shape for one in tables}) == 1
        for one in tables[:1] if are_alike else tables:
            is_alone = paths.count(path) == 1
            yield [*_reading(one, "" if are_alike else one.member, "" if is_alone else one.table), *_carrying(one)]


def _reading(one: _Found, member: str, table: str) -> list[str]:
    within = {_OF_DATABASE.get(one.format, "table"): table}
    said = {"member": member, **within, "format": one.format, "encoding": one.encoding, "delimiter": one.delimiter}
    return [f"  - path: {_scalar(one.path)}", *(f"    {key}: {_scalar(text)}" for key, text in said.items() if text)]


def _carrying(one: _Found) -> Iterator[str]:
    """The mapping of an entry; of Mixpanel's formats a comment, since what their properties carry is known."""
    is_known = one.format in MIXPANEL
    yield (
        "    # mapping: left out, for what Mixpanel's properties carry is known; here are"
        if is_known
        else "    mapping:"
    )
    if one.note:
        yield f"      # {one.note}"
    for column in one.columns:
        yield _column(column, is_known=is_known)
    addresses = [_scalar(column.column) for column in one.columns if column.is_address]
    if addresses and not is_known:
        yield f"    address: [{', '.join(addresses)}]"
    if one.join:
        here, to, there = map(_scalar, (one.join.column, one.join.to, one.join.on))
        yield f"    join: {{column: {here}, to: {to}, on: {there}}}  # check: told by what they are called"
    if identifiers := ", ".join(_identifiers(one)):
        yield f"    # identifiers: {{{identifiers}}}  # what else people may be looked up by"
    if any("Passwords" in column.classes for column in one.columns):
        yield "    # password_storage: unknown  # plain, unsalted or salted, where it is known how they were kept"


def _column(column: Suggestion, *, is_known: bool) -> str:
    if holds_address(column.column):
        return "      # a column whose name holds an address is left out"
    name = _scalar(column.column)
    if not column.classes:
        if column.shows:
            return f"      # {name}: {column.shows}  # check: its values look so, its name does not say whose they are"
        return f"      # {name}: no data class is known by this name"
    classes = column.classes[0] if len(column.classes) == 1 else f"[{', '.join(column.classes)}]"
    return f"      {'# ' if is_known else ''}{name}: {classes}{_CHECK[column.confidence]}"


def _identifiers(one: _Found) -> Iterator[str]:
    kinds = {data_class: kind for kind, data_class in CLASS_OF_KIND.items()}
    for column in one.columns:
        for name in column.classes:
            if name in kinds and not holds_address(column.column):
                yield f"{_scalar(column.column)}: {kinds[name]}"


def _scalar(text: str) -> str:
    """*text* as YAML, in quotes where other programs might read it as something else; "" is nothing."""
    is_plain = not text or (_PLAIN.fullmatch(text) and text.casefold() not in _WORDS)
    return text if is_plain else json.dumps(text, ensure_ascii=not text.isprintable())
