"""Look: what a site may have of its own in the looks of its pages and mails, from one folder. Read once, at start."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from breachcheck.errors import ConfigError
from breachcheck.settings import drawings
from breachcheck.settings.accents import Accents, accents_of
from breachcheck.settings.drawings import Drawing

COLOURS = "colours.toml"
PICTURES = ("logo", "logo-dark", "icon")
ENDINGS = (".svg", ".png")


@dataclass(frozen=True, slots=True)
class Look:
    """None of each where ours stays. *logo_dark*: the logo on dark pages, where it is another; *icon*: of a tab."""

    accents: Accents | None = None
    logo: Drawing | None = None
    logo_dark: Drawing | None = None
    icon: Drawing | None = None


def read(folder: Path | None) -> Look:
    """What lies in *folder*. Raises ConfigError where nothing of a look does, or something that will not do."""
    if folder is None:
        return Look()
    if not folder.is_dir():
        raise ConfigError(f"site_folder is {folder}, which is no folder that can be read; make it, or unset it.")
    logo, logo_dark, icon = (_picture(folder, name) for name in PICTURES)
    if logo_dark and not logo:
        raise ConfigError(f"{folder} has a logo-dark and no logo; the logo is shown on light pages.")
    look = Look(_accents(folder / COLOURS), logo, logo_dark, icon)
    if look == Look():
        named = ", ".join(f"{name}{ending}" for name in PICTURES for ending in ENDINGS)
        raise ConfigError(f"site_folder is {folder}, and none of these lies there: {COLOURS}, {named}.")
    return look


def _picture(folder: Path, name: str) -> Drawing | None:
    found = [path for ending in ENDINGS if (path := folder / f"{name}{ending}").is_file()]
    if len(found) > 1:
        raise ConfigError(f"{folder} has {found[0].name} and {found[1].name}; keep the one that is meant.")
    return drawings.read(found[0]) if found else None


def _accents(path: Path) -> Accents | None:
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"The colours in {path} cannot be read ({error}).") from None
    return accents_of(said, str(path))
