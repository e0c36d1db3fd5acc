"""How the lines of a combo list are laid out: told from some of them, and as the SQL that takes each apart."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.engine import literal

SEPARATORS = (":", ";", "|", "\t")
COMMA = ","
"""Divides a few lists as well, and far more tables."""

MOST_BEFORE = 3

UNCLEAR = (
    "what stands behind the addresses may be names and is not read: with `format: combo`, map `secret` to what it is"
)

# DuckDB's RE2 reads these as well as Python does.
_PLACE = (
    r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/\s:@|;]*@)?[^/\s:@|;]+(?::[0-9]{1,5})?(?:/[^\s:|;]*)?[:|;\s]+"  # as stealers have
)
_BEFORE = rf"^(?:[\s\"'<\x{{feff}}]|(?i:mailto:)|\[[^\[\]@]*\]\s|\(?[0-9]{{1,9}}[.)]\s|#[0-9]+\s|{_PLACE})+"
_DIVIDED = r'^[^@"\s]+@[^:;|\s,"<>]+["\'>]?(?:\s*[:;|,]|\s)(.*)$'
_NAMED = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"

_STRAY = re.compile(_BEFORE.replace(r"\x{feff}", "\ufeff"))
_ADDRESS = re.compile(r"\s*\"?[^\s@\":;|,]+@[^\s@\":;|,/]+\.[^\s@\":;|,./]+[\"'>]?\s*")
_ESCAPED_AT = re.compile(r"%40|&#64;|&#x40;|&commat;|\\u0040", re.IGNORECASE)
_NAMES_SOMEONE = re.compile(r"[^\s@]@[^\s@]+\.\w")
_SET_OFF = re.compile(r"[^\w\s]{2}|[^\w\s]\s")
_ENTRY = re.compile(r"([^\s@\":;|,]+@[^\s@\":;|,/]+\.[^\s@\":;|,./]+)[\"'>]?[:;|,\t](\S+)")
_LOGIN_AND_SECRET = re.compile(r"[^\s:;|@]+[:;|\t][^\s:;|]+")
_FEWEST = 3
_NEARLY_ALL, _MOSTLY, _SOME = 0.9, 0.5, 0.1


@dataclass(frozen=True, slots=True)
class Layout:
    """How each line is written: *before* fields stand before the address.

    *agreeing*: of the lines of a sample that may name somebody, the share that name them where this layout says; 0
    where these are not half of all its lines, or a tenth and nearly all the others are a login and a secret.
    """

    separator: str = ":"
    is_address_last: bool = False
    before: int = 0
    agreeing: float = 0.0

    @property
    def is_first(self) -> bool:
        """Whether the address comes first."""
        return not (self.is_address_last or self.before)

    @property
    def is_usual(self) -> bool:
        """Whether the address comes first, and what divides lists does not divide tables far more often."""
        return self.separator in SEPARATORS and self.is_first

    def parts(self, line: str) -> tuple[str, str]:
        """What stands in *line* where the address should, and behind it."""
        if self.is_address_last:
            secret, _, address = line.rpartition(self.separator)
            return address, secret
        fields = bare(line).split(self.separator)
        at = 0 if is_address(fields[0]) else self.before
        return "".join(fields[at : at + 1]), self.separator.join(fields[at + 1 :])


def bare(line: str) -> str:
    """*line* without what often stands before its first field: blanks, quotes, a number, a word in brackets, a URL."""
    return _STRAY.sub("", line)


def is_address(field: str) -> bool:
    """Whether *field* of a line reads as an address by itself."""
    return _ADDRESS.fullmatch(_ESCAPED_AT.sub("@", field) if "@" not in field else field) is not None


def layout_of(sample: Sequence[str], delimiter: str | None = None) -> Layout:
    """The layout by which the most lines name somebody. The address comes last only where it never comes first."""
    found = [_layout(sample, separator) for separator in ([delimiter] if delimiter else (*SEPARATORS, COMMA))]
    return max(found, key=lambda layout: layout.agreeing)


def layout_within(sample: Sequence[str], delimiter: str | None = None) -> Layout:
    """The layout of *sample*, or where that has none, of the list in it."""
    whole = layout_of(sample, delimiter)
    return whole if whole.agreeing else layout_of(list_in(sample), delimiter)


def list_in(sample: Sequence[str]) -> Sequence[str]:
    """The list that *sample* holds, without a banner above it and what is written below it; else all of it.

    Most lines of the list are an address and a secret, and less than half as many around it name somebody.
    """
    entries = [entry_of(line) is not None for line in sample]
    if sum(entries) < _FEWEST:
        return sample
    start, stop = entries.index(True), len(entries) - entries[::-1].index(True)
    named = sum(_names_someone(line) for line in (*sample[:start], *sample[stop:]))
    is_list = sum(entries) >= _MOSTLY * (stop - start) and 2 * named < stop - start
    return sample[start:stop] if is_list else sample


def entry_of(line: str) -> tuple[str, str] | None:
    """The address and the secret of *line*, if it is these alone and has no blank."""
    found = _ENTRY.fullmatch(bare(line).strip())
    return (found[1], found[2]) if found else None


def _layout(sample: Sequence[str], separator: str) -> Layout:
    divided = [line for line in sample if separator in line]
    rows = [bare(line).split(separator) for line in divided]
    first = sum(is_address(fields[0]) for fields in rows)
    found = [_agreeing(sample, Layout(separator), first)] if first else []
    found += _inner(sample, rows, separator)
    if found:
        return max(found, key=lambda layout: layout.agreeing)
    last = sum(is_address(line.rpartition(separator)[2]) for line in divided)
    is_last = len(divided) >= _FEWEST and last >= _NEARLY_ALL * len(divided)
    return Layout(separator, is_last, 0, last / max(len(sample), 1) if is_last else 0.0)


def _inner(sample: Sequence[str], divided: Sequence[Sequence[str]], separator: str) -> list[Layout]:
    """The layout of lines with an address in the same field, which is neither the first nor the last one, if any."""
    for before in range(1, MOST_BEFORE + 1):
        layout = Layout(separator, before=before)
        rows = [fields for fields in divided if len(fields) > before + 1]
        found = sum(is_address(fields[before]) for fields in rows)
        if found >= _FEWEST and found >= _MOSTLY * len(rows):
            return [_agreeing(sample, layout, found)]
    return []


def _agreeing(sample: Sequence[str], layout: Layout, found: int) -> Layout:
    against = sum(_speaks_against(line, layout) for line in sample)
    is_told = found >= _MOSTLY * len(sample)
    if not is_told and found >= _SOME * len(sample):
        others = sum(_LOGIN_AND_SECRET.fullmatch(line.strip()) is not None for line in sample)
        is_told = found + others >= _NEARLY_ALL * len(sample)
    share = found / (found + against) if is_told else 0.0
    return Layout(layout.separator, layout.is_address_last, layout.before, share)


def _speaks_against(line: str, layout: Layout) -> bool:
    """Whether somebody may stand in *line*, and elsewhere than where *layout* says.

    Nobody does in a login and a secret, nor in a line that is set off by the marks it begins with.
    """
    if is_address(layout.parts(line)[0]) or _SET_OFF.match(bare(line)) or not _names_someone(line):
        return False
    return _LOGIN_AND_SECRET.fullmatch(bare(line).strip()) is None


def _names_someone(line: str) -> bool:
    return _NAMES_SOMEONE.search(_ESCAPED_AT.sub("@", line)) is not None


def halves(layout: Layout, source: str) -> str:
    """SQL for FROM that gives `field`, the address, and `secret` beside all that *source* has, of its lines `raw`.

    Where a line is divided by another character than the others are, the address ends there all the same, and what
    stands behind it is the secret.
    """
    mark = literal(layout.separator)
    if layout.is_address_last:
        divided = _select(f"split_part(raw, {mark}, -1) AS head", source)
        secret = "left(raw, length(raw) - length(head) - 1)"
        return _select(f"{_address('head', _is_odd('head', layout.separator))} AS field, {secret} AS secret", divided)
    begun = _select(f"split_part(raw, {mark}, 1) AS first", source)
    is_named = f"regexp_matches(first, {literal(_NAMED)})" if layout.before else "contains(first, '@')"
    seen = _select(f"{is_named} AND NOT {_is_odd('first', layout.separator)} AS is_plain", begun)
    named = _select(f"CASE WHEN is_plain THEN raw ELSE {_line(layout)} END AS line", seen)
    divided = _select(f"CASE WHEN is_plain THEN first ELSE split_part(line, {mark}, 1) END AS head", named)
    judged = _select(f"NOT is_plain AND {_is_odd('head', layout.separator)} AS is_odd", divided)
    halved = _select(f"{_address('head', 'is_odd')} AS field, {_secret(mark)} AS said", judged)
    return _select(f"{_without_notes(mark)} AS secret", halved)


def _select(expressions: str, source: str) -> str:
    return f"(SELECT *, {expressions} FROM {source})"  # noqa: S608 - quoted


def _is_odd(field: str, separator: str) -> str:
    others = [mark for mark in (*SEPARATORS, COMMA, " ", '"', "<", ">") if mark != separator]
    return "(" + " OR ".join(f"contains({field}, {literal(mark)})" for mark in others) + ")"


def _line(layout: Layout) -> str:
    """The line `raw` from the field of the address on."""
    mark = literal(layout.separator)
    line = f"regexp_replace(raw, {literal(_BEFORE)}, '')"
    if layout.before:
        inner = f"array_to_string(string_split({line}, {mark})[{layout.before + 1}:], {mark})"
        is_named = f"regexp_matches(split_part({line}, {mark}, 1), {literal(_NAMED)})"
        return f"CASE WHEN {is_named} THEN {line} ELSE {inner} END"
    return line


def _address(field: str, is_odd: str) -> str:
    pattern = literal(r'^["\s]*([^@"\s]+@[^:;|\s,"<>]+).*$')
    return rf"CASE WHEN {is_odd} THEN regexp_replace({field}, {pattern}, '\1') ELSE {field} END"


def _secret(mark: str) -> str:
    divided = literal(_DIVIDED)
    return (
        f"CASE WHEN is_odd AND regexp_matches(line, {divided}) THEN regexp_extract(line, {divided}, 1)"
        f" WHEN contains(line, {mark}) THEN substr(line, length(head) + 2) END"
    )


def _without_notes(mark: str) -> str:
    """`said`, but nothing where that is only separators of empty fields, or notes behind an empty one."""
    return (
        f"CASE WHEN starts_with(said, {mark}) AND trim(said, {mark}) = '' THEN ''"
        " WHEN starts_with(said, ' ') AND starts_with(ltrim(said), '| ') THEN '' ELSE said END"
    )
