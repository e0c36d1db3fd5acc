"""Colours: hex notation, how well one is read on another (WCAG 2.2, contrast ratio), and mixing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

READABLE = 4.5
"""The least contrast of text (WCAG 2.2, 1.4.3)."""

_HEX = re.compile(r"#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")
_MOST = 255
_STEPS = 100


@dataclass(frozen=True, slots=True)
class Colour:
    """An opaque colour of sRGB, each part from 0 to 255."""

    red: int
    green: int
    blue: int

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    @property
    def luminance(self) -> float:
        """From 0, black, to 1, white."""
        red, green, blue = (_linear(part / _MOST) for part in (self.red, self.green, self.blue))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue


BLACK = Colour(0, 0, 0)
WHITE = Colour(_MOST, _MOST, _MOST)


def colour(text: str) -> Colour:
    """The one that *text* writes as #rgb or #rrggbb. Raises ValueError where it does not."""
    if not _HEX.fullmatch(text):
        raise ValueError("no colour")
    digits = text[1:] if len(text) > len("#rgb") else "".join(digit * 2 for digit in text[1:])
    return Colour(*bytes.fromhex(digits))


def contrast(one: Colour, other: Colour) -> float:
    """From 1, the same, to 21, black on white."""
    darker, lighter = sorted((one.luminance, other.luminance))
    return (lighter + 0.05) / (darker + 0.05)


def least_contrast(one: Colour, backgrounds: Iterable[Colour]) -> float:
    """Of *one* on whichever of *backgrounds* it is read worst."""
    return min(contrast(one, background) for background in backgrounds)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """*one* with a *share* of *other* in it."""
    pairs = zip((one.red, one.green, one.blue), (other.red, other.green, other.blue), strict=True)
    return Colour(*(round(part + (wanted - part) * share) for part, wanted in pairs))


def towards(one: Colour, end: Colour) -> Iterable[Colour]:
    """*one*, then ever more like *end*, and at last that."""
    return (mixed(one, end, step / _STEPS) for step in range(_STEPS + 1))


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
