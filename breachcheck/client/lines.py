"""Lines: a batch as it is sent, in bodies that a server takes, and its answer as it comes."""

from collections.abc import Iterable, Iterator

import msgspec

from breachcheck.client import problems
from breachcheck.client.problems import COULD_NOT_CHECK, Problem
from breachcheck.client.values import Answer, Line, LineHead
from breachcheck.errors import CutOff, NotUnderstood

MOST_LINES = 100_000
MOST_BYTES = 15 * 2**20
PIECE = 64 * 2**10

_head = msgspec.json.Decoder(LineHead)
_answer = msgspec.json.Decoder(Answer)
_problem = msgspec.json.Decoder(Problem)


class Bodies:
    """Lines as bodies to send, one after the other. *sent*: how many lines the last one had, once it was sent."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self._next = next(self._lines, None)
        self.sent = 0

    @property
    def has_more(self) -> bool:
        return self._next is not None

    def next_body(self) -> Iterator[bytes]:
        """Pieces worth a packet or more, read as they are sent."""
        self.sent, size, piece = 0, 0, bytearray()
        while self._next is not None and self.sent < MOST_LINES and (size < MOST_BYTES - len(self._next) or not size):
            piece += self._next + b"\n"
            size += len(self._next) + 1
            self.sent += 1
            if len(piece) >= PIECE:
                yield bytes(piece)
                piece.clear()
            self._next = next(self._lines, None)
        yield bytes(piece)


def read_lines(pieces: Iterable[bytes], sent: int) -> Iterator[Line]:
    """The answer to a body of *sent* lines. Raises CutOff where it is shorter, NotUnderstood where it is another's."""
    number = 0
    for number, line in enumerate(_lines_of(pieces), 1):
        yield _read_line(line, number, sent)
    if number < sent:
        raise CutOff(f"The answer ends after {number:,} of {sent:,} lines; ask for the rest again.")


def _lines_of(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Whole lines; what comes after the last of them too, which is one that was cut off."""
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
    if rest:
        yield rest


def _read_line(line: bytes, number: int, sent: int) -> Line:
    try:
        head = _head.decode(line)
        failed = head.status == COULD_NOT_CHECK
        outcome = problems.told(_problem.decode(line)) if failed else _answer.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise CutOff(f"Line {number:,} of the answer is not whole; ask for the rest again.") from None
    if (head.line, head.lines) != (number, sent) or number > sent:
        raise NotUnderstood("The lines of the answer are not those of the accounts that were sent.")
    return Line(head.ref, number, outcome)
