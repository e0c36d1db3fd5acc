"""Address lists: everyone whom a whole value names, and nobody out of a text that is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breachcheck.addresses import canonical
from ingest.mailboxes import addresses_in

ANN, BOB = "ann@example.com", "bob@example.org"

LISTS = {
    "Ann <ann@example.com>": [ANN],
    "Ann Smith-Jones Jr. <ann@example.com>": [ANN],
    '"Smith, Ann (work)" <ann@example.com>': [ANN],
    "Smith, Ann <ann@example.com>": [ANN],
    "Smith, Ann <ann@example.com>; Jones, Bob <bob@example.org>": [ANN, BOB],
    "José Ñandú <ann@example.com>": [ANN],
    "=?utf-8?q?J=C3=B3?= <ann@example.com>": [ANN],
    "<ann@example.com>": [ANN],
    "ann@example.com <ann@example.com>": [ANN],
    "'ann@example.com' <ann@example.com>": [ANN],
    '"bob@example.org" <ann@example.com>': [ANN],
    "ann@example.com; bob@example.org": [ANN, BOB],
    "ann@example.com, bob@example.org": [ANN, BOB],
    "ann@example.com,,bob@example.org;": [ANN, BOB],
    "ann@example.com ::: bob@example.org": [ANN, BOB],
    "ann@example.com, ANN@example.com": [ANN],
    "ann@example.com (work)": [ANN],
    "ann@example.com (at (her) work), (his) bob@example.org": [ANN, BOB],
    "Friends: ann@example.com, Bob <bob@example.org>;": [ANN, BOB],
    "mailto:ann@example.com": [ANN],
    "MAILTO:ann%2Bnews@example.com": ["ann+news@example.com"],
    "mailto:ann@example.com?subject=Hi there, you; and you": [ANN],
    "mailto:ann@example.com,bob@example.org": [ANN, BOB],
    "<mailto:ann@example.com|ann@example.com>": [ANN],
    "SMTP:ann@example.com;smtp:bob@example.org": [ANN, BOB],
    "'ann@example.com'": [ANN],
    "ann@example.com.": [ANN],
    '"ann@example.com"': [ANN],
    '="ann@example.com"': [ANN],
    '["ann@example.com", "bob@example.org"]': [ANN, BOB],
}


@pytest.mark.parametrize("text", LISTS)
def test_a_whole_list_names_everyone_in_it(text):
    assert addresses_in(text) == LISTS[text]


@pytest.mark.parametrize(
    "text",
    [
        "write to Bob <bob@example.org> today",
        "see ann@example.com",
        "see ann@example.com.",
        "Ann, ann@example.com",
        "ann@example.com, inactive",
        "ann@example.com, +49 30 901820",
        "ann@example.com bob@example.org",
        "ann@example.com / bob@example.org",
        "Email: ann@example.com",
        "Friends: ann@example.com",
        "a: b: ann@example.com;",
        "Undisclosed recipients:;",
        "bob@example.org <ann@example.com>",
        "Ann <ann@example.com",
        "Ann ann@example.com>",
        "Ann <ann@example.com> Smith",
        "Ann <ann@example.com>, Bob",
        "Ann <ann@example>",
        "Ann <ann@example.com> <bob@example.org>",
        "ann@example.com:secret",
        "http://example.com/<ann@example.com>",
        "ann@example.com\\, bob@example.org",
        "('ann@example.com',)",
        '["ann@example.com", 7]',
        '["ann@example.com", "x"]',
        "x" * 101 + " <ann@example.com>",
        "ann@example.com," * 80,
        "",
        "@",
        "<@>",
    ],
)
def test_what_is_not_wholly_a_list_names_nobody(text):
    assert addresses_in(text) == []


@given(st.text(st.sampled_from("ab@.,;:<>()'\"\\ [mailto]"), max_size=40))
def test_nobody_is_named_who_does_not_stand_there(text):
    assert all(address in text.lower() and canonical(address) == address for address in addresses_in(text))


@pytest.mark.parametrize("text", ["(" * 1000, '"\\' * 400, "a," * 500, "<" * 1000, "(()" * 300])
def test_no_text_takes_long(text):
    assert addresses_in(text + "@,") == []
