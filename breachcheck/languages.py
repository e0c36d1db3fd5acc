"""Languages: the one catalogue of texts, and how each says dates, numbers and lists. Knows nothing of Flask.

Babel is imported where something is said: it takes long, and most commands say nothing in any language but ours.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from breachcheck.wording import Language

if TYPE_CHECKING:
    from babel.support import NullTranslations

LOCALES = {"en": "en_GB", "de": "de_DE"}
"""A text's ``lang`` -> the locale of its dates and lists. The first is spoken where nothing else is asked for."""

REPEATING_YOUR = frozenset({"de"})
"""Languages that say "your" before each item of a list: "Ihre E-Mail-Adresse und Ihr Name"."""

CATALOGUES = Path(str(files("breachcheck"))) / "translations"


AGAINST = {"ltr": frozenset({"R", "AL"}), "rtl": frozenset({"L"})}
"""Direction of a text -> the classes of the letters that run against it (UAX #9)."""


@dataclass(frozen=True)
class Tongue:
    """One language: *tag* is what ``lang`` and Content-Language say."""

    tag: str
    locale: str
    texts: NullTranslations

    @property
    def language(self) -> Language:
        """For the texts that the lower rooms make."""
        return Language(
            tag=self.tag,
            gettext=self.texts.gettext,
            ngettext=self.texts.ngettext,
            and_list=self.and_list,
            or_list=self.or_list,
            month=self.month,
            repeats_your=self.tag in REPEATING_YOUR,
        )

    def say(self, text: str, **values: object) -> str:
        """*text* in this language, with *values* where it has %(name)s."""
        said = str(self.texts.gettext(text))
        return said % values if values else said

    def day(self, when: date | int) -> str:
        """9 November 2025. Epoch seconds are taken in UTC."""
        from babel.dates import format_date

        found = datetime.fromtimestamp(when, UTC).date() if isinstance(when, int) else when
        return format_date(found, "long", self.locale)

    def month(self, when: date) -> str:
        """November 2025."""
        from babel.dates import format_skeleton

        return format_skeleton("yMMMM", when, locale=self.locale)

    def number(self, count: int) -> str:
        from babel.numbers import format_decimal

        return format_decimal(count, locale=self.locale)

    def and_list(self, items: Sequence[str]) -> str:
        from babel.lists import format_list

        return format_list(list(items), "standard", self.locale)

    def or_list(self, items: Sequence[str]) -> str:
        from babel.lists import format_list

        return format_list(list(items), "or", self.locale)


@cache
def direction_of(tag: str) -> str:
    """Which way the language is written: ``ltr`` or ``rtl``, or ``auto`` where nobody here knows it."""
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(tag, sep="-").text_direction)
    except (UnknownLocaleError, ValueError):
        return "auto"


def isolated(name: str, tag: str) -> str:
    """*name* to be put into a sentence of the language *tag*.

    Where letters of it run against the sentence, invisible marks around it (UAX #9, FSI and PDI) keep either from
    disarranging the other: they do what ``<bdi>`` does, in mails and titles too.
    """
    against = AGAINST.get(direction_of(tag), frozenset())
    if any(unicodedata.bidirectional(letter) in against for letter in name):
        return f"\u2068{name}\u2069"
    return name


@cache
def tongue(tag: str) -> Tongue:
    """The language called *tag*, or the first one where it is not spoken here."""
    from babel.support import Translations

    spoken = tag if tag in LOCALES else next(iter(LOCALES))
    return Tongue(spoken, LOCALES[spoken], Translations.load(CATALOGUES, [LOCALES[spoken], spoken]))
