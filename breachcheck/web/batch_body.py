"""The body of a batch: JSON lines, a JSON array or CSV, read line by line, so that a bad one spoils no other."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import msgspec

from breachcheck.addresses import holds_address
from breachcheck.batch_lookup import Question
from breachcheck.errors import InvalidRequest, TooManyAccounts
from breachcheck.json_faults import NOT_DECODED, fault_of, quoted, require_json
from breachcheck.web import questions
from breachcheck.web.questions import Line

MOST_ACCOUNTS = 100_000
LONGEST_LINE = 4096
LONGEST_REF = 64
MOST_COMMAS = 10 * MOST_ACCOUNTS
"""A JSON array with more holds too many elements, or none that could be accounts: it is not taken apart."""

Ref = str | int | None

_plain_ref = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_array = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Item:
    """One account of a batch, or what is wrong with its line. *ref*: the caller's own, null where it cannot be told."""

    ref: Ref
    question: Question | InvalidRequest


def read(body: bytes, media_type: str) -> list[Item]:
    """The accounts in order; blank lines are none. *media_type* is one of READERS.

    Raises MalformedJson, InvalidRequest or TooManyAccounts where the body as a whole is not what it should be.
    """
    items = list(islice(READERS[media_type](body.removeprefix(b"\xef\xbb\xbf")), MOST_ACCOUNTS + 1))
    if len(items) > MOST_ACCOUNTS:
        raise TooManyAccounts(f"A batch has at most {MOST_ACCOUNTS:,} accounts; send the rest in another.")
    if not items:
        raise InvalidRequest("There is no account in the body.")
    return items


def _json_lines(body: bytes) -> Iterator[Item]:
    return (_item(line) for raw in io.BytesIO(body) if (line := raw.strip()))


def _json_array(body: bytes) -> Iterator[Item]:
    if body.count(b",") > MOST_COMMAS:
        raise TooManyAccounts(f"A batch has at most {MOST_ACCOUNTS:,} accounts; this array has more commas than those.")
    try:
        elements = _array.decode(body)
    except msgspec.ValidationError:
        require_json(body)
        raise InvalidRequest("The body must be a JSON array of accounts, or JSON lines with their own type.") from None
    except NOT_DECODED as error:
        raise fault_of(error) from None
    return (_item(bytes(element)) for element in elements)


def _csv(body: bytes) -> Iterator[Item]:
    # What is not UTF-8 becomes half surrogate pairs, which no kind of account takes.
    rows = csv.reader(_short_lines(io.StringIO(body.decode("utf-8", "surrogateescape"), newline="")), strict=True)
    return _items_of_rows(rows, _header(rows))


def _header(rows: Iterator[list[str]]) -> list[str]:
    try:
        header = [name.strip().lower() for name in next(rows, [])]
    except csv.Error:
        raise InvalidRequest("The first line is not CSV (RFC 4180).") from None
    known = questions.keys_of(Line)
    for name in header:
        if name not in known:
            raise InvalidRequest(f"There is no column {quoted(name)}; known are: {', '.join(known)}.")
    if "account" not in header or len(set(header)) < len(header):
        raise InvalidRequest("The first line must name the columns, each once, and one of them account.")
    return header


def _short_lines(lines: Iterable[str]) -> Iterator[str]:
    """Longer ones become a row that fits no header."""
    return (line if len(line) <= LONGEST_LINE else "," * len(questions.keys_of(Line)) + "\n" for line in lines)


def _items_of_rows(rows: Iterator[list[str]], header: list[str]) -> Iterator[Item]:
    while True:
        try:
            row = next(rows, None)
        except csv.Error:
            yield Item(None, InvalidRequest("This line is not CSV (RFC 4180)."))
            continue
        if row is None:
            return
        if row:
            yield _item_of_row(row, header)


def _item_of_row(row: list[str], header: list[str]) -> Item:
    if len(row) != len(header):
        why = f"This line has not as many cells as the first, or more than {LONGEST_LINE:,} characters."
        return Item(None, InvalidRequest(why))
    sent: dict[str, object] = {name: cell for name, cell in zip(header, row, strict=True) if cell or name == "account"}
    try:
        return _checked(questions.of_values(sent, Line))
    except InvalidRequest as refused:
        return Item(_ref_in(sent), refused)


def _item(line: bytes) -> Item:
    if len(line) > LONGEST_LINE:
        return Item(None, InvalidRequest(f"This line is longer than {LONGEST_LINE:,} bytes."))
    try:
        if line.startswith(b'"'):
            return Item(None, Question(questions.read_text(line)))
        return _checked(questions.read(line, Line))
    except InvalidRequest as refused:
        return Item(_ref_of(line), refused)


def _checked(line: Line) -> Item:
    _require_ref(line.ref)
    return Item(line.ref, Question(line.account, line.kind, line.breach))


def _require_ref(ref: Ref) -> None:
    """It is handed on to other programs and kept there, so it must not be an address."""
    if not isinstance(ref, str) or _plain_ref.fullmatch(ref):
        return
    if not ref.isprintable() or len(ref) > LONGEST_REF:
        raise InvalidRequest(f"ref must be {questions.TAKES['ref']}.", "/ref")
    if "@" in ref or holds_address(ref):
        raise InvalidRequest("ref must not be an address: refs are kept by other programs.", "/ref")


def _ref_of(line: bytes) -> Ref:
    """The ref of a line that is refused for something else."""
    try:
        return _ref_in(msgspec.json.decode(line))
    except NOT_DECODED:
        return None


def _ref_in(sent: object) -> Ref:
    ref = sent.get("ref") if isinstance(sent, Mapping) else None
    if not isinstance(ref, str | int) or isinstance(ref, bool):
        return None
    try:
        _require_ref(ref)
    except InvalidRequest:
        return None
    return ref


READERS: Mapping[str, Callable[[bytes], Iterator[Item]]] = {
    "application/x-ndjson": _json_lines,
    "application/jsonl": _json_lines,
    "application/json-lines": _json_lines,
    "application/json": _json_array,
    "text/csv": _csv,
}
"""By the media type of the body."""
