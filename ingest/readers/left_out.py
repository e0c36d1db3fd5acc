"""What a reader leaves out of a scan: how many records, by reason, and which, where somebody asked for numbers."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

NUMBER = "\0number"
"""Asked for as a column, it gives each record's number: its line, or its place among the records. No file has it."""

NOT_A_RECORD = "malformed record"

UNKNOWN = 0
"""Stands where nobody knows a record's number."""


class LeftOut(Counter[str]):
    """Records left out, by reason. With *is_numbered* the number of each is kept too, in eight bytes.

    *dropped*: lines that were never handed on, so that whoever numbers lines skips them. *has_replaced*: bytes that are
    no text have become U+FFFD, in records that are left out or in others.
    """

    def __init__(self, *, is_numbered: bool = False) -> None:
        super().__init__()
        self.is_numbered = is_numbered
        self.dropped: set[int] = set()
        self.has_replaced = False
        self.given = 0
        self.numbers: dict[str, array[int]] = {}

    def leave(self, reason: str, number: int | None = None) -> None:
        """One record more is left out; its number, where none is told, is the next after those given and left."""
        self[reason] += 1
        if self.is_numbered:
            self.numbers.setdefault(reason, array("q")).append(self.next_number() - 1 if number is None else number)

    def drop(self, reason: str, line: int) -> None:
        """A line more is left out, and not handed on."""
        self.leave(reason, line)
        if self.is_numbered:
            self.dropped.add(line)

    def note_replaced(self) -> None:
        """Bytes that are no text have become U+FFFD."""
        self.has_replaced = True

    def next_number(self) -> int:
        """The number of the next record, where records and not lines are counted."""
        return self.given + self.total() + 1

    def number(self, records: Iterable[bytes], mark: bytes) -> Iterator[bytes]:
        """*records*, each with its number and *mark* before it."""
        for record in records:
            self.given += 1
            yield b"%d%s%s" % (self.next_number() - 1, mark, record)

    def numbered(self, rows: Iterable[Sequence[str]]) -> Iterator[list[str]]:
        """*rows*, each with its number as its first value."""
        for row in rows:
            self.given += 1
            yield [str(self.next_number() - 1), *row]


class LineNumbers:
    """Numbers lines as they are handed on, from *start* on, without those that *left_out* says were dropped."""

    def __init__(self, left_out: LeftOut, start: int = 1) -> None:
        self._dropped = left_out.dropped
        self._next = start

    def take(self, lines: int = 1) -> int:
        """The number of the next line; *lines* of them are passed."""
        first = self._passed_dropped(self._next)
        last = first
        for _ in range(lines - 1):
            last = self._passed_dropped(last + 1)
        self._next = last + 1
        return first

    def before_each(self, block: bytes, mark: bytes) -> bytes:
        """*block* of whole lines, each with its number and *mark* before it."""
        return b"".join(b"%d%s%s\n" % (self.take(), mark, line) for line in block[:-1].split(b"\n"))

    def _passed_dropped(self, number: int) -> int:
        while number in self._dropped:
            number += 1
        return number


def wants_numbers(columns: Sequence[str]) -> bool:
    """Whether the numbers of records are asked for among *columns*."""
    return NUMBER in columns
