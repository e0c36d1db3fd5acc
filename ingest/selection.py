"""The SQL that takes a table apart: what a record says, its addresses in plain form, its classes, its identifiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from breachcheck.addresses import IGNORES_DOTS, PLAIN, PLAIN_LENGTH
from breachcheck.digests import Kind
from ingest.engine import literal, quoted
from ingest.nothing_said import MASKED, MASKS, SAYS_NOTHING_IN_WORDS
from ingest.words import Words

LONGEST = 1024
"""Characters of an address's text that are looked at, but for lists; `canonical` refuses longer ones."""

LONGEST_IDENTIFIER = 8 * LONGEST
"""Bytes of an identifier, or of a list of them; longer values are none."""

NOTHING, OTHER, PLAIN_IN_SPACES, PLAIN_AS_IT_IS = range(4)
"""Forms of an address: none; one for `canonical` to look at; a plain one, with spaces around it or without."""

_COMMONEST = ("", "$direct", "null", "NULL", "0", "-")  # of what says nothing
_BLANKS = r"[\s\x{a0}\x{feff}]*"
_ALIAS = r"^(\.*[^.+@][^+@]*)\+[^@]*(@.*)$"
_BLANK_TEXT = r"E' \t\r\n'"
_PLAIN_FROM, _PLAIN_TO = "/", "\x7f"  # digits, letters and little else
_ESCAPES = {character: f"\\{character}" for character in r".^$*+?()[]{}|\/-"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a table's columns are for, by name.

    *keys* are the columns by which records elsewhere find this one's person, each with the name of the junction where;
    *references*, best first, those by which this record finds its person at the junction *meets*. *number*, if it is
    wanted, gives the record's own.
    """

    addresses: tuple[str, ...] = ()
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    identifiers: Mapping[str, Kind] = field(default_factory=dict)
    keys: tuple[tuple[str, str], ...] = ()
    references: tuple[str, ...] = ()
    meets: str | None = None
    nothing_said: tuple[str, ...] = ()
    number: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read, once."""
        number = (self.number,) if self.number else ()
        columns = (*self.addresses, *self.classes, *self.identifiers, *self.links, *number)
        return tuple(dict.fromkeys(columns))

    @property
    def links(self) -> tuple[str, ...]:
        """The columns of keys and of references, each once."""
        return tuple(dict.fromkeys((*(column for column, _ in self.keys), *self.references)))


class Selection:
    """One SELECT over a table, and where in its result everything stands.

    The result's columns: the number, if it is wanted; `broken`, the lanes of the words; a text, a form and a base for
    every address column; a text for every column of identifiers, then of links. None is NULL; what says nothing
    is empty. Plain texts and bases are canonical but for the letter case.
    """

    def __init__(self, wanted: Wanted, words: Words, breach: str) -> None:
        self._wanted = wanted
        self._words = words
        self._breach = breach
        self._number = {name: number for number, name in enumerate(wanted.columns)}
        also = (value.strip() for value in wanted.nothing_said)
        self._nothing = tuple(dict.fromkeys((*SAYS_NOTHING_IN_WORDS, *also)))
        self._of_class = columns_by_class(wanted.classes)
        values = self._values()
        groups = [*map(self._without_addresses, self._of_class.values()), *((name,) for name in values)]
        self._group = {group: number for number, group in enumerate(dict.fromkeys(groups)) if group}

    def _values(self) -> tuple[str, ...]:
        """The columns of identifiers and links."""
        return (*self._wanted.identifiers, *self._wanted.links)

    def sql(self, relation: str) -> str:
        """The statement over *relation*, which gives the wanted columns and `broken`."""
        values = self._values()
        named = [
            f"{_listed(quoted(name)) if name in values else quoted(name)} AS c{number}"
            for name, number in self._number.items()
        ]
        forms = [self._form(name) for name in self._wanted.addresses]
        said = _select(["broken", *named, *forms, *map(self._said, self._group)], relation)
        delivered = _select(
            ["*", *(self._delivered(self._number[name]) for name in self._wanted.addresses)], f"({said})"
        )
        return _select(self._results(), f"({delivered})")

    def _said(self, group: tuple[str, ...]) -> str:
        """`s0`: whether any column of the group says something; looks at each only where those before it do not."""
        cases = [
            f"WHEN {condition} THEN true"
            for name in group
            for condition in _says_something(quoted(name), self._nothing)
        ]
        return f"CASE WHEN broken THEN false {' '.join(cases)} ELSE false END AS s{self._group[group]}"

    def _form(self, name: str) -> str:
        """`f0`: what kind of address the value is, if any."""
        value, trimmed, pattern = quoted(name), f"trim({quoted(name)})", literal(PLAIN)
        something = " OR ".join(_says_something(value, self._nothing))
        return (
            f"(CASE WHEN broken THEN {NOTHING}"
            f" WHEN strlen({value}) <= {PLAIN_LENGTH} AND regexp_full_match({value}, {pattern}) THEN {PLAIN_AS_IT_IS}"
            f" WHEN NOT coalesce({something}, false) THEN {NOTHING}"
            f" WHEN strlen({value}) <= {LONGEST} AND strlen({trimmed}) <= {PLAIN_LENGTH}"
            f" AND regexp_full_match({trimmed}, {pattern}) THEN {PLAIN_IN_SPACES}"
            f" ELSE {OTHER} END)::UTINYINT AS f{self._number[name]}"
        )

    def _delivered(self, number: int) -> str:
        """`a0`: the text of the address."""
        return (
            f"CASE WHEN f{number} = {PLAIN_AS_IT_IS} THEN {_without_dots(f'c{number}')}"
            f" WHEN f{number} = {PLAIN_IN_SPACES} THEN {_without_dots(f'trim(c{number})')}"
            f" WHEN f{number} = {NOTHING} THEN ''"
            f" WHEN contains(c{number}, chr(10)) THEN c{number}"
            f" ELSE left(c{number}, {LONGEST + 1}) END AS a{number}"
        )

    def _results(self) -> list[str]:
        wanted = self._wanted
        own = [f"coalesce(c{self._number[wanted.number]}, 0)::BIGINT"] if wanted.number else []
        results = [*own, "coalesce(broken, false)::UTINYINT", *self._words.sql(self._conditions())]
        for name in wanted.addresses:
            number = self._number[name]
            results += [f"a{number}", f"f{number}", self._base(number)]
        results += [
            self._of_breach(name) if kind.is_of_one_breach else self._value(name)
            for name, kind in wanted.identifiers.items()
        ]
        results += [self._value(name) for name in wanted.links]
        return [f"{expression} AS r{number}" for number, expression in enumerate(results)]

    def _base(self, number: int) -> str:
        """The address that a plain one with a tag is an alias of (see `addresses.base_of`)."""
        has_tag = f"f{number} >= {PLAIN_IN_SPACES} AND contains(a{number}, '+')"
        pattern = literal(_ALIAS)
        return (
            f"CASE WHEN {has_tag} AND regexp_matches(a{number}, {pattern})"
            rf" THEN regexp_replace(a{number}, {pattern}, '\1\2') ELSE '' END"
        )

    def _value(self, name: str) -> str:
        """A value as it stands; a list of values keeps its lines."""
        return self._short_enough(name, f"c{self._number[name]}")

    def _of_breach(self, name: str) -> str:
        """A value with what makes it this breach's alone before it, or before each line (see `digests.Digester`)."""
        number, before = self._number[name], f"{literal(self._breach)} || chr(0)"
        value = f"replace(trim(c{number}, {_BLANK_TEXT}), chr(10), chr(10) || {before})"
        return self._short_enough(name, f"{before} || {value}")

    def _short_enough(self, name: str, value: str) -> str:
        fits = f"s{self._group[name,]} AND strlen(c{self._number[name]}) <= {LONGEST_IDENTIFIER}"
        return f"CASE WHEN {fits} THEN {value} ELSE '' END"

    def _conditions(self) -> dict[str, str]:
        """SQL of whether a record has each class."""
        return {data_class: self._any_says(columns) for data_class, columns in self._of_class.items()}

    def _any_says(self, columns: tuple[str, ...]) -> str:
        conditions = [f"f{self._number[name]} <> {NOTHING}" for name in columns if name in self._wanted.addresses]
        rest = self._without_addresses(columns)
        return " OR ".join([*conditions, *([f"s{self._group[rest]}"] if rest else [])])

    def _without_addresses(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in columns if name not in self._wanted.addresses)


def _listed(value: str) -> str:
    """*value*, a list of JSON one line a value, as JSON itself is read."""
    items = f"array_to_string(json_extract_string({value}, '$[*]'), chr(10))"
    return f"CASE WHEN starts_with({value}, '[') AND json_valid({value}) THEN {items} ELSE {value} END"


def columns_by_class(classes: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The columns that carry each class, by what each column carries."""
    columns: dict[str, tuple[str, ...]] = {}
    for name, carried in classes.items():
        for data_class in carried:
            columns[data_class] = (*columns.get(data_class, ()), name)
    return columns


def _select(expressions: list[str], source: str) -> str:
    return f"SELECT {', '.join(expressions)} FROM {source}"  # noqa: S608 (every name and text in it is quoted)


def _says_something(value: str, nothing: tuple[str, ...]) -> list[str]:
    """Conditions, any of which shows that *value* is no mask and none of *nothing*; none holds for NULL.

    Most values begin with a character that none of those does, and most others are the commonest of them. Comparing
    tells at a fraction of what the regular expression, the last, takes.
    """
    between, pattern = _signs(nothing)
    compared = [f"({value} >= {literal(low)} AND {value} < {literal(high)})" for low, high in between]
    others = [f"{value} <> {literal(text)}" for text in _COMMONEST]
    return [*compared, f"({' AND '.join(others)} AND NOT regexp_full_match({value}, {literal(pattern)}))"]


@cache
def _signs(nothing: tuple[str, ...]) -> tuple[list[tuple[str, str]], str]:
    """Between which texts all say something, and a regular expression of what says nothing: masks and *nothing*."""
    first = {letter for text in nothing for letter in text[:1].lower() + text[:1].upper()}
    edges = sorted(letter for letter in first if _PLAIN_FROM <= letter < _PLAIN_TO)
    between = [(chr(ord(low) + 1), high) for low, high in pairwise([_PLAIN_FROM, *edges, _PLAIN_TO])]
    masks = [f"{_escaped(mask)}{{{MASKED[0]},{MASKED[-1]}}}" for mask in MASKS]
    pattern = f"(?i){_BLANKS}(?:{'|'.join([*map(_escaped, nothing), *masks])}){_BLANKS}"
    return [(low, high) for low, high in between if low < high], pattern


def _escaped(text: str) -> str:
    """*text* for a regular expression, in ASCII, for DuckDB's Python walks through any other statement by character."""
    return "".join(_ESCAPES.get(character) or _numbered(character) for character in text)


def _numbered(character: str) -> str:
    return character if character.isascii() else f"\\x{{{ord(character):x}}}"


def _without_dots(address: str) -> str:
    """A plain address as its provider delivers it (see `addresses.IGNORES_DOTS`); looks closely at few."""
    letters = sorted({letter for domain in IGNORES_DOTS for letter in (domain[0], domain[0].upper())})
    worth_it = " OR ".join(f"contains({address}, '@{letter}')" for letter in letters)
    lowered = f"lower({address})"
    cases = [
        f"WHEN ends_with({lowered}, '@{domain}')"
        f" THEN replace(left({lowered}, strlen({lowered}) - {len(domain) + 1}), '.', '') || '@{known_as}'"
        for domain, known_as in IGNORES_DOTS.items()
    ]
    return f"CASE WHEN {worth_it} THEN CASE {' '.join(cases)} ELSE {address} END ELSE {address} END"
