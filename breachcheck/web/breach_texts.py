"""A breach's own texts, in the reader's language where its manifest has them, and the language they are in."""

from dataclasses import dataclass

from breachcheck.breaches import Translation
from breachcheck.catalog import Breach
from breachcheck.web import language

WRITTEN_IN = "en"
"""What a manifest is written in, but for its translations."""


@dataclass(frozen=True, slots=True)
class Text:
    """*lang* is empty where the text is in the page's own language."""

    words: str
    lang: str


def title_of(breach: Breach) -> str:
    """The title, which a demo marks. A name has no language."""
    translated = _translation(breach).title
    return translated + breach.title.removeprefix(breach.facts.title) if translated else breach.title


def description_of(breach: Breach) -> Text:
    """CommonMark."""
    return _text(breach.facts.description, _translation(breach).description)


def who_of(breach: Breach) -> Text:
    """Who is in the breach; empty where nobody said."""
    return _text(breach.facts.who or "", _translation(breach).who)


def lang_of_manifest() -> str:
    """For texts of a manifest that have no translation: their ``lang``, empty where it is the page's."""
    return "" if language.tag() == WRITTEN_IN else WRITTEN_IN


def _translation(breach: Breach) -> Translation:
    return breach.facts.translations.get(language.tag(), Translation())


def _text(original: str, translated: str | None) -> Text:
    return Text(translated, "") if translated else Text(original, lang_of_manifest())
