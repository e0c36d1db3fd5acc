"""An answer in the terminal's words."""

from breachcheck import data_classes
from breachcheck.answers import Answer, Exposure, steps_of
from breachcheck.cli.output import plain_date
from breachcheck.digests import Kind

PERSONS = "yours", "not yours"
ORGANISATIONS = "in records", "in no record"
"""How what leaked is called, and what did not."""


def in_words(answer: Answer, kind: Kind = Kind.EMAIL) -> str:
    """The answer for a person at a terminal. That of an organisation, which is nobody, says nothing of "yours"."""
    newest = f"(newest added {plain_date(answer.checked.newest_added)})"
    demo = "\n\nThis is a demo. The people in it are made up." if answer.is_demo else ""
    breaches = f"{answer.checked.breaches} {'breach' if answer.checked.breaches == 1 else 'breaches'}"
    if not answer.exposures:
        return f"Not found in the {breaches} we can check {newest}.{demo}"
    blocks = [f"Yes, in {len(answer.exposures)} of {breaches} {newest}"]
    of_somebody = kind is not Kind.ORG_ID
    blocks += [_breach(exposure, *(PERSONS if of_somebody else ORGANISATIONS)) for exposure in answer.exposures]
    advised = steps_of(answer.exposures) if of_somebody else []
    steps = [f"  {number}. {step.title}." for number, step in enumerate(advised, 1)]
    return "\n\n".join([*blocks, "\n".join(steps)] if steps else blocks) + demo


def _breach(exposure: Exposure, leaked: str, not_leaked: str) -> str:
    facts = exposure.breach.facts
    lines = [f"  {exposure.breach.title}, {plain_date(facts.breach_date)}"]
    if exposure.via_alias:
        lines.append("    found under another spelling of the address: one with a plus tag")
    also = list(facts.not_exposed.also) if facts.not_exposed else []
    groups = {
        leaked: [_bare(name) for name in exposure.leaked],
        not_leaked: [_bare(name) for name in exposure.not_leaked],
        "can't tell": [_bare(name) for name in exposure.unknown],
        "owner only": [_bare(name) for name in exposure.owner_only],
        "not in it": [_bare(name) for name in exposure.not_exposed] + also,
    }
    lines += [f"    {label:<12} {', '.join(names)}" for label, names in groups.items() if names]
    return "\n".join(lines)


def _bare(name: str) -> str:
    return data_classes.get(name).bare
