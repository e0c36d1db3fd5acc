"""Notices: what a notification says of one breach and one person, each sentence only where it is true."""

from collections.abc import Sequence
from dataclasses import dataclass

from breachcheck import answers, data_classes, meaning, wording
from breachcheck.answers import Exposure
from breachcheck.catalog import Breach
from breachcheck.languages import Tongue
from breachcheck.origins import where_from

MOST_STEPS = 5


@dataclass(frozen=True, slots=True)
class Notice:
    """Sentences and items, in the order in which the mail has them. An empty one is left out."""

    title: str
    date: str
    origin: str
    about: Sequence[str]
    via_alias: bool
    details: Sequence[str]
    facts: Sequence[str]
    steps: Sequence[str]
    not_needed: Sequence[str]
    source: Sequence[str]


def notice_of(exposure: Exposure, tongue: Tongue) -> Notice:
    """What may be told of *exposure*, in the recipient's language."""
    breach, leak = exposure.breach, answers.leak_of(exposure)
    steps = answers.steps_of([exposure], tongue.language)[:MOST_STEPS]
    return Notice(
        title=title_of(breach, tongue),
        date=tongue.day(breach.facts.breach_date),
        origin=where_from(breach, title_of(breach, tongue), tongue.language),
        about=_about(breach, tongue),
        via_alias=exposure.via_alias,
        details=[_detail(name, leak.company, breach, tongue) for name in exposure.leaked],
        facts=[*_denied(exposure, tongue), _affected(breach, tongue)],
        steps=[f"{_sentence(step.title)} {step.how}".strip() for step in steps],
        not_needed=meaning.not_needed([leak], language=tongue.language),
        source=_source(breach, tongue),
    )


def title_of(breach: Breach, tongue: Tongue) -> str:
    """What the reader knows it by; a demo marks it."""
    translated = breach.facts.translations.get(tongue.tag)
    if translated is None or not translated.title:
        return breach.title
    return translated.title + breach.title.removeprefix(breach.facts.title)


def _about(breach: Breach, tongue: Tongue) -> list[str]:
    translated = breach.facts.translations.get(tongue.tag)
    who = (translated and translated.who) or breach.facts.who
    return [tongue.say("Who is in it: %(who)s", who=_sentence(who))] if who else []


def _detail(name: str, company: str, breach: Breach, tongue: Tongue) -> str:
    (words,) = wording.yours([name], company=company, language=tongue.language)
    note = breach.facts.class_notes.get(name, "").strip().rstrip(".")
    return f"{words} ({note})" if note and note.casefold() != words.casefold() else words


def _denied(exposure: Exposure, tongue: Tongue) -> list[str]:
    facts = exposure.breach.facts
    named = [tongue.say(data_classes.get(name).plural) for name in exposure.not_exposed]
    also = facts.not_exposed.also if facts.not_exposed else ()
    if not (named or also):
        return []
    items = tongue.and_list([*named, *also])
    company = _company(exposure.breach) or title_of(exposure.breach, tongue)
    return [tongue.say("Not in it for anyone, says %(company)s: %(items)s.", company=company, items=items)]


def _affected(breach: Breach, tongue: Tongue) -> str:
    if breach.facts.affected is not None:
        return tongue.say("How many people: %(count)s.", count=tongue.number(breach.facts.affected))
    if company := _company(breach):
        return tongue.say("How many people: %(company)s has not said.", company=company)
    return tongue.say("How many people: not said.")


def _source(breach: Breach, tongue: Tongue) -> list[str]:
    added = tongue.say("We added the breach on %(date)s.", date=tongue.day(breach.added_at))
    company, disclosed = _company(breach), breach.facts.disclosed_date
    if not (company and disclosed and breach.facts.disclosure_url):
        return [added]
    known = tongue.say(
        "How we know: the notice of %(company)s of %(date)s.", company=company, date=tongue.day(disclosed)
    )
    return [known, added]


def _company(breach: Breach) -> str:
    return breach.facts.on_behalf_of or breach.facts.held_by or ""


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
