"""The owner's page: their answer, and which of its steps they ticked."""

from collections.abc import Sequence
from dataclasses import dataclass

from breachcheck import answers
from breachcheck.advice import Step, called_for
from breachcheck.answers import Answer, Exposure
from breachcheck.owner_links import Owner
from breachcheck.web.answer_page import found_page
from breachcheck.web.context import services


@dataclass(frozen=True, slots=True)
class Tick:
    """The box beside a step. *mark* stands for the step in its form."""

    mark: str
    is_done: bool


def owner_page(answer: Answer, owner: Owner) -> dict[str, object]:
    """What the template of an answer with exposures needs."""
    return {"page": found_page(answer), "ticks": ticks_of(answer, owner)}


def ticks_of(answer: Answer, owner: Owner) -> dict[str, Tick]:
    """The box of each step, by the step's id. Where another breach calls for it too, it has yet to be done."""
    kept = services().ticked_steps
    done = kept.of_owner(owner.digest)
    marks = {
        step.id: kept.mark_of(owner.digest, _about(step, answer.exposures))
        for step in answers.steps_of(answer.exposures)
    }
    return {step: Tick(mark, mark in done) for step, mark in marks.items()}


def _about(step: Step, exposures: Sequence[Exposure]) -> str:
    """The step and the breaches that call for it; a company's own has no stable id and is known by its title."""
    calling = sorted(one.breach.name for one in exposures if step.id in called_for([answers.leak_of(one)]))
    return " ".join([step.id, *calling]) if calling else step.title
