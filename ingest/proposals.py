"""Proposals: what a draft says of a table, or of several that are alike, as an entry of a manifest in YAML."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from breachcheck.addresses import holds_address
from ingest import globs
from ingest.entries import Join
from ingest.mapping import CLASS_OF_KIND, MIXPANEL
from ingest.suggestions import Suggestion

_PLAIN = re.compile(r"[A-Za-z_$][\w$/.-]*(?: [\w$/.-]+)*", re.ASCII)
_WORDS = frozenset(["true", "false", "null", "yes", "no", "on", "off", "y", "n"])
_CHECK = {"high": "", "medium": "check: a guess by its name, its values or what refers to it", "low": ""}
_OF_DATABASE = {"sql": "table", "sqlite": "table", "xlsx": "sheet"}
_WITHOUT_ENCODING = frozenset({"xlsx", "sqlite", "parquet"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """An entry for the *table* of a file at *path*, or of a *member* of the archive there, given as a glob.

    *number*: of how many tables.
    """

    path: str
    member: str = ""
    table: str = ""
    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    columns: tuple[Suggestion, ...] = ()
    note: str = ""
    join: Join | None = None
    password_file: str = ""
    number: int = 1

    @property
    def shape(self) -> tuple[object, ...]:
        """What it says beside the place. What Mixpanel's properties carry is known, so which there are matters not."""
        said = (self.table, self.format, self.join, self.password_file)
        return said if self.is_known else (*said, self.encoding, self.delimiter, self.columns, self.note)

    @property
    def is_known(self) -> bool:
        return self.format in MIXPANEL


def together(alike: Sequence[Proposal], path: str, member: str) -> Proposal:
    """One proposal for those that are *alike*, whose places *path* and *member* name."""
    columns = {column.column: column for one in alike for column in one.columns}
    return replace(alike[0], path=path, member=member, columns=tuple(columns.values()), number=len(alike))


def by_member(proposals: Sequence[Proposal], members: Collection[str]) -> list[Proposal]:
    """*proposals* for one file on disk, of which the members of an archive are united if they are alike.

    *members*: all of them that hold tables. Where all proposals are alike they need no glob.
    """
    by_shape: dict[tuple[object, ...], list[Proposal]] = {}
    for one in proposals:
        by_shape.setdefault(one.shape, []).append(one)
    if len(by_shape) == 1:
        return [together(proposals, proposals[0].path, "")]
    return list(chain.from_iterable(_of_members(alike, members) for alike in by_shape.values()))


def _of_members(alike: Sequence[Proposal], members: Collection[str]) -> Iterator[Proposal]:
    names = list(dict.fromkeys(one.member for one in alike))
    pattern = globs.of_members(names, set(members) - set(names)) if len(names) > 1 else None
    if pattern:
        yield together(alike, alike[0].path, pattern)
        return
    by_folder: dict[str, list[Proposal]] = {}
    for one in alike:
        by_folder.setdefault(one.member.rpartition("/")[0], []).append(one)
    if len(by_folder) > 1:
        yield from chain.from_iterable(_of_members(some, members) for some in by_folder.values())
    else:
        yield from (replace(one, member=globs.of_member(one.member)) for one in alike)


def by_path(proposals: Iterable[Proposal], folder: Path) -> list[Proposal]:
    """*proposals* for files beneath *folder*, united as far as a glob can name those that are alike.

    Those that a join leads to keep their own names.
    """
    proposals = list(proposals)
    led_to = [one.join.to for one in proposals if one.join]
    by_shape: dict[tuple[object, ...], list[Proposal]] = {}
    for one in proposals:
        is_led_to = any(to.startswith(one.path) for to in led_to)
        by_shape.setdefault((Path(one.path).parent, one.member, one.shape, is_led_to and one.path), []).append(one)
    return list(chain.from_iterable(_of_paths(alike, folder) for alike in by_shape.values()))


def _of_paths(alike: Sequence[Proposal], folder: Path) -> list[Proposal]:
    paths = list(dict.fromkeys(one.path for one in alike))
    pattern = globs.of_paths(paths, folder) if len(paths) > 1 else None
    return [together(alike, pattern, alike[0].member)] if pattern else list(alike)


def lines_of(one: Proposal) -> list[str]:
    """The entry, as lines of YAML."""
    return [*_reading(one), *_carrying(one)]


def scalar(text: str) -> str:
    """*text* as YAML, in quotes where other programs might read it as something else; "" is nothing."""
    is_plain = not text or (_PLAIN.fullmatch(text) and text.casefold() not in _WORDS)
    return text if is_plain else json.dumps(text, ensure_ascii=not text.isprintable())


def _reading(one: Proposal) -> Iterator[str]:
    said = {
        "member": one.member,
        _OF_DATABASE.get(one.format, "table"): one.table,
        "format": one.format,
        "encoding": "" if one.format in _WITHOUT_ENCODING else one.encoding,
        "delimiter": one.delimiter,
        "password_file": one.password_file,
    }
    yield f"  - path: {scalar(one.path)}" + (f"  # {one.number} that are alike" if one.number > 1 else "")
    yield from (f"    {key}: {scalar(text)}" for key, text in said.items() if text)


def _carrying(one: Proposal) -> Iterator[str]:
    """The mapping of an entry; of Mixpanel's formats a comment, since what their properties carry is known."""
    yield (
        "    # mapping: left out, for what Mixpanel's properties carry is known; here are"
        if one.is_known
        else "    mapping:"
    )
    if one.note:
        yield f"      # {one.note}"
    for column in one.columns:
        yield _column(column, is_known=one.is_known)
    addresses = [scalar(column.column) for column in one.columns if column.is_address]
    if addresses and not one.is_known:
        yield f"    address: [{', '.join(addresses)}]"
    if one.join:
        here, to, there = map(scalar, (one.join.column, one.join.to, one.join.on))
        yield f"    join: {{column: {here}, to: {to}, on: {there}}}  # check: told by what they are called"
    if identifiers := ", ".join(_identifiers(one)):
        yield f"    # identifiers: {{{identifiers}}}  # what else people may be looked up by"
    if any("Passwords" in column.classes for column in one.columns):
        yield "    # password_storage: unknown  # plain, unsalted or salted, where it is known how they were kept"


def _column(column: Suggestion, *, is_known: bool) -> str:
    if holds_address(column.column):
        return "      # a column whose name holds an address is left out"
    name = scalar(column.column)
    if not column.classes:
        if column.shows:
            why = "check: its values look so, its name does not say whose they are"
            return f"      # {name}: {column.shows}{_remark(why, column)}"
        return f"      # {name}: {_remark('no data class is known by this name', column).removeprefix('  # ')}"
    classes = column.classes[0] if len(column.classes) == 1 else f"[{', '.join(column.classes)}]"
    return f"      {'# ' if is_known else ''}{name}: {classes}{_remark(_CHECK[column.confidence], column)}"


def _remark(text: str, column: Suggestion) -> str:
    """*text* as a comment, with what values of *column* look like."""
    looks = f"like {' or '.join(column.looks)}" if column.looks else ""
    said = "; ".join(filter(None, (text, looks)))
    return f"  # {said}" if said else ""


def _identifiers(one: Proposal) -> Iterator[str]:
    kinds = {data_class: kind for kind, data_class in CLASS_OF_KIND.items()}
    for column in one.columns:
        for name in column.classes:
            if name in kinds and not holds_address(column.column):
                yield f"{scalar(column.column)}: {kinds[name]}"
