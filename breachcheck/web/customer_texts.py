"""Customer texts: what a company may write to those concerned, one text for each combination of details in a load."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from breachcheck import data_classes, wording
from breachcheck.answers import Exposure
from breachcheck.breaches import LoadId
from breachcheck.catalog import Breach
from breachcheck.disclosure import OPERATOR, disclose
from breachcheck.letters import Letters
from breachcheck.loads import FieldSet
from breachcheck.services import Services
from breachcheck.web import language

MOST = len(ascii_uppercase)


@dataclass(frozen=True, slots=True)
class CustomerText:
    """*name* is a letter; *details* are those of its *people*, in words; *is_private*: a stranger may not know them."""

    name: str
    people: int
    details: str
    words: str
    is_private: bool


@dataclass(frozen=True, slots=True)
class CustomerTexts:
    """For the most people first; *others* are those for whose combinations there is none."""

    breach: Breach
    texts: Sequence[CustomerText]
    others: int


def customer_texts(services: Services, load_id: LoadId) -> CustomerTexts:
    """In the operator's language. Nobody's address is known here. Raises UnknownLoad."""
    published = services.catalogue.of_load(load_id)
    (breach,) = published.breaches
    carried = [field_set for _, field_set in published.field_sets.values() if not field_set.via_alias]
    carried.sort(key=lambda one: (-one.people, sorted(one.classes)))
    letters = Letters(services.config, is_demo=services.is_demo)
    told = [(one, exposure) for one in carried[:MOST] if (exposure := disclose(OPERATOR, breach, [one]))]
    texts = [_text(name, one, exposure, letters) for name, (one, exposure) in zip(ascii_uppercase, told, strict=False)]
    return CustomerTexts(breach, texts, sum(one.people for one in carried[MOST:]))


def _text(name: str, field_set: FieldSet, exposure: Exposure, letters: Letters) -> CustomerText:
    leaked = exposure.leaked
    return CustomerText(
        name=name,
        people=field_set.people,
        details=language.and_list(wording.bare(leaked, language=language.current())),
        words=letters.for_customers(exposure, language.tag()),
        is_private=exposure.breach.facts.is_sensitive or any(map(data_classes.is_owner_only, leaked)),
    )
