"""The one record of an INSERT … SET statement, whose columns its assignments name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import regex as re

from ingest.readers.left_out import LeftOut
from ingest.readers.lines import LONGEST
from ingest.readers.rows import MALFORMED
from ingest.readers.sql_text import BEHIND_ASSIGNED, GAP, Grammar, names_in
from ingest.readers.sql_window import Window

_COMMA = re.compile(rf"{GAP}*+,{GAP}*+", re.ASCII)
_END = re.compile(BEHIND_ASSIGNED)
_ENDED = re.compile(r"\s*+;|\s++(?:ON|RETURNING|AS)\s", re.ASCII | re.IGNORECASE)
_NOTHING_MORE = re.compile(r"\s*+\Z", re.ASCII)
NEXT_STATEMENT = r";[ \t\r]*+\n|\n(?=(?:INSERT|REPLACE|COPY|CREATE)\s)"
_NEXT = re.compile(NEXT_STATEMENT, re.ASCII | re.IGNORECASE)
_OVERLAP = 256
_LONGEST_ALIKE = 1 << 16


@dataclass(frozen=True, slots=True)
class _Assignments:
    """Values as they are written, by the columns' names. *is_open*: they may go on behind what is looked at.

    *is_ended*: something says that no more of them were to come.
    """

    grammar: Grammar
    written: dict[str, str]
    end: int
    is_whole: bool
    is_open: bool
    is_ended: bool


class Assignments:
    """Reads the INSERT … SET statements of a dump: those with the columns of the last faster. Scans may share it."""

    def __init__(self, grammars: Sequence[Grammar]) -> None:
        self._grammars = grammars
        self._last: tuple[str, ...] = ()
        self._was_ended = False
        self._alike: tuple[tuple[str, ...], re.Pattern[str]] | None = None  # columns, and a statement that has them

    def columns(self, window: Window) -> list[str]:
        """The columns that the statement at hand names, none where it makes no sense; the window stays before it."""
        found = self._at(window)
        return [*found.written] if found.is_whole else []

    def record(self, window: Window, wanted: Sequence[str], line: int, left_out: LeftOut) -> Iterator[list[str]]:
        """That of the statement at hand, which is on *line*; *wanted* are columns' names without their case."""
        found = self._at(window)
        if not found.is_whole:
            left_out.leave(MALFORMED, line)
            pass_torn(window)
            return
        window.at = found.end
        written = {name.casefold(): value for name, value in found.written.items()}
        row = [found.grammar.said(written[name]) if name in written else "" for name in wanted]
        yield [str(line), *row] if left_out.is_numbered else row

    def _at(self, window: Window) -> _Assignments:
        """Those at hand, in the dialect in which they make sense; else as much of them as does in the first.

        Those that may be cut short are not whole: nothing ends them, as it did the last, and their columns are others.
        """
        window.ensure()
        if alike := self._alike_at(window):
            return alike
        first = _assigned_at(window, self._grammars[0])
        while first.is_open and window.left <= LONGEST and window.more():
            first = _assigned_at(window, self._grammars[0])
        if first.is_whole and not self._is_cut(first):
            self._learn(first)
            return first
        others = (_assigned_at(window, grammar) for grammar in self._grammars[1:])
        return next((one for one in others if one.is_whole and not self._is_cut(one)), replace(first, is_whole=False))

    def _is_cut(self, found: _Assignments) -> bool:
        return self._was_ended and not found.is_ended and tuple(found.written) != self._last

    def _alike_at(self, window: Window) -> _Assignments | None:
        if not (alike := self._alike):
            return None
        names, pattern = alike
        stop = window.at + min(window.left, _LONGEST_ALIKE)
        found = pattern.match(window.text, window.at, stop)
        if not found or stop - found.end() < _OVERLAP:
            return None
        written = dict(zip(names, found.groups(), strict=True))
        return _Assignments(self._grammars[0], written, found.end(), is_whole=True, is_open=False, is_ended=True)

    def _learn(self, found: _Assignments) -> None:
        """Statements with these names are read faster from the second on."""
        names = tuple(found.written)
        self._alike = (names, self._grammars[0].assignments_of(names)) if names == self._last else None
        self._last, self._was_ended = names, found.is_ended


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
    return _Assignments(grammar, written, at, is_whole, is_open, is_ended=_ENDED.match(text, at) is not None)


def pass_torn(window: Window) -> None:
    """Go behind the statement at hand, which makes no sense, or before a line that begins another."""
    window.seek(_NEXT)
