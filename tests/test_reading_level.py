"""Plain words: the English texts stay readable for someone of twelve, by the formula of Flesch and Kincaid.

A formula is no reader; it only keeps sentences from growing. Syllables are counted by letters, as no list of words has
all of ours; `test_syllables_are_counted_as_they_are_spoken` holds how well that goes.
"""

import re
from collections import defaultdict

import pytest

from tests import texts

HARDEST_GRADE = 6.5
"""Seventh grade is the goal; counting syllables by letters flatters by up to half a grade."""

LONGEST_SENTENCE = 25
SHORTEST_PROSE = 8
"""Words from which on a text is prose: headings, buttons and labels would flatter the figure."""

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
WORD = re.compile(r"[A-Za-z0-9@'’.+-]*[A-Za-z0-9]")
SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
SILENT_END = re.compile(r"(?:[^eiy]e|[^sxzcghi]es|[^tdi]ed)$")
SAID_END = re.compile(r"[^aeiouy]l(?:e|es|ed)$")
"""As in "table" and "scrambled", beside "file" and "changed"."""

SPOKEN = {
    1: ("name", "names", "file", "site", "sites", "breach", "asked", "changed", "used", "code", "please", "stored"),
    2: ("password", "address", "email", "someone", "details", "needed", "people", "scrambled", "private", "table"),
    3: ("nobody", "company", "companies", "addresses", "messages", "encrypted", "customer", "deleted"),
    4: ("information", "education", "identity"),
}


def prose() -> dict[str, list[str]]:
    """Sentences of every text that is prose, by the file that says it."""
    blocks: dict[str, list[str]] = defaultdict(list)
    for message in texts.texts_of(texts.template()):
        for text in [message.id] if isinstance(message.id, str) else message.id:
            plain = PLACEHOLDER.sub("Name", re.sub(r"<[^>]+>", "", text))
            if len(WORD.findall(plain)) >= SHORTEST_PROSE:
                for place, _ in message.locations:
                    blocks[place] += SENTENCE_END.split(plain)
    return blocks


BLOCKS = prose()


def syllables(word: str) -> int:
    letters = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", letters))
    is_silent = SILENT_END.search(letters) and not SAID_END.search(letters)
    return max(groups - bool(is_silent), 1)


def grade(sentences: list[str]) -> float:
    """The school year that reads this with ease: Kincaid and others, 1975."""
    words = [word for sentence in sentences for word in WORD.findall(sentence)]
    spoken = sum(syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * spoken / len(words) - 15.59


@pytest.mark.parametrize(("spoken", "word"), [(number, word) for number, words in SPOKEN.items() for word in words])
def test_syllables_are_counted_as_they_are_spoken(spoken: int, word: str) -> None:
    assert syllables(word) == spoken


def test_a_hard_text_is_found_hard() -> None:
    hard = "Unauthorised exfiltration of personally identifiable information necessitates immediate remediation."

    assert grade([hard]) > 20
    assert grade(["We look for it.", "You see what we find."]) < 2


@pytest.mark.parametrize("place", sorted(BLOCKS))
def test_what_a_place_says_is_plain(place: str) -> None:
    assert grade(BLOCKS[place]) <= HARDEST_GRADE


@pytest.mark.parametrize("place", sorted(BLOCKS))
def test_no_sentence_is_long(place: str) -> None:
    assert [said for said in BLOCKS[place] if len(WORD.findall(said)) > LONGEST_SENTENCE] == []
