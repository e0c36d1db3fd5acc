"""The sensitive example: one JSON document a line, with what people told a counsellor."""

from pathlib import Path

from .cast import CLEO, LOOKALIKES
from .dice import Dice
from .fields import Group, Values, roll, written
from .files import compact, lines
from .people import Person, person, spelling
from .truth import Truth

MEMBERS = range(3, 4000, 7)
REPEATED = range(3, 200, 7)
NOT_SAID: tuple[object, ...] = (None, None, "", "N/A")
MESSAGES = (
    "See you on Tuesday.",
    "Could we move to the afternoon?",
    "I slept better this week.",
    f"Please copy in my sister, {LOOKALIKES['message']}.",
)


def _name(_dice: Dice, who: Person) -> Values:
    return {"name": who.name}


def _born(dice: Dice, _who: Person) -> Values:
    return {"born": 1950 + dice.below(55)}


def _orientation(dice: Dice, _who: Person) -> Values:
    return {"orientation": dice.pick(("asexual", "bisexual", "gay", "heterosexual", "lesbian"))}


def _concern(dice: Dice, _who: Person) -> Values:
    return {"concern": dice.pick(("grief", "sleep", "stress", "worry"))}


def _appointment(dice: Dice, _who: Person) -> Values:
    return {"next_appointment": f"2024-{4 + dice.below(3):02}-{1 + dice.below(28):02}T{9 + dice.below(8):02}:00"}


def _messages(dice: Dice, _who: Person) -> Values:
    return {
        "messages": [{"from": dice.pick(("me", "you")), "text": dice.pick(MESSAGES)} for _ in range(1 + dice.below(3))]
    }


ACCOUNT = (Group("Names", 0.6, _name, NOT_SAID),)
PROFILE = (
    Group("Years of birth", 0.6, _born, (None,)),
    Group("Sexual orientations", 0.5, _orientation, NOT_SAID),
    Group("Personal health data", 0.6, _concern, NOT_SAID),
)
CARE = (
    Group("Appointments", 0.4, _appointment, NOT_SAID),
    Group("Private messages", 0.5, _messages, ([], None, [{"from": "you", "text": ""}])),
)
EVERYTHING = (*ACCOUNT, *PROFILE, *CARE)


def make(folder: Path) -> Truth:
    """Write the data file of this example into *folder*."""
    truth = Truth("Quorvane-Counselling")
    dice = Dice("members")
    people = [person(number) for number in (*MEMBERS, *REPEATED)]
    members = [_member(dice, truth, who, roll(dice, EVERYTHING)) for who in people]
    members.append(_member(dice, truth, CLEO, {"Names", "Sexual orientations", "Private messages"}))
    spoilt = [_document(dice, address, CLEO, set()) for address in (None, "", "undefined", "not-an-address")]
    broken = [line[: len(line) // 3] for line in members[:2]]
    truth.rejects(len(spoilt) + len(broken))
    members += [*spoilt, *broken]
    dice.shuffle(members)
    (folder / "members.jsonl").write_bytes(lines(members))
    return truth


def _member(dice: Dice, truth: Truth, who: Person, classes: set[str]) -> str:
    truth.names(who.address, classes)
    return _document(dice, spelling(dice, who), who, classes)


def _document(dice: Dice, address: object, who: Person, classes: set[str]) -> str:
    return compact(
        {
            "_id": {"$oid": dice.letters(24)},
            "account": {"email": address, **written(dice, who, ACCOUNT, classes)},
            "profile": written(dice, who, PROFILE, classes),
            **written(dice, who, CARE, classes),
        }
    )
