"""Groups of fields that carry one data class each: said, or written so that they say nothing."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from .dice import Dice
from .people import Person

Values = dict[str, object]

SAYS_NOTHING: tuple[object, ...] = ("", "", None, None, "N/A", "undefined", "unknown", "-")


@dataclass(frozen=True)
class Group:
    """*share* of the people have it; *said* writes it for one of them; the others get one of *unsaid* in each field."""

    data_class: str
    share: float
    said: Callable[[Dice, Person], Values]
    unsaid: tuple[object, ...] = SAYS_NOTHING


def roll(dice: Dice, groups: Sequence[Group]) -> set[str]:
    """The data classes that one record happens to carry."""
    return {group.data_class for group in groups if dice.chance(group.share)}


def written(dice: Dice, who: Person, groups: Sequence[Group], classes: Collection[str]) -> Values:
    """The fields of a record in which *classes* are said, and no others."""
    values: Values = {}
    for group in groups:
        said = group.said(dice, who)
        values |= said if group.data_class in classes else {key: dice.pick(group.unsaid) for key in said}
    return values
