"""Accents and colours: what can be read where, and what is refused because it cannot."""

import re
from pathlib import Path

import pytest

from breachcheck.errors import ConfigError
from breachcheck.settings.accents import BACKGROUNDS, KEYS, Accent, accents_of
from breachcheck.settings.colours import BLACK, READABLE, WHITE, colour, contrast, mixed

ROOT = Path(__file__).parents[2]
STYLE = (ROOT / "breachcheck" / "static" / "site.css").read_text(encoding="utf-8")
MAIL = (ROOT / "templates" / "mail" / "base.html").read_text(encoding="utf-8")
UNDER_LINKS = ("page", "surface", "exposed-tint", "calm-tint", "slate-tint")


def refusal_of(**said):
    with pytest.raises(ConfigError) as refused:
        accents_of(said, "colours.toml")
    return str(refused.value)


def test_contrast_is_the_one_of_wcag():
    assert contrast(BLACK, WHITE) == contrast(WHITE, BLACK) == 21
    assert contrast(colour("#777"), WHITE) == pytest.approx(4.48, abs=0.01)
    assert contrast(colour("#767676"), WHITE) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(
    "text", ["", "#", "#12", "#1234", "#12345g", "0b5f6b", "teal", "rgb(0,0,0)", "#0b5f6b;", " #fff"]
)
def test_only_hex_is_a_colour(text):
    with pytest.raises(ValueError, match="no colour"):
        colour(text)


def test_a_short_colour_is_its_long_one():
    assert colour("#0aF") == colour("#00AAFF")
    assert str(colour("#0aF")) == "#00aaff"


def test_the_halves_of_a_mix_are_equal():
    assert str(mixed(BLACK, WHITE, 0.5)) == "#808080"


@pytest.mark.parametrize("name", UNDER_LINKS)
def test_what_links_lie_on_is_what_the_stylesheet_says(name):
    found = re.search(rf"--{name}: light-dark\((#\w+), (#\w+)\)", STYLE)
    assert found

    assert colour(found[1]) in BACKGROUNDS["light"]
    assert colour(found[2]) in BACKGROUNDS["dark"]


def test_what_links_in_mails_lie_on_is_what_their_template_says():
    light, dark = re.findall(r"background: (#\w+);", MAIL)

    assert colour(light) in BACKGROUNDS["light"]
    assert colour(dark) in BACKGROUNDS["dark"]


def test_our_own_accent_would_be_allowed():
    found = re.search(r"--accent: light-dark\((#\w+), (#\w+)\)", STYLE)
    assert found
    accents = accents_of(dict(zip(KEYS, found.groups(), strict=True)), "site.css")

    assert (str(accents.light.colour), str(accents.dark.colour)) == found.groups()


@pytest.mark.parametrize("said", ["#0b5f6b", "#c8102e", "#ffcc00", "#000", "#fff", "#808080", "#00f", "#0f0"])
@pytest.mark.parametrize("key", KEYS)
def test_a_colour_is_taken_or_refused_with_one_that_is_taken(said, key):
    try:
        accents = accents_of({key: said}, "colours.toml")
    except ConfigError as refused:
        nearest = re.findall(r"#[0-9a-f]{6}", str(refused))[-1]
        accents = accents_of({key: nearest}, "colours.toml")
    for accent in (accents.light, accents.dark):
        assert contrast(accent.colour, accent.on) >= READABLE
        assert contrast(accent.deep, accent.on) >= READABLE
        assert contrast(accent.colour, accent.tint) >= READABLE
        assert all(contrast(accent.colour, one) >= READABLE for one in BACKGROUNDS[accent.scheme])


def test_a_pale_colour_is_refused_on_light_pages_and_a_dark_one_on_dark_ones():
    assert "accent in colours.toml is #ffcc00, which cannot be read on light pages" in refusal_of(accent="#ffcc00")
    assert "accent_dark in colours.toml is #0b5f6b, which cannot be read on dark" in refusal_of(accent_dark="#0b5f6b")


def test_one_that_is_left_out_is_made_of_the_other():
    assert accents_of({"accent": "#c8102e"}, "").dark.colour != colour("#c8102e")
    assert accents_of({"accent_dark": "#ffcc00"}, "").dark == Accent(colour("#ffcc00"), "dark")


@pytest.mark.parametrize("value", ["teal", 5, None, ["#fff"], "#0b5f6b; } body { display: none"])
def test_what_is_no_colour_is_refused_by_its_name(value):
    assert refusal_of(accent=value) == "accent in colours.toml is no colour; write it like #0b5f6b."


def test_what_may_be_said_is_named_where_nothing_is_and_where_something_else_is():
    assert refusal_of() == "colours.toml has no colour; it may say: accent, accent_dark."
    assert "has 'acent', which is unknown; it may say: accent, accent_dark." in refusal_of(acent="#0b5f6b")
