"""What MongoDB's shells print and programmers write, as JSON: keys and strings as JSON writes them, of `ObjectId("…")`
the text in it, no remarks, and no comma behind the last of several."""

import json
import re
from collections.abc import Iterable, Iterator

_WITHIN = 1 << 12
_LONGEST = 16 << 20
_TOKEN = re.compile(
    r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    r"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'"
    r"|[\"'][^\n]*"  # a string that is never closed
    r"|(?:new )?[A-Za-z_$][\w$.]*[ \t]*[:(]?"
    r"|//[^\n]*|/\*[^*\n]*\*/|/(?:\\.|[^/\\\n])+/[a-z]*|,(?=\s*[}\]])"
    r"|[)\n]|-Infinity|\[(?:Object|Array)\]|\.\.\. \d+ more items?"
)
_NUMBERS = frozenset(["NumberLong", "NumberInt", "NumberDecimal", "Decimal128", "Long", "Int32", "Double"])
_OF_ONE = frozenset(["ObjectId", "ISODate", "Date", "UUID", "Code"]) | _NUMBERS
"""Around one value, which is what they say."""
_OF_MORE = frozenset(
    ["Timestamp", "BinData", "Binary", "Binary.createFromBase64", "DBRef", "RegExp", "MinKey", "MaxKey"]
)
"""Around several, or none: a list of them."""
_NOTHING = frozenset({"undefined", "NaN", "Infinity", "-Infinity", "[Object]", "[Array]"})
_BARE_KEY = re.compile(r"\[?\s*\{\s*[A-Za-z_$][\w$]*\s*:\s*['\"\w\[{-]")
_WRAPPED = re.compile(rf":\s*(?:new )?(?:{'|'.join(map(re.escape, sorted(_OF_ONE | _OF_MORE)))})\s*\(")
_REMARKS = re.compile(r"(?:\s+|//[^\n]*|/\*[^*\n]*\*/)*")
_LAST_COMMA = re.compile(r"""[}\]"'\w]\s*,\s*[}\]]""")
_ESCAPE = re.compile(r"""\\(?:x([0-9a-fA-F]{2})|(.))|\"""")
_OF_JSON = frozenset('"\\/bfnrtu')


def is_printed(head: str) -> bool:
    """Whether text that begins with *head* is what a shell prints or a programmer writes, and no JSON."""
    remarks = _REMARKS.match(head)
    start = head[remarks.end() if remarks else 0 :]
    if not start.startswith(("{", "[")):
        return False
    if start != head.lstrip() or _BARE_KEY.match(start):
        return True
    begun = start[:_WITHIN]
    is_loose = _WRAPPED.search(begun) or _LAST_COMMA.search(begun)
    return bool(is_loose) and not _is_json(start.partition("\n")[0])


def _is_json(line: str) -> bool:
    try:
        json.loads(line, strict=False)
    except (ValueError, RecursionError):
        return False
    return True


def as_json(pieces: Iterable[str]) -> Iterator[str]:
    """The same as JSON, as far as it can be made out; it has as many lines."""
    writer, rest = _Writer(), ""
    for piece in pieces:
        rest += piece
        end = rest.rfind("\n") + 1 or (len(rest) if len(rest) > _LONGEST else 0)
        end -= len(rest[:end]) - len(rest[:end].rstrip(" \t\r\n,"))  # whether a comma is the last tells what follows
        yield _TOKEN.sub(writer.written, rest[:end])
        rest = rest[end:]
    yield _TOKEN.sub(writer.written, rest)


class _Writer:
    """Writes token after token, and knows which wrappers are open on the line at hand."""

    def __init__(self) -> None:
        self._ends: list[str] = []

    def written(self, found: re.Match[str]) -> str:
        token = found[0]
        first = token[0]
        if first in "\"'":
            return _string(token)
        if first == "\n":
            self._ends.clear()
            return token
        if first == ")":
            return self._ends.pop() if self._ends else token
        if first in "/,":
            return "" if token.startswith((",", "//", "/*")) else json.dumps(token)
        if token[-1] == "(":
            return self._opened(token)
        if token[-1] == ":":
            return f'"{token[:-1].rstrip()}":'
        if token.strip() in _NOTHING:
            return "null"
        return "" if first == "." else token

    def _opened(self, token: str) -> str:
        name = token[:-1].strip().removeprefix("new ")
        begin, end = ("", "") if name in _OF_ONE else ("[", "]") if name in _OF_MORE else (token, ")")
        self._ends.append(end)
        return begin


def _string(written: str) -> str:
    if written[-1] != written[0] or len(written) < len('""'):
        return written
    text = written[1:-1]
    return f'"{_ESCAPE.sub(_escape, text)}"' if "\\" in text or '"' in text else f'"{text}"'


def _escape(found: re.Match[str]) -> str:
    code, letter = found[1], found[2]
    if code:
        return f"\\u00{code}"
    if letter is None:
        return '\\"'
    return found[0] if letter in _OF_JSON else letter
