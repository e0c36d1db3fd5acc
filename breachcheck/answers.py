"""Answers: what comes back from a look-up, as values and in the JSON form that every door shares."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Literal

from breachcheck import advice, data_classes
from breachcheck.advice import Leak, Step
from breachcheck.breaches import CompanyStep
from breachcheck.catalog import Breach
from breachcheck.manifest_texts import StepTexts
from breachcheck.wording import ENGLISH, Language

Status = Literal["exposed", "not_found"]


@dataclass(frozen=True, slots=True)
class Checked:
    """How many breaches this viewer could be told of by this kind of question, when, and how fresh. Epoch seconds."""

    breaches: int
    as_of: int
    newest_added: int


@dataclass(frozen=True)
class Exposure:
    """What one breach holds of one person. Every list has the heaviest first; no class is in two of them.

    *leaked* is this person's; *not_leaked* could have shown and did not; *unknown* cannot be told from this copy;
    *owner_only* is the same for everyone in the breach; *not_exposed* was in it for nobody, says the discloser.
    """

    breach: Breach
    leaked: tuple[str, ...]
    not_leaked: tuple[str, ...]
    unknown: tuple[str, ...]
    owner_only: tuple[str, ...]
    not_exposed: tuple[str, ...]
    via_alias: bool

    @property
    def severity(self) -> int:
        """0 to 100: how soon and how badly this could hurt if nothing is done."""
        return data_classes.severity(self.leaked, self.breach.password_storage)


@dataclass(frozen=True, slots=True)
class Records:
    """How many records of an organisation one breach holds, and how many of them what; most first.

    *number* is None where it was loaded by a program that did not count them yet.
    """

    number: int | None
    by_classes: tuple[tuple[tuple[str, ...], int], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole published index was asked. *exposures*: those this viewer may see, newest breach first.

    Beside each: its event id, and, where an organisation was asked for, which is nobody, its records.
    """

    checked: Checked
    exposures: tuple[Exposure, ...]
    event_ids: tuple[str, ...]
    records: tuple[Records, ...] = ()
    is_demo: bool = False

    @property
    def status(self) -> Status:
        return "exposed" if self.exposures else "not_found"


def leak_of(exposure: Exposure, language: Language = ENGLISH) -> Leak:
    """*exposure* as advice looks at it, in the texts that the reader's *language* has of it."""
    breach, facts = exposure.breach, exposure.breach.facts
    texts = breach.texts_in(language.tag)
    return Leak(
        company=texts.company or (texts.title if facts.domain else ""),
        title=breach.title_in(language.tag),
        breach_date=facts.breach_date,
        leaked=frozenset(exposure.leaked),
        unknown=frozenset(exposure.unknown + exposure.owner_only),
        password_storage=breach.password_storage,
        not_exposed=frozenset(exposure.not_exposed),
        also_not_exposed=tuple(text.words for text in breach.texts_in(ENGLISH.tag).also),
        company_steps=[_step_of_company(step) for step in texts.steps],
    )


def steps_of(exposures: Sequence[Exposure], language: Language = ENGLISH) -> list[Step]:
    """What to do about *exposures* today: one list over all of them."""
    return advice.steps_for([leak_of(one, language) for one in exposures], today=_today(), language=language)


def _step_of_company(step: StepTexts) -> CompanyStep:
    return CompanyStep(title=step.title.words, why=step.why.words, how=step.how.words, step=step.step)


def as_json(answer: Answer) -> dict[str, Any]:
    """The answer as every program gets it, on the command line and over HTTP. Parts are shared: not to be changed."""
    body: dict[str, Any] = {
        "status": answer.status,
        "checked": checked_json(answer.checked),
        "exposures": _exposures(answer),
    }
    return body | ({"demo": True} if answer.is_demo else {})


def checked_json(checked: Checked) -> dict[str, Any]:
    return {
        "breaches": checked.breaches,
        "as_of": timestamp(checked.as_of),
        "newest_added": timestamp(checked.newest_added),
    }


def exposure_json(exposure: Exposure) -> Mapping[str, Any]:
    """What an exposure is for everyone who shares it. Parts are shared: not to be changed."""
    return _exposure(exposure, _today())


def _exposures(answer: Answer) -> list[dict[str, Any]]:
    """Advice is for persons: an organisation is given none."""
    told = [
        {"event_id": event_id, **exposure_json(exposure)}
        for event_id, exposure in zip(answer.event_ids, answer.exposures, strict=True)
    ]
    if not answer.records:
        return told
    return [one | records_json(records) | {"advice": []} for one, records in zip(told, answer.records, strict=True)]


def records_json(records: Records) -> dict[str, Any]:
    return {
        "records": records.number,
        "records_by_classes": [{"classes": list(names), "records": number} for names, number in records.by_classes],
    }


def failure_json(reason: str, *, is_demo: bool = False) -> dict[str, Any]:
    """No answer: neither a yes nor a no."""
    return {"status": "could_not_check", "reason": reason} | ({"demo": True} if is_demo else {})


@lru_cache(maxsize=1024)
def timestamp(epoch_s: int) -> str:
    """RFC 3339 in UTC, whole seconds."""
    return datetime.fromtimestamp(epoch_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def by_weight(classes: frozenset[str]) -> tuple[str, ...]:
    """Heaviest first."""
    return data_classes.heaviest_first(classes)


@lru_cache(maxsize=4096)
def _exposure(exposure: Exposure, today: date) -> dict[str, Any]:
    """Kept for the day, as many people share few combinations and their steps are long."""
    breach = exposure.breach
    return {
        "breach": {
            "name": breach.name,
            "title": breach.title,
            "domain": breach.facts.domain,
            "breach_date": breach.facts.breach_date.isoformat(),
            "added_at": timestamp(breach.added_at),
        },
        "leaked": list(exposure.leaked),
        "not_leaked": list(exposure.not_leaked),
        "unknown": list(exposure.unknown),
        "owner_only": list(exposure.owner_only),
        "not_exposed": list(exposure.not_exposed),
        "severity": exposure.severity,
        "severity_level": data_classes.level(exposure.severity),
        "via_alias": exposure.via_alias,
        "advice": [asdict(step) for step in advice.steps_for([leak_of(exposure)], today=today)],
    }


def _today() -> date:
    return datetime.now(UTC).date()
