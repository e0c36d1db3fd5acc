"""Wording: how a language joins a list, says a month and names the reader's details."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from breachcheck import data_classes

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def _same(text: str) -> str:
    return text


def _one_or_many(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


def _with_and(items: Sequence[str]) -> str:
    return _joined(items, "and")


def _with_or(items: Sequence[str]) -> str:
    return _joined(items, "or")


def _joined(items: Sequence[str], word: str) -> str:
    return f"{', '.join(items[:-1])} {word} {items[-1]}" if len(items) > 1 else "".join(items)


def _month(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.year}"


@dataclass(frozen=True, slots=True)
class Language:
    """What the low modules need of a language; English unless told otherwise, so that web can hand in Babel's.

    Translations are asked for whole sentences, with their {placeholders} still in them.
    """

    tag: str = "en"
    gettext: Callable[[str], str] = _same
    ngettext: Callable[[str, str, int], str] = _one_or_many
    and_list: Callable[[Sequence[str]], str] = _with_and
    or_list: Callable[[Sequence[str]], str] = _with_or
    month: Callable[[date], str] = _month
    repeats_your: bool = False
    """Whether "your" stands before each item of a list, since its form depends on what follows."""


ENGLISH = Language()


def to_say(text: str) -> str:
    """Marks *text*, which stands in a table and is asked for in the reader's language elsewhere, for translators."""
    return text


def to_count(one: str, many: str) -> tuple[str, str]:
    """As `to_say`, of ngettext's pair."""
    return one, many


def yours(names: Iterable[str], *, company: str = "", language: Language = ENGLISH) -> list[str]:
    """The reader's details as the items of a list, heaviest first: "your email address", "name", "what you bought".

    "your" stands once for the items that follow it, where the language has it so. *company*, where it is one, is named
    where that helps.
    """
    items, is_said = [], False
    for name in data_classes.heaviest_first(names):
        one = data_classes.get(name)
        full, short = _forms(one, company)
        follows = full == f"your {short}"
        items.append(language.gettext(short if follows and is_said else full).format(company=company))
        is_said = follows and not language.repeats_your
    return items


def bare(names: Iterable[str], *, company: str = "", language: Language = ENGLISH) -> list[str]:
    """The details without "your", heaviest first, as after it or in a table."""
    ordered = (data_classes.get(name) for name in data_classes.heaviest_first(names))
    return [language.gettext(_forms(one, company)[1]).format(company=company) for one in ordered]


def at_most(limit: int, items: Sequence[str], more: tuple[str, str], language: Language = ENGLISH) -> list[str]:
    """*items*, or the first of them and one item that counts the rest; *more* is ngettext's pair, with {n}."""
    if len(items) <= limit:
        return list(items)
    rest = len(items) - limit + 1
    return [*items[: limit - 1], language.ngettext(*more, rest).format(n=rest)]


def _forms(one: data_classes.DataClass, company: str) -> tuple[str, str]:
    return (one.yours_at or one.yours, one.bare_at or one.bare) if company else (one.yours, one.bare)
