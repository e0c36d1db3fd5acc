"""Customer texts: what a company's own mailer can say, one text for each combination of data that people have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from breachcheck import wording
from breachcheck.breaches import BreachRow, LoadId
from breachcheck.catalog import Breach, Catalogue
from breachcheck.config import Config
from breachcheck.data_classes import heaviest_first
from breachcheck.disclosure import OWNER, disclose
from breachcheck.errors import UnknownLoad
from breachcheck.field_sets import FieldSet
from breachcheck.loads import Loads
from breachcheck.mail.concerned import tells_of_someone
from breachcheck.mail.letters import Letters, Written
from breachcheck.wording import ENGLISH, Language

NO_TEXT = (
    "these details are for the owner alone, so a mail must not name them; with mail, `public_url` and a site that is"
    " not closed it could say where to see them"
)


@dataclass(frozen=True, slots=True)
class CustomerText:
    """*letter* tells it from the others: A is for most *people*. *texts*: by language; none where none may be said.

    *is_private*: a stranger may not know even that it is about this breach, and no text says so.
    """

    letter: str
    people: int
    classes: tuple[str, ...]
    is_private: bool
    texts: Mapping[str, Written]

    def details(self, language: Language = ENGLISH) -> str:
        """What those people have, as pages call it."""
        return language.and_list(wording.bare(self.classes, language=language))


@dataclass(frozen=True, slots=True)
class CustomerTexts:
    """For most people first; *others* are those for whose combinations there is none, as there are so many."""

    breach: Breach
    texts: Sequence[CustomerText]
    others: int


def texts_of(
    load_id: LoadId,
    languages: Sequence[str],
    *,
    catalogue: Catalogue,
    letters: Letters,
    settings: Config,
    most: int | None = None,
) -> CustomerTexts:
    """A text for each combination of the load, held or not, or for the commonest, in each of *languages*.

    Raises UnknownLoad.
    """
    published = catalogue.of_load(load_id)
    (breach,) = published.breaches
    found = [one for _, one in published.field_sets.values() if one.people and not one.via_alias]
    found.sort(key=lambda one: (-one.people, sorted(one.classes)))
    chosen = found[:most]
    texts = [
        CustomerText(
            letter=_letter(number),
            people=one.people,
            classes=heaviest_first(one.classes),
            is_private=tells_of_someone(breach, one.classes),
            texts=_written(breach, one, languages, letters, settings),
        )
        for number, one in enumerate(chosen)
    ]
    return CustomerTexts(breach, texts, sum(one.people for one in found[len(chosen) :]))


def load_of(row: BreachRow, load_id: LoadId | None, loads: Loads) -> LoadId:
    """*load_id* if it is a whole one of the breach; else what is published, or the newest whole load.

    Raises UnknownLoad where there is none.
    """
    whole = [load.id for load in loads.of_breach(row.id) if load.state == "complete"]
    candidates = [load_id] if load_id is not None else [row.current_load, *whole]
    for one in candidates:
        if one in whole:
            return one
    raise UnknownLoad(f"{row.name} has no such load; `breachcheck breaches show {row.name}` lists those it has.")


def as_json(one: CustomerText) -> dict[str, Any]:
    """For programs."""
    return {
        "letter": one.letter,
        "people": one.people,
        "classes": list(one.classes),
        "is_private": one.is_private,
        "texts": msgspec.to_builtins(dict(one.texts)),
        "why_none": None if one.texts else NO_TEXT,
    }


def _written(
    breach: Breach, one: FieldSet, languages: Sequence[str], letters: Letters, settings: Config
) -> dict[str, Written]:
    exposure = disclose(OWNER, breach, [one])
    if exposure is None:
        raise AssertionError("what leaked of somebody cannot be shown to themselves")
    modes = {settings.disclosure, breach.facts.disclosure}
    if tells_of_someone(breach, one.classes):
        can_ask = bool(settings.public_url) and settings.mail != "off" and "closed" not in modes
        return {tag: letters.to_private_customers(tag) for tag in languages} if can_ask else {}
    can_look = bool(settings.public_url) and modes == {"open"}
    return {tag: letters.to_customers(tag, exposure, can_look=can_look) for tag in languages}


def _letter(number: int) -> str:
    """A to Z, then AA, AB and so on."""
    more, last = divmod(number, 26)
    return (_letter(more - 1) if more else "") + chr(ord("A") + last)
