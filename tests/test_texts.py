"""The catalogue of texts: nothing in the sources is missing from it, and every language says all of it."""

import re
from collections import Counter
from string import Formatter

import pytest
from babel import Locale
from babel.messages.catalog import Message

from breachcheck import data_classes, languages, step_texts
from tests import texts

OF_PERCENT = re.compile(r"%\((\w+)\)[sd]")
TAG = re.compile(r"</?\w+")
YOURS = "yours"
"""Takes the place of "Your {details}" where a language has a form of "your" for each detail."""

LANGUAGES = texts.languages()
every_language = pytest.mark.parametrize("language", LANGUAGES)


def spoken(message: Message) -> list[tuple[str, str]]:
    """Each form of a translation, beside the English one that it stands for."""
    if isinstance(message.id, str):
        return [(message.id, message.string)]
    one, many = message.id
    return [(one, message.string[0]), *((many, form) for form in message.string[1:])]


def values_in(text: str) -> set[str]:
    """The names of what is put into *text*; details are named once, whatever the word before them."""
    braces = {name for _, name, _, _ in Formatter().parse(OF_PERCENT.sub("", text)) if name}
    return {"details" if name == YOURS else name for name in braces} | set(OF_PERCENT.findall(text))


def tags_in(text: str) -> Counter[str]:
    return Counter(TAG.findall(text))


def test_the_template_has_every_text_of_the_sources_and_no_other() -> None:
    """Run ``make texts`` where this fails."""
    assert texts.contents_of(texts.template()) == texts.contents_of(texts.in_the_sources())


def test_every_word_for_a_data_class_and_every_step_is_among_the_texts() -> None:
    known = {message.id for message in texts.texts_of(texts.in_the_sources())}
    for one in data_classes.all_classes().values():
        assert {one.plural, one.yours, one.bare, one.why} <= known
    for step in step_texts.all_texts().values():
        for number in range(3):
            names = frozenset(data_classes.all_classes())
            assert {step.title_for(names, number), step.how_for(names, number)} <= known


def test_every_language_beside_english_has_a_file_and_every_file_is_spoken() -> None:
    assert sorted(languages.LOCALES.keys() - {"en"}) == LANGUAGES


@every_language
def test_a_language_has_the_texts_of_the_template(language: str) -> None:
    """Run ``make texts`` where this fails."""
    translated = {message.id for message in texts.texts_of(texts.translated(language))}

    assert translated == {message.id for message in texts.texts_of(texts.template())}


@every_language
def test_every_text_is_translated_in_every_form_of_its_number(language: str) -> None:
    catalog = texts.translated(language)
    missing = [
        message.id
        for message in texts.texts_of(catalog)
        if message.fuzzy
        or not all(said.strip() for _, said in spoken(message))
        or (message.pluralizable and len(message.string) != catalog.num_plurals)
    ]

    assert missing == []
    assert catalog.plural_forms.startswith("nplurals=")
    assert Locale.parse(language).language == catalog.locale.language


@every_language
def test_a_translation_takes_the_values_of_its_text(language: str) -> None:
    wrong = [
        (text, said)
        for message in texts.texts_of(texts.translated(language))
        for text, said in spoken(message)
        if not values_in(said) <= values_in(text) or (values_in(text) - values_in(said) and not message.pluralizable)
    ]

    assert wrong == []


@every_language
def test_only_the_form_for_one_may_leave_its_number_unsaid(language: str) -> None:
    wrong = [
        said
        for message in texts.texts_of(texts.translated(language))
        if message.pluralizable
        for text, said in spoken(message)[1:]
        if values_in(text) != values_in(said)
    ]

    assert wrong == []


@every_language
def test_a_translation_has_the_tags_of_its_text(language: str) -> None:
    wrong = [
        said
        for message in texts.texts_of(texts.translated(language))
        for text, said in spoken(message)
        if tags_in(text) != tags_in(said)
    ]

    assert wrong == []


@every_language
def test_a_sentence_stays_a_sentence_and_has_no_space_at_its_ends(language: str) -> None:
    wrong = [
        said
        for message in texts.texts_of(texts.translated(language))
        for text, said in spoken(message)
        if said != said.strip() or text.endswith((".", "?", ":")) != said.endswith((".", "?", ":", ".“"))
    ]

    assert wrong == []


@every_language
def test_what_programs_read_is_what_translators_wrote(language: str) -> None:
    """Run ``make texts`` where this fails."""
    assert texts.kept_compiled(language) == texts.compiled(texts.translated(language))


@every_language
def test_the_three_answers_differ_at_their_first_word(language: str) -> None:
    say = languages.tongue(language).texts
    titles = (
        say.ngettext("Yes, found in %(num)d breach", "Yes, found in %(num)d breaches", 1),
        say.ngettext("Not found in %(num)d breach", "Not found in %(num)d breaches", 1),
        say.gettext("We could not check"),
    )

    assert len({title.split()[0] for title in titles}) == 3


def test_german_says_the_same_word_for_the_same_thing() -> None:
    """Words that docs/translations.md keeps out."""
    kept_out = re.compile(r"leck\b|hack|phishing|\bdu\b|\bdein|email\b|daten-?schutzvorfall|opfer|kompromittiert", re.I)
    said = [form for message in texts.texts_of(texts.translated("de")) for _, form in spoken(message)]

    assert [form for form in said if kept_out.search(form)] == []


def test_german_has_its_own_quotation_marks() -> None:
    said = [form for message in texts.texts_of(texts.translated("de")) for _, form in spoken(message)]

    assert [form for form in said if '"' in re.sub(r"<[^>]+>", "", form)] == []
    assert [form for form in said if form.count("„") != form.count("“")] == []
