"""Header names: which data class a column's name speaks of, in the languages of header_names.toml."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import msgspec

from breachcheck import data_classes
from ingest import mixpanel_names

EMAIL = "Email addresses"
LONGEST = 100  # characters of a column's name that are looked at

_OF_A_NAME = (["first"], ["last"], ["middle"])  # if nothing is behind: ``last_login`` is no name
_TYPES = frozenset({"S", "N", "B", "M", "L", "SS", "NS", "BS"})  # DynamoDB's
_AROUND_ALL = frozenset({"Item", "_source"})
_LETTERS = str.maketrans({"ł": "l", "ı": "i", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column's name speaks of; *is_exact*: word for word, not only once words around it are left off."""

    data_class: str
    is_exact: bool


class _TellingTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    data_class: str
    tables: str
    columns: str


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    around: str
    persons: str
    ids: str
    joined: str
    others: str
    machines: str
    vague: str
    told_by: dict[str, _TellingTable]
    names: dict[str, dict[str, str]]


def meaning_of(column: str) -> Meaning | None:
    """What the name *column* speaks of; None where it is unknown.

    What is not certain to be the record's own, such as ``manager_email``, or to be the thing itself, such as
    ``email_verified``, is unknown.
    """
    if column.startswith(("$", "mp_", "utm_", "initial_utm_")):
        known = mixpanel_names.class_of(column)
        return Meaning(known, is_exact=True) if known else None
    parts = _bare(column[:LONGEST].split("."))
    words = _words(" ".join(parts))
    return _of_words(words) or _of_id(words) or _of_path(parts)


def speaks_of_another(column: str) -> bool:
    """Whether a word in the name *column* is for someone or something else, as ``server`` in ``server_ip``."""
    return not _listed("others").isdisjoint(_words(column[:LONGEST]))


def meaning_in(table: Collection[str], column: str) -> str:
    """What a *column* that says little by itself holds in a table of that name, given in its forms; "" if unknown."""
    name = "".join(_words(column[:LONGEST]))
    forms = {"".join(_words(form)) for form in table}
    telling = (one for one in _table().told_by.values() if name in one.columns.split())
    return next((one.data_class for one in telling if not forms.isdisjoint(one.tables.split())), "")


def is_of_ip(column: str) -> bool:
    """Whether `ip` is a word of the name *column*, and none that is for a machine."""
    words = _words(column[:LONGEST])
    return "ip" in words and _listed("machines").isdisjoint(words)


def _bare(parts: list[str]) -> list[str]:
    """*parts* of a path without what exports put around values: `Item.address.M.city.S` is `address.city`."""
    kept = [part for part in parts if part.removesuffix("[]") not in _TYPES]
    return kept[kept[0] in _AROUND_ALL :] if len(kept) > 1 else kept or parts


def _of_words(words: list[str]) -> Meaning | None:
    if found := _by_name().get("".join(words)):
        return Meaning(found, is_exact=True)
    for shorter in _shorter(words, _listed("around")):
        if found := _by_name().get("".join(shorter)):
            return Meaning(found, is_exact=False)
    return _of_joined("".join(words))


def _of_joined(name: str) -> Meaning | None:
    """Of ``客户姓名``, where no space stands between whose it is and what."""
    behind = (name.removeprefix(person) for person in _listed("joined") if name.startswith(person))
    found = next((_by_name()[rest] for rest in behind if rest in _by_name()), None)
    return Meaning(found, is_exact=False) if found else None


def _of_id(words: list[str]) -> Meaning | None:
    """Of ``id_member`` and ``patient_no``."""
    is_id = len(words) == 2 and any(
        person in _listed("persons") and id_word in _listed("ids") for person, id_word in (words, words[::-1])
    )
    return Meaning("Account identifiers", is_exact=False) if is_id else None


def _of_path(parts: list[str]) -> Meaning | None:
    """Of what stands further in, whatever that is called: of ``traits.company.name`` and ``passengers[].lastName``.

    An address there may be anyone's.
    """
    for at in range(1, len(parts)):
        words = _words(" ".join(parts[at:]))
        found = _of_words(words)
        if found and "".join(words) not in _listed("vague") and found.data_class != EMAIL:
            is_own = _listed("others").isdisjoint(_words(" ".join(parts[:at])))
            return Meaning(found.data_class, is_exact=False) if is_own else None
    return None


def every_name() -> Iterator[tuple[str, str]]:
    """Every name that is known, without spaces and accents, with its data class."""
    for classes in _table().names.values():
        for data_class, names in classes.items():
            yield from (("".join(_WORD.findall(name)), data_class) for name in _letters(names).split(","))


def telling_classes() -> frozenset[str]:
    """Every data class that a table's name can tell."""
    return frozenset(one.data_class for one in _table().told_by.values())


@cache
def _by_name() -> Mapping[str, str]:
    return {**dict(_own_names()), **dict(every_name())}


def _own_names() -> Iterator[tuple[str, str]]:
    """What the vocabulary itself calls the kinds of data, in several words: `comments` may be how many there are."""
    for data_class in data_classes.all_classes():
        words = _words(data_class)
        if len(words) > 1:
            yield "".join(words), data_class


@cache
def _listed(name: str) -> frozenset[str]:
    """The words that the table lists as *name*."""
    words: str = getattr(_table(), name)
    return frozenset(words.split())


@cache
def _table() -> _Table:
    raw = resources.files("ingest").joinpath("header_names.toml").read_bytes()
    return msgspec.toml.decode(raw, type=_Table)


def _words(name: str) -> list[str]:
    return _WORD.findall(_letters(name))


def _letters(text: str) -> str:
    """*text* in small letters without accents, its words apart."""
    letters = _HUMP.sub(" ", _as_meant(text)).casefold()
    if letters.isascii():
        return letters
    marked = unicodedata.normalize("NFKD", letters).translate(_LETTERS)
    return "".join(char for char in marked if not unicodedata.combining(char))


def _as_meant(name: str) -> str:
    """*name*, or what it was before UTF-8 was taken for cp1252: nothing else happens to spell UTF-8 throughout."""
    if name.isascii():
        return name
    try:
        return b"".join(map(_byte_of, name)).decode()
    except UnicodeError:
        return name


def _byte_of(letter: str) -> bytes:
    """What cp1252 takes for *letter*; bytes that have none there are controls."""
    return letter.encode("latin-1" if letter < "\u0100" else "cp1252")


def _shorter(words: list[str], around: frozenset[str]) -> Iterator[list[str]]:
    """*words* without some of those that may stand around a name, the longest first."""
    is_around = [word in around or _YEAR.fullmatch(word) is not None for word in words]
    first = next((place for place, may_go in enumerate(is_around) if not may_go), len(words))
    last = next((place for place in range(len(words), first, -1) if not is_around[place - 1]), first)
    spans = [(start, end) for start in range(first + 1) for end in range(last, len(words) + 1) if start < end]
    for start, end in sorted(spans, key=lambda span: span[0] - span[1]):
        if words[start:end] not in _OF_A_NAME or end == len(words):
            yield words[start:end]
