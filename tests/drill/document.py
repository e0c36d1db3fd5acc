"""docs/worst-day.md as a program reads it: steps, each with what is typed, changed, answered and seen."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PATH = Path(__file__).parents[2] / "docs" / "worst-day.md"
BY_HAND = "1. Install"
"""What the tests' own installation stands for."""

_SECTION = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_FENCE = re.compile(r"^```(sh|yaml|input|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Command:
    """What is typed in a terminal: *typed* answers what it asks, *seen* are lines that it prints."""

    text: str
    typed: str = ""
    seen: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Edit:
    """Lines of breach.yaml as they have to read, each in the place of those with the same key and indentation."""

    lines: tuple[str, ...]


def steps() -> dict[str, list[Command | Edit]]:
    """What is done, by the heading that it stands under, in order."""
    text = PATH.read_text(encoding="utf-8")
    return {heading: list(_deeds(body)) for heading, body in _SECTION.findall(text) if heading != BY_HAND}


def _deeds(body: str) -> Iterator[Command | Edit]:
    command = None
    for kind, content in _FENCE.findall(body):
        if kind == "yaml":
            yield Edit(tuple(content.splitlines()))
        elif kind == "sh":
            command = Command(content)
            yield command
        else:
            assert command, f"{content!r} stands behind no command"
            if kind == "input":
                command.typed = content
            else:
                command.seen += content.splitlines()
