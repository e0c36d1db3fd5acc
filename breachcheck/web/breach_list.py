"""The list of breaches: which of them a reader asked for, in which order. The wish stands in the page's address."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from breachcheck.addresses import holds_address
from breachcheck.answers import by_weight
from breachcheck.catalog import Breach
from breachcheck.web import language
from breachcheck.web.answer_page import plural, plurals
from breachcheck.web.breach_page import Flag, flags_of
from breachcheck.web.breach_texts import title_of
from breachcheck.web.language import gettext as _

ON_A_PAGE = 50
LONGEST_SEARCH = 100

ORDERS: dict[str, Callable[[Breach], Any]] = {
    "happened": lambda breach: -breach.facts.breach_date.toordinal(),
    "added": lambda breach: -breach.added_at,
    "people": lambda breach: -breach.people,
    "title": lambda breach: language.sort_key(title_of(breach)),
}
"""The first is used where none is asked for."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader asked the list for; empty is anything. *is_address*: an address was typed where names belong."""

    words: str = ""
    data_class: str = ""
    year: str = ""
    order: str = "happened"
    page: int = 1
    is_address: bool = False

    @property
    def narrows(self) -> bool:
        return bool(self.words or self.data_class or self.year)

    def as_query(self, page: int) -> dict[str, str]:
        """The same wish for another page, as the query of its address; what is not asked for is left out."""
        query = {"q": self.words, "class": self.data_class, "year": self.year}
        query |= {"sort": "" if self.order == "happened" else self.order, "page": "" if page == 1 else str(page)}
        return {name: value for name, value in query.items() if value}


@dataclass(frozen=True, slots=True)
class Row:
    """A breach in the list: what most readers look for, heaviest details first."""

    breach: Breach
    flags: Sequence[Flag]
    classes: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list. *found* of *all_of_them* fit the wish; *earlier* and *later* are pages beside this one."""

    wish: Wish
    rows: Sequence[Row]
    found: int
    all_of_them: int
    earlier: Mapping[str, str] | None
    later: Mapping[str, str] | None
    classes: Mapping[str, str]
    years: Sequence[str]


def wish_from(query: Mapping[str, str]) -> Wish:
    """What *query* asks for. An address is not searched for: it is dropped here, and stands on no page."""
    words = " ".join(query.get("q", "")[:LONGEST_SEARCH].split())
    is_address = holds_address(words)
    order, page = query.get("sort", ""), query.get("page", "")
    return Wish(
        words="" if is_address else words,
        data_class=query.get("class", ""),
        year=query.get("year", ""),
        order=order if order in ORDERS else "happened",
        page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        is_address=is_address,
    )


def listing(breaches: Sequence[Breach], wish: Wish) -> Listing:
    """The page of the list that *wish* asks for; beyond the last page, the last."""
    fitting = sorted(_newest_first(one for one in breaches if _fits(one, wish)), key=ORDERS[wish.order])
    pages = max(1, -(-len(fitting) // ON_A_PAGE))
    page = min(wish.page, pages)
    shown = fitting[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    return Listing(
        wish=wish,
        rows=[Row(one, flags_of(one), plurals(by_weight(one.data_classes))) for one in shown],
        found=len(fitting),
        all_of_them=len(breaches),
        earlier=wish.as_query(page - 1) if page > 1 else None,
        later=wish.as_query(page + 1) if page < pages else None,
        classes=_classes_of(breaches),
        years=sorted({str(one.facts.breach_date.year) for one in breaches}, reverse=True),
    )


def order_names() -> dict[str, str]:
    """Each order in the reader's words."""
    return {
        "happened": _("Newest first"),
        "added": _("Last added first"),
        "people": _("Most people first"),
        "title": _("By name"),
    }


def _newest_first(breaches: Iterable[Breach]) -> list[Breach]:
    return sorted(breaches, key=ORDERS["happened"])


def _fits(breach: Breach, wish: Wish) -> bool:
    is_of_year = not wish.year or str(breach.facts.breach_date.year) == wish.year
    has_class = not wish.data_class or wish.data_class in breach.data_classes
    return is_of_year and has_class and all(word in _names_of(breach) for word in wish.words.casefold().split())


def _names_of(breach: Breach) -> str:
    facts = breach.facts
    names = (title_of(breach), breach.title, facts.name, facts.domain, facts.held_by, facts.on_behalf_of)
    return " ".join(name.casefold() for name in names if name)


def _classes_of(breaches: Iterable[Breach]) -> dict[str, str]:
    """Every kind of data of *breaches* -> its words, in the order of the reader's alphabet."""
    names = frozenset[str]().union(*(one.data_classes for one in breaches))
    return dict(sorted(((name, plural(name)) for name in names), key=lambda one: language.sort_key(one[1])))
