"""Globs: a pattern that names exactly some of the files of a folder, or of the members of an archive."""

import glob
from collections.abc import Collection, Sequence
from itertools import takewhile
from pathlib import PurePath

from ingest.archives.members import is_selected


def of_member(name: str) -> str:
    """The pattern that is a member's *name*, whatever signs it has."""
    return glob.escape(name)


def of_members(chosen: Sequence[str], others: Collection[str]) -> str | None:
    """The pattern of `member` that selects those *chosen* and none of the *others*; None where none is found."""
    pattern = _around(chosen)
    selects_others = any(is_selected(tuple(name.split("!")), pattern) for name in others)
    return None if selects_others else pattern


def of_paths(chosen: Sequence[str], folder: PurePath) -> str | None:
    """The pattern of `path` that finds those *chosen*, which lie in one folder, and nothing else beneath *folder*."""
    if len({PurePath(path).parent for path in chosen}) > 1:
        return None
    pattern = _around(chosen)
    found = glob.glob(pattern, root_dir=folder)  # noqa: PTH207 - Path.glob takes no absolute pattern
    return pattern if sorted(found) == sorted(chosen) else None


def _around(chosen: Sequence[str]) -> str:
    """What all of *chosen* begin and end with, and a star between."""
    before = _shared(chosen)
    after = _shared([name[len(before) :][::-1] for name in chosen])[::-1]
    return f"{glob.escape(before)}*{glob.escape(after)}"


def _shared(names: Sequence[str]) -> str:
    """What all of *names* begin with."""
    first, last = min(names), max(names)
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(letter for letter, _ in alike)
