"""Findings: what a look at a site found, how bad it is, and what to do about it."""

from typing import Literal

import msgspec

Severity = Literal["fine", "note", "warning", "problem"]
ORDER: tuple[Severity, ...] = ("fine", "note", "warning", "problem")


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at. *what* and *do* hold no account; *do* is empty where there is nothing to do.

    A *note* may be as it is meant, a *warning* should be looked at, and with a *problem* something does not work.
    """

    about: str
    severity: Severity
    what: str
    do: str = ""


def worst_of(findings: list[Finding]) -> Severity:
    """How bad it is in all."""
    return max((one.severity for one in findings), key=ORDER.index, default="fine")


def fine(about: str, what: str) -> Finding:
    return Finding(about, "fine", what)


def note(about: str, what: str, do: str = "") -> Finding:
    return Finding(about, "note", what, do)


def warning(about: str, what: str, do: str = "") -> Finding:
    return Finding(about, "warning", what, do)


def problem(about: str, what: str, do: str = "") -> Finding:
    return Finding(about, "problem", what, do)
