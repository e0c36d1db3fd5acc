"""Delimited text of which every record is made well formed.

A quote that is never closed, or that stands where none belongs, must not swallow the people behind it. Where a quoted
value reaches over several lines, that is right by RFC 4180; where the lines it reaches over read as rows of this very
table, or where it is never closed, each physical line is a row of its own.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import regex as re

from ingest.readers.left_out import LeftOut, LineNumbers
from ingest.readers.quotes import end_of_records, suspects, whole_records

LONGEST_RECORD = 1 << 20
TOO_MANY_COLUMNS = "too many columns"
_ADDRESS = re.compile(rb"""\s*[^\s@"]+@[^\s@"]+\.[^\s@"]+\s*""")


class Grammar:
    """How one delimiter cuts lines into fields."""

    def __init__(self, delimiter: bytes) -> None:
        mark = re.escape(delimiter)
        bare = rb'(?! *")(?:(?!%s)[^\n])*+' % mark
        whole = rb' *"[^"]*+(?:""[^"]*+)*+" *' if delimiter != b" " else rb'"[^"]*+(?:""[^"]*+)*+"'
        one = rb"(?:%s|%s)(?=%s|\n)" % (whole, bare, mark)
        self.delimiter = delimiter
        self._record = re.compile(rb"%s(?:%s%s)*+\n" % (one, mark, one))
        self._unclosed = re.compile(rb'(?:%s%s)*+ *"[^"]*+(?:""[^"]*+)*+\Z' % (one, mark))
        self._field = re.compile(
            rb" *\"((?:[^\"\\]|\\.|\"\")*+)\" *(?=%s|\Z)|((?:(?!%s).)*+)" % (mark, mark), re.DOTALL
        )
        self._needs_quotes = re.compile(rb'["\n]|%s' % mark)

    def record_end(self, block: bytes, start: int) -> int:
        """Where the record at *start* ends that is well formed by RFC 4180; -1 where there is none."""
        found = self._record.match(block, start)
        return found.end() if found else -1

    def is_unclosed(self, block: bytes, start: int) -> bool:
        """Whether the end of *block* comes before the closing quote of the record at *start*."""
        return self._unclosed.match(block, start) is not None

    def fields(self, text: bytes) -> list[bytes]:
        """The fields of one record, without its last line feed. A quote that stands alone is dropped or left."""
        found, position = [], 0
        while True:
            match = self._field.match(text, position)
            quoted, bare = match.groups() if match else (None, b"")
            found.append(_without_lone_quote(bare) if quoted is None else _unescaped(quoted))
            position = match.end() + len(self.delimiter) if match else len(text) + 1
            if position > len(text):
                return found

    def row(self, text: bytes, columns: int) -> list[bytes]:
        """The fields of one record of a table of so many *columns*, without its last line feed.

        A record that was quoted as a whole, or whose delimiters have a backslash where they are text, is meant as it
        then makes that many. A list of addresses alone is one value.
        """
        fields = self.fields(text)
        if len(fields) == 1 and self.is_quoted(text):
            within = self.fields(fields[0])
            is_list = all(map(_ADDRESS.fullmatch, within))
            return within if len(within) == columns and not is_list else fields
        if any(fields[columns:]):
            whole = _rejoined(fields, self.delimiter)
            return whole if len(whole) <= columns else fields
        return fields

    @staticmethod
    def is_quoted(text: bytes) -> bool:
        """Whether *text* begins with a quote."""
        return text.lstrip(b" ").startswith(b'"')

    def line(self, fields: Sequence[bytes]) -> bytes:
        """*fields* as one well-formed record."""
        return self.delimiter.join(map(self._quoted, fields)) + b"\n"

    def _quoted(self, text: bytes) -> bytes:
        return b'"' + text.replace(b'"', b'""') + b'"' if self._needs_quotes.search(text) else text


def _unescaped(text: bytes) -> bytes:
    return text.replace(b'\\"', b'"').replace(b'""', b'"')


def _rejoined(fields: Sequence[bytes], delimiter: bytes) -> list[bytes]:
    """*fields*, of which one that ends in a backslash goes on, behind a delimiter, in the next."""
    found: list[bytes] = []
    goes_on = False
    for field in fields:
        found[-1:] = [found[-1][:-1] + delimiter + field] if goes_on else [*found[-1:], field]
        goes_on = field.endswith(b"\\")
    return found


def _without_lone_quote(text: bytes | None) -> bytes:
    text = text or b""
    if text.count(b'"') != 1:
        return text
    return text.strip().strip(b'"') if text.strip()[:1] == b'"' or text.strip()[-1:] == b'"' else text


@dataclass(slots=True)
class Repair:
    """Makes every record of a stream well formed. *address_columns* are those in which a sample shows addresses.

    Records with too many columns are counted in *left_out*. With *numbers*, each record begins with the number of its
    first line, as a column of its own.
    """

    grammar: Grammar
    columns: int
    address_columns: Sequence[int]
    left_out: LeftOut
    numbers: LineNumbers | None = None

    def __call__(self, blocks: Iterable[bytes]) -> Generator[bytes]:
        """The same records, each well formed."""
        rest = b""
        for block in blocks:
            rest = yield from self._repaired(rest + block, is_last=False)
        if rest:
            yield from self._repaired(rest, is_last=True)

    def _repaired(self, block: bytes, *, is_last: bool) -> Generator[bytes, None, bytes]:
        """Yields what is done; returns the beginning of a record whose end is still to come."""
        dirty, odd = suspects(block, self.grammar.delimiter)
        if dirty.size and not (odd.size or is_last):
            end = self._end_of_records(block)
            if end >= 0:
                yield self._numbered(block[:end])
                return block[end:]
        pieces, position = [], 0
        for start in np.union1d(dirty, odd).tolist():
            if start < position:
                continue
            pieces.append(self._numbered(block[position:start]))
            if not is_last and len(block) - start < LONGEST_RECORD and self.grammar.is_unclosed(block, start):
                yield b"".join(pieces)
                return block[start:]
            position = self._end_of(block, start)
            pieces.append(self._mended(block[start : position - 1]))
        pieces.append(self._numbered(block[position:]))
        yield b"".join(pieces)
        return b""

    def _end_of_records(self, block: bytes) -> int:
        """Where the whole records at the beginning of *block* end, if none of them needs a closer look; else -1."""
        delimiter = self.grammar.delimiter
        telling, at_least = (b"@", 1) if self.address_columns else (delimiter, max(self.columns - 1, 1))
        end = end_of_records(block, delimiter, telling, at_least) if len(delimiter) == 1 else -1
        return end if len(block) - end < LONGEST_RECORD else -1

    def _end_of(self, block: bytes, start: int) -> int:
        line_end = block.index(b"\n", start) + 1
        end = self.grammar.record_end(block, start)
        if end <= line_end or end - start > LONGEST_RECORD:
            return line_end
        return line_end if self._swallows_rows(self.grammar.fields(block[start : end - 1])) else end

    def _mended(self, text: bytes) -> bytes:
        fields = self.grammar.row(text, self.columns)
        number = self.numbers.take(text.count(b"\n") + 1) if self.numbers else None
        if any(fields[self.columns :]):
            self.left_out.leave(TOO_MANY_COLUMNS, number)
            return b""
        return self._beginning(number, self.grammar.line(fields[: self.columns]))

    def _numbered(self, records: bytes) -> bytes:
        """*records*, all well formed, with their numbers if those are wanted."""
        if self.numbers is None or not records:
            return records
        return b"".join(self._beginning(self.numbers.take(one.count(b"\n")), one) for one in whole_records(records))

    def _beginning(self, number: int | None, record: bytes) -> bytes:
        """*record* after its *number*; a blank line is none."""
        return record if number is None or record == b"\n" else b"%d%s%s" % (number, self.grammar.delimiter, record)

    def _swallows_rows(self, fields: Sequence[bytes]) -> bool:
        return any(map(self._reads_as_row, _inner_lines(fields)))

    def _reads_as_row(self, inner: tuple[bytes, bool]) -> bool:
        line, is_whole = inner
        cells = self.grammar.fields(line)
        if len(cells) > self.columns or (len(cells) < self.columns and (is_whole or len(cells) < 2)):
            return False
        if self.address_columns:
            return any(at < len(cells) and _ADDRESS.fullmatch(cells[at]) for at in self.address_columns)
        return is_whole and self.columns > 2


def _inner_lines(fields: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The lines within quoted values after each value's first, and whether the line ends within the value."""
    for value in fields:
        lines = value.split(b"\n")[1:]
        yield from ((line, at < len(lines) - 1) for at, line in enumerate(lines))
