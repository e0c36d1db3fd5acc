"""The answer page: which of its sentences are true of one answer. How it looks is the templates' to say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from breachcheck import answers, data_classes, meaning, wording
from breachcheck.advice import Leak, Step
from breachcheck.answers import Answer, Exposure
from breachcheck.catalog import Breach
from breachcheck.mail import origins
from breachcheck.manifest_texts import Text
from breachcheck.web import language
from breachcheck.web.breach_texts import texts_of, title_of
from breachcheck.web.language import gettext as _
from breachcheck.web.language import ngettext
from breachcheck.web.timeline import Timeline, timeline_of

MOST_STEPS = 5
MOST_DETAILS = 6
MOST_DETAILS_TOGETHER = 3
MORE = wording.to_count("{n} more detail", "{n} more details")


@dataclass(frozen=True, slots=True)
class Detail:
    """One line of a card; *note* is the manifest's, None where it has nothing to add."""

    words: str
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """What the discloser says was in the breach for nobody: kinds of data, and *also*, in its own words."""

    classes: tuple[str, ...]
    also: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One breach and, in groups, what it holds of the person who asked. An empty group is not shown.

    *via_alias*: under another spelling of the address.
    """

    breach: Breach
    yours: tuple[Detail, ...]
    not_yours: tuple[Detail, ...]
    unknown: tuple[Detail, ...]
    owner_only: tuple[Detail, ...]
    absent: Absent
    via_alias: bool


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A yes, in the order of the page. *theirs* are a company's texts of steps, by their words."""

    title: str
    heading: str
    summary: tuple[str, ...]
    meaning: str
    steps: Sequence[Step]
    more_steps: Sequence[Step]
    theirs: Mapping[str, Text]
    not_needed: Sequence[str]
    nothing_to_do: str
    cards: Sequence[Card]
    timeline: Timeline | None


def found_page(answer: Answer) -> FoundPage:
    """What may be said of *answer*, which has exposures."""
    says = language.current()
    leaks = [answers.leak_of(exposure, says) for exposure in answer.exposures]
    steps = answers.steps_of(answer.exposures, says)
    count = len(answer.exposures)
    return FoundPage(
        title=ngettext("Yes, found in %(num)d breach", "Yes, found in %(num)d breaches", count),
        # Rule: only of breaches that this reader may see.
        heading=ngettext("Yes, this address was in %(num)d breach", "Yes, this address was in %(num)d breaches", count),
        summary=_summary(answer.exposures, leaks),
        meaning=" ".join(meaning.what_it_means(leaks, language=says)),
        steps=steps[:MOST_STEPS],
        more_steps=steps[MOST_STEPS:],
        theirs={text.words: text for one in answer.exposures for text in _texts_of_companies(one.breach)},
        not_needed=meaning.not_needed(leaks, language=says),
        nothing_to_do=" ".join(meaning.nothing_to_do(leaks, language=says)),
        cards=[_card(exposure, leak) for exposure, leak in zip(answer.exposures, leaks, strict=True)],
        timeline=timeline_of(answer.exposures),
    )


def _texts_of_companies(breach: Breach) -> Iterable[Text]:
    return chain.from_iterable(step.all for step in texts_of(breach).steps)


def _summary(exposures: Sequence[Exposure], leaks: Sequence[Leak]) -> tuple[str, ...]:
    if len(exposures) > 1:
        return tuple(filter(None, [_together(leaks)]))
    origin, held = where_from(exposures[0].breach), _held(leaks[0])
    return (origin, held) if held else (origin,)


def where_from(breach: Breach) -> str:
    """One sentence: where the file came from, as far as that is known."""
    return origins.where_from(breach, title_of(breach), language.current())


def _held(leak: Leak) -> str:
    says = language.current()
    details = wording.yours(leak.leaked, company=leak.company, language=says)
    if not details:
        return ""
    named = wording.at_most(MOST_DETAILS + 1, details, MORE, says)
    if leak.leaked == {"Email addresses"}:
        return _("In it was your email address.")
    return _("In it were %(details)s.", details=says.and_list(named))


def _together(leaks: Sequence[Leak]) -> str:
    says = language.current()
    details = wording.yours(chain.from_iterable(leak.leaked for leak in leaks), language=says)
    if not details:
        return ""
    named = wording.at_most(MOST_DETAILS_TOGETHER + 1, details, MORE, says)
    return _("Together they held %(details)s.", details=says.and_list(named))


def _card(exposure: Exposure, leak: Leak) -> Card:
    def details(names: Sequence[str]) -> tuple[Detail, ...]:
        return tuple(_detail(name, leak.company, exposure.breach) for name in names)

    return Card(
        breach=exposure.breach,
        yours=details(exposure.leaked),
        not_yours=details(exposure.not_leaked),
        unknown=details(exposure.unknown),
        owner_only=tuple(Detail(plural(name)) for name in exposure.owner_only),
        absent=absent(exposure.breach),
        via_alias=exposure.via_alias,
    )


def _detail(name: str, company: str, breach: Breach) -> Detail:
    (words,) = wording.yours([name], company=company, language=language.current())
    note = texts_of(breach).note(name)
    is_news = note.words and note.words.rstrip(".").casefold() != words.casefold()
    return Detail(_capital(words), note if is_news else None)


def plural(name: str) -> str:
    """The data class *name* as the heading of a line about everyone: "Names"."""
    return _capital(_(data_classes.get(name).plural))


def plurals(names: Sequence[str]) -> str:
    """*names* as one line about everyone: "Names and passwords"."""
    return _capital(language.and_list([_(data_classes.get(name).plural) for name in names]))


def absent(breach: Breach) -> Absent:
    """What was in the breach for nobody."""
    classes = tuple(plural(name) for name in answers.by_weight(breach.not_exposed))
    return Absent(classes, texts_of(breach).also)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
