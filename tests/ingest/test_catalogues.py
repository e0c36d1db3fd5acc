"""HIBP's catalogue: strictly read, its texts turned into those of the house, every fault named."""

import codecs
import html
import json
import re
from datetime import date

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breachcheck.errors import ManifestError
from breachcheck.web.markdown import as_html
from ingest import catalogues
from ingest.html_texts import as_commonmark
from ingest.manifest_rules import RULES

ADOBE = {
    "Name": "Adobe",
    "Title": "Adobe",
    "Domain": "adobe.com",
    "BreachDate": "2013-10-04",
    "AddedDate": "2013-12-04T00:00:00Z",
    "ModifiedDate": "2022-05-15T23:52:49Z",
    "PwnCount": 152445165,
    "Description": (
        'In October 2013, <a href="https://example.com/a_b" target="_blank">153 <em>Adobe</em> accounts</a> &amp; more.'
    ),
    "LogoPath": "https://logos.example.com/Adobe.png",
    "Attribution": None,
    "DisclosureUrl": "https://example.com/notice",
    "DataClasses": ["Email addresses", "Password hints", "Passwords", "Usernames"],
    "IsVerified": True,
    "IsFabricated": False,
    "IsSensitive": False,
    "IsRetired": False,
    "IsSpamList": False,
    "IsMalware": False,
    "IsSubscriptionFree": False,
    "IsStealerLog": True,
}


def read(*entries):
    return catalogues.read(json.dumps(entries).encode())


def test_an_entry_becomes_the_facts_of_a_breach():
    [entry] = read(ADOBE)

    facts = entry.facts
    assert (facts.name, facts.domain, facts.breach_date) == ("Adobe", "adobe.com", date(2013, 10, 4))
    assert (facts.affected, facts.disclosure_url) == (152445165, "https://example.com/notice")
    assert facts.description == "In October 2013, [153 *Adobe* accounts](https://example.com/a_b) \\& more."
    assert facts.disclosed_classes == ("Email addresses", "Password hints", "Passwords", "Usernames")
    assert (facts.is_verified, facts.is_stealer_log, facts.is_sensitive) == (True, True, False)


def test_data_classes_that_are_not_known_here_are_left_out_and_told():
    [entry] = read(ADOBE | {"DataClasses": ["Passwords", "Shoe laces"]})

    assert entry.facts.disclosed_classes == ("Passwords",)
    assert entry.unknown == ("Shoe laces",)


def test_what_nobody_sees_in_others_descriptions_is_left_out():
    [entry] = read(ADOBE | {"Description": "One\u200b <b>two</b>\u202e", "Attribution": "\u2060Ann"})

    assert (entry.facts.description, entry.facts.attribution) == ("One **two**", "Ann")


def test_keys_that_nobody_knows_yet_are_passed_over():
    assert len(read(ADOBE | {"IsNovel": True})) == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"DataClasses": ["Bob bob@example.com"]}, "Adobe: DataClasses: an e-mail address stands here"),
        ({"DataClasses": ["A\x1b[31m"]}, "Adobe: DataClasses: a control character"),
        ({"Title": "Ado\u202ebe"}, "Adobe: Title: an invisible character stands here, U+202E (RIGHT-TO-LEFT OVERRIDE)"),
        ({"BreachDate": "2999-01-01"}, "Adobe: BreachDate: 2999-01-01 lies in the future"),
        ({"BreachDate": "soon"}, "Adobe: "),
        ({"IsSensitive": "yes"}, "Adobe: Expected `bool`, got `str` - at `$.IsSensitive`"),
        ({"Name": "a b"}, "entry 2: Name: letters, digits"),
        ({"Title": "Bob bob@example.com"}, "Adobe: Title: an e-mail address stands here"),
        ({"Domain": "not a domain"}, "Adobe: Domain: a domain in lower case"),
        ({"PwnCount": -1}, "Adobe: PwnCount"),
        ({"Name": "other"}, "Other: Name: stands there more than once"),
    ],
)
def test_a_bad_entry_is_named_with_its_field(change, told):
    with pytest.raises(ManifestError, match=re.escape(told)) as refused:
        read(ADOBE | {"Name": "Other"}, ADOBE | change)

    assert "bob@" not in str(refused.value)


@pytest.mark.parametrize("raw", [b"", b"{}", b"[1]", b"[{}", b"\xff", json.dumps({"breaches": []}).encode()])
def test_what_is_no_catalogue_is_refused(raw):
    with pytest.raises(ManifestError, match="JSON array of objects"):
        catalogues.read(raw)


def test_an_entry_that_is_not_utf8_is_a_fault_of_its_own():
    with pytest.raises(ManifestError, match=r"has 1 fault, .*\nentry 1: "):
        catalogues.read(b'[{"Name": "\xe9"}]')


def test_a_byte_order_mark_says_nothing():
    assert len(catalogues.read(codecs.BOM_UTF8 + json.dumps([ADOBE]).encode())) == 1


def test_a_breach_that_stands_there_twice_is_a_fault():
    with pytest.raises(ManifestError, match="Adobe: Name: stands there more than once"):
        read(ADOBE, ADOBE | {"Name": "ADOBE"})


def test_addresses_in_a_description_are_masked_and_links_to_other_than_https_left_out():
    [entry] = read(ADOBE | {"Description": "Write to bob@example.com.", "DisclosureUrl": "http://example.com/x"})

    assert "bob@example.com" not in entry.facts.description + entry.text
    assert entry.facts.disclosure_url is None


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("<p>One</p><p>Two", "One\n\nTwo"),
        ("<ul><li>a<li>b</ul>after", "- a\n- b\n\nafter"),
        ("a<br>b", "a\\\nb"),
        ('<script>alert(1)</script><img src=x onerror="alert(2)">words', "words"),
        ("<a href='javascript:alert(1)'>a</a> <a href='http://example.com'>b</a>", "a b"),
        ("&lt;b&gt; *c* [d](https://example.com)", "\\<b\\> \\*c\\* \\[d\\](https://example.com)"),
        ("1. no list", "1\\. no list"),
        ("a <b> bold </b>word <i></i>.", "a **bold** word ."),
    ],
)
def test_html_becomes_commonmark_of_the_house(written, text):
    assert as_commonmark(written) == text


@given(st.text(st.sampled_from("ab1 .)-+#=~*_[]()<>&!`\\|'\"@:/\n\t;"), max_size=40))
def test_plain_words_read_the_same_after_all(words):
    text = as_commonmark(html.escape(words))

    assert RULES["attribution"](text) is None
    assert " ".join(as_html(text).striptags().split()) == " ".join(words.split())


TAGS = ["p", "b", "em", "a href='https://example.com/x'", "/p", "/b", "/em", "/a", "ul", "li", "/ul", "br", "img src=x"]
PARTS = [*(f"<{tag}>" for tag in TAGS), "<script>", "</script>", "one", " two ", "&lt;i&gt;"]


@given(st.lists(st.sampled_from(PARTS)))
def test_whatever_html_is_given_what_comes_out_keeps_the_rules(parts):
    text = as_commonmark("".join(parts))

    assert RULES["attribution"](text) is None
    assert nh3.clean(str(as_html(text)), link_rel="noopener nofollow") == str(as_html(text))
