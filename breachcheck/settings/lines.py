"""The settings file as somebody wrote it, with one of its lines taken out."""

import os
import re
import tomllib
from pathlib import Path

from breachcheck.errors import ConfigError


def forget_other(path: Path, name: str, value: object) -> None:
    """Take the setting *name* out of the file *path* where it is anything but *value*; all else stays as it is.

    Raises ConfigError where it does not stand on a line of its own.
    """
    text = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
    said = tomllib.loads(text)
    if said.get(name, value) == value:
        return
    without = re.sub(rf"""^[ \t]*["']?{name}["']?[ \t]*=.*\n?""", "", text, flags=re.MULTILINE)
    if _parsed(without) != {other: what for other, what in said.items() if other != name}:
        raise ConfigError(f"{path.name} does not say {name} on one line, and so it cannot be taken out; do so by hand.")
    with path.open("w", encoding="utf-8") as file:
        file.write(without)
        file.flush()
        os.fsync(file.fileno())


def _parsed(text: str) -> dict[str, object] | None:
    """None where it is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
