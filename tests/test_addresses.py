import re
import string
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breachcheck.addresses import (
    IGNORES_DOTS,
    KNOWN,
    PLAIN,
    PLAIN_LENGTH,
    Address,
    _full,
    _plain,
    base_of,
    canonical,
    holds_address,
    mask_addresses,
)
from breachcheck.errors import InvalidAccount

ATOM = string.ascii_letters + string.digits + "!#$%&'*+-/=?^_`{|}~."
LETTERS = (  # composing, cased in odd ways, wide, not alphabetic
    "a.+\u0301\u0323\u00c9\u00e9\u0130\u0131\u03a3\u03c3\u03c2\u00df\u1e9e\u212a\u212b\u2126\u01c5\u0345\u1fb3"
    "\uff21\u7528\uac00\u1112\u1161\u11ab\u0915\u093f"
)
VALID_DOMAINS = [
    *("example.com", "Mail.Example.ORG", "gmail.com", "GoogleMail.com", "example.test", "mail.local"),
    *(
        "b\u00dccher.example",
        "xn--bcher-kva.example",
        "\u4f8b\u5b50\u3002example",
        "\uff45xample\uff0ecom",
        "example.c",
    ),
]
INVALID_DOMAINS = [
    *("xn--a.example", "a--b.example", "-a.example", "a_b.example", "example.c0", "example.com.", "example..com"),
    *("localhost", "1.2.3.4", "[1.2.3.4]", "ex\uff20mple.com"),
]

accounts = st.builds(
    "{}{}@{}{}".format,
    st.sampled_from(["", " ", "\t", "\ufeff", '"']),
    st.text(ATOM, max_size=70) | st.text(max_size=12) | st.text('a.+"@ \u0301\u0130\u03a3\u00df\u212a', max_size=12),
    st.sampled_from(VALID_DOMAINS + INVALID_DOMAINS)
    | st.text(string.ascii_letters + ".-1", max_size=70)
    | st.from_regex(r"\w{1,9}\.\w{1,9}"),
    st.sampled_from(["", " ", "\r\n", "\u200b", "\x00"]),
)
plain = st.builds(
    "{}@{}.{}".format,
    st.text(ATOM, min_size=1, max_size=40),
    st.lists(st.from_regex(r"\A[a-zA-Z0-9]([a-zA-Z0-9-]{0,7}[a-zA-Z0-9])?\Z"), min_size=1, max_size=3).map(".".join),
    st.text(string.ascii_letters, min_size=1, max_size=5) | st.sampled_from(["local", "TEST"]),
).filter(lambda text: len(text) <= PLAIN_LENGTH and re.fullmatch(PLAIN, text))
texts = accounts | st.text(max_size=40)


def is_accepted(text: str) -> bool:
    try:
        canonical(text)
    except InvalidAccount:
        return False
    return True


accepted = st.builds(
    "{}{}@{}".format,
    st.sampled_from(["", "", " ", "\ufeff", "a+", "+", "%40", "\uff20"]),
    st.text(ATOM, min_size=1, max_size=60) | st.text(LETTERS, min_size=1, max_size=15),
    st.sampled_from(VALID_DOMAINS) | st.from_regex(r"\A([a-zA-Z0-9]{1,9}\.){1,9}[a-zA-Z]{1,9}\Z"),
).filter(is_accepted)


@pytest.mark.parametrize(("text", "expected"), KNOWN)
def test_known_texts_have_their_known_canonical_form(text, expected):
    assert canonical(text) == expected


@given(accepted)
def test_a_canonical_address_is_its_own_canonical_form(text):
    assert canonical(canonical(text)) == canonical(text)


@given(texts)
def test_the_fast_path_says_what_the_full_one_says(text):
    fast = _plain(text)

    assert fast is None or fast == _full(text)


@given(plain)
def test_whatever_the_plain_form_matches_is_an_address_the_full_path_accepts(text):
    assert _full(text) == _plain(text)


@pytest.mark.parametrize(
    "text", ["alice@example.com", " Alice+News@Example.com ", "a.b.c@gmail.com", ".a..b.@x.example"]
)
def test_everyday_addresses_take_the_fast_path(text):
    assert _plain(text) is not None


@given(accepted.filter(str.isascii))
def test_case_never_matters_in_ascii(text):
    assert canonical(text.upper()) == canonical(text.lower())


@pytest.mark.parametrize("domain", IGNORES_DOTS)
def test_dots_do_not_matter_at_providers_that_ignore_them(domain):
    assert canonical(f"a.b..c.@{domain}") == canonical(f"abc@{domain}") == "abc@gmail.com"


def test_dots_matter_everywhere_else():
    assert canonical("a.b@example.com") != canonical("ab@example.com")


@pytest.mark.parametrize(
    "domain", ["mail.test", "mail.local", "mail.invalid", "mail.localhost", "mail.onion", "mail.example"]
)
def test_special_use_domains_pass(domain):
    assert canonical(f"alice@{domain}") == _full(f"alice@{domain}") == f"alice@{domain}"


@pytest.mark.parametrize(
    "around", ["\ufeff", "\u200b\u200d", "\u00a0", "\u3000", "\t\n", "\u202a \u202c", "\u2066", "\u00ad"]
)
def test_what_nobody_sees_around_an_address_is_trimmed(around):
    assert canonical(f"{around}alice@example.com{around}") == "alice@example.com"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "@",
            "alice",
            "alice@",
            "@example.com",
            "alice@example",
            "alice@localhost",
            "alice@.com",
            "..@example.com",
        ),
        *("alice@example..com", "alice@example.com.", "alice@-example.com", "alice@example-.com", "alice@exa_mple.com"),
        *("alice@bob@example.com", "alice@127.0.0.1", "alice@[127.0.0.1]", "alice@example.c0", "alice@xn--a.example"),
        *(
            "al ice@example.com",
            "alice@exam ple.com",
            "al\x00ice@example.com",
            "alice@example.com\x00",
            "al\nice@example.com",
        ),
        *("al\u00a0ice@example.com", "al\u200bice@example.com", "al\ud800ice@example.com", "alice@\ud800.example"),
        *('"al ice"@example.com', '"al@ice"@example.com', '""@example.com', '"alice@example.com"', 'a"b"@example.com'),
        *("Alice <alice@example.com>", "<alice@example.com>", "mailto:alice@example.com", "alice%40example.com"),
        *("alice\uff20example.com", "alice@a\u2024com.example", "alice@1\u2488com", "alice@\u2603\ufe0f.example"),
        *("alice@example.com,bob@example.com", "\u0301alice@example.com", "alice@\u0301.example"),
    ],
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(InvalidAccount):
        canonical(text)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 64 + "@example.com",
        "\u00e9" * 32 + "@example.com",
        "a@" + "b" * 63 + ".com",
        "a" * 64 + "@" + "b.c." * 46 + "testa",
    ],
)
def test_the_longest_addresses_pass(text):
    assert canonical(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "a" * 65 + "@example.com",
        "\u00e9" * 33 + "@example.com",
        "a@" + "b" * 64 + ".com",
        "a" * 64 + "@" + "b.c." * 46 + "testab",
    ],
)
def test_longer_addresses_are_refused(text):
    with pytest.raises(InvalidAccount):
        canonical(text)


def test_ten_megabytes_are_refused_unread():
    with pytest.raises(InvalidAccount, match="too long"):
        canonical(" " * 10_000_000 + "alice@example.com")


@given(accounts.filter(lambda text: not is_accepted(text)))
def test_a_refusal_never_quotes_the_text_nor_hides_an_error_that_does(text):
    with pytest.raises(InvalidAccount) as refusal:
        canonical(text)

    assert refusal.value.args[0].startswith("This is ")
    assert refusal.value.__context__ is None


def test_a_refusal_s_trace_does_not_hold_the_text():
    text = "canary7@exa_mple.com"  # a trace quotes the line that asked

    with pytest.raises(InvalidAccount) as refusal:
        canonical(text)

    assert "canary7@" not in "".join(traceback.format_exception(refusal.value))


@pytest.mark.parametrize(
    ("address", "base"),
    [
        ("alice+news@example.com", "alice@example.com"),
        ("alice+news+more@example.com", "alice@example.com"),
        ("alice+@example.com", "alice@example.com"),
        ("alice@example.com", None),
        ("+alice@example.com", None),
        ("..+alice@example.com", None),
    ],
)
def test_the_base_of_an_alias_is_what_stands_before_its_plus_tag(address, base):
    assert base_of(Address(address)) == base


@given(accepted)
def test_a_base_is_canonical_and_has_no_base(text):
    base = base_of(canonical(text))

    assert base is None or (canonical(base) == base and base_of(base) is None)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("letter to alice@example.com.pdf", "letter to [address].pdf"),
        ("alice@example.com.csv.gz", "[address].csv.gz"),
        ("export/alice_alice@example.com_2024.csv", "[address]_2024.csv"),
        ("alice%40example.com", "[address]"),
        ("alice%2540example.com", "[address]"),
        ("alice&#64;example.com", "[address]"),
        ("%40@example.com", "[address]"),
        (r"alice\u0040example.com", "[address]"),
        ("alice\uff20example.com", "[address]"),
        ("\u7528\u6237@\u4f8b\u5b50\u3002example", "[address]"),
        ('"a..b"@mobile.example.jp', "[address]"),
        ("Write to <alice@example.com>, or (bob@example.org).", "Write to <[address]>, or ([address])."),
        ("alice@example.com;bob@example.org", "[address];[address]"),
        ("mailto:alice@example.com?subject=hello", "mailto:[address]?subject=hello"),
        ("alice@example.zip", "[address].zip"),
        ("alice@example.com/@example.org", "[address]"),
    ],
)
def test_addresses_in_free_text_are_masked(text, masked):
    assert holds_address(text)
    assert mask_addresses(text) == masked


@pytest.mark.parametrize(
    "text", ["people.csv", "$email", "@timestamp", "user@id", "50% of 40", "a @ b.c", "[address].pdf"]
)
def test_text_without_an_address_stays_as_it_is(text):
    assert not holds_address(text)
    assert mask_addresses(text) == text


@given(accepted)
def test_whatever_canonical_accepts_reads_as_an_address(text):
    assert holds_address(text)


@given(st.lists(texts | st.sampled_from(["%40", '"', "@", "a@b.cd", "&#64;", "]", "\\"])).map("".join))
def test_masked_text_holds_no_address(text):
    assert not holds_address(mask_addresses(text))


@pytest.mark.parametrize("piece", ["a", "a.", "a@", "@", '"', '"a', "%", "%25", "&#", "a@b", ".csv", "\u0301\u0323"])
def test_a_megabyte_of_anything_is_read_in_one_pass(piece):
    text = "a@b" + piece * (1_000_000 // len(piece))

    assert not holds_address(mask_addresses(text))
