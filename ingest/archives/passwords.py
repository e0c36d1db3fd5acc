"""Passwords of encrypted archives: where they come from, and which one opens an archive."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from breachcheck.addresses import mask_addresses
from breachcheck.errors import DataFileError

VARIABLE = "BREACHCHECK_ARCHIVE_PASSWORD"
_ASKED = 3
_LONGEST = 4096

Opening = TypeVar("Opening")
"""What opens an archive."""

Ask = Callable[[str], str | None]
"""Puts a question to whoever sits at the terminal; None where nobody does."""


class Passwords:
    """Those of one entry of a manifest: what *file* holds, else the environment's, else what is typed.

    What was *typed* for one archive is tried on the next before anybody is asked again.
    """

    def __init__(
        self,
        file: Path | None = None,
        ask: Ask | None = None,
        environment: Mapping[str, str] = os.environ,
        typed: list[str] | None = None,
    ) -> None:
        self._file, self._ask, self._environment = file, ask, environment
        self._typed: list[str] = [] if typed is None else typed

    def unlocking(self, name: str, opening: Callable[[str], Opening | None]) -> Opening:
        """What *opening* makes of the password that opens the archive *name*; None is for one that does not.

        Raises DataFileError where there is no password, or none that opens it.
        """
        is_tried = False
        for password in self._candidates(name):
            is_tried = True
            opened = opening(password)
            if opened is not None:
                return opened
        if is_tried:
            raise DataFileError(f"{name}: the password given does not open it; check it, or the archive is damaged")
        raise DataFileError(
            f"{name} is encrypted; name a file that holds its password (`password_file` in a manifest, "
            f"`manifest draft --password-file`), set {VARIABLE}, or type the command on a terminal, which asks"
        )

    def _candidates(self, name: str) -> Iterator[str]:
        if self._file is not None:
            yield _content(self._file)
        elif VARIABLE in self._environment:
            yield self._environment[VARIABLE]
        else:
            yield from [*self._typed]
            yield from self._answers(name)

    def _answers(self, name: str) -> Iterator[str]:
        for asked in range(_ASKED):
            again = " (the one before does not open it)" if asked else ""
            typed = self._ask(f"Password of {name}{again}") if self._ask else None
            if not typed:
                return
            self._typed.append(typed)
            yield typed


def _content(path: Path) -> str:
    """The first line of a file, without its end, nor the byte order mark that editors of Windows put before it."""
    name = mask_addresses(path.name)
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST).decode("utf-8-sig").partition("\n")[0].removesuffix("\r")
    except OSError as error:
        raise DataFileError(f"{name}: cannot be read ({error.strerror}); check `password_file`") from None
    except UnicodeDecodeError:
        raise DataFileError(f"{name} is not UTF-8; write the password in UTF-8, alone on the first line") from None
