"""The one record of an INSERT … SET statement, whose columns its assignments name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex as re

from ingest.readers.left_out import LeftOut
from ingest.readers.lines import LONGEST
from ingest.readers.rows import MALFORMED
from ingest.readers.sql_text import BEHIND_ASSIGNED, GAP, Grammar, names_in
from ingest.readers.sql_window import Window

_COMMA = re.compile(rf"{GAP}*+,{GAP}*+", re.ASCII)
_END = re.compile(BEHIND_ASSIGNED)
_NOTHING_MORE = re.compile(r"\s*+\Z", re.ASCII)
_NEXT = re.compile(r";[ \t\r]*+\n|\n(?=(?:INSERT|REPLACE|COPY|CREATE)\s)", re.ASCII | re.IGNORECASE)
_OVERLAP = 256


@dataclass(frozen=True, slots=True)
class _Assignments:
    """Values as they are written, by the columns' names. *is_open*: they may go on behind what is looked at."""

    grammar: Grammar
    written: dict[str, str]
    end: int
    is_whole: bool
    is_open: bool


def assigned_columns(window: Window, grammars: Sequence[Grammar]) -> list[str]:
    """The columns that the statement at hand names, none where it makes no sense; the window stays before it."""
    found = _assignments(window, grammars)
    return [*found.written] if found.is_whole else []


def assigned(
    window: Window, grammars: Sequence[Grammar], wanted: Sequence[str], line: int, left_out: LeftOut
) -> Iterator[list[str]]:
    """The record of the statement at hand, which is on *line*; *wanted* are columns' names without their case."""
    found = _assignments(window, grammars)
    if not found.is_whole:
        left_out.leave(MALFORMED, line)
        pass_torn(window)
        return
    window.at = found.end
    written = {name.casefold(): value for name, value in found.written.items()}
    row = [found.grammar.said(written[name]) if name in written else "" for name in wanted]
    yield [str(line), *row] if left_out.is_numbered else row


def _assignments(window: Window, grammars: Sequence[Grammar]) -> _Assignments:
    """Those at hand, in the dialect in which they make sense; else as much of them as does in the first."""
    window.ensure()
    first = _assigned_at(window, grammars[0])
    while first.is_open and window.left <= LONGEST and window.more():
        first = _assigned_at(window, grammars[0])
    others = (_assigned_at(window, grammar) for grammar in grammars[1:])
    return first if first.is_whole else next((one for one in others if one.is_whole), first)


def _assigned_at(window: Window, grammar: Grammar) -> _Assignments:
    text, at = window.text, window.at
    written: dict[str, str] = {}
    while found := grammar.assignment.match(text, at):
        written[names_in(found[1])[-1]] = found[2]
        at = found.end()
        if not (comma := _COMMA.match(text, at)):
            break
        at = comma.end()
    is_whole = found is not None and _END.match(text, at) is not None
    is_open = _NOTHING_MORE.match(text, at) is not None if is_whole else grammar.is_unfinished_list(text, window.at)
    return _Assignments(grammar, written, at, is_whole, is_open)


def pass_torn(window: Window) -> None:
    """Go behind the statement at hand, which makes no sense, or before a line that begins another."""
    while not (found := _NEXT.search(window.text, window.at)):
        window.at = max(window.at, len(window.text) - _OVERLAP)
        if not window.more():
            window.at = len(window.text)
            return
    window.at = found.end()
