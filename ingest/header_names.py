"""Header names: which data class a column's name speaks of, in the languages of header_names.toml."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ingest import mixpanel_names

_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column's name speaks of; *is_exact*: word for word, not only once words around it are left off."""

    data_class: str
    is_exact: bool


def meaning_of(column: str) -> Meaning | None:
    """What the name *column* speaks of; None where it is unknown.

    What is not certain to be the record's own, such as ``manager_email``, or to be the thing itself, such as
    ``email_verified``, is unknown.
    """
    if column.startswith(("$", "mp_", "utm_", "initial_utm_")):
        known = mixpanel_names.class_of(column)
        return Meaning(known, is_exact=True) if known else None
    names = _names()
    words = _words(column)
    if found := names.data_classes.get("".join(words)):
        return Meaning(found, is_exact=True)
    for shorter in _shorter(words, names.around):
        if found := names.data_classes.get("".join(shorter)):
            return Meaning(found, is_exact=False)
    return None


@dataclass(frozen=True, slots=True)
class _Names:
    data_classes: Mapping[str, str]
    around: frozenset[str]


@cache
def _names() -> _Names:
    tables = tomllib.loads(resources.files("ingest").joinpath("header_names.toml").read_text("utf-8"))
    around = tables.pop("around").split()
    data_classes: dict[str, str] = {}
    for language in tables.values():
        for data_class, names in language.items():
            for name in names.split(","):
                data_classes.setdefault("".join(_words(name)), data_class)
    return _Names(data_classes, frozenset(around))


def _words(name: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", _HUMP.sub(" ", name).casefold()).translate(_LETTERS)
    kept = "".join(char for char in letters if not unicodedata.combining(char))
    return re.findall(r"[^\W_]+", kept)


def _shorter(words: list[str], around: frozenset[str]) -> Iterator[list[str]]:
    """*words* without some of those that may stand around a name, the longest first."""
    first = next((place for place, word in enumerate(words) if word not in around), len(words))
    last = next((place for place in range(len(words), first, -1) if words[place - 1] not in around), first)
    spans = [(start, end) for start in range(first + 1) for end in range(last, len(words) + 1) if start < end]
    for start, end in sorted(spans, key=lambda span: span[0] - span[1]):
        yield words[start:end]
