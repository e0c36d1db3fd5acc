"""The vocabulary of data classes: HIBP's names and ours, how heavy each is, and which are for the owner alone.

The words and figures stand in data_classes.json, heaviest class first; this module reads and types them.
"""

import difflib
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from breachcheck.errors import UnknownDataClass

Level = Literal["critical", "high", "medium", "low", "info"]
PasswordStorage = Literal["plain", "unsalted", "salted", "unknown"]

LEVELS: tuple[tuple[int, Level], ...] = ((80, "critical"), (60, "high"), (40, "medium"), (20, "low"), (0, "info"))
WEIGHT_OF_STORAGE: Mapping[str, int] = {"plain": 98, "unsalted": 96, "salted": 85}
"""How much Passwords weigh where it is known how they were stored; elsewhere they weigh what the table says."""


class DataClass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of data.

    *plural* names it inside a sentence about everyone, *yours* in one about the reader, *bare* after "your" or in a
    list; *yours_at* and *bare_at*, where there are any, name the company too. *is_plural*: *bare* takes "were".
    *asks_nothing*: the reader need do nothing about it, even where it adds to a step that other classes call for.
    """

    name: str
    plural: str
    yours: str
    bare: str
    yours_at: str = ""
    bare_at: str = ""
    is_plural: bool = False
    weight: int
    owner_only: bool = False
    steps: tuple[str, ...] = ()
    asks_nothing: bool = False
    why: str
    what: str = ""


class Combination(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Classes that weigh more in one record than alone: one or more out of each group of *all_of*.

    *step* is what to do about them; *why* is for the reader of the table.
    """

    weight: int
    all_of: tuple[tuple[str, ...], ...]
    step: str
    makes_owner_only: bool = False
    why: str

    def is_in(self, classes: Collection[str]) -> bool:
        return all(any(name in classes for name in group) for group in self.all_of)

    def members(self, classes: Collection[str]) -> frozenset[str]:
        """Those of *classes* that take part."""
        return frozenset(name for group in self.all_of for name in group if name in classes)


class _Vocabulary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    classes: tuple[DataClass, ...]
    combinations: tuple[Combination, ...]


def get(name: str) -> DataClass:
    """The class of exactly this spelling; raises UnknownDataClass, which names the nearest ones."""
    try:
        return all_classes()[name]
    except KeyError:
        raise UnknownDataClass(_unknown(name)) from None


@cache
def all_classes() -> Mapping[str, DataClass]:
    """Every class by its name, heaviest first."""
    return {one.name: one for one in _vocabulary().classes}


def is_owner_only(name: str) -> bool:
    """Whether the mere fact that this was in a record tells a stranger something about its person."""
    return get(name).owner_only


def heaviest_first(names: Iterable[str]) -> tuple[str, ...]:
    """*names* in the order in which people are told of them, each once."""
    return tuple(sorted(set(names), key=lambda name: (-get(name).weight, _places()[name])))


def nearest(name: str) -> list[str]:
    """Up to three names that *name* may be a misspelling or a part of, best first."""
    by_folded = {known.casefold(): known for known in all_classes()}
    folded = name.strip().casefold().replace("-", "")
    similar = difflib.get_close_matches(folded, by_folded, n=3, cutoff=0.7)
    longer = [known for known in by_folded if len(folded) > 2 and folded.rstrip("s") in known]
    return [by_folded[known] for known in dict.fromkeys(similar + longer)][:3]


def weight_of(name: str, password_storage: str | None = None) -> int:
    """0 to 100; of Passwords by the way they were stored (plain, unsalted, salted), unknown being the worst."""
    weight = get(name).weight
    return WEIGHT_OF_STORAGE.get(password_storage or "", weight) if name == "Passwords" else weight


def combinations_in(classes: Collection[str]) -> tuple[Combination, ...]:
    """The combinations that one person's *classes* of one breach make up, heaviest first."""
    return tuple(one for one in _vocabulary().combinations if one.is_in(classes))


def combined_weight(combination: Combination, password_storage: str | None = None) -> int:
    """What *combination* weighs; never more than the passwords in it, which must be readable to be tried elsewhere."""
    has_passwords = any("Passwords" in group for group in combination.all_of)
    return min(combination.weight, weight_of("Passwords", password_storage)) if has_passwords else combination.weight


def severity(classes: Collection[str], password_storage: str | None = None) -> int:
    """How soon and how badly one person's *classes* of one breach could hurt: the heaviest class or combination."""
    alone = (weight_of(name, password_storage) for name in classes)
    together = (combined_weight(one, password_storage) for one in combinations_in(classes))
    return max([0, *alone, *together])


def level(weight: int) -> Level:
    """The band of a weight, for machines that sort by words."""
    return next(word for least, word in LEVELS if weight >= least)


def makes_owner_only(classes: Collection[str]) -> frozenset[str]:
    """Those of *classes* that are for the owner alone only because of others beside them.

    To be asked with a breach's classes, not a person's: a rule that differed by person would tell strangers of them.
    """
    private = (one.members(classes) for one in combinations_in(classes) if one.makes_owner_only)
    return frozenset(name for members in private for name in members if not is_owner_only(name))


@cache
def _vocabulary() -> _Vocabulary:
    text = resources.files("breachcheck").joinpath("data_classes.json").read_bytes()
    return msgspec.json.decode(text, type=_Vocabulary)


@cache
def _places() -> Mapping[str, int]:
    return {name: place for place, name in enumerate(all_classes())}


def _unknown(name: str) -> str:
    # What stands where a class belongs may be anything, an address included: such a text is not quoted.
    quoted = f'"{name}"' if len(name) <= 60 and "@" not in name else "what is written here"
    found = nearest(name)
    names = " or ".join(f'"{one}"' for one in found)
    remedy = (
        f"did you mean {names}?" if found else "use one of HIBP's names, or one of the three that breachcheck adds."
    )
    return f"no data class is called {quoted}; {remedy} The spelling must be exact."
