"""The settings' reference: docs/settings.md is what the code says."""

import re
from pathlib import Path

from breachcheck import config, settings_reference

WRITTEN = Path(__file__).parent.parent / "docs" / "settings.md"


def test_the_file_is_what_the_code_says():
    assert WRITTEN.read_text(encoding="utf-8") == settings_reference.reference()


def test_it_has_every_setting_once_and_nothing_else():
    assert re.findall(r"^\| `([a-z_]+)` \|", settings_reference.reference(), re.MULTILINE) == config.names()


def test_its_example_can_be_used(tmp_path):
    example = re.search(r"```toml\n(.+?)```", settings_reference.reference(), re.DOTALL)
    assert example
    (tmp_path / "settings.toml").write_text(example[1], encoding="utf-8")

    assert config.read(tmp_path, {}).trusted_proxies == ("127.0.0.1", "::1")
