"""Rejections: which records of a load were rejected and why, as numbers, never as what stood in them."""

from __future__ import annotations

import csv
import os
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

import numpy as np

from breachcheck.errors import LoadError
from ingest.columns import Int64s
from ingest.joins import NUMBER_BITS, numbered
from ingest.readers.left_out import UNKNOWN
from ingest.runs import KEYS, LOWEST_KEY, Columns, Runs

HEADING = ("file", "line", "record", "reason")
_FIRST_LINE = f"{','.join(HEADING)}\n".encode()
_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Numbered:
    """A file by the name that the tally has for it, and what the numbers of its records count."""

    name: str
    by: Literal["line", "record"]


class Rejections:
    """The records that a load rejects. Those that do not fit in memory go to *folder*, in a file without a name."""

    def __init__(self, folder: Path) -> None:
        self._runs = Runs(folder, lambda columns: columns, held_rows=1 << 20)
        self._reasons: dict[str, int] = {}
        self._highest: dict[int, int] = {}

    def close(self) -> None:
        self._runs.close()

    def add(self, file: int, reason: str, numbers: Int64s) -> None:
        """Records of the load's number *file* are rejected for *reason*."""
        self.add_named(numbered(file, numbers), reason)

    def add_named(self, names: Int64s, reason: str) -> None:
        """The same for records named as `joins.numbered` does."""
        code = self._reasons.setdefault(reason, len(self._reasons))
        self._runs.add((names, np.full(len(names), code, np.uint8)))
        for file in np.unique(names >> NUMBER_BITS).tolist():
            highest = int(names[names >> NUMBER_BITS == file].max()) - (file << NUMBER_BITS)
            self._highest[file] = max(self._highest.get(file, 0), highest)

    def write(self, path: Path, files: Sequence[Numbered]) -> None:
        """All of them as CSV in their order: under a name of its own first, for its owner alone.

        Raises LoadError where the file cannot be written; what stood at *path* then stays.
        """
        try:
            descriptor, unfinished = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            with ExitStack() as on_failure:
                on_failure.callback(Path(unfinished).unlink)
                with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                    self._write(file, files)
                _require_nothing_else(path)
                Path(unfinished).replace(path)
                on_failure.pop_all()
        except OSError as error:
            raise _cannot_write(error) from None

    def _write(self, file: IO[str], files: Sequence[Numbered]) -> None:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(HEADING)
        reasons = [*self._reasons]
        for names, codes in self._sorted():
            for name, code in zip(names.tolist(), codes.tolist(), strict=True):
                out.writerow(_row(files[name >> NUMBER_BITS], name & (1 << NUMBER_BITS) - 1, reasons[code]))

    def _sorted(self) -> Iterator[Columns]:
        ends = [
            (file << NUMBER_BITS) + end
            for file, highest in sorted(self._highest.items())
            for end in range(_AT_ONCE, highest + 1, _AT_ONCE)
        ]
        return (some for some in self._runs.ranges([*ends, LOWEST_KEY + KEYS]) if some is not None)


def require_place(path: Path, files: Sequence[Path]) -> None:
    """Raise LoadError where rejected records cannot be listed at *path*, or where a data file or anything else lies."""
    try:
        if _is_one_of(path, files):
            raise LoadError("The file that --rejects names is one of the data files; name another.")
        _require_nothing_else(path)
        with tempfile.TemporaryFile(dir=path.parent):
            return
    except OSError as error:
        raise _cannot_write(error) from None


def _require_nothing_else(path: Path) -> None:
    """Raise LoadError where something stands at *path* that is no list of before: a key, a store, a link, a device."""
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(path.lstat().st_mode):
            raise LoadError("What --rejects names is a link, a folder, a pipe or a device; name a file.")
        with path.open("rb") as file:
            if file.read(len(_FIRST_LINE)) not in (b"", _FIRST_LINE):
                raise LoadError(
                    "The file that --rejects names is there already, and is no list of rejected records; name another."
                )


def _is_one_of(path: Path, files: Sequence[Path]) -> bool:
    """Whether *path* and a data file are the same; one that is gone by now is for others to tell of."""
    for one in files:
        with suppress(FileNotFoundError):
            if path.samefile(one):
                return True
    return False


def _cannot_write(error: OSError) -> LoadError:
    return LoadError(f"The file that --rejects names cannot be written ({error.strerror}); name another.")


def _row(file: Numbered, number: int, reason: str) -> tuple[str, str, str, str]:
    shown = "" if number == UNKNOWN else str(number)
    return file.name, shown if file.by == "line" else "", shown if file.by == "record" else "", reason
