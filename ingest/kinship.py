"""Kinship of tables: which column of one names the people of another, told by what columns and tables are called."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from breachcheck import ids
from breachcheck.addresses import holds_address
from ingest.entries import Join
from ingest.samples import ROWS
from ingest.suggestions import Sample

_SUFFIXES = ("uuid", "guid", "uid", "id", "number", "nummer", "numer", "numero", "no", "nr", "key", "ref", "code")
_PREFIXES = ("id", "cod", "codice", "codigo", "num", "nr", "fk", "ref")
_FEWEST = 3  # values that tell whether two columns hold the same
_OWN = ("id", "uuid", "guid", "uid", "key", "number", "nummer", "no", "nr", "code")
_WORDS = re.compile(r"[^\W_]+")
_PERSONS = frozenset(
    _WORDS.findall(
        """user customer client member account person contact subscriber owner author profile patient employee student
        guest kunde kunden nutzer benutzer mitglied usuario cliente utilisateur utente klant gebruiker
        sender fromuser fromaccount fromcustomer buyer applicant mitglieds patienten teilnehmer paciente alumno socio
        paziente leerling"""
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
    """A table: what a `join` calls it, the kind of id that each of its columns holds, if any values were seen, and
    digests of these."""

    name: str
    kinds: Mapping[str, str]
    seen: Mapping[str, frozenset[int]] = field(default_factory=dict, repr=False)
    is_whole: bool = False  # whether all of its values were seen

    @property
    def words(self) -> list[str]:
        """Those of its own name, without what leads there."""
        last = re.split(r"[#!/]", self.name)[-1]
        bare = last.partition(".")[0] if last == self.name.rpartition("/")[2] else last
        return _WORDS.findall(bare.casefold())

    @property
    def stems(self) -> frozenset[str]:
        """What one of its records may be called: of ``dump.sql#shop_users``, shopusers, shopuser, users and user."""
        whole = {"".join(self.words), *self.words[-1:]}
        return frozenset({*whole, *(_singular(word) for word in whole)})


_Fits = Callable[[str, Relative, int], Iterator[str]]
"""Of a column's folded name, another table, and how many there are: the columns there that may hold the same."""


def relative(name: str, columns: Sequence[str], sample: Sample) -> Relative:
    """The table *name*, of whose *columns* a *sample* of values is looked at and not kept."""
    shown = [column for column in columns if not holds_address(column)]
    values = {column: [ids.spelled(value) for value in sample.get(column, ())] for column in shown}
    seen = {column: frozenset(map(_digest, some)) for column, some in values.items()}
    kinds = {column: _kind(some) for column, some in values.items()}
    return Relative(name, kinds, seen, is_whole=max(map(len, sample.values()), default=ROWS) < ROWS)


def join_of(table: Relative, people: Sequence[Relative], led: Sequence[Relative] = ()) -> Join | None:
    """The column of *table* that most likely names one of *people*, and the one there that holds the same.

    Else one that by its name is the id of one of those that are *led* to their people by a join of their own.
    """
    own = (_by_parent(table), people), (_by_owner(table), people)
    ways = (_by_table, people), (_by_name, people), *own, (_by_person, people), (_by_table, led)
    for fits, others in ways:
        for column in table.kinds:
            for other in others:
                for on in fits(_folded(column), other, len(others)):
                    if _agree(table.kinds[column], other.kinds[on]) and _meet(table, column, other, on):
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


def _by_parent(table: Relative) -> _Fits:
    """In ``customer_address``, ``parent_id`` is the ``id`` of ``customer``."""

    def fits(column: str, other: Relative, _: int) -> Iterator[str]:
        if _stem(column) == "parent" and set(other.words) < set(table.words):
            yield from _ids_of(other)

    return fits


def _by_owner(table: Relative) -> _Fits:
    """The ``id`` of ``users`` is the ``user_id`` of ``user_emails``."""
    own = {_folded(column) for column in _ids_of(table)} if not _PERSONS.isdisjoint(table.stems) else set()

    def fits(column: str, other: Relative, _: int) -> Iterator[str]:
        if column in own:
            yield from (on for on in other.kinds if _stem(_folded(on)) in table.stems)

    return fits


def _by_person(column: str, other: Relative, count: int) -> Iterator[str]:
    """``owner_id`` is the ``id`` of the only people there are."""
    if count == 1 and _stem(column) in _PERSONS:
        yield from _ids_of(other)


def _ids_of(other: Relative) -> Iterator[str]:
    by_name = {_folded(column): column for column in other.kinds}
    names = [*_OWN, *(f"{stem}{suffix}" for suffix in _SUFFIXES for stem in sorted(other.stems))]
    yield from (by_name[name] for name in names if name in by_name)


def _meet(one: Relative, column: str, other: Relative, on: str) -> bool:
    """Whether some id is seen on both sides, unless the other side was not seen as a whole."""
    here, there = one.seen.get(column, frozenset()), other.seen.get(on, frozenset())
    is_known = other.is_whole and min(len(here), len(there)) >= _FEWEST
    return not is_known or not here.isdisjoint(there)


def _digest(value: str) -> int:
    return hash(value.casefold())


def _agree(one: str, other: str) -> bool:
    return "" in (one, other) or one == other


def _kind(values: Sequence[str]) -> str:
    """What all of *values* look like; "" where there are none."""
    if not values:
        return ""
    fits = (kind for kind, pattern in _KINDS.items() if all(pattern.fullmatch(value) for value in values))
    return next(fits, "text")


def _folded(column: str) -> str:
    return "".join(_WORDS.findall(column.casefold()))


def _stem(column: str) -> str:
    """*column* without the word for an id at its end, or at its beginning before a person; "" where it has none."""
    bare = next((column.removesuffix(suffix) for suffix in _SUFFIXES if column.endswith(suffix)), "")
    before = (column.removeprefix(prefix) for prefix in _PREFIXES if column.startswith(prefix))
    return bare or next((person for person in before if person in _PERSONS), "")


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word.removesuffix("es") if word.endswith(("sses", "xes")) else word.removesuffix("s")
