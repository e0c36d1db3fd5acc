"""Functions, procedures, triggers and the like in a dump: where they end. What stands in them brings no rows."""

import regex as re

from ingest.readers.sql_text import ORACLES

_HEAD = re.compile(
    r"""(?:CREATE|ALTER)\s+(?:OR\s+(REPLACE)\s+|OR\s+ALTER\s+)?+
    (?:(?:NON)?(EDITIONABLE)\s+|CONSTRAINT\s+|TEMP(?:ORARY)?\s+|AGGREGATE\s+|DEFINER\s*+=\s*+\S++\s+)*+
    (?:FUNCTION|PROC(?:EDURE)?|TRIGGER|(PACKAGE|TYPE\s+BODY)|EVENT|RULE)\s(?!\s*+IF\s+EXISTS)\s*+(\[)?""",
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)
_GO = re.compile(r"^GO[ \t]*+(?:\d++[ \t]*+)?\r?$", re.IGNORECASE | re.MULTILINE | re.ASCII)
_SLASH = re.compile(r"^/[ \t]*+\r?$", re.MULTILINE | re.ASCII)
_NOT_ORACLES = re.compile(r"\b(?:EXECUTE\s+(?:FUNCTION|PROCEDURE)|RULE)\s", re.IGNORECASE | re.ASCII)
_TOKEN = re.compile(
    rf"""--[^\n]*+ | /\*.*?\*/ | {ORACLES} | '[^']*+' | "[^"\n]*+"
    | (?P<quoted>\$(?P<tag>\w*+)\$.*?\$(?P=tag)\$) | (?P<string>\bAS\s+[EN]?'[^']*+') | (?P<declared>\bDECLARE\b)
    | (?P<begun>\b(?:BEGIN(?!\s+TRAN)|CASE)\b) | \bEND\s+(?:IF|LOOP|WHILE|REPEAT|FOR)\b
    | (?P<ended>\bEND\b(?:\s+CASE\b)?) | (?P<stop>;)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL | re.ASCII,
)


def is_batch_mark(blank: str) -> bool:
    """Whether SQL Server's GO is in *blank*: what follows it may be a routine that ends before the next."""
    return _GO.search(blank) is not None


def end_of_routine(text: str, at: int, *, is_batch: bool) -> int | None:
    """Where in *text* the routine that begins at *at* ends; None where none begins there, or its end is not in sight.

    SQL Server's ends with its batch, Oracle's before a line with a slash, any other behind its last END or `;`.
    """
    head = _HEAD.match(text, at)
    if not head:
        return None
    if is_batch or head[4]:
        mark = _GO.search(text, head.end())
        if mark or is_batch:
            return mark.start() if mark else len(text)
    end, is_quoted = _end_of_block(text, head.end())
    if is_quoted or not (head[1] or head[2] or head[3]) or _NOT_ORACLES.search(text, at, end or at):
        return end
    mark = _SLASH.search(text, head.end())
    return mark.start() if mark else end


def _end_of_block(text: str, at: int) -> tuple[int | None, bool]:
    """Behind the `;` that ends what is at *at*, with its blocks; and whether it quotes its body."""
    depth, awaits_block, is_quoted = 0, False, False
    for found in _TOKEN.finditer(text, at):
        kind = found.lastgroup
        if kind == "begun":
            depth, awaits_block = depth + 1, False
        elif kind == "ended":
            depth = max(depth - 1, 0)
        elif kind == "declared":
            awaits_block = depth == 0
        elif kind in ("quoted", "tag", "string"):
            is_quoted = True
        elif kind == "stop" and not depth and not awaits_block:
            return found.end(), is_quoted
    return None, is_quoted
