"""A breach's own texts in the reader's language, where its manifest has them, and how a page marks those it has not."""

from markupsafe import Markup

from breachcheck.catalog import Breach, Withdrawn
from breachcheck.languages import direction_of, isolated
from breachcheck.manifest_texts import ManifestTexts, Text
from breachcheck.web import language


def texts_of(breach: Breach) -> ManifestTexts:
    return breach.texts_in(language.tag())


def title_of(breach: Breach | Withdrawn) -> str:
    """The title, which a demo marks. A name has no language."""
    return breach.title_in(language.tag())


def in_sentence(name: str) -> str:
    """*name*, which somebody gave, as a part of the page's sentences."""
    return isolated(name, language.tag())


def marks_of(text: Text) -> Markup:
    """Attributes for the element that holds *text* alone: its language, where that is not the page's."""
    return marks_of_language(text.lang) if text.words else Markup("")


def marks_of_language(tag: str) -> Markup:
    """The same for words of the language *tag*; with their direction, where they run the other way."""
    if tag == language.tag():
        return Markup("")
    runs = direction_of(tag)
    marks = Markup(' lang="{}"').format(tag)
    return marks if runs == language.direction() else marks + Markup(' dir="{}"').format(runs)
