"""An answer in the terminal's words, whether this machine gave it or another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from breachcheck import client, data_classes
from breachcheck.answers import Answer, Exposure, steps_of
from breachcheck.cli.output import plain_date
from breachcheck.digests import Kind

PERSONS = "yours", "not yours"
ORGANISATIONS = "in records", "in no record"
"""How what leaked is called, and what did not."""

COMPANY = "company-"
"""What the ids of companies' own steps begin with."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of an answer. *steps*: the titles of what to do."""

    breaches: int
    newest_added: date | int
    exposures: Sequence["_Shown"]
    steps: Sequence[str]
    is_demo: bool


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is said of one exposure. *also*: what was not in it, in the discloser's words."""

    title: str
    breach_date: date
    exposure: Exposure | client.Exposure
    also: Sequence[str]


def in_words(answer: Answer, kind: Kind = Kind.EMAIL) -> str:
    """The answer for a person at a terminal. That of an organisation, which is nobody, says nothing of "yours"."""
    checked = answer.checked
    shown = [_of_here(one) for one in answer.exposures]
    titles = [step.title for step in steps_of(answer.exposures)]
    return _in_words(_Said(checked.breaches, checked.newest_added, shown, titles, answer.is_demo), kind)


def remote_in_words(answer: client.Answer, breaches: Iterable[client.Breach], kind: Kind = Kind.EMAIL) -> str:
    """As ``in_words``. *breaches*: those of the machine that gave the answer.

    Of several exposures, each has its steps, as it does not say which of them are one and the same.
    """
    checked = answer.checked
    also = {one.name: one.not_exposed_also for one in breaches}
    shown = [
        _Shown(one.breach.title, one.breach.breach_date, one, also.get(one.breach.name, ())) for one in answer.exposures
    ]
    return _in_words(_Said(checked.breaches, checked.newest_added, shown, _steps(answer), answer.demo), kind)


def _of_here(exposure: Exposure) -> _Shown:
    facts = exposure.breach.facts
    also = facts.not_exposed.also if facts.not_exposed else ()
    return _Shown(exposure.breach.title, facts.breach_date, exposure, also)


def _steps(answer: client.Answer) -> list[str]:
    """Each title once, the companies' own first, those of the heaviest exposure first."""
    heaviest_first = sorted(answer.exposures, key=lambda one: -one.severity)
    steps = [step for one in heaviest_first for step in one.advice]
    steps.sort(key=lambda step: not step.id.startswith(COMPANY))
    return list(dict.fromkeys(step.title for step in steps))


def _in_words(said: _Said, kind: Kind) -> str:
    newest = f"(newest added {plain_date(said.newest_added)})"
    demo = "\n\nThis is a demo. The people in it are made up." if said.is_demo else ""
    breaches = f"{said.breaches} {'breach' if said.breaches == 1 else 'breaches'}"
    if not said.exposures:
        return f"Not found in the {breaches} we can check {newest}.{demo}"
    blocks = [f"Yes, in {len(said.exposures)} of {breaches} {newest}"]
    of_somebody = kind is not Kind.ORG_ID
    blocks += [_breach(shown, *(PERSONS if of_somebody else ORGANISATIONS)) for shown in said.exposures]
    steps = [f"  {number}. {title}." for number, title in enumerate(said.steps if of_somebody else (), 1)]
    return "\n\n".join([*blocks, "\n".join(steps)] if steps else blocks) + demo


def _breach(shown: _Shown, leaked: str, not_leaked: str) -> str:
    exposure = shown.exposure
    lines = [f"  {shown.title}, {plain_date(shown.breach_date)}"]
    if exposure.via_alias:
        lines.append("    found under another spelling of the address: one with a plus tag")
    groups: Mapping[str, list[str]] = {
        leaked: _bare(exposure.leaked),
        not_leaked: _bare(exposure.not_leaked),
        "can't tell": _bare(exposure.unknown),
        "owner only": _bare(exposure.owner_only),
        "not in it": [*_of_everyone(exposure.not_exposed), *shown.also],
    }
    lines += [f"    {label:<12} {', '.join(names)}" for label, names in groups.items() if names]
    return "\n".join(lines)


def _bare(names: Sequence[str]) -> list[str]:
    """Another machine may know classes that this one does not."""
    known = data_classes.all_classes()
    return [known[name].bare if name in known else name.lower() for name in names]


def _of_everyone(names: Sequence[str]) -> list[str]:
    """As ``_bare``, of everybody in the breach."""
    known = data_classes.all_classes()
    return [known[name].plural if name in known else name.lower() for name in names]
