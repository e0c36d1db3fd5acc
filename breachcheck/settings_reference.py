"""docs/settings.md, written from Config: ``python -m breachcheck.settings_reference > docs/settings.md``."""

import sys
from dataclasses import fields
from typing import Any

from breachcheck import config
from breachcheck.config import Config

INTRODUCTION = """
# Settings

Every setting, as the program knows it. `python -m breachcheck.settings_reference` writes this file, and a test holds
it to the code.

A setting stands in `settings.toml` in the data folder, or in the environment, which wins. What begins alike may stand
in a table there: `site_name` is also `site.name`, or `name` below `[site]`. An empty variable counts as not set. A
relative path in `settings.toml` starts at the data folder, one in the environment where the program was started.
Settings are read once, at start: restart what runs after a change. An unknown setting, a misspelt variable or a value
that is not allowed stops the program and says which.

```toml
site.name = "Breach check of Example Ltd"
public_url = "https://breaches.example.org"
trusted_proxies = ["127.0.0.1", "::1"]
```

## In settings.toml or the environment

| setting | variable | default | what it says |
|---|---|---|---|
""".lstrip()
ENVIRONMENT_ALONE = """
## In the environment alone

| variable | what it says |
|---|---|
"""


def reference() -> str:
    """The whole file."""
    settings = "".join(_setting(one.name, one.default, one.metadata["what"]) for one in fields(Config) if one.metadata)
    variables = "".join(f"| `{name}` | {what} |\n" for name, what in config.NOT_SETTINGS.items())
    return INTRODUCTION + settings + ENVIRONMENT_ALONE + variables


def _setting(name: str, default: Any, what: str) -> str:
    shown = "not set" if default in (None, "", ()) else f"`{default}`"
    return f"| `{name}` | `{config.variable_of(name)}` | {shown} | {what} |\n"


if __name__ == "__main__":
    sys.stdout.write(reference())
