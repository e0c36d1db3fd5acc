"""The rows of a COPY statement that are written as CSV, to the line that ends them."""

from collections.abc import Iterator, Sequence

import regex as re

from ingest.readers.left_out import LeftOut
from ingest.readers.lines import LONGEST, TOO_LONG
from ingest.readers.repair import TOO_MANY_COLUMNS
from ingest.readers.rows import LONGEST_VALUE, MALFORMED
from ingest.readers.sql_copying import Copying
from ingest.readers.sql_encodings import in_utf8
from ingest.readers.sql_rows import END_OF_COPY, Row, pass_line
from ingest.readers.sql_window import Window


class CopiedCsv:
    """Reads rows of *width* columns; see `Inserted` for *wanted*. A quote that is never closed costs its line."""

    def __init__(self, window: Window, copying: Copying) -> None:
        quote, delimiter = re.escape(copying.quote), re.escape(copying.delimiter)
        escape = re.escape(copying.escape)
        doubled = rf"{escape}[{quote}{escape}]"
        alone = "" if copying.escape == copying.quote else rf"|{escape}(?![{quote}{escape}])"
        body = rf"(?:{doubled}{alone}|[^{quote}{escape}\n]++|\n(?!\\\.\r?\n))*+"
        field = rf"(?:{quote}{body}{quote}(?={delimiter}|\r?\n|\Z)|(?!{quote})[^{delimiter}\n]*+)"
        self._window, self._copying = window, copying
        self._row = re.compile(rf"{field}(?:{delimiter}{field})*+\r?\n")
        self._field = re.compile(rf"{delimiter}({field})")
        self._escaped = re.compile(rf"{escape}([{quote}{escape}])")

    def first(self) -> Row:
        """The values of the first row, none where there is none; the window stays before it."""
        self._window.ensure()
        found = None if self._is_end() else self._row.match(self._window.text, self._window.at)
        return [*map(self._said, self._written(found[0]))] if found else []

    def rows(self, width: int, wanted: Sequence[int | None], left_out: LeftOut) -> Iterator[Row]:
        """The rows from here to the end; the window then stands behind it."""
        for line, values in self._records(width, left_out):
            if len(values) > width:
                left_out.leave(TOO_MANY_COLUMNS, line)
            else:
                row = [self._said(values[at]) if at is not None and at < len(values) else "" for at in wanted]
                yield [str(line), *row] if left_out.is_numbered else row

    def _records(self, width: int, left_out: LeftOut) -> Iterator[tuple[int, Row]]:
        window, is_header = self._window, self._copying.has_header
        while window.ensure() and not self._is_end():
            found = self._row.match(window.text, window.at)
            values = self._written(found[0]) if found else []
            if found and (len(values) == width or found[0].count("\n") == 1):
                line, window.at = window.line, found.end()
                if not is_header:
                    yield line, values
            elif found or window.left > LONGEST or not self._goes_on() or not window.more():
                left_out.leave(TOO_LONG if self._is_too_long() else MALFORMED, window.line)
                pass_line(window)
            else:
                continue
            is_header = False
        self._pass_end()

    def _goes_on(self) -> bool:
        """Whether the row at hand may end behind what is looked at."""
        return self._row.match(self._window.text, self._window.at, partial=True) is not None

    def _is_too_long(self) -> bool:
        return self._window.left > LONGEST and "\n" not in self._window.text[self._window.at :]

    def _is_end(self) -> bool:
        return END_OF_COPY.match(self._window.text, self._window.at) is not None

    def _pass_end(self) -> None:
        if found := END_OF_COPY.match(self._window.text, self._window.at):
            self._window.at = found.end()

    def _written(self, row: str) -> Row:
        """The values of a whole row, as they are written."""
        line, delimiter = row.removesuffix("\n").removesuffix("\r"), self._copying.delimiter
        line = in_utf8(line, self._copying.encoding) if self._copying.encoding else line
        return self._field.findall(delimiter + line) if self._copying.quote in line else line.split(delimiter)

    def _said(self, written: str) -> str:
        if not written.startswith(self._copying.quote):
            return "" if written == self._copying.null else written[:LONGEST_VALUE]
        text = written[1:-1]
        return (self._escaped.sub(r"\1", text) if self._copying.escape in text else text)[:LONGEST_VALUE]
