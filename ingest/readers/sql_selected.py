"""The records of an INSERT … SELECT statement that writes its values out: SELECT 1, 'x' UNION ALL SELECT 2, 'y'."""

from collections.abc import Iterator, Sequence

import regex as re

from ingest.readers.left_out import LeftOut
from ingest.readers.lines import LONGEST
from ingest.readers.repair import TOO_MANY_COLUMNS
from ingest.readers.rows import MALFORMED
from ingest.readers.sql_assignments import NEXT_STATEMENT
from ingest.readers.sql_text import Grammar
from ingest.readers.sql_window import Window

Row = list[str]

_FROM_NOTHING = re.compile(
    r"\s++FROM\s++(?:DUAL|(?:\w++\.)?SYSDUMMY1|RDB\$DATABASE)\b", re.IGNORECASE | re.ASCII
)  # tables of one row, in databases in which every SELECT is from one
_FROM = re.compile(r"\s++FROM\b", re.IGNORECASE | re.ASCII)
_AGAIN = re.compile(r"\s*+UNION(?:\s+ALL)?\s++(?=SELECT\b)", re.IGNORECASE | re.ASCII)
_UNION = r"\s++UNION(?:\s+ALL)?\s++(?=SELECT\b)"
_SWALLOWED = re.compile(_UNION, re.IGNORECASE | re.ASCII)
_NEXT = re.compile(rf"({_UNION})|{NEXT_STATEMENT}", re.IGNORECASE | re.ASCII)
_ENDS_OTHERWISE = re.compile(
    r"[\s)]*+;(?!\s*+(?:\Z|[A-Za-z/\\#\x1a-]))|\s*+\)(?!\s*+(?:\Z|[;\w)]))", re.ASCII
)  # than a statement does: within a string that a stray quote has closed
_WRITTEN_OUT = re.compile(r"\s*+(?:(?:[NEX]|N?Q)?'|\"|[-+]?\d|NULL\b)", re.IGNORECASE | re.ASCII)
_NAMED = re.compile(r"\s++AS\s++\S++\s*+\Z", re.IGNORECASE | re.ASCII)
_SHORT = 256  # characters: else each is looked for to the end of what is looked at


class Selected:
    """Reads records of *width* values; see `Inserted` for *wanted*. What is selected from tables is none."""

    def __init__(self, window: Window, grammar: Grammar) -> None:
        self._window, self._grammar = window, grammar

    def first(self) -> Row:
        """The values of the first record, none where there is none; the window stays before it."""
        return self._values()[0]

    def rows(self, width: int, wanted: Sequence[int | None], left_out: LeftOut) -> Iterator[Row]:
        """The records from here on, as far as they follow each other; the window then stands behind them."""
        window = self._window
        while True:
            values, end = self._values()
            if not values or self._is_torn(values, width):
                left_out.leave(MALFORMED, window.line)
                if self._resume():
                    continue
                return
            yield from self._read(values, end, width, wanted, left_out)
            if not self._continues():
                return

    def _read(
        self, values: Row, end: int, width: int, wanted: Sequence[int | None], left_out: LeftOut
    ) -> Iterator[Row]:
        """The record of the *values* up to *end*, if they are one and not too many; the window then stands behind."""
        window = self._window
        line, window.at = window.line, end
        is_record = self._is_record(values)
        if is_record and len(values) > width:
            left_out.leave(TOO_MANY_COLUMNS, line)
        elif is_record:
            row = [values[at] if at is not None and at < len(values) else "" for at in wanted]
            said = [self._grammar.said(value) for value in row]
            yield [str(line), *said] if left_out.is_numbered else said

    def _resume(self) -> bool:
        """Go where the next record of this statement seems to begin, if one does, else behind the statement."""
        found = self._window.seek(_NEXT)
        return found is not None and found[1] is not None

    def _values(self) -> tuple[Row, int]:
        """The values of the SELECT at hand, as they are written, and where they end."""
        window, grammar = self._window, self._grammar
        window.ensure()
        found = grammar.selection.match(window.text, window.at)
        while self._is_open(found) and window.left <= LONGEST and window.more():
            found = grammar.selection.match(window.text, window.at)
        if not found:
            return [], window.at
        return [_NAMED.sub("", value) for value in grammar.selected.findall(found[1])], found.end()

    def _is_torn(self, values: Row, width: int) -> bool:
        """Whether *values* seem to hold the record behind theirs: that stands in what is no string, or is too much."""
        swallowing = [value for value in values if _SWALLOWED.search(value) and not value.startswith("(")]
        if not swallowing or len(values) != width:
            return bool(swallowing)
        return not all(self._grammar.literal.fullmatch(value.strip()) for value in swallowing)

    def _is_open(self, found: re.Match[str] | None) -> bool:
        """Whether what is selected may go on behind what is looked at."""
        text = self._window.text
        return found.end() == len(text) if found else self._grammar.is_unfinished_list(text, self._window.at)

    def _is_record(self, values: Sequence[str]) -> bool:
        text, at = self._window.text, self._window.at
        is_from_table = _FROM.match(text, at, at + _SHORT) and not _FROM_NOTHING.match(text, at, at + _SHORT)
        return not is_from_table or all(map(_WRITTEN_OUT.match, values))

    def _continues(self) -> bool:
        """Whether another record follows; the window then stands before it."""
        window = self._window
        window.ensure()
        if nothing := _FROM_NOTHING.match(window.text, window.at, window.at + _SHORT):
            window.at = nothing.end()
        again = _AGAIN.match(window.text, window.at, window.at + _SHORT)
        if again:
            window.at = again.end()
            return True
        return _ENDS_OTHERWISE.match(window.text, window.at, window.at + _SHORT) is not None and self._resume()
