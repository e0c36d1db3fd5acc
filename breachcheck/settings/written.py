"""Settings as somebody wrote them, by their names: in settings.toml, and in the environment."""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from breachcheck.errors import ConfigError


def in_file(path: Path, known: Collection[str]) -> dict[str, Any]:
    """What the file *path* says; nothing where it is not there. Raises ConfigError, also for what is not *known*."""
    try:
        values = dict(_flat(tomllib.loads(path.read_text(encoding="utf-8-sig")), path))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"The settings in {path} cannot be read ({error}).") from error
    for name in sorted(set(values) - set(known)):
        meant = get_close_matches(name, known, 1, cutoff=0.8)
        hint = f"did you mean {meant[0]}?" if meant else f"known are: {', '.join(known)}."
        raise ConfigError(f"{path} has an unknown setting {name!r}; {hint}")
    return values


def in_environment(
    environment: Mapping[str, str], known: Mapping[str, str], *, prefix: str, others: Collection[str]
) -> dict[str, str]:
    """What variables say that are not empty: *known* has the setting of each.

    Raises ConfigError where one with our *prefix* is neither known nor among *others*, and nearly one of ours.
    """
    for variable in environment:
        if variable.startswith(prefix) and variable not in known and variable not in others:
            _require_no_misspelling(variable, known)
    return {name: value for variable, name in known.items() if (value := environment.get(variable))}


def _flat(values: Mapping[str, Any], path: Path) -> Iterator[tuple[str, Any]]:
    """Those of a table too, under the names that they have outside of it: `site.name` is `site_name`."""
    for name, value in values.items():
        if not isinstance(value, dict):
            yield name, value
            continue
        for inner, one in value.items():
            if f"{name}_{inner}" in values:
                raise ConfigError(f"{path} says {name}_{inner} and {name}.{inner}, which are the same; say one.")
            yield f"{name}_{inner}", one


def _require_no_misspelling(variable: str, known: Collection[str]) -> None:
    """Others may use the prefix too, as Kubernetes does for a service of our name; a near miss is an operator's."""
    if meant := get_close_matches(variable, known, 1, cutoff=0.9):
        raise ConfigError(f"{variable} is not a setting; {meant[0]} is.")
