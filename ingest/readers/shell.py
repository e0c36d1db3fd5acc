"""What MongoDB's shells print, as JSON: keys and strings as JSON writes them, of `ObjectId("…")` the text in it."""

import json
from collections.abc import Iterable, Iterator

import regex as re

_WITHIN = 1 << 12
_LONGEST = 16 << 20
_STRING = r"""(?:"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+')"""
_WRAPPER = r"""(?:new[ ]++)?+(?:ObjectId|ISODate|Date|Number(?:Long|Int|Decimal)|Decimal128|Long|Int32|Double|Timestamp
    |BinData|Binary(?:\.createFromBase64)?+|UUID|DBRef|Code|RegExp|M(?:in|ax)Key)"""
_INSIDE = rf"(?:{_STRING}|[^()\"'\n]|\((?:{_STRING}|[^()\"'\n])*+\))*+"
_TOKEN = re.compile(
    rf"""(?P<string>{_STRING})
    | \b{_WRAPPER}[ \t]*+\((?P<inside>{_INSIDE})\)
    | (?<![\w$.])(?P<key>[A-Za-z_$][\w$]*+)(?=[ \t]*+:)
    | (?P<nothing>\b(?:undefined|NaN|-?+Infinity)\b|\[(?:Object|Array)\]|/(?:[^/\\\n]|\\.)++/[a-z]*+)
    | \.\.\.\ \d++\ more\ items?+""",
    re.VERBOSE,
)
_IN_INSIDE = re.compile(_STRING)
_BARE_KEY = re.compile(r"[\[\s]*+\{\s*+[A-Za-z_$][\w$]*+\s*+:\s*+['\"\w\[{-]")
_WRAPPED = re.compile(rf":\s*+{_WRAPPER}\s*+\(", re.VERBOSE)
_ESCAPE = re.compile(r"""\\(?:x([0-9a-fA-F]{2})|(.))|\"""")
_OF_JSON = frozenset('"\\/bfnrtu')


def is_printed(head: str) -> bool:
    """Whether text that begins with *head* is what a shell prints, and no JSON."""
    start = head.lstrip()
    if not start.startswith(("{", "[")):
        return False
    return bool(_BARE_KEY.match(start) or (_WRAPPED.search(start[:_WITHIN]) and not _is_json(start.partition("\n")[0])))


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def as_json(pieces: Iterable[str]) -> Iterator[str]:
    """The same as JSON, as far as it can be made out; it has as many lines."""
    rest = ""
    for piece in pieces:
        rest += piece
        end = rest.rfind("\n") + 1 or (len(rest) if len(rest) > _LONGEST else 0)
        yield _TOKEN.sub(_written, rest[:end])
        rest = rest[end:]
    yield _TOKEN.sub(_written, rest)


def _written(found: re.Match[str]) -> str:
    if found["string"] is not None:
        return _string(found["string"])
    if found["key"] is not None:
        return f'"{found["key"]}"'
    if found["inside"] is not None:
        return _said(found["inside"])
    return "null" if found["nothing"] is not None else ""


def _said(inside: str) -> str:
    """Of several arguments of a wrapper the last text; where there is none, all of them, a number as it is."""
    if texts := _IN_INSIDE.findall(inside):
        return _string(texts[-1])
    bare = inside.strip()
    return bare if bare.isascii() and bare.removeprefix("-").isdecimal() else json.dumps(bare)


def _string(written: str) -> str:
    text = written[1:-1]
    return f'"{_ESCAPE.sub(_escape, text)}"' if "\\" in text or '"' in text else f'"{text}"'


def _escape(found: re.Match[str]) -> str:
    code, letter = found[1], found[2]
    if code:
        return f"\\u00{code}"
    if letter is None:
        return '\\"'
    return found[0] if letter in _OF_JSON else letter
