"""The SQL that takes a table apart: what a record says, its addresses in plain form, its classes, its identifiers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from breachcheck.addresses import IGNORES_DOTS, PLAIN, PLAIN_LENGTH
from breachcheck.digests import Kind
from ingest.engine import literal, quoted
from ingest.words import Words

SAYS_NOTHING = ("", "null", "n/a", "unknown", "undefined", "-", "0", "$direct")
"""Values that tell nothing about anyone, in any letter case, spaces around them or not."""

LONGEST = 1024
"""Characters of an address's text that are looked at; `canonical` refuses longer ones."""

LONGEST_LIST = 8 * LONGEST
"""Characters of a list of addresses that are looked at, and of any identifier."""

_BLANKS = r"[\s\x{a0}\x{feff}]*"
_ALIAS = r"^(\.*[^.+@][^+@]*)\+[^@]*(@.*)$"
_BLANK_TEXT = r"E' \t\r\n'"
_PLAIN_FROM, _PLAIN_TO = "/", "\x7f"  # digits, letters and little else
_SPECIAL = frozenset(r".^$*+?()[]{}|\/-")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a table's columns are for, by name.

    *keys* are the columns by which records elsewhere find this one's person, each with the name of the junction where;
    *references*, best first, those by which this record finds its person at the junction *meets*.
    """

    addresses: tuple[str, ...] = ()
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    identifiers: Mapping[str, Kind] = field(default_factory=dict)
    keys: tuple[tuple[str, str], ...] = ()
    references: tuple[str, ...] = ()
    meets: str | None = None
    nothing_said: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read, once."""
        keys = (column for column, _ in self.keys)
        return tuple(dict.fromkeys((*self.addresses, *self.classes, *self.identifiers, *keys, *self.references)))


class Selection:
    """One SELECT over a table, and where in its result everything stands.

    The result's columns: `broken`, the lanes of the words; a text, a form and a base for every address column; a text
    for every column of identifiers, keys and references. None is NULL; what says nothing is empty.
    """

    def __init__(self, wanted: Wanted, words: Words, breach: str) -> None:
        self._wanted = wanted
        self._breach = breach
        self._words = words
        self._number = {name: number for number, name in enumerate(wanted.columns)}

    def sql(self, relation: str) -> str:
        """The statement over *relation*, which gives the wanted columns and `broken`."""
        said = _select(["broken", *self._named(), *self._said()], relation)
        plain = _select(["*", *self._plain(), *self._lowered()], f"({said})")
        delivered = _select(["*", *self._delivered()], f"({plain})")
        return _select(self._results(), f"({delivered})")

    def _named(self) -> list[str]:
        return [f"{quoted(name)} AS c{number}" for name, number in self._number.items()]

    def _said(self) -> list[str]:
        nothing = tuple(dict.fromkeys((*SAYS_NOTHING, *(value.strip() for value in self._wanted.nothing_said))))
        return [
            f"CASE WHEN broken THEN false {_says_something(quoted(name), nothing)} END AS s{number}"
            for name, number in self._number.items()
        ]

    def _plain(self) -> list[str]:
        """Whether the address is plain, but for spaces around it."""
        pattern = literal(f" *(?:{PLAIN}) *")
        return [
            f"(s{number} AND strlen(c{number}) <= {PLAIN_LENGTH} AND regexp_full_match(c{number}, {pattern}))"
            f" AS p{number}"
            for number in self._numbers(self._wanted.addresses)
        ]

    def _lowered(self) -> list[str]:
        return [
            f"CASE WHEN starts_with(c{number}, ' ') OR ends_with(c{number}, ' ') THEN lower(trim(c{number}))"
            f" ELSE lower(c{number}) END AS l{number}"
            for number in self._numbers(self._wanted.addresses)
        ]

    def _delivered(self) -> list[str]:
        return [
            f"CASE WHEN p{number} THEN {_without_dots(f'l{number}')}"
            f" WHEN s{number} AND contains(c{number}, chr(10)) THEN left(c{number}, {LONGEST_LIST + 1})"
            f" WHEN s{number} THEN left(c{number}, {LONGEST + 1}) ELSE '' END AS a{number}"
            for number in self._numbers(self._wanted.addresses)
        ]

    def _results(self) -> list[str]:
        wanted = self._wanted
        results = ["coalesce(broken, false)::UTINYINT", *self._words.sql(self._conditions())]
        for number in self._numbers(wanted.addresses):
            results += [
                f"a{number}",
                f"(CASE WHEN p{number} THEN 2 WHEN s{number} THEN 1 ELSE 0 END)::UTINYINT",
                f"CASE WHEN p{number} AND contains(a{number}, '+') AND regexp_matches(a{number}, {literal(_ALIAS)})"
                rf" THEN regexp_replace(a{number}, {literal(_ALIAS)}, '\1\2') ELSE '' END",
            ]
        results += [
            self._of_breach(name) if kind.is_of_one_breach else self._value(name)
            for name, kind in wanted.identifiers.items()
        ]
        results += [self._value(name) for name in (*(name for name, _ in wanted.keys), *wanted.references)]
        return [f"{expression} AS r{number}" for number, expression in enumerate(results)]

    def _value(self, name: str) -> str:
        """A value as it stands but for blanks around it; a list of values keeps its lines."""
        number = self._number[name]
        value = f"trim(c{number}, {_BLANK_TEXT})"
        return f"CASE WHEN s{number} AND strlen(c{number}) <= {LONGEST_LIST} THEN {value} ELSE '' END"

    def _of_breach(self, name: str) -> str:
        """The same, with what makes it this breach's alone before each value (see `digests.Digester`)."""
        number, before = self._number[name], f"{literal(self._breach)} || chr(0)"
        value = f"replace(trim(c{number}, {_BLANK_TEXT}), chr(10), chr(10) || {before})"
        return f"CASE WHEN s{number} AND strlen(c{number}) <= {LONGEST_LIST} THEN {before} || {value} ELSE '' END"

    def _conditions(self) -> dict[str, str]:
        by_class: dict[str, list[str]] = {}
        for name, classes in self._wanted.classes.items():
            for data_class in classes:
                by_class.setdefault(data_class, []).append(f"s{self._number[name]}")
        return {data_class: " OR ".join(columns) for data_class, columns in by_class.items()}

    def _numbers(self, names: tuple[str, ...]) -> list[int]:
        return [self._number[name] for name in names]


def _select(expressions: list[str], source: str) -> str:
    return f"SELECT {', '.join(expressions)} FROM {source}"  # noqa: S608 (every name and text in it is quoted)


def _says_something(value: str, nothing: Sequence[str]) -> str:
    """The cases in which *value* is none of *nothing*.

    Most values begin with a character that none of those does. Comparing tells at a fraction of what the regular
    expression takes.
    """
    first = {letter for text in nothing for letter in (text[:1].lower(), text[:1].upper())} - {""}
    edges = sorted(letter for letter in first if _PLAIN_FROM <= letter < _PLAIN_TO)
    between = [(chr(ord(low) + 1), high) for low, high in pairwise([_PLAIN_FROM, *edges, _PLAIN_TO])]
    cases = [f"WHEN {value} >= {literal(low)} AND {value} < {literal(high)} THEN true" for low, high in between]
    pattern = f"(?i){_BLANKS}(?:{'|'.join(map(_escaped, nothing))}){_BLANKS}"
    return f"{' '.join(cases)} ELSE coalesce(NOT regexp_full_match({value}, {literal(pattern)}), false)"


def _escaped(value: str) -> str:
    return "".join(f"\\{character}" if character in _SPECIAL else character for character in value)


def _without_dots(address: str) -> str:
    """Of a lower-cased address: as its provider delivers it (see `addresses.IGNORES_DOTS`)."""
    cases = [
        f"WHEN ends_with({address}, '@{domain}')"
        f" THEN replace(left({address}, strlen({address}) - {len(domain) + 1}), '.', '') || '@{known_as}'"
        for domain, known_as in IGNORES_DOTS.items()
    ]
    return f"CASE {' '.join(cases)} ELSE {address} END"
