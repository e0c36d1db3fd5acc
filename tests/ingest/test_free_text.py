"""Addresses in free text: the corpus, and the fast way held to the rules."""

import re
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from hypothesis import example, given, settings
from hypothesis import strategies as st

from breachcheck.addresses import canonical
from ingest.readers import prose, spotting, top_level
from ingest.readers.plain import Taker
from tests.parts import require

ROOT = Path(__file__).parents[2]
CORPUS = Path(__file__).parent / "corpus" / "free_text.tsv"
KNOWN_WRONG = "wrong until now"
_UNSEEN = re.compile("⟨U\\+([0-9A-F]{4,5})⟩")
PARTS = st.one_of(
    st.sampled_from(
        ["bob", "alice.l", "o'brien", "a&b", "_x", "josé", "用户", "x" * 40, "a/b", "b+c", "-", "'", "''", "1"]
    ),
    st.sampled_from(["@", "@", "@@", "%40", "&#64;", "&commat;", "&amp;#64;", "\\u0040", "\\\\u0040", "＠", "%2540"]),
    st.sampled_from(
        ["example.com", "example.co.uk", "例子.测试", "xn--fsqu00a.example", "localhost", "2x.png", "a..com"]
    ),
    st.sampled_from(
        ["example.com.", ".", "..", ".com", "Example.ORG", "a-b.example.org", "y" * 30 + ".test", "com.No"]
    ),
    st.sampled_from(["example.com.zip", "example.zip", "example.com--", "example.xn--p1ai", "example.com.ost"]),
    st.sampled_from([*' \n\t,;:|=<>()[]{}"\\', "\\n", "\\t"]),
    st.sampled_from(
        ["https://", "://", "/", "//", "?", "&", "&amp;", "&lt;", "&gt;", "&#39;", "%20", "%2C", "%3A//", "#"]
    ),
    st.sampled_from(["+", "’", "\ufe0f", "mailto:", "C:\\Users\\", "%2B", "\\_", "%s"]),
    st.sampled_from(
        ["=3D", "=3Cb", "=20", "=C3=B6", "\\x22", "\\xc3\\xb6", "ｂ", "ש-", "...", "com.Tel", "com-a", "Tel"]
    ),
    st.sampled_from(["\\u0026#39;", "\\u0026#64;", "%5Cu0040", "%5Cu002E", "%26%2364%3B", "%26%2346;", "\\@", "%x%"]),
    st.sampled_from(["git", "git@example.com", ":a/b.git", "***", "-alice@example.org", "\\x26", "&#\\x34"]),
    st.sampled_from(["\x1b[", "\\u001b[", "1;", "31m", "K", "m", "0;1mbob@example.com"]),
    st.sampled_from(
        ["*", "**", "_", "~", "`", "!", "$", "^", "\u200b", "\u00a0", "。", "「", "\0", "\x1f", "\r\n", "\ufffd"]
    ),
)
TEXTS = st.lists(PARTS, max_size=40).map("".join)
BEFORE = ["", "'", "=", ":", ";", "`", "[", "\\n", "\\t", "&", "<a=", "1;31m", "https://u:", "https://u/?a="]
LOCALS = [
    "git",
    "b**b",
    "\\u0026#39;bob",
    "bob",
    "o'brien",
    "nora",
    "rob.x+y",
    "31mbob",
    "x'y'z",
    "n'x",
    "AB1",
    "2024bob",
    "b*",
    "_b",
]
DOMAINS = ["example.com", "Gmail.com", "googlemail.com", "x.zip", "a.b-c.de", "Example.Com", "a--b.com", "m.uk."]
BEHIND = [
    "",
    ":a/b",
    "%5Cu002Eau",
    "\\u0026#46;au",
    "%40",
    "%2C",
    "%2E",
    "&x=1",
    "&#46;x",
    "\\n",
    '\\"',
    "\\u003e",
    "'",
    "...",
    ">",
    "=C3=B6",
    "²",
]
NEARLY_PLAIN = st.lists(
    st.tuples(
        st.sampled_from(BEFORE),
        st.sampled_from(LOCALS),
        st.sampled_from(["@", "@", "@", "%40", "&#64;", "@@"]),
        st.sampled_from(DOMAINS),
        st.sampled_from(BEHIND),
        st.sampled_from([" ", "\n", ",", "|", "", ";", "&b=1;"]),
    ).map("".join),
    max_size=6,
).map("".join)
"""Addresses as they stand in most texts, and what may be at their ends."""


def corpus() -> list[tuple[str, str, list[str]]]:
    lines = CORPUS.read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("# ")]
    return [
        (rule, _UNSEEN.sub(lambda found: chr(int(found[1], 16)), text), expected.split(" ") if expected else [])
        for rule, text, expected in rows
    ]


def spotted(*blocks: bytes) -> list[str]:
    return sorted(line for lines in spotting.addresses(blocks, piece=1) for line in lines.decode().split("\n")[:-1])


@cache
def taker() -> Taker:
    require("gcc")
    from ingest.readers.plain_text import PlainText

    return PlainText()


def taken(*blocks: bytes) -> list[str]:
    """Canonical addresses, those that were plain and the others."""
    take, found = taker(), list[str]()
    for block in spotting.whole_pieces(blocks, 1):
        plain = take(block)
        found += [address.decode() for address in plain.addresses.values()]
        found += map(canonical, plain.rest.decode().split("\n")[:-1])
    return sorted(found)


def by_the_rules(text: bytes) -> list[str]:
    return sorted(map(canonical, prose.found_in(text)))


def marked(rule: str, text: str, expected: list[str]) -> ParameterSet:
    """Texts that the rules read wrongly count in the published figures, and fail here once they are read rightly."""
    is_wrong = pytest.mark.xfail(strict=True, reason="read wrongly until now")
    return pytest.param(rule, text, expected, marks=[is_wrong] if rule == KNOWN_WRONG else [])


@pytest.mark.parametrize(("rule", "text", "expected"), [marked(*row) for row in corpus()])
def test_every_address_of_the_corpus_is_found_and_none_is_invented(rule: str, text: str, expected: list[str]) -> None:
    assert spotted(text.encode()) == sorted(expected)
    assert taken(text.encode()) == sorted(map(canonical, expected))


def test_the_figures_that_the_docs_publish_are_those_of_the_corpus() -> None:
    rows = [(sorted(expected), spotted(text.encode())) for _, text, expected in corpus()]
    expected = sum(len(wanted) for wanted, _ in rows)
    found = sum(len(got) for _, got in rows)
    right = sum((Counter(wanted) & Counter(got)).total() for wanted, got in rows)
    nobody = sum(not wanted for wanted, _ in rows)

    published = (ROOT / "docs" / "ingest-text.md").read_text("utf-8")

    assert f"{len(rows)} texts, {expected} addresses, {nobody} texts with none" in published
    assert f"precision {right / found:.3f}, recall {right / expected:.3f}" in published


@given(st.one_of(TEXTS, NEARLY_PLAIN))
@example("x;bob@example.com")
@example("&amp;amp;bob@example.com")
@example("https://u:p=bob@example.com https://u?p='bob@example.com'")
@example("https:&sol;&sol;u:p=bob@example.com https:\\/\\/u:p=bob@example.com")
@example("https://u" + "-" * 5000 + ":p=bob@example.com")
@example("'bob@example.com' x'bob@example.com' &'bob@example.com' ''bob@example.com N'bob@example.com'")
@example("<x1='bob@example.com> <x1=bob@example.com>")
@example("\x1b[1;2024bob@example.com \x1b[31mbob@example.com =89=90bob@example.com bob@example.com=C3=B6")
@example("bob@example.com&#4&#54;;com bob@example.com&#46;com bob@example.com&x")
@example("C:\\Users\\nora@example.com x\\nora@example.com a@example.com\\nb@example.com\\")
@example("bob%40example.com x=bob%40example.com&y=%3A bob@example.com%40 x;bob@example.com%40")
@settings(max_examples=600, deadline=None)
def test_what_is_taken_at_once_is_what_the_rules_find(text: str) -> None:
    assert taken(text.encode()) == by_the_rules(text.encode())


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_the_rules_are_asked_wherever_an_at_stands(text: str) -> None:
    assert spotted(text.encode()) == sorted(prose.found_in(text.encode()))


@pytest.mark.parametrize("shape", ["{}bob@example.com", "'{}bob@example.com", "x{}'bob@example.com"])
def test_every_byte_before_an_address_is_taken_for_what_it_is(shape: str) -> None:
    for byte in range(256):
        text = shape.encode().replace(b"{}", bytes([byte]))
        assert taken(text) == by_the_rules(text)


@pytest.mark.parametrize("shape", ["bob@example.com{}", "bob@b.test.{}com", "o'b@example.com{}'", "x=b%40b.test{}"])
def test_every_byte_behind_an_address_is_taken_for_what_it_is(shape: str) -> None:
    for byte in range(256):
        text = shape.encode().replace(b"{}", bytes([byte]))
        assert taken(text) == by_the_rules(text)


@pytest.mark.parametrize("mark", "%&=\\;")
def test_every_escape_behind_an_address_is_taken_for_what_it_is(mark: str) -> None:
    texts = [f"bob@example.com{mark}{first}{second}x" for first in "0123456789aAcCdDeEfF" for second in "029BbCcDdEF"]

    for text in texts:
        assert taken(text.encode()) == by_the_rules(text.encode())


@given(st.lists(st.one_of(TEXTS, NEARLY_PLAIN), max_size=5).map("\n".join), st.lists(st.integers(0, 400), max_size=5))
@settings(max_examples=200, deadline=None)
def test_it_does_not_matter_where_a_block_ends(text: str, cuts: list[int]) -> None:
    raw = text.encode()
    edges = [0, *sorted(min(cut, len(raw)) for cut in cuts), len(raw)]
    blocks = [raw[start:end] for start, end in pairwise(edges)]

    assert spotted(*blocks) == sorted(prose.found_in(raw))
    assert taken(*blocks) == by_the_rules(raw)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_whatever_is_found_is_an_address(text: str) -> None:
    assert all(canonical(found) for found in prose.found_in(text.encode()))


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_bytes_that_are_no_text_are_read_without_a_fault(raw: bytes) -> None:
    assert spotted(raw) == sorted(prose.found_in(raw))
    assert taken(raw) == by_the_rules(raw)


@pytest.mark.parametrize("before", ["", "x" * 63 + " ", "é" * 40 + "@", "\x1b", "&"])
def test_whatever_stands_at_an_edge_nothing_is_read_beyond_it(before: str) -> None:
    for text in ("bob@example.com", "'b@b.test", "=b@b.test", "[b@b.test", ";b@b.test", "\\nb@b.test", "x=b%40b.test"):
        whole = f"{before}{text}%40".encode()
        for end in range(len(whole) + 1):
            assert taken(whole[:end]) == by_the_rules(whole[:end])


def test_a_text_without_anything_that_separates_is_read_in_pieces() -> None:
    long = b"x" * (5 << 20)

    assert spotted(long, b" bob@example.com ", long) == ["bob@example.com"]


def test_a_piece_is_cut_where_its_last_separator_stands_however_far_from_its_end() -> None:
    assert spotted(b"ann@example.com\n" + b"x" * 5000, b"@example.com") == ["ann@example.com"]
    assert spotted(b"ann@example.com\n" + b"x" * 50, b"@example.com") == ["ann@example.com", "x" * 50 + "@example.com"]


@pytest.mark.parametrize("label", ["com", "museum", "download", "community"])
def test_it_does_not_matter_how_long_an_address_is(label: str) -> None:
    written = [f"{'x' * local}@{'y' * (63 - local)}.{label}" for local in range(1, 62)]
    short = [f"{'x' * long}@example.{label}." for long in range(25, 40)]

    text = "\n".join(written + short).encode()

    assert spotted(text) == sorted([*written, *(one[:-1] for one in short)])
    assert taken(text) == spotted(text)


def test_however_many_ats_stand_in_a_text_nobody_is_lost() -> None:
    crowd = b"".join(b"a%d@example.com " % number for number in range(20_000))

    assert len(set(taken(crowd + b"@" * 40_000))) == 20_000


def test_top_level_domains_are_those_of_the_root_zone_and_the_reserved_ones() -> None:
    assert all(map(top_level.is_known, ["com", "COM", "uk", "xn--p1ai", "рф", "中国", "test", "example", "测试"]))
    assert not any(map(top_level.is_known, ["png", "local", "internal", "", "js", "notatld", "c0m"]))
