"""The reader's language: which one, and how it says dates, numbers and lists."""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime

import flask_babel
from babel import Locale
from babel.dates import format_skeleton
from babel.lists import format_list
from flask import Flask, Response, request

from breachcheck import languages
from breachcheck.wording import Language

LOCALES = languages.LOCALES
COOKIE = "language"
"""Holds the reader's choice, which wins over what the browser asks for."""

SPOKEN = frozenset({"text/html", "application/atom+xml"})
"""What is said in the reader's language; what programs read is in English, but where its door says otherwise."""


def install(app: Flask) -> None:
    """Give templates ``_``, ``ngettext`` and the filters below."""
    flask_babel.Babel(
        app,
        default_locale=LOCALES["en"],
        locale_selector=lambda: LOCALES[tag()],
        default_translation_directories=str(languages.CATALOGUES),
    )
    for spoken in (day, month, moment, number, share, and_list):
        app.add_template_filter(spoken)
    app.after_request(_name_language)


def tag() -> str:
    """The language of the page being made, for ``lang``."""
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in LOCALES else _asked_for()


def direction() -> str:
    """Which way the page is read, for ``dir``."""
    return str(flask_babel.get_locale().text_direction)


def names() -> dict[str, str]:
    """The languages that a reader may choose from, each in its own words."""
    return {tag: str(Locale.parse(locale).get_language_name()).capitalize() for tag, locale in LOCALES.items()}


def current() -> Language:
    """The reader's language, for the texts that the rooms below make."""
    return Language(
        tag=tag(),
        gettext=gettext,
        ngettext=ngettext,
        and_list=and_list,
        or_list=or_list,
        month=month,
        repeats_your=tag() in languages.REPEATING_YOUR,
    )


def gettext(text: str, **values: object) -> str:
    """*text* in the reader's language."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, count: int, **values: object) -> str:
    """The text for *count*, which stands in it as %(num)s."""
    return str(flask_babel.ngettext(one, many, count, **values))


def day(when: date | int) -> str:
    """9 November 2025. Epoch seconds are taken in UTC."""
    return str(flask_babel.format_date(_date(when), "long"))


def month(when: date) -> str:
    """November 2025."""
    return format_skeleton("yMMMM", when, locale=flask_babel.get_locale())


def moment(epoch_s: int) -> str:
    """22 November 2026, 10:00 UTC."""
    clock = datetime.fromtimestamp(epoch_s, UTC)
    return f"{day(epoch_s)}, {flask_babel.format_time(clock, 'HH:mm')} UTC"


def number(count: int) -> str:
    return str(flask_babel.format_decimal(count))


def share(part: int, whole: int) -> str:
    """*part* of *whole* in percent; never rounded to all or to nothing."""
    ratio = part / whole if whole else 0.0
    if 0 < ratio < 0.01:
        return "< " + str(flask_babel.format_percent(0.01))
    return str(flask_babel.format_percent(min(ratio, 0.99) if part < whole else ratio))


def and_list(items: Sequence[str]) -> str:
    return format_list(list(items), "standard", flask_babel.get_locale())


def or_list(items: Sequence[str]) -> str:
    return format_list(list(items), "or", flask_babel.get_locale())


def sort_key(text: str) -> str:
    """By which words stand in alphabetical order: letters alone count, not accents, case or invisible marks."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if unicodedata.category(letter) not in ("Mn", "Cf"))


def _asked_for() -> str:
    """The first language that is spoken here, in the order of the browser's wishes, whatever the region.

    Werkzeug's best match would take "de" out of "en-GB,de;q=0.9", as that alone is spelled like one of ours.
    """
    wishes = ((wish.split("-")[0].lower(), quality) for wish, quality in request.accept_languages)
    return next((wish for wish, quality in wishes if quality and wish in LOCALES), "en")


def _name_language(response: Response) -> Response:
    """What is spoken, and by what it was chosen, so that no cache shows it to others."""
    if response.mimetype in SPOKEN:
        response.headers["Content-Language"] = tag()
        response.vary.update(("Accept-Language", "Cookie"))
    return response


def _date(when: date | int) -> date:
    return datetime.fromtimestamp(when, UTC).date() if isinstance(when, int) else when
