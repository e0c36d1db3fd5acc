"""Outlines show what values look like and never what one of them says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breachcheck.addresses import holds_address
from ingest.outlines import outline_of, outlines_of


@pytest.mark.parametrize(
    ("value", "outline"),
    [
        ("Jürgen Groß", "Aa Aa"),
        ("2001-02-03", "9999-99-99"),
        ("+44 1632 960111", "+99 9999 9×6"),
        ("5f4dcc3b5aa765d61d8327deb882cf99", "hex×32"),
        ("Ann <ann@example.com>", "Aa <[address]>"),
        ("张伟", "a"),
        ("I wrote down what I did that day", "words"),
        ("DE", "A"),
        (":-)", ""),
        ("\u202e\x07a", "··a"),
    ],
)
def test_an_outline_is_a_value_with_words_and_numbers_made_alike(value, outline):
    assert outline_of(value) == outline


@given(st.text())
def test_no_outline_holds_an_address_or_is_long(value):
    assert not holds_address(outline_of(value))
    assert len(outline_of(value)) <= 41


def test_the_commonest_outlines_are_shown():
    assert outlines_of(["01.02.2003", "04.05.2006", "07.08.2009", "x", "Y", "7"]) == ("99.99.9999",)


def test_what_stands_for_fewer_than_three_values_is_not_shown():
    assert outlines_of(["ab-12", "ab-12", "ab-12", "cd-34"]) == ()
