"""docs/worst-day.md as a program reads it: steps, each with what is typed, changed, answered and seen."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

PATH = Path(__file__).parents[2] / "docs" / "worst-day.md"
BY_HAND = "1. Install"
"""What the tests' own installation stands for."""

_SECTION = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_FENCE = re.compile(r"^```(sh|diff|input|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Command:
    """What is typed in a terminal: *typed* answers what it asks, *seen* are lines that it prints."""

    text: str
    typed: str = ""
    seen: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Edit:
    """Lines of breach.yaml, and what they become wherever they stand."""

    before: str
    after: str


def steps() -> dict[str, list[Command | Edit]]:
    """What is done, by the heading that it stands under, in order."""
    text = PATH.read_text(encoding="utf-8")
    return {heading: list(_deeds(body)) for heading, body in _SECTION.findall(text) if heading != BY_HAND}


def _deeds(body: str) -> Iterator[Command | Edit]:
    command = None
    for kind, content in _FENCE.findall(body):
        if kind == "diff":
            yield _edit(content)
        elif kind == "sh":
            command = Command(content)
            yield command
        else:
            assert command, f"{content!r} stands behind no command"
            if kind == "input":
                command.typed = content
            else:
                command.seen += content.splitlines()


def _edit(content: str) -> Edit:
    """All that goes stands before all that comes."""
    sides = [
        (sign, [line[1:] for line in lines]) for sign, lines in groupby(content.splitlines(), lambda line: line[0])
    ]
    assert [sign for sign, _ in sides] in (["-", "+"], ["-", "+", "-", "+"]), content
    lines = {sign: [line for one, some in sides if one == sign for line in some] for sign in "-+"}
    return Edit("\n".join(lines["-"]), "\n".join(lines["+"]))
