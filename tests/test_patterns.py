"""Patterns: what Python's own `re` gets wrong in some releases is matched by `regex` everywhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for room in ("breachcheck", "ingest") for path in (ROOT / room).rglob("*.py"))
POSSESSIVE = re.compile(r"""\)(?:[*+?]|\{\d*,?\d*\})\+|\(\?>""")
"""A group that is repeated possessively, or that is atomic: what could backtrack inside is what goes wrong."""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_possessive_patterns_are_matched_by_regex(path):
    text = path.read_text(encoding="utf-8")

    assert not (re.search(r"^import re$", text, re.MULTILINE) and POSSESSIVE.search(text))


def test_the_rule_sees_what_it_is_about():
    assert POSSESSIVE.search(r"(?:a|b)*+c")
    assert POSSESSIVE.search(r"(?>a|b)c")
    assert not POSSESSIVE.search(r"(?:a|b)*c")
