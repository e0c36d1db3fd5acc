"""The pages about breaches: what each says of itself, in plain words, and how well we know it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from breachcheck import answers
from breachcheck.breaches import Facts
from breachcheck.catalog import Breach
from breachcheck.disclosure import is_few
from breachcheck.loads import Correction
from breachcheck.manifest_texts import Text
from breachcheck.services import Services
from breachcheck.tallies import FileTally
from breachcheck.web.answer_page import Absent, absent, plural
from breachcheck.web.breach_texts import texts_of
from breachcheck.web.language import gettext as _


@dataclass(frozen=True, slots=True)
class Flag:
    """A word about a breach and what it means for the reader."""

    word: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the people whom our copy names have this class; None where our copy cannot show it."""

    words: str
    note: Text
    people: int | None

    @property
    def is_few(self) -> bool:
        return self.people is not None and is_few(self.people)


@dataclass(frozen=True, slots=True)
class Corrected:
    """When what we say was changed (epoch seconds), and what of it."""

    at: int
    what: Sequence[str]


@dataclass(frozen=True, slots=True)
class BreachPage:
    """Everything that the page of one breach says. *corrected* has the newest first."""

    breach: Breach
    flags: Sequence[Flag]
    coverage: Sequence[Coverage]
    absent: Absent
    corrected: Sequence[Corrected]
    files_read: Sequence[FileTally]
    others: Sequence[FileTally]


def breach_page(services: Services, breach: Breach) -> BreachPage:
    files = breach.tally.files
    return BreachPage(
        breach=breach,
        flags=flags_of(breach),
        coverage=[_coverage(breach, name) for name in answers.by_weight(breach.data_classes)],
        absent=absent(breach),
        corrected=[_corrected(one) for one in reversed(services.loads.corrections_of(breach.load_id))],
        files_read=[one for one in files if one.outcome == "read"],
        others=[one for one in files if one.outcome != "read"],
    )


def _corrected(correction: Correction) -> Corrected:
    """Names what changed in the order of the page; a change that no page shows is told as one all the same."""
    was, now = correction.before, correction.facts

    def changed(*texts: str) -> bool:
        return any(_in_every_language(was, text) != _in_every_language(now, text) for text in texts)

    changes = {
        _("its name"): changed("title"),
        _("the dates"): (was.breach_date, was.disclosed_date) != (now.breach_date, now.disclosed_date),
        _("how many people"): was.affected != now.affected,
        _("what happened, and to whom"): changed("description", "who") or _story(was) != _story(now),
        _("which kinds of data"): changed("class_notes") or was.disclosed_classes != now.disclosed_classes,
        _("what was not in it"): changed("not_exposed"),
        _("how sure it is, and who may see it"): _standing(was) != _standing(now),
        _("what to do, and where to ask"): changed("advice", "help"),
    }
    return Corrected(correction.corrected_at, [words for words, has_changed in changes.items() if has_changed])


def _story(facts: Facts) -> tuple[object, ...]:
    return facts.held_by, facts.on_behalf_of, facts.disclosure_url


def _in_every_language(facts: Facts, text: str) -> dict[str, object]:
    """The *text* of that name, as written and in each translation that has it."""
    translated = {tag: getattr(said, text) for tag, said in facts.translations.items()}
    return {facts.language: getattr(facts, text)} | {tag: said for tag, said in translated.items() if said}


def _standing(facts: Facts) -> tuple[object, ...]:
    what_it_is = (facts.is_verified, facts.is_fabricated, facts.is_spam_list, facts.is_malware, facts.is_stealer_log)
    return *what_it_is, facts.is_sensitive, facts.is_retired, facts.disclosure, facts.copy


def flags_of(breach: Breach) -> list[Flag]:
    """What a reader must know of the breach before believing it."""
    facts = breach.facts
    told = {
        Flag(_("Listed only"), _listed_only()): breach.is_listed,
        Flag(_("Private"), _("We show results only to the owner of the address.")): facts.is_sensitive,
        Flag(_("Probably made up"), _("The file is passed around, but is likely not from this company.")): (
            facts.is_fabricated
        ),
        Flag(_("Spam list"), _spam_list()): facts.is_spam_list,
        Flag(_("From infected computers"), _("A harmful program took this data from people's own devices.")): (
            facts.is_malware or facts.is_stealer_log
        ),
        Flag(_("Withdrawn"), _("We no longer use it in answers.")): facts.is_retired,
        _trust(facts): not facts.is_fabricated,
    }
    return [flag for flag, holds in told.items() if holds]


def _trust(facts: Facts) -> Flag:
    if facts.is_verified:
        return Flag(_("Confirmed"), _("The company, or a check of the data, confirms it."))
    return Flag(_("Not confirmed"), _("We have reason to think that it is real, but nobody has confirmed it."))


def _listed_only() -> str:
    return _("We know of this breach but hold no data, so we cannot check addresses against it.")


def _spam_list() -> str:
    return _("A list of addresses for sending ads. Being on it does not mean that an account of yours was opened.")


def _coverage(breach: Breach, name: str) -> Coverage:
    return Coverage(plural(name), texts_of(breach).note(name), breach.people_with(name))


def without_address(rejected: Mapping[str, int]) -> int:
    """How many of the records left out had no e-mail address at all."""
    return rejected.get("no address", 0)


def reason(of_tally: str) -> str:
    """Why records were left out, in a reader's words; a reason of a reader's own stays as it is."""
    words = {
        "no address": _("no email address"),
        "not an address": _("something else where the email address belongs"),
        "no identifier": _("nothing to find its person by"),
        "no matching person": _("its person is not in the files"),
        "left out at its owner's wish": _("its owner asked us not to keep it"),
        "malformed record": _("broken"),
        "malformed JSON": _("broken"),
        "malformed line": _("broken"),
        "line too long": _("too long"),
        "too many columns": _("more columns than its table has"),
        "malformed row": _("broken"),
    }
    return words.get(of_tally, of_tally)
