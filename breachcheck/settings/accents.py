"""Accents: the one colour of links, buttons and marks of focus, on light pages and on dark ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from breachcheck.errors import ConfigError
from breachcheck.settings.colours import BLACK, READABLE, WHITE, Colour, colour, least_contrast, mixed, towards

Scheme = Literal["light", "dark"]
BACKGROUNDS: Mapping[Scheme, tuple[Colour, ...]] = {
    "light": tuple(map(colour, ("#f5f8f9", "#ffffff", "#fdf4ee", "#eff8f2", "#eef2f4"))),
    "dark": tuple(map(colour, ("#0f161a", "#172026", "#271b15", "#13231b", "#1a252b", "#15181c"))),
}
"""What links and buttons lie on, in pages and mails."""

KEYS: Mapping[str, Scheme] = {"accent": "light", "accent_dark": "dark"}
_FAR_END: Mapping[Scheme, Colour] = {"light": BLACK, "dark": WHITE}
_SURFACE: Mapping[Scheme, Colour] = {"light": WHITE, "dark": colour("#172026")}
_ON_ACCENT: Mapping[Scheme, Colour] = {"light": WHITE, "dark": colour("#0f161a")}
_DEEPER = 0.25
_TINT = 0.1


@dataclass(frozen=True, slots=True)
class Accent:
    """One scheme's colour. It is read at least as well on all of its scheme's backgrounds, and on its own tint."""

    colour: Colour
    scheme: Scheme

    @property
    def deep(self) -> Colour:
        """Where a pointer rests on it."""
        return mixed(self.colour, _FAR_END[self.scheme], _DEEPER)

    @property
    def on(self) -> Colour:
        """What is written on it."""
        return _ON_ACCENT[self.scheme]

    @property
    def tint(self) -> Colour:
        """A breath of it, behind text in it."""
        return mixed(_SURFACE[self.scheme], self.colour, _TINT)

    @property
    def contrast(self) -> float:
        """Where it is read worst."""
        return least_contrast(self.colour, (*BACKGROUNDS[self.scheme], self.tint))

    @property
    def is_readable(self) -> bool:
        return self.contrast >= READABLE


@dataclass(frozen=True, slots=True)
class Accents:
    """The colour on light pages and that on dark ones."""

    light: Accent
    dark: Accent


def accents_of(said: Mapping[str, object], place: str) -> Accents:
    """Those that *said* writes under KEYS; one that it leaves out is made of the other.

    Raises ConfigError, naming *place*, for what is no colour or could not be read.
    """
    if not said or (unknown := sorted(set(said) - set(KEYS))):
        what = f"{unknown[0]!r}, which is unknown" if said else "no colour"
        raise ConfigError(f"{place} has {what}; it may say: {', '.join(KEYS)}.")
    chosen = {KEYS[key]: _required(key, value, place) for key, value in said.items()}
    some = next(iter(chosen.values()))
    light = chosen.get("light") or _nearest(some.colour, "light")
    return Accents(light, chosen.get("dark") or _nearest(some.colour, "dark"))


def _required(key: str, value: object, place: str) -> Accent:
    try:
        accent = Accent(colour(str(value)), KEYS[key])
    except ValueError:
        raise ConfigError(f"{key} in {place} is no colour; write it like #0b5f6b.") from None
    if not accent.is_readable:
        raise ConfigError(
            f"{key} in {place} is {accent.colour}, which cannot be read on {accent.scheme} pages: its contrast is"
            f" {accent.contrast:.1f}:1, and text needs {READABLE}:1. The nearest that can is"
            f" {_nearest(accent.colour, accent.scheme).colour}."
        )
    return accent


def _nearest(wanted: Colour, scheme: Scheme) -> Accent:
    """Darker on light pages, lighter on dark ones, by no more than it takes."""
    accents = (Accent(one, scheme) for one in towards(wanted, _FAR_END[scheme]))
    return next(one for one in accents if one.is_readable)
