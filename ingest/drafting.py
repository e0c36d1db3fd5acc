"""Drafts: a manifest written from data files, with what they show filled in and what only a person knows left empty."""

import os
import re
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import duckdb

from breachcheck import data_classes
from breachcheck.addresses import Domain, holds_address, mask_addresses
from breachcheck.errors import DataFileError
from ingest import engine, formats, header_names, kinship, mixpanel_names, sources
from ingest.archives.kinds import PAGE, is_page
from ingest.archives.members import FOLDER
from ingest.archives.passwords import Ask, Passwords
from ingest.column_signs import SECRETS
from ingest.entries import STANDARD_INPUT, Join
from ingest.kinship import Relative
from ingest.mapping import CLASS_OF_KIND, MIXPANEL, suggestions_of
from ingest.memory import limited_memory
from ingest.outlines import outlines_of
from ingest.proposals import Proposal, by_member, by_path, lines_of, scalar
from ingest.readers.base import Instructions
from ingest.samples import sample_of
from ingest.sources import DataFile, NotRead, Terms
from ingest.suggestions import Sample, Suggestion

_MASK = mask_addresses("a@example.com")
_MASKED = "not read (its name holds an address; rename it)"
_NOBODY = "nothing found: no column says whose record it is; where another file does, name it under join:"

_EMPTY = "nothing found: it holds no records"
_OF_PAGE = "check: of a web page or XML document, every address that stands in it"

_HEAD = """\
# Drafted from the names and headers of data files; no value of theirs stands here.
# Fill in what is empty, check the rest, then: breachcheck manifest check breach.yaml
# `check` stands at guesses, all else is sure. `like` tells what values look like: Aa is a word, 9 a digit.
manifest: 1
name: {name}  # a guess. The stable id of the breach: letters, digits and - _ .
title: {title}  # a guess. What people call it
breach_date:  # required: the day it happened, such as 2025-11-09
description: ""  # required: what happened, for the people concerned (CommonMark: no HTML, no images)

# What was made public. Take away the # and the space behind it, where it is known.
# domain: example.com
# disclosed_date: 2025-11-26
# affected: 48098  # people; leave it out where nobody said how many
# disclosure_url: https://example.com/notice
# held_by: The company that lost the data
# on_behalf_of: The company that people know
# who: People with an account at Example.
# disclosed_classes: [Email addresses, Names]  # what the notice named, whether or not it is in these files
# not_exposed: {{classes: [Passwords], source: "https://example.com/notice"}}  # what it said was not in it
# help: {{url: "https://example.com/help", phone: "+44 1632 960123"}}  # where the company answers questions
# copy: unknown  # complete, partial or unknown: how much of the data this is
# disclosure: open  # open, owner or closed: who may see who was in it
"""


@dataclass(frozen=True, slots=True)
class _Found:
    """What one table of a data file shows; *why* it gives no entry, where it gives none.

    *name*: of the table, *file*: of the file or the member of an archive that it is in.
    """

    name: str
    why: str = ""
    file: str = ""
    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    columns: tuple[Suggestion, ...] = ()
    note: str = ""
    relative: Relative | None = None
    join: Join | None = None

    @property
    def path(self) -> str:
        return self.file.partition("!")[0]

    @property
    def member(self) -> str:
        return self.file.partition("!")[2]

    def proposal(self, password_file: str, *, is_alone: bool) -> Proposal:
        """Of it as an entry, or part of one; where it *is_alone* in its file, no table needs to be named."""
        return Proposal(
            path=self.path,
            member=self.member,
            table="" if is_alone else self.name[len(self.file) + 1 :],
            format=self.format,
            encoding=self.encoding,
            delimiter=self.delimiter,
            columns=self.columns,
            note=self.note,
            join=self.join,
            password_file=password_file if self.member else "",
        )


def draft(
    paths: Sequence[Path],
    sealed: Collection[Domain] = (),
    *,
    folder: Path = Path(),
    password_file: Path | None = None,
    ask: Ask | None = None,
) -> str:
    """The text of a manifest in *folder* for the data files *paths*; its required facts are empty, and refused until
    filled in. It says that a load seals the accounts of the domains *sealed*.

    Encrypted archives open with what *password_file* holds, which their entries then name, else as in a load; *ask*
    puts the question for a password. What cannot be read is named in a comment; raises DataFileError where nothing at
    all could be.
    """
    terms = Terms(passwords=Passwords(password_file, ask), as_text=True)
    with ExitStack() as stack:
        spill = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(limited_memory("A draft", "nothing was written"))
        connection = stack.enter_context(engine.connect(spill))
        found = [one for path in paths for one in _tables_of(_seen_from(path, folder), folder, terms, connection)]
    if not any(one.format for one in found):
        raise DataFileError("; ".join(f"{one.name}: {one.why}" for one in found))
    found = _related(found)
    entries = [one for one in found if not one.why]
    name = scalar(_name_of(paths))
    secret = _seen_from(password_file, folder) if password_file else ""
    lines = [
        _HEAD.format(name=name, title=name.replace("-", " ")),
        *_sealing(sealed),
        _sensitivity(entries),
        "files:" if entries else "files: []",
        *chain.from_iterable(lines_of(one) for one in by_path(_proposals(found, secret), folder)),
        *(f"  # {scalar(one.name)}: {one.why}" for one in found if one.why),
    ]
    return "\n".join(lines) + "\n"


def _seen_from(path: Path, folder: Path) -> str:
    """*path*, which is relative to the working folder, as a manifest in *folder* writes it."""
    is_as_written = path.is_absolute() or str(path) == STANDARD_INPUT
    return str(path) if is_as_written else os.path.relpath(path, folder)


def _tables_of(path: str, folder: Path, terms: Terms, connection: duckdb.DuckDBPyConnection) -> Iterator[_Found]:
    try:
        for file in sources.find(path, folder, terms=terms):
            if isinstance(file, NotRead) and file.why == FOLDER:
                continue
            if isinstance(file, NotRead):
                yield _Found(file.name, why=f"not read ({file.why})")
            elif _MASK in file.name:
                yield _Found(file.name, why=_MASKED)
            elif is_page(file.head()) and file.name != mask_addresses(path):
                yield _Found(file.name, why=f"not read ({PAGE})")
            else:
                yield from list(_tables_in(file, connection)) or [_Found(file.name, why=_EMPTY)]
    except DataFileError as error:
        yield _unread(mask_addresses(path), error)


def _tables_in(file: DataFile, connection: duckdb.DuckDBPyConnection) -> Iterator[_Found]:
    told, note = (Instructions(format="text"), _OF_PAGE) if is_page(file.head()) else (Instructions(), "")
    try:
        for table in formats.tables(file, told):
            within = table.name[len(file.name) :]
            shown = file.name if file.source else STANDARD_INPUT
            name = shown + within
            if _MASK in within:
                yield _Found(table.name, why=_MASKED, file=shown)
                continue
            sample = sample_of(connection, table, far=table if file.source else None)
            if note and not any(sample.values()):
                yield _Found(name, why=_EMPTY)
                continue
            columns = tuple(suggestions_of(table.format, table.columns, sample))
            columns = tuple(replace(column, looks=_looks(column, sample)) for column in columns)
            relative = kinship.relative(name, table.columns, sample)
            columns = tuple(_named_by_table(column, relative) for column in columns)
            form = mixpanel_names.form_of(table.columns) or table.format
            finds_people = form in MIXPANEL or any(column.is_address for column in columns)
            delimiter = "tab" if table.delimiter == "\t" else table.delimiter
            yield _Found(
                name,
                why="" if finds_people else _NOBODY,
                file=shown,
                format=form,
                encoding=table.encoding,
                delimiter=delimiter,
                columns=columns,
                note=note or table.note,
                relative=relative,
            )
    except DataFileError as error:
        yield _unread(file.name, error)


def _looks(column: Suggestion, sample: Sample) -> tuple[str, ...]:
    """What values of *column* look like; of secrets, that is nobody's to know."""
    return () if SECRETS.intersection((*column.classes, column.shows)) else outlines_of(sample.get(column.column, ()))


def _proposals(found: Sequence[_Found], password_file: str) -> Iterator[Proposal]:
    """One for each table of each file that gives an entry, members of an archive that are alike united."""
    for path in dict.fromkeys(one.path for one in found if not one.why):
        tables = [one for one in found if one.path == path and (one.format or one.why == _MASKED)]
        is_alone = len(tables) == 1
        proposed = [one.proposal(password_file, is_alone=is_alone) for one in tables if not one.why]
        yield from by_member(proposed, {one.member for one in tables})


def _related(found: Sequence[_Found]) -> list[_Found]:
    """*found*, where those that name nobody but refer to those that do are joined to them, and others to these."""
    people = [one.relative for one in found if one.relative and not one.why and one.format not in MIXPANEL]
    led: list[Relative] = []
    while True:
        found = [_joined(one, people, led) if one.why == _NOBODY else one for one in found]
        before, led = len(led), [one.relative for one in found if one.relative and one.join]
        if len(led) == before:
            return _with_ids(found)


def _with_ids(found: Sequence[_Found]) -> list[_Found]:
    """*found*, where a column by which other tables know a person, and that has no other sense, is an account's id."""
    ids = {(one.join.to, one.join.on) for one in found if one.join}
    return [one if one.join or one.format in MIXPANEL else _identified(one, ids) for one in found]


def _identified(one: _Found, ids: Collection[tuple[str, str]]) -> _Found:
    meant = Suggestion("", (CLASS_OF_KIND["account-id"],), "medium")
    columns = (
        replace(meant, column=column.column, looks=column.looks)
        if (one.name, column.column) in ids and not _says(column)
        else column
        for column in one.columns
    )
    return replace(one, columns=tuple(columns))


def _says(column: Suggestion) -> bool:
    return bool(column.classes or column.shows)


def _joined(one: _Found, people: Sequence[Relative], led: Sequence[Relative]) -> _Found:
    join = kinship.join_of(one.relative, people, led) if one.relative else None
    if not (one.relative and join):
        return one
    columns = tuple(_told_by_table(column, one.relative) for column in one.columns)
    tells_more = any(column.classes for column in columns if column.column != join.column)
    return replace(one, why="", join=join, columns=columns) if tells_more else one


def _named_by_table(column: Suggestion, table: Relative) -> Suggestion:
    """*column*, where its name says little and that of the *table* does: in `privatemessages`, the `subject`."""
    told = "" if _says(column) else header_names.meaning_in(table.stems, column.column)
    return Suggestion(column.column, (told,), "medium", looks=column.looks) if told else column


def _told_by_table(column: Suggestion, table: Relative) -> Suggestion:
    """*column*, where its values and the name of the *table* say the same: in `phones`, numbers of phones."""
    meanings = [header_names.meaning_of(name) for name in table.stems] if column.shows else []
    if any(one and one.is_exact and one.data_class == column.shows for one in meanings):
        return Suggestion(column.column, (column.shows,), "medium", looks=column.looks)
    return column


def _unread(name: str, error: DataFileError) -> _Found:
    return _Found(name, why=f"not read ({str(error).removeprefix(name).lstrip(':, ')})")


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
