"""Notices: what a notification says of one breach and one person, each sentence only where it is true."""

from collections.abc import Sequence
from dataclasses import dataclass

from breachcheck import answers, data_classes, meaning, wording
from breachcheck.advice import Step
from breachcheck.answers import Exposure
from breachcheck.catalog import Breach
from breachcheck.languages import Tongue, isolated
from breachcheck.mail.origins import where_from
from breachcheck.manifest_texts import Text
from breachcheck.step_texts import all_texts

MOST_STEPS = 5
TELL_ORG_ADMIN = "tell-org-admin"


@dataclass(frozen=True, slots=True)
class Notice:
    """Sentences and items, in the order in which the mail has them. An empty one is left out.

    *foreign* is what in them is the manifest's, and not in the reader's language.
    """

    title: str
    date: str
    origin: str
    about: Sequence[str]
    via_alias: bool
    details: Sequence[str]
    denied: Sequence[str]
    facts: Sequence[str]
    steps: Sequence[str]
    not_needed: Sequence[str]
    source: Sequence[str]
    foreign: Sequence[Text]


def notice_of(exposure: Exposure, typed: str, tongue: Tongue) -> Notice:
    """What may be told of *exposure*, in the recipient's language, on a site that one types as *typed*."""
    breach, leak = exposure.breach, answers.leak_of(exposure, tongue.language)
    title = breach.title_in(tongue.tag)
    steps = answers.steps_of([exposure], tongue.language)[:MOST_STEPS]
    return Notice(
        title=title,
        date=tongue.day(breach.facts.breach_date),
        origin=where_from(breach, title, tongue.language),
        about=_about(breach, tongue),
        via_alias=exposure.via_alias,
        details=[_detail(name, leak.company, breach, tongue) for name in exposure.leaked],
        denied=_denied(exposure, tongue),
        facts=[*_denied(exposure, tongue), _affected(breach, tongue)],
        steps=[f"{_sentence(step.title)} {_how(step, typed, tongue)}".strip() for step in steps],
        not_needed=meaning.not_needed([leak], language=tongue.language),
        source=_source(breach, tongue),
        foreign=_foreign(exposure, tongue),
    )


def _foreign(exposure: Exposure, tongue: Tongue) -> list[Text]:
    said = exposure.breach.texts_in(tongue.tag)
    steps = (text for step in said.steps for text in (step.title, step.how))
    notes = (_in_brackets(said.note(name)) for name in exposure.leaked)
    return [text for text in (said.who, *said.also, *steps, *notes) if text.words and text.lang != tongue.tag]


def _about(breach: Breach, tongue: Tongue) -> list[str]:
    who = breach.texts_in(tongue.tag).who.words
    return [tongue.say("Who is in it: %(who)s", who=_sentence(who))] if who else []


def _detail(name: str, company: str, breach: Breach, tongue: Tongue) -> str:
    (words,) = wording.yours([name], company=company, language=tongue.language)
    note = _in_brackets(breach.texts_in(tongue.tag).note(name)).words
    if not note or note.casefold() == words.casefold():
        return words
    return f"{words} ({note})"


def _in_brackets(note: Text) -> Text:
    words = note.words.strip().rstrip(".")
    return Text(_begun_small(words) if note.lang == "en" else words, note.lang)


def _how(step: Step, typed: str, tongue: Tongue) -> str:
    """A mail has no page whose address could be sent to anyone; the site has one."""
    text = all_texts().get(step.id)
    if step.id != TELL_ORG_ADMIN or text is None or step.how != tongue.say(str(text.how)):
        return step.how
    return tongue.say(
        "Send them this site's address, %(site)s. The ID alone lets nobody in."
        " A message that quotes it proves nothing.",
        site=typed,
    )


def _denied(exposure: Exposure, tongue: Tongue) -> list[str]:
    breach = exposure.breach
    named = [tongue.say(data_classes.get(name).plural) for name in exposure.not_exposed]
    also = [isolated(text.words, tongue.tag) for text in breach.texts_in(tongue.tag).also]
    if not (named or also):
        return []
    items = tongue.and_list([*named, *also])
    company = breach.texts_in(tongue.tag).company or breach.title_in(tongue.tag)
    return [tongue.say("Not in it for anyone, says %(company)s: %(items)s.", company=company, items=items)]


def _affected(breach: Breach, tongue: Tongue) -> str:
    if breach.facts.affected is not None:
        return tongue.say("How many people: %(count)s.", count=tongue.number(breach.facts.affected))
    if company := breach.texts_in(tongue.tag).company:
        return tongue.say("How many people: %(company)s has not said.", company=company)
    # Rule: only if nobody said how many. Never a number, and never nothing.
    return tongue.say("How many people: not said.")


def _source(breach: Breach, tongue: Tongue) -> list[str]:
    added = tongue.say("We added the breach on %(date)s.", date=tongue.day(breach.added_at))
    company, disclosed = breach.texts_in(tongue.tag).company, breach.facts.disclosed_date
    if not (company and disclosed and breach.facts.disclosure_url):
        return [added]
    known = tongue.say(
        "How we know: the notice of %(company)s of %(date)s.", company=company, date=tongue.day(disclosed)
    )
    return [known, added]


def _begun_small(text: str) -> str:
    """In English, where only names and abbreviations begin with a capital inside a sentence."""
    return text[0].lower() + text[1:] if text[1:2].islower() or text[1:2].isspace() else text


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
