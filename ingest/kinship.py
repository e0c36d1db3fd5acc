"""Kinship of tables: which column of one names the people of another, told by what columns and tables are called."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from breachcheck.addresses import holds_address
from ingest.entries import Join
from ingest.suggestions import Sample

_SUFFIXES = ("uuid", "guid", "uid", "id", "number", "no", "nr", "key", "ref", "code")
_OWN = ("id", "uuid", "guid", "uid", "key", "number", "no", "code")
_WORDS = re.compile(r"[^\W_]+")
_PERSONS = frozenset(
    _WORDS.findall(
        """user customer client member account person contact subscriber owner author profile patient employee student
        guest kunde kunden nutzer benutzer mitglied usuario cliente utilisateur utente klant gebruiker"""
    )
)
_ALONE = frozenset({"uid", "uuid", "guid", "username", "login"})
_KINDS = {
    "number": re.compile(r"\d{1,20}"),
    "uuid": re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE),
    "hex": re.compile(r"[0-9a-f]{20,}", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Relative:
    """A table: what a `join` calls it, and the kind of id that each of its columns holds, if any values were seen."""

    name: str
    kinds: Mapping[str, str]

    @property
    def stems(self) -> frozenset[str]:
        """What one of its records may be called: of ``dump.sql#shop_users``, shopusers, shopuser, users and user."""
        last = re.split(r"[#!/]", self.name)[-1]
        bare = last.partition(".")[0] if last == self.name.rpartition("/")[2] else last
        words = _WORDS.findall(bare.casefold())
        whole = {"".join(words), *words[-1:]}
        return frozenset({*whole, *(_singular(word) for word in whole)})


def relative(name: str, columns: Sequence[str], sample: Sample) -> Relative:
    """The table *name*, of whose *columns* a *sample* of values is looked at and not kept."""
    return Relative(name, {column: _kind(sample.get(column, ())) for column in columns if not holds_address(column)})


def join_of(table: Relative, people: Sequence[Relative], led: Sequence[Relative] = ()) -> Join | None:
    """The column of *table* that most likely names one of *people*, and the one there that holds the same.

    Else one that by its name is the id of one of those that are *led* to their people by a join of their own.
    """
    for fits, others in ((_by_table, people), (_by_name, people), (_by_person, people), (_by_table, led)):
        for column in table.kinds:
            for other in others:
                for on in fits(_folded(column), other, len(others)):
                    if _agree(table.kinds[column], other.kinds[on]):
                        return Join(column=column, to=other.name, on=on)
    return None


def _by_table(column: str, other: Relative, _: int) -> Iterator[str]:
    """``user_id`` is the ``id`` of ``users``."""
    if _stem(column) in other.stems:
        yield from _ids_of(other)


def _by_name(column: str, other: Relative, _: int) -> Iterator[str]:
    """``customer_id`` is ``customer_id``, wherever it stands."""
    if column in _ALONE or _stem(column) in _PERSONS:
        yield from (on for on in other.kinds if _folded(on) == column)


def _by_person(column: str, other: Relative, count: int) -> Iterator[str]:
    """``owner_id`` is the ``id`` of the only people there are."""
    if count == 1 and _stem(column) in _PERSONS:
        yield from _ids_of(other)


def _ids_of(other: Relative) -> Iterator[str]:
    by_name = {_folded(column): column for column in other.kinds}
    names = [*_OWN, *(f"{stem}{suffix}" for suffix in _SUFFIXES for stem in sorted(other.stems))]
    yield from (by_name[name] for name in names if name in by_name)


def _agree(one: str, other: str) -> bool:
    return "" in (one, other) or one == other


def _kind(values: Sequence[str]) -> str:
    """What all of *values* look like; "" where there are none."""
    if not values:
        return ""
    fits = (kind for kind, pattern in _KINDS.items() if all(pattern.fullmatch(value.strip()) for value in values))
    return next(fits, "text")


def _folded(column: str) -> str:
    return "".join(_WORDS.findall(column.casefold()))


def _stem(column: str) -> str:
    """*column* without the word for an id at its end; "" where it has none."""
    return next((column.removesuffix(suffix) for suffix in _SUFFIXES if column.endswith(suffix)), "")


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word.removesuffix("es") if word.endswith(("sses", "xes")) else word.removesuffix("s")
