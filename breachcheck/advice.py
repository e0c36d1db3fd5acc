"""Advice: what to do about exactly what leaked, one list of steps over all breaches of an answer.

Which class calls for which step stands with the data classes. Of two equally heavy steps the one whose texts stand
first in advice.json comes first.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from breachcheck import data_classes
from breachcheck.step_texts import StepText, all_texts
from breachcheck.wording import ENGLISH, Language, at_most, bare, to_count, to_say, yours

MOST_TRIGGERS = 4
MOST_COMPANIES = 3
MOST_BREACHES = 4
ABOUT = to_say("This is about {breaches}.")


class StepOfCompany(Protocol):
    """A step that the company advises itself; with *step*, its words for that step of ours (an empty text is ours)."""

    @property
    def step(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def why(self) -> str: ...
    @property
    def how(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """What one breach leaked of one person, as far as advice goes.

    *company*: who people know, empty where the breach has none (a combo list). *leaked* is what this viewer may see;
    *unknown* is what cannot be told and what is kept for the owner, so that nothing is called harmless because it is
    hidden; *not_exposed* and *also_not_exposed* (in the discloser's words, English where there are such) were in it for
    nobody.
    """

    company: str
    title: str
    breach_date: date
    leaked: frozenset[str]
    unknown: frozenset[str] = frozenset()
    password_storage: str | None = None
    not_exposed: frozenset[str] = frozenset()
    also_not_exposed: tuple[str, ...] = ()
    company_steps: Sequence[StepOfCompany] = ()

    @property
    def severity(self) -> int:
        return data_classes.severity(self.leaked, self.password_storage)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. *id* is ours and stable, or `company-1` and so on; a company's texts may be CommonMark."""

    id: str
    title: str
    why: str
    how: str


@dataclass(frozen=True, slots=True)
class _Trigger:
    step: str
    leak: Leak
    weight: int
    names: frozenset[str]
    is_combination: bool = False


@dataclass(frozen=True, slots=True)
class _Cause:
    """Why a step is in the list: which details, of which leaks."""

    step: str
    weight: int
    names: frozenset[str]
    leaks: tuple[Leak, ...]

    @property
    def companies(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(leak.company for leak in self.leaks if leak.company))

    @property
    def newest(self) -> date:
        return max(leak.breach_date for leak in self.leaks)


def steps_for(leaks: Sequence[Leak], *, today: date, language: Language = ENGLISH) -> list[Step]:
    """What to do about *leaks*, each step once: the companies' own first, then ours, the heaviest first.

    *why* names at most four of the reader's own details and, where there are several leaks, the breaches. Where a
    company has words of its own for one of our steps, they replace ours if its breach alone calls for that step.
    """
    says = _Speaker(today, language, names_breaches=len(leaks) > 1)
    ours = [says.step(cause) for cause in _causes(leaks)]
    return [*_steps_of_companies(_heaviest_first(leaks)), *ours]


def step_ids() -> tuple[str, ...]:
    """Every step of ours: what the data classes, and a company's own words, may refer to."""
    return tuple(all_texts())


def called_for(leaks: Iterable[Leak]) -> frozenset[str]:
    """Ids of our steps that *leaks* call for."""
    return frozenset(trigger.step for trigger in _triggers(leaks))


def is_older_than_a_year(day: date, today: date) -> bool:
    return (day.year + 1, day.month, day.day) < (today.year, today.month, today.day)


def _heaviest_first(leaks: Iterable[Leak]) -> list[Leak]:
    return sorted(leaks, key=lambda leak: (-leak.severity, -leak.breach_date.toordinal()))


def _triggers(leaks: Iterable[Leak]) -> Iterator[_Trigger]:
    for leak in leaks:
        for name in leak.leaked:
            weight = data_classes.weight_of(name, leak.password_storage)
            for step in data_classes.get(name).steps:
                yield _Trigger(step, leak, weight, frozenset({name}))
        for combination in data_classes.combinations_in(leak.leaked):
            weight = data_classes.combined_weight(combination, leak.password_storage)
            members = combination.members(leak.leaked)
            yield _Trigger(combination.step, leak, weight, members, is_combination=True)


def _causes(leaks: Iterable[Leak]) -> list[_Cause]:
    by_step: dict[str, list[_Trigger]] = {step: [] for step in step_ids()}
    for trigger in _triggers(_heaviest_first(leaks)):
        by_step[trigger.step].append(trigger)
    causes = [_cause(step, triggers) for step, triggers in by_step.items() if triggers]
    return sorted(causes, key=lambda cause: -cause.weight)


def _cause(step: str, triggers: Sequence[_Trigger]) -> _Cause:
    # A combination raises the weight; its members are named only where no class alone calls for the step.
    direct = [trigger.names for trigger in triggers if not trigger.is_combination]
    return _Cause(
        step=step,
        weight=max(trigger.weight for trigger in triggers),
        names=frozenset[str]().union(*(direct or [trigger.names for trigger in triggers])),
        leaks=tuple({id(trigger.leak): trigger.leak for trigger in triggers}.values()),
    )


def _steps_of_companies(leaks: Iterable[Leak]) -> list[Step]:
    own = [step for leak in leaks for step in leak.company_steps if not step.step]
    return [Step(f"company-{number}", step.title, step.why, step.how) for number, step in enumerate(own, start=1)]


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Puts causes into words."""

    today: date
    language: Language
    names_breaches: bool

    def step(self, cause: _Cause) -> Step:
        text = all_texts()[cause.step]
        own = _words_of_company(cause)
        return Step(
            id=cause.step,
            title=(own and own.title) or self._title(text, cause),
            why=(own and own.why) or self._why(text, cause),
            how=self._since(text, cause, (own and own.how) or self._how(text, cause)),
        )

    def _title(self, text: StepText, cause: _Cause) -> str:
        title = text.title_for(cause.names, len(cause.companies))
        return self._say(title, company=self._companies(cause))

    def _how(self, text: StepText, cause: _Cause) -> str:
        how = text.how_for(cause.names, len(cause.companies))
        return self._say(how, company=self._companies(cause))

    def _why(self, text: StepText, cause: _Cause) -> str:
        named = _worth_naming(cause.names)
        company = cause.companies[0] if len(cause.companies) == 1 else ""
        details = self.language.and_list(bare(named, company=company, language=self.language))
        full = self.language.and_list(yours(named, company=company, language=self.language))
        why = self._say(text.why_for(cause.names, _is_plural(named)), details=details, yours=full)
        return f"{why} {self._about(cause)}" if self.names_breaches else why

    def _about(self, cause: _Cause) -> str:
        titles = list(dict.fromkeys(leak.title for leak in cause.leaks))
        items = at_most(MOST_BREACHES, titles, to_count("{n} more", "{n} more"), self.language)
        return self._say(ABOUT, breaches=self.language.and_list(items))

    def _since(self, text: StepText, cause: _Cause, how: str) -> str:
        is_old = is_older_than_a_year(cause.newest, self.today)
        if not text.since or not (is_old or text.since_always):
            return how
        since = self._say(text.since, month=self.language.month(cause.newest))
        return f"{since} {how}" if is_old else f"{how} {since}"

    def _companies(self, cause: _Cause) -> str:
        more = to_count("{n} more company", "{n} more companies")
        return self.language.and_list(at_most(MOST_COMPANIES, cause.companies, more, self.language))

    def _say(self, text: str, **values: str) -> str:
        return self.language.gettext(text).format(**values)


def _words_of_company(cause: _Cause) -> StepOfCompany | None:
    if len(cause.leaks) > 1:
        return None
    return next((step for step in cause.leaks[0].company_steps if step.step == cause.step), None)


def _worth_naming(names: frozenset[str]) -> tuple[str, ...]:
    asking = [name for name in names if not data_classes.get(name).asks_nothing]
    return data_classes.heaviest_first(asking or names)[:MOST_TRIGGERS]


def _is_plural(names: Sequence[str]) -> bool:
    return len(names) != 1 or data_classes.get(names[0]).is_plural
