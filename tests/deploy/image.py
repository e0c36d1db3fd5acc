"""The Dockerfile of deploy/, read without a container engine."""

import json
import shlex
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from tests.cli.commands import ROOT

DOCKERFILE = ROOT / "deploy" / "Dockerfile"
IGNORED = ROOT / "deploy" / "Dockerfile.dockerignore"
KNOWN = (
    "FROM", "COPY", "RUN", "ENV", "USER", "WORKDIR", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT",
    "CMD",
)  # fmt: skip


@dataclass(frozen=True)
class Copy:
    """Files that come from the source, or from the stage *stage*."""

    sources: tuple[str, ...]
    to: str
    stage: str = ""


@dataclass
class Stage:
    """One image. *steps* are what was copied and run, in their order."""

    base: str
    name: str
    steps: list[Copy | str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    said: dict[str, list[str]] = field(default_factory=dict)

    def command(self, name: str) -> list[str]:
        """ENTRYPOINT, CMD or HEALTHCHECK, which have to be written as a list."""
        (text,) = self.said[name]
        words = json.loads(text[text.index("[") :])
        assert all(isinstance(one, str) for one in words)
        return list(words)

    @property
    def volumes(self) -> list[str]:
        return self.said["VOLUME"]


def stages() -> list[Stage]:
    """Every stage; the last is the image."""
    found: list[Stage] = []
    for line in DOCKERFILE.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        instruction, _, rest = line.partition(" ")
        assert instruction in KNOWN, line
        if instruction == "FROM":
            base, _, name = rest.partition(" AS ")
            found.append(Stage(base, name))
        else:
            _take(found[-1], instruction, rest.strip())
    return found


def _take(stage: Stage, instruction: str, rest: str) -> None:
    if instruction == "RUN":
        stage.steps.append(rest)
    elif instruction == "COPY":
        *sources, to = (word for word in shlex.split(rest) if not word.startswith("--"))
        (from_stage,) = [word.removeprefix("--from=") for word in shlex.split(rest) if word.startswith("--")] or [""]
        stage.steps.append(Copy(tuple(sources), to, from_stage))
    elif instruction == "ENV":
        name, _, value = rest.partition("=")
        stage.environment[name] = value
    else:
        stage.said.setdefault(instruction, []).append(rest)


def is_sent(path: str) -> bool:
    """Whether the engine is given *path* of the source; the last rule that fits decides."""
    is_left_out = False
    for rule in IGNORED.read_text(encoding="utf-8").split():
        pattern = rule.removeprefix("!")
        if any(fnmatch(part, pattern.removeprefix("**/")) for part in _with_parents(path, anywhere="**" in pattern)):
            is_left_out = not rule.startswith("!")
    return not is_left_out


def _with_parents(path: str, *, anywhere: bool) -> list[str]:
    if anywhere:
        return list(Path(path).parts)
    return [path, *(str(parent) for parent in Path(path).parents if parent != Path())]
