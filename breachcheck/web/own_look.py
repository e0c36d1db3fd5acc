"""A site's own look on pages: its files, and how its logo is shown."""

from collections.abc import Callable
from dataclasses import dataclass

from breachcheck.settings.accents import Accent, Accents
from breachcheck.settings.colours import Colour
from breachcheck.settings.drawings import Drawing
from breachcheck.settings.look import Look

STYLESHEET = "look.css"
LOGO, LOGO_DARK, ICON = "own-logo", "own-logo-dark", "own-icon"
_VARIABLES: dict[str, Callable[[Accent], Colour]] = {
    "--accent": lambda one: one.colour,
    "--accent-deep": lambda one: one.deep,
    "--on-accent": lambda one: one.on,
    "--tint": lambda one: one.tint,
}
_OF_A_LOGO = """
.own-logo { display: block; block-size: 2rem; inline-size: auto; max-inline-size: min(12rem, 45vw); }
.own-logo { object-fit: contain; }
.wordmark { max-inline-size: calc(100% - 72px); }
""".lstrip()
_WITHOUT_DARK = """
.own-logo { background: light-dark(transparent, #fff); border-radius: 6px; padding: 3px; }
""".lstrip()
"""A logo that is made for light pages alone lies on white on dark ones."""


@dataclass(frozen=True, slots=True)
class Logo:
    """*file*, and *dark_file* for dark pages, are names of assets."""

    file: str
    dark_file: str
    width: int
    height: int


def own_files(look: Look) -> dict[str, bytes]:
    """Name of a file -> what is in it; none where the look is ours."""
    pictures = {LOGO: look.logo, LOGO_DARK: look.logo_dark, ICON: look.icon}
    files = {f"{name}{drawing.ending}": drawing.content for name, drawing in pictures.items() if drawing}
    style = _style(look).encode()
    return files | ({STYLESHEET: style} if style else {})


def logo_of(look: Look) -> Logo | None:
    """None where it is ours."""
    if look.logo is None:
        return None
    dark = _file(LOGO_DARK, look.logo_dark) if look.logo_dark else _file(LOGO, look.logo)
    return Logo(_file(LOGO, look.logo), dark, look.logo.width, look.logo.height)


def icon_of(look: Look) -> str:
    """The name of the asset that a tab shows."""
    return _file(ICON, look.icon) if look.icon else "icon.svg"


def _file(name: str, drawing: Drawing) -> str:
    return f"{name}{drawing.ending}"


def _style(look: Look) -> str:
    logo = (_OF_A_LOGO if look.logo else "") + (_WITHOUT_DARK if look.logo and not look.logo_dark else "")
    return (_colours(look.accents) if look.accents else "") + logo


def _colours(accents: Accents) -> str:
    """Over those of site.css, which stand in a layer; browsers of before 2024 know light pages alone."""
    both = " ".join(
        f"{name}: light-dark({take(accents.light)}, {take(accents.dark)});" for name, take in _VARIABLES.items()
    )
    light = " ".join(f"{name}: {take(accents.light)};" for name, take in _VARIABLES.items())
    return f":root {{ {both} }}\n@supports not (color: light-dark(red, red)) {{ :root {{ {light} }} }}\n"
