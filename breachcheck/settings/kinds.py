"""Setting values: what settings.toml and the environment say, as values of the kind that a setting is."""

import re
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from breachcheck.errors import ConfigError


def typed(name: str, kind: Any, value: Any) -> Any:
    """*value* as the *kind* of the setting *name*: int, tuple of texts, Path, a Literal or text. Raises ConfigError."""
    if kind is int or (kind == int | tuple[str, ...] and _is_number(value)):
        return _whole_number(name, value)
    if kind in (tuple[str, ...], int | tuple[str, ...]):
        return _texts(name, value)
    if is_path(kind, value):
        return Path(value)
    return _text(name, choices_of(kind), value)


def choices_of(kind: Any) -> tuple[str, ...]:
    """The values of *kind*; empty where they are not so few."""
    return get_args(kind) if get_origin(kind) is Literal else ()


def is_path(kind: Any, value: Any) -> bool:
    """Whether a setting of *kind* names a file or a folder, and *value* does so."""
    return Path in get_args(kind) and isinstance(value, str | Path)


def _text(name: str, choices: tuple[str, ...], value: Any) -> str:
    if not isinstance(value, str):
        raise ConfigError(f"The setting {name} must be a text.")
    if choices and value not in choices:
        raise ConfigError(f"The setting {name} is {value!r}; allowed are: {', '.join(choices)}.")
    return value


def _texts(name: str, value: Any) -> tuple[str, ...]:
    """A list of texts, or one text with commas between them."""
    values = value.split(",") if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise ConfigError(f"The setting {name} must be a list of texts, or a text with commas.")
    return tuple(stripped for one in values if (stripped := one.strip()))


def _is_number(value: Any) -> bool:
    return type(value) is int or (isinstance(value, str) and value.isdecimal())


def _whole_number(name: str, value: Any) -> int:
    is_one = re.fullmatch(r"[0-9]{1,9}", str(value)) and type(value) in (int, str)
    if not is_one:
        raise ConfigError(f"The setting {name} must be a whole number, 0 or more, of at most nine digits.")
    return int(value)
