"""Settings: read once at start from the data folder's settings.toml and the environment, which wins."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

from breachcheck.errors import ConfigError

PREFIX = "BREACHCHECK_"
SETTINGS_FILE = "settings.toml"
DEFAULT_DATA = Path("data")

Disclosure = Literal["open", "owner", "closed"]
Mail = Literal["off", "outbox", "smtp"]


def setting(what: str, default: Any) -> Any:
    """A field of Config together with the sentence that documents it."""
    return field(default=default, metadata={"what": what})


@dataclass(frozen=True, kw_only=True)
class Config:
    """Every setting: by its field's name in settings.toml, and in the environment by that in capitals after BREACHCHECK_."""

    data: Path
    index_key_file: Path | None = setting("The index key; `index.key` in the data folder where not set.", None)
    app_key_file: Path | None = setting(
        "The key for sessions, sealed cookies and API keys; `app.key` in the data folder where not set.", None
    )
    index_passphrase_file: Path | None = setting(
        "A file that holds the passphrase, where the index key is derived from one.", None
    )
    site_name: str = setting("What this site is called, on pages and in mails.", "Breach check")
    operator_name: str = setting("Who runs this site.", "")
    contact: str = setting("Where its visitors can write to: a web or e-mail address.", "")
    disclosure: Disclosure = setting("Who may see answers: `open`, `owner` or `closed`.", "open")
    mail: Mail = setting("How mail leaves: `off`, `outbox` or `smtp`.", "off")
    public_url: str | None = setting("The site's own address, the only source of links.", None)
    trusted_proxies: int = setting("How many reverse proxies stand in front and set X-Forwarded-For.", 0)
    lookups_a_minute: int = setting("Look-ups a minute from one network on the public page; 0 for no limit.", 30)

    @property
    def index_key_path(self) -> Path:
        return self.index_key_file or self.data / "index.key"

    @property
    def app_key_path(self) -> Path:
        return self.app_key_file or self.data / "app.key"

    @property
    def index_path(self) -> Path:
        return self.data / "index.db"

    @property
    def catalogue_path(self) -> Path:
        return self.data / "catalogue.db"

    @property
    def spill_path(self) -> Path:
        """Where what does not fit in memory goes: digests, and the engine's encrypted pages."""
        return self.data / "spill"


def read(data: Path | None = None, environment: Mapping[str, str] = os.environ) -> Config:
    """The settings of the data folder *data*, or of BREACHCHECK_DATA, or of ``./data``. Raises ConfigError."""
    folder = data or Path(environment.get(f"{PREFIX}DATA") or DEFAULT_DATA)
    values = _from_file(folder / SETTINGS_FILE) | _from_environment(environment)
    config = Config(data=folder, **{name: _typed(name, value) for name, value in values.items()})
    require_sense(config)
    return config


def _from_file(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"The settings in {path} cannot be read ({error}).") from error
    if unknown := sorted(set(values) - set(_names())):
        raise ConfigError(f"{path} has an unknown setting {unknown[0]!r}; known are: {', '.join(_names())}.")
    return values


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    named = {name: environment.get(PREFIX + name.upper()) for name in _names()}
    return {name: value for name, value in named.items() if value}


def _names() -> list[str]:
    return [one.name for one in fields(Config) if one.name != "data"]


def _typed(name: str, value: Any) -> Any:
    wanted = get_type_hints(Config)[name]
    choices = get_args(wanted)
    if wanted is int:
        return _whole_number(name, value)
    if Path in choices:
        return Path(str(value))
    if not isinstance(value, str):
        raise ConfigError(f"The setting {name} must be a text.")
    if all(isinstance(choice, str) for choice in choices) and choices and value not in choices:
        raise ConfigError(f"The setting {name} is {value!r}; allowed are: {', '.join(choices)}.")
    return value


def _whole_number(name: str, value: Any) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise ConfigError(f"The setting {name} must be a whole number.") from None
    if number < 0:
        raise ConfigError(f"The setting {name} must not be negative.")
    return number


def require_sense(config: Config) -> None:
    if config.disclosure == "owner" and config.mail == "off":
        raise ConfigError("disclosure is `owner`, which sends answers by mail, but mail is off; set mail, or `closed`.")
