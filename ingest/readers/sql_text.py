"""The grammar of SQL dumps: names, values, rows, and what a value says.

All regular expressions here look at UTF-8 bytes taken as Latin-1, so that a character is a byte and what lies between
the ASCII marks passes through as it is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import regex as re

from ingest.readers.rows import LONGEST_VALUE

SMUGGLED = "latin-1"

_AFTER = r"(?=[\s,)\]|:+;]|\Z)"  # a string that anything else follows began with a stray quote
_BEFORE = r"(?:(?<![\w.@])|(?<=\b(?i:[NXBDT]|TS|_\w{1,20}|DAT|TIME|TIMESTAMP|INTERVAL)))"  # nor behind a word
_AFTER_REMARKED = r"(?=[\s,)\]|:+;/-]|\Z)"
_STANDARD = r"[^']*+(?:''[^']*+)*+"
_ESCAPED = r"[^'\\]*+(?:(?:''|\\.)[^'\\]*+)*+"
_PAIRS = {"[": "]", "{": "}", "(": ")", "<": ">", **{mark: mark for mark in '!|#~^$%@*/:`"'}}
_QUOTED_BY = "|".join(
    rf"{re.escape(begin)}(?:[^{re.escape(end)}]++|{re.escape(end)}(?!'))*+{re.escape(end)}"
    for begin, end in _PAIRS.items()
)
ORACLES = rf"[Nn]?+[Qq]'(?:{_QUOTED_BY})'"
"""Oracle's strings, in which quotes need no escape, in the usual brackets: q'[it's]', q'!it's!'."""

_MARK = r"[!-~]|[\xc2-\xf4][\x80-\xbf]+"
_TAG = r"\$(?:[^\W\d]\w*)?\$"
_TAGGING = re.compile(rf"(?<=[\s,(]){_TAG}")
_QUOTING = re.compile(rf"(?<![\w'])[Nn]?[Qq]'({_MARK})")
_BY_MARK = re.compile(rf"({_MARK})(.*)(?:{_MARK})", re.DOTALL)
_DOUBLE = r'"[^"\\]*+(?:(?:""|\\.)[^"\\]*+)*+"'
_PREFIX = r"(?:[NnXxBb]|_\w++\s*+)?"
_IDENTIFIER = r"""(?:`(?:[^`]|``)++`|"(?:[^"]|"")++"|\[[^\]]++\]|[^\s"`\[\]().,;'=]++)"""
NAME = rf"{_IDENTIFIER}(?:\s*+\.\s*+{_IDENTIFIER}){{0,2}}"
OPEN = r"\s*+(?:\(|[Rr][Oo][Ww]\s*+\()"
_END = r"\s*+(?:;|\Z)|[^\S\n]*+\n\s*+(?i:INSERT|REPLACE|COPY|CREATE|GO)\b"
BEHIND_ASSIGNED = rf"(?:{_END}|\s++(?i:ON\s+DUPLICATE|RETURNING|AS)\s)"
BEHIND_SELECTED = rf"(?:{_END}|\s++(?i:FROM|UNION|WHERE|LIMIT|ON|RETURNING)\b)"
NAMES = rf"\(\s*+{_IDENTIFIER}\s*+(?:,\s*+{_IDENTIFIER}\s*+)*+\)"
COMMENT = r"(?:/\*(?s:.*?)\*/|--(?=\s)[^\n]*+(?:\n|\Z))"
GAP = rf"(?:\s|{COMMENT})"
"""What may stand between words: blanks and comments."""

_PART = re.compile(_IDENTIFIER)
_BLANKS = " \t\r\n\f"
_PLAIN = r"[^'\"(),;\[\]EeQq]++|[EeQq](?!')"
_REMARKED = r"[^'\"(),;\[\]EeQq/-]++|[EeQq](?!')|[/-]"  # _PLAIN between comments
_WORD = r"[^\s'\"(),;=\[\]EeQq]++|[EeQq](?!')"
_NAMED = {"0": "", "n": "\n", "r": "\r", "t": "\t", "b": "\b", "Z": "\x1a", "f": "\f"}
_ESCAPES = {mark: re.compile(rf"{mark}{mark}|\\(.)", re.DOTALL) for mark in "'\""}
_HEX = re.compile(r"0[xX]([0-9a-fA-F]+)|[xX]'([0-9a-fA-F]*)'")
_MOST_KEPT = 1000
_NOTHING = frozenset({"null", "default"})
_SWAPPED = re.compile(r"'((?:[^']|'')*)'\s*,\s*char\((\d+)\)")
_WIDE = re.compile(r"\\(?:\\|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))")
_MYSQL = re.compile(
    r"^(?:INSERT|REPLACE)\s[^;'(]{1,300}?\sSET\s|^[^\n'(]{0,300}`|/\*!\d|\\'\w|^-- (?:MySQL|MariaDB|phpMyAdmin)\b",
    re.MULTILINE | re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"standard_conforming_strings = on|PostgreSQL database|^COPY .{1,5000}? FROM stdin|^PRAGMA "
    r"|^BEGIN TRANSACTION;|\[dbo\]|^SET IDENTITY_INSERT|^REM INSERTING|^SET DEFINE OFF|^GO\r?$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a dump writes its values. *has_backslashes*: in strings, they escape what follows."""

    has_backslashes: bool

    @property
    def other(self) -> "Dialect":
        return Dialect(not self.has_backslashes)


def dialect_of(head: str) -> Dialect:
    """The dialect of a dump that begins with *head*: that of which there is a sign first, for values hold others."""
    found = _MYSQL.search(head)
    return Dialect(has_backslashes=found is not None and not _FOREIGN.search(head, 0, found.start()))


class Grammar:
    """The patterns of one dialect. A row is matched from the blanks before its `(` to its `)`."""

    def __init__(self, dialect: Dialect, marks: Collection[str] = (), *, has_comments: bool = False) -> None:
        """*marks*: what Oracle's strings are quoted by, beside the usual, and PostgreSQL's ($$, $body$). They make it
        slow, as *has_comments* does: without that, comments end a row, which is not well-formed for them."""
        oracles = _oracles(marks)
        plain, after = (f"{COMMENT}|{_REMARKED}", _AFTER_REMARKED) if has_comments else (_PLAIN, _AFTER)
        body = _ESCAPED if dialect.has_backslashes else _STANDARD
        opening = rf"(?:[Ee]'{_ESCAPED}|{_PREFIX}'{body})"
        string = f"(?:{opening}'{after}|{_DOUBLE}{after})"
        dollars = "|".join(_dollars(mark) for mark in sorted(marks) if _is_tag(mark))
        literal = f"(?:{string}|{oracles}{after}{dollars and '|'}{dollars})"
        any_string = f"{_BEFORE}{literal}"  # deep inside others Oracle's are not looked for: too slow
        deepest = rf"(?:{string}|{plain}|[,;\[\]])*+"
        flat = rf"(?:{string}|{plain}|[,;\[\]]|\({deepest}\))*+"
        nested = rf"\((?:{any_string}|{plain}|[,;\[\]]|\({flat}\))*+\)"
        listed = rf"\[(?:{string}|{plain}|[,;])*+\]"
        escapes = r"(?:\\.[^'\\]*+)*+" if dialect.has_backslashes else ""
        text, word = rf"'[^'\\]*+{escapes}'(?=[,)])", r"[^'\"(),;\s]++(?=[,)])"
        simple = f"{text}|{word}| (?:N?+{text}|{word})"
        simple = rf"\s*+(?:{dollars})(?:\s*+::[\w. \[\]]++)?+\s*+(?=[,)])|{simple}" if dollars else simple
        value = rf"(?>{simple}|(?:{any_string}|{plain}|{nested}|{listed})++)"
        value = rf"(?:{any_string}|{plain}|{nested}|{listed})++" if has_comments else value
        begun = rf"(?:\({flat}(?:\({deepest})?+)?+(?:[Nn]?[Qq]'.*+|{opening}|\"[^\"]*+)?+\\?\Z"
        rest = rf"(?:{any_string}|{_PLAIN}|[,\[\]]|{nested})*+{begun}"
        assigned, selected = (
            rf"(?:{any_string}|{COMMENT}|{_WORD}|(?!{behind})\s++|{nested}|{listed})++"
            for behind in (BEHIND_ASSIGNED, BEHIND_SELECTED)
        )
        self.dialect, self.has_comments = dialect, has_comments
        self.literal = re.compile(literal, re.DOTALL)
        self.value = re.compile(value, re.DOTALL)
        self._open = rf"{GAP}*+{OPEN}" if has_comments else OPEN
        self.row = re.compile(rf"{self._open}{value}(?:,{value})*+\)", re.DOTALL)
        self._selected = selected
        self._simply_assigned = rf"'[^'\\]*+{escapes}'|[^\s'\"(),;=]++"
        self.assignment = re.compile(rf"({NAME})\s*+:?=\s*+({assigned})", re.DOTALL)
        self._written = value
        self._unfinished = re.compile(rf"\s*+\Z|{self._open}{rest}", re.DOTALL)
        self._unfinished_list = re.compile(rest, re.DOTALL)
        self._kept: dict[str, re.Pattern[str]] = {}

    @cached_property
    def with_comments(self) -> "Grammar":
        """The same, for rows in which comments stand."""
        return Grammar(self.dialect, has_comments=True)

    @cached_property
    def selected(self) -> re.Pattern[str]:
        """A value of a SELECT."""
        return re.compile(self._selected, re.DOTALL)

    @cached_property
    def selection(self) -> re.Pattern[str]:
        """A SELECT, with a group for its values."""
        values = f"{self._selected}(?:,{self._selected})*+"
        return re.compile(
            rf"SELECT\s++(?:(?:ALL|DISTINCT)\s++)?+({values})(?={BEHIND_SELECTED}|\s*+\))", re.DOTALL | re.IGNORECASE
        )

    @cached_property
    def _texts(self) -> re.Pattern[str]:
        """What text an expression is put together of: literals, and codes of characters, which are no types."""
        no_type = r"(?<!::\s?|\b(?i:AS)\s{1,4})"
        return re.compile(rf"({self.literal.pattern})|\b{no_type}(?i:N?CHA?R)\s*+\(\s*+(\d{{1,6}})\s*+\)", re.DOTALL)

    @cached_property
    def _commented(self) -> re.Pattern[str]:
        return re.compile(rf"({self.literal.pattern})|{COMMENT}", re.DOTALL)

    def comments_in(self, row: str) -> list[str]:
        """The comments in *row*."""
        return [found[0] for found in self._commented.finditer(row) if not found[1]]

    def is_unfinished(self, text: str, at: int) -> bool:
        """Whether *text* ends before the row at *at* does."""
        return self._unfinished.match(text, at) is not None

    def is_unfinished_list(self, text: str, at: int) -> bool:
        """Whether *text* ends before what is listed from *at* on does, without brackets around it."""
        return self._unfinished_list.match(text, at) is not None

    def values(self, row: str) -> list[str]:
        """The values of a whole row, as they are written."""
        return self.value.findall(row[row.index("(") + 1 : -1])

    def row_of(self, width: int, wanted: tuple[int, ...], behind: str = "") -> re.Pattern[str]:
        """A row of exactly *width* values and what *behind* matches, with groups for those *wanted*, as they stand."""
        return self._compiled(rf"{self._open}{self._values(width, wanted)}\){behind}")

    def run_of(self, width: int, behind: str) -> re.Pattern[str]:
        """As many rows of exactly *width* values as have *behind* behind them."""
        return self._compiled(rf"(?:{self._open}{self._values(width, ())}\){behind})++")

    def _values(self, width: int, wanted: tuple[int, ...]) -> str:
        """So many values, those between two that are wanted as one: patterns of a part for each compile slowly."""
        parts = []
        for before, at in pairwise((-1, *wanted, width)):
            if at - before > 1:
                parts.append(f"{self._written}(?:,{self._written}){{{at - before - 2}}}+")
            if at < width:
                parts.append(f"({self._written})")
        return ",".join(parts)

    def assignments_of(self, names: Sequence[str]) -> re.Pattern[str]:
        """Simple assignments to *names*, with a group for the value of each, and what ends their statement."""
        written = (rf"[`\"\[]?+{re.escape(name)}[`\"\]]?+\s*+=\s*+({self._simply_assigned})" for name in names)
        listed = r"\s*+,\s*+".join(written)
        return self._compiled(f"{listed}(?={BEHIND_ASSIGNED})")

    def _compiled(self, pattern: str) -> re.Pattern[str]:
        """Kept, since the same few patterns are wanted for every statement."""
        if pattern not in self._kept:
            self._kept[pattern] = re.compile(pattern, re.DOTALL)
        if len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return self._kept[pattern]

    def said(self, written: str) -> str:
        """What the value *written* says; "" for NULL. Of an expression, the text in it."""
        written = written.removeprefix(" ")
        if written[:1] == "'" == written[-1:] and "'" not in written[1:-1] and "\\" not in written:
            return written[1:-1][:LONGEST_VALUE]
        if self.dialect.has_backslashes and _escapes_quotes_alone(written):
            return written[1:-1].replace(r"\'", "'")[:LONGEST_VALUE]
        return self._said(written.strip(_BLANKS))[:LONGEST_VALUE]

    def _said(self, written: str) -> str:
        if written[:1] == "'" and self.literal.fullmatch(written):
            return self._unescaped(written)
        if "/*" in written or "--" in written:
            written = self._commented.sub(lambda found: found[1] or " ", written).strip(_BLANKS)
        if written.casefold() in _NOTHING:
            return ""
        if found := _HEX.fullmatch(written):
            return _of_hex(found[1] or found[2] or "", written)
        if self.literal.fullmatch(written):
            return self._unescaped(written)
        literals = [self._unescaped(one) for one in self.literal.findall(written)]
        return _of_expression(written, literals, self._joined(written)) if literals else written

    def _joined(self, written: str) -> str:
        found = self._texts.findall(written)
        return "".join(_of_code(code) if code else self._unescaped(literal) for literal, code in found)

    def _unescaped(self, literal: str) -> str:
        mark = literal[-1]
        if mark == "$":
            begin = literal.index(mark, 1) + 1
            return literal[begin:-begin]
        prefix, _, text = literal[:-1].partition(mark)
        if prefix.casefold() in ("q", "nq"):
            return _BY_MARK.sub(r"\2", text)
        if self.dialect.has_backslashes or prefix in ("E", "e"):
            return _ESCAPES[mark].sub(_plain, text)
        return text.replace(mark * 2, mark)


def _oracles(marks: Collection[str]) -> str:
    """Oracle's strings, in which quotes need no escape: q'[it's]', q'!it's!'."""
    written = (re.escape(mark) for mark in sorted(marks) if not _is_tag(mark))
    others = "".join(rf"|{mark}(?:(?!{mark}').)*+{mark}" for mark in written)
    return rf"(?:[Nn]?+[Qq]'(?:{_QUOTED_BY}{others})')"


def _is_tag(mark: str) -> bool:
    return len(mark) > 1 and mark[0] == mark[-1] == "$"


def _dollars(tag: str) -> str:
    """PostgreSQL's strings between two *tags*, in which nothing is escaped: $$it's$$, $body$it's$body$."""
    mark = re.escape(tag)
    return rf"{mark}(?:(?!{mark}).)*+{mark}"


def unusual_marks(text: str) -> frozenset[str]:
    """What else Oracle's and PostgreSQL's strings in *text* may be quoted by, than every grammar knows."""
    return frozenset((*_QUOTING.findall(text), *_TAGGING.findall(text))) - _PAIRS.keys()


def _escapes_quotes_alone(written: str) -> bool:
    """Whether *written* is a string in which every backslash stands before a quote, and every quote behind one."""
    if written[:1] != "'" or written[-1:] != "'" or len(written) < len("''"):
        return False
    escaped = written.count(r"\'")
    return written.count("\\") == escaped == written.count("'") - len("''") and not written.endswith(r"\'")


def _plain(found: re.Match[str]) -> str:
    character = found[1]
    return _NAMED.get(character, character) if character else found[0][0]


def _of_hex(digits: str, written: str) -> str:
    """What bytes say, where they are text; else they stay as written."""
    try:
        raw = bytes.fromhex(digits)
        text = raw.decode()
    except ValueError:
        return written
    return raw.decode(SMUGGLED) if text.isprintable() else written


def _of_expression(written: str, literals: Sequence[str], joined: str) -> str:
    function = written.partition("(")[0].strip(_BLANKS).casefold()
    if function == "replace":
        return _swapped(written, literals[0])
    if function == "unistr":
        return _WIDE.sub(_narrow, literals[0])
    if function == "unhex":
        return _of_hex(literals[0], literals[0])
    if function.startswith("array["):
        return "\n".join(literals)
    return joined if function == "concat" or "||" in written or "' +" in written else literals[0]


def _of_code(code: str) -> str:
    return chr(int(code)).encode(errors="replace").decode(SMUGGLED)


def _swapped(written: str, text: str) -> str:
    """SQLite's way to write line ends: replace('a\\nb','\\n',char(10))."""
    for old, code in _SWAPPED.findall(written):
        text = text.replace(old, chr(int(code)))
    return text


def _narrow(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)).encode(errors="replace").decode(SMUGGLED) if code else "\\"


def names_in(text: str) -> list[str]:
    """The identifiers in *text*, a qualified name or a list of columns, without their quotes."""
    return [_unquoted(part) for part in _PART.findall(text)]


def _unquoted(name: str) -> str:
    if name[0] in '`"':
        return name[1:-1].replace(name[0] * 2, name[0])
    return name[1:-1] if name[0] == "[" else name
