"""The rows of an SQL dump's statements: those of INSERT one by one, those of COPY a line each.

A row that is not well formed is one record left out; reading goes on where the next one seems to begin.
"""

from collections.abc import Iterator, Sequence

import regex as re

from ingest.readers.left_out import LeftOut
from ingest.readers.lines import LONGEST, TOO_LONG
from ingest.readers.repair import TOO_MANY_COLUMNS
from ingest.readers.rows import LONGEST_VALUE, MALFORMED
from ingest.readers.sql_copying import TEXT, Copying
from ingest.readers.sql_encodings import in_utf8
from ingest.readers.sql_text import GAP, Grammar, unusual_marks
from ingest.readers.sql_window import Window

Row = list[str]

_SWALLOWED = re.compile(r"\)\s*+(?:,\s*+\(|;?\s*+(?:INSERT|REPLACE)\s)", re.ASCII | re.IGNORECASE)
_NEXT = re.compile(
    r"\)\s*+(,\s*+)(?=(?:ROW\s*+)?\()|\n(\s*+)(?=(?:ROW\s*+)?\()|;[ \t\r]*+\n|\n(?=INSERT\s|COPY\s|CREATE\s)",
    re.ASCII | re.IGNORECASE,
)
_BEHIND = (  # else what looked like the row's end was none, but part of a value whose quotes do not pair
    rf"(?={GAP}*+(?:,|;\s*+(?:\Z|[A-Za-z/\\#\x1a\xef;-])|\Z|(?<=\n[ \t]*)[A-Za-z/\\#]"
    r"|(?i:ON|AS|RETURNING|GO|SELECT|INTO|INSERT|REPLACE|END|WHERE|SET|PRINT|EXEC|IF|UPDATE|DELETE|CREATE|COMMIT)\b))"
)
_FOLLOWED_WELL = re.compile(_BEHIND)
_GAPPED = re.compile(rf"{GAP}*+,(?={GAP}*+(?:ROW\s*+)?\()", re.ASCII | re.IGNORECASE)
_BLANKS = re.compile(r"\s*+", re.ASCII)
_GLANCE = 1 << 16  # of a row: as far as is looked for how its strings are quoted
END_OF_COPY = re.compile(r"^\\\.\r?$", re.MULTILINE)
_COPIED = re.compile(r"\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|(.))", re.DOTALL)
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class Inserted:
    """Reads the rows of INSERT statements of *width* columns; *wanted*, in the order asked for, may be short of some.

    None in *wanted* is a column that these statements do not have. Statements with the same *head* follow each other
    as if they were one: there are dumps with one for every row.
    """

    def __init__(
        self,
        window: Window,
        grammars: Sequence[Grammar],
        width: int,
        wanted: Sequence[int | None],
        left_out: LeftOut,
        head: str = "",
    ) -> None:
        self._window, self._width, self._wanted, self._left_out = window, width, wanted, left_out
        groups = self._groups = tuple(sorted({at for at in wanted if at is not None}))
        self._patterns = [(grammars[0], grammars[0].row_of(width, groups, _BEHIND))]
        self._untried = [*grammars[1:]]  # whose patterns take long to compile
        self._marks: frozenset[str] = frozenset()
        self._group = [-1 if at is None else groups.index(at) for at in wanted]
        again = rf"|(?:[\s;]|GO\s)*+{re.escape(head)}" if head else ""
        behind = rf"\s*+(?:,{again})"
        followed = rf"{behind}(?=\s*+(?:[Rr][Oo][Ww]\s*+)?+\()"
        self._followed = re.compile(followed)
        self._run, self._of_run = grammars[0].run_of(width, followed), grammars[0].row_of(width, groups, behind)

    def rows(self) -> Iterator[Row]:
        """The rows from here to the end of the statement; the window then stands behind them."""
        window, (grammar, pattern) = self._window, self._patterns[0]
        while window.ensure():
            if not self._left_out.is_numbered and (found := self._run.match(window.text, window.at)):
                yield from self._all_rows(found.end())
                continue
            if found := pattern.match(window.text, window.at):
                number, window.at = self._number(), found.end()
                yield number + self._row(found.groups(), grammar)
            elif grammar.is_unfinished(window.text, window.at) and window.left <= LONGEST and window.more():
                continue
            elif (irregular := self._irregular()) is not None:
                yield from irregular
            else:
                self._left_out.leave(MALFORMED, self._line())
                if self._resume():
                    continue
                return
            if not self._continues():
                return

    def _all_rows(self, end: int) -> Iterator[Row]:
        """The rows up to *end*, which are all regular."""
        start, self._window.at = self._window.at, end
        if not self._group:
            return
        (grammar, _), is_single = self._patterns[0], self._of_run.groups < 2
        for values in self._of_run.findall(self._window.text, start, end):
            yield self._row((values,) if is_single else values, grammar)

    def _number(self) -> Row:
        """The line of the row at hand, if it is to stand before the row's values."""
        return [str(self._line())] if self._left_out.is_numbered else []

    def _line(self) -> int:
        """The line that the row at hand begins on: blanks before it are none of its own."""
        window = self._window
        blanks = _BLANKS.match(window.text, window.at)
        return window.line + (blanks[0].count("\n") if blanks else 0)

    def _row(self, values: Sequence[str], grammar: Grammar) -> Row:
        said = grammar.said
        return [said(values[at]) if at >= 0 else "" for at in self._group]

    def _continues(self) -> bool:
        """Whether another row follows; the window then stands before it."""
        window = self._window
        window.ensure()
        found = self._followed.match(window.text, window.at) or _GAPPED.match(
            window.text, window.at, window.at + _GLANCE
        )
        if found:
            window.at = found.end()
        return found is not None

    def _irregular(self) -> list[Row] | None:
        """The row at hand where it is short, or written in another dialect; none where it is too long.

        None where it is no row.
        """
        text, at, line, number = self._window.text, self._window.at, self._line(), self._number()
        while self._untried:
            self._try(self._untried.pop(0))
        glance = text[at : at + _GLANCE]
        self._learn(unusual_marks(glance))
        if "/*" in glance or "--" in glance:
            self._learn_comments()
        for grammar, pattern in self._patterns[1:]:
            found = pattern.match(text, at)
            if found and not (grammar.has_comments and any(map(_SWALLOWED.search, grammar.comments_in(found[0])))):
                self._window.at = found.end()
                return [number + self._row(found.groups(), grammar)]
        grammar, _ = self._patterns[0]
        whole = grammar.row.match(text, at)
        if not whole or _SWALLOWED.search(whole[0]) or not _FOLLOWED_WELL.match(text, whole.end()):
            return None
        self._window.at = whole.end()
        values = [*map(grammar.said, grammar.values(whole[0]))]
        if len(values) > self._width:
            self._left_out.leave(TOO_MANY_COLUMNS, line)
            return []
        return [number + [values[at] if at is not None and at < len(values) else "" for at in self._wanted]]

    def _learn(self, marks: frozenset[str]) -> None:
        """From now on a row may be one with strings that are quoted by *marks*, too."""
        if marks <= self._marks:
            return
        self._marks |= marks
        self._try(Grammar(self._patterns[0][0].dialect, self._marks))

    def _learn_comments(self) -> None:
        """From now on a row may be one with comments, too."""
        if not any(grammar.has_comments for grammar, _ in self._patterns):
            self._try(self._patterns[0][0].with_comments)

    def _try(self, grammar: Grammar) -> None:
        self._patterns.append((grammar, grammar.row_of(self._width, self._groups, _BEHIND)))

    def _resume(self) -> bool:
        """Go where the next row seems to begin, if this statement has one, else behind the statement."""
        self._window.at += 1
        found = self._window.seek(_NEXT)
        return found is not None and (found[1] is not None or found[2] is not None)


def copied(
    window: Window, width: int, wanted: Sequence[int | None], left_out: LeftOut, copying: Copying = TEXT
) -> Iterator[Row]:
    """The rows of a COPY statement of *width* columns, to its end; see `Inserted` for *wanted*."""
    if copying.has_header:
        pass_line(window)
    for number, line in _copied_lines(window, left_out):
        said = in_utf8(line, copying.encoding) if copying.encoding else line
        fields = copied_fields(said, copying.delimiter)
        if not copying.is_read:
            left_out.leave(MALFORMED, number)
        elif len(fields) > width:
            left_out.leave(TOO_MANY_COLUMNS, number)
        else:
            row = [_unescaped(fields[at], copying.null) if at is not None and at < len(fields) else "" for at in wanted]
            yield [str(number), *row] if left_out.is_numbered else row


def copied_fields(line: str, delimiter: str) -> list[str]:
    """The values of a row that is written as text, as they are written."""
    if f"\\{delimiter}" not in line:
        return line.split(delimiter)
    mark = re.escape(delimiter)
    return re.findall(rf"{mark}((?:[^\\{mark}]++|\\.?)*+)", delimiter + line)


def _copied_lines(window: Window, left_out: LeftOut) -> Iterator[tuple[int, str]]:
    while window.ensure():
        end = END_OF_COPY.search(window.text, window.at)
        stop = end.start() if end else window.text.rfind("\n") + 1
        if stop > window.at:
            lines = window.text[window.at : stop - 1].replace("\r\n", "\n").removesuffix("\r").split("\n")
            first, window.at = window.line, stop
            yield from enumerate(lines, first)
        if end:
            window.at = end.end()
            return
        if window.left > LONGEST:
            left_out.leave(TOO_LONG, window.line)
            pass_line(window)
        elif not window.more():
            if window.left:
                left_out.leave(MALFORMED, window.line)
            window.at = len(window.text)


def pass_line(window: Window) -> None:
    """Go behind the line at hand."""
    while (feed := window.text.find("\n", window.at)) < 0:
        window.at = len(window.text)
        if not window.more():
            return
    window.at = feed + 1


def _unescaped(field: str, null: str) -> str:
    if field == null:
        return ""
    if "\\" not in field:
        return field[:LONGEST_VALUE]
    return _COPIED.sub(_meant, field)[:LONGEST_VALUE]


def _meant(found: re.Match[str]) -> str:
    """The byte that an escape stands for."""
    digits, base = (found[1], 16) if found[1] else (found[2], 8)
    return chr(int(digits, base) & 0xFF) if digits else _CONTROLS.get(found[3], found[3])
