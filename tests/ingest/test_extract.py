"""Records become digests: by columns exactly as one by one, and never more than the mapping names."""

from collections import Counter
from contextlib import closing

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from breachcheck.addresses import KNOWN, base_of, canonical
from breachcheck.digests import Digester, Kind
from breachcheck.errors import DataFileError, InvalidAccount
from ingest.engine import Engine, literal, quoted
from ingest.extract import Extractor
from ingest.gathering import Gathering
from ingest.joins import Junction
from ingest.mailboxes import addresses_in
from ingest.nothing_said import MASKS, SAYS_NOTHING
from ingest.readers.base import Table
from ingest.readers.left_out import LeftOut
from ingest.runs import equal_ranges
from ingest.selection import Wanted
from ingest.words import FIRST, PERSON, Words

DIGESTER = Digester(bytes(32))
WORDS = Words(["Email addresses", "Names", "Geographic locations"])
EMAIL = Wanted(addresses=("email",), classes={"email": ("Email addresses",)})


def table(rows, columns=("email",), rejects=None):
    """A table whose rows are written out in SQL; a row that is None is broken."""

    def relation(wanted):
        lines = [
            f"({', '.join('NULL' if value is None else literal(value) for value in row or [None] * len(columns))}, "
            f"{row is None})"
            for row in rows
        ]
        names = ", ".join(quoted(name) for name in [*columns, "broken"])
        chosen = ", ".join(quoted(name) for name in [*wanted, "broken"])
        return f"(SELECT {chosen} FROM (VALUES {', '.join(lines)}) AS rows({names}))"

    left_out = LeftOut()
    left_out.update(rejects or {})
    return Table("people.csv", columns, "csv", "utf-8", relation, lambda _: left_out)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with Engine(tmp_path_factory.mktemp("engine")) as opened:
        yield opened


@pytest.fixture
def read(engine, tmp_path):
    def run(rows, wanted=EMAIL, columns=("email",), junctions=None, **more):
        with closing(Gathering(tmp_path, WORDS)) as gathered:
            extractor = Extractor(engine, DIGESTER, "Example", gathered, junctions or {})
            count = extractor.read(table(rows, columns, **more), wanted, 0, lambda _: None)
            return count, contents(gathered.direct), contents(gathered.aliases)

    return run


def contents(runs):
    [columns] = runs.ranges(equal_ranges(1))
    return {} if columns is None else dict(zip(columns[0].tolist(), columns[1].tolist(), strict=True))


def digest(text):
    return DIGESTER.of(Kind.EMAIL, text)


def named_in(text):
    try:
        return [canonical(text)]
    except InvalidAccount:
        return addresses_in(text)


def one_by_one(texts):
    people, aliases = set(), set()
    for text in texts:
        for address in named_in(text):
            people.add(DIGESTER.of_address(address))
            if base := base_of(address):
                aliases.add(DIGESTER.of_address(base))
    return people, aliases


PLAIN_DOMAINS = ["example.com", "Example.ORG", "gmail.com", "GoogleMail.com", "mail.test", "xgmail.com", "a.gmail.com"]
OTHER_DOMAINS = [
    "xn--bcher-kva.example",
    "bücher.example",
    "a--b.example",
    "example",
    "127.0.0.1",
    "-a.example",
    "a_b.test",
]
DOMAINS = st.sampled_from(PLAIN_DOMAINS) | st.sampled_from(OTHER_DOMAINS)
LOCALS = st.text(alphabet="aZ9.+_-'!{é\" ", min_size=0, max_size=12) | st.just("x" * 63)
ADDRESSES = st.builds(
    lambda before, local, domain, after: f"{before}{local}@{domain}{after}",
    st.sampled_from(["", " ", "\t", "  "]),
    LOCALS,
    DOMAINS,
    st.sampled_from(["", " ", "\r", "."]),
)


@given(
    st.lists(ADDRESSES | st.text(max_size=20), min_size=1, max_size=20).filter(lambda texts: "\n" not in "".join(texts))
)
@example([text for text, _ in KNOWN])
@example(
    ["+x@example.com", "..+x@example.com", ".a+x+y@example.com", "a..+b.c@gmail.com", "...@gmail.com", ".+.@gmail.com"]
)
@example([" " * 1200 + "a@example.com", "a@example.com" + " " * 100, "a" * 64 + "@example.com"])
def test_the_column_path_finds_exactly_whom_canonical_finds(engine, tmp_path_factory, texts):
    with closing(Gathering(tmp_path_factory.getbasetemp(), WORDS)) as gathered:
        extractor = Extractor(engine, DIGESTER, "Example", gathered, {})
        count = extractor.read(table([(text,) for text in texts]), EMAIL, 0, lambda _: None)

        assert (set(contents(gathered.direct)), set(contents(gathered.aliases))) == one_by_one(texts)
        assert count.read == len(texts) == count.accepted + count.rejected.total()


def test_records_without_a_person_are_rejected_for_what_they_are(read):
    rows = [("a@example.com",), ("",), (None,), ("N/A",), ("not one",), None]

    count, _, _ = read(rows, rejects={"too many columns": 3})

    assert (count.read, count.accepted) == (9, 1)
    assert count.rejected == Counter(
        {"no address": 3, "too many columns": 3, "not an address": 1, "malformed record": 1}
    )


@pytest.mark.parametrize(
    "value",
    [
        *["", " ", "null", "NULL", " n/a", "Unknown", "undefined", "-", "0", "$direct", "[]", "{}", "\u00a0", None],
        *["None", '=""', "(null)", "<NULL>", "(not set)", r"\N", "?", ".", "0000-00-00 00:00:00", "0/0/00", " 0.0.0.0"],
        *["***", "\u2022" * 8, "\u25cf" * 24, " \uff0a\uff0a\uff0a ", "\u2588" * 5],
    ],
)
def test_a_value_that_says_nothing_is_no_class(read, value):
    wanted = Wanted(("email",), {"email": ("Email addresses",), "name": ("Names",)})

    _, direct, _ = read([("a@example.com", value)], wanted, ("email", "name"))

    assert WORDS.classes_of(only(direct)) == {"Email addresses"}


@pytest.mark.parametrize(
    "value", ["Ann", "00", "-1-", "nullable", "N/A Smith", "direct", "é", "\u2022", "\u2022\u2022x\u2022"]
)
def test_any_other_value_is_one(read, value):
    wanted = Wanted(("email",), {"email": ("Email addresses",), "name": ("Names",)})

    _, direct, _ = read([("a@example.com", value)], wanted, ("email", "name"))

    assert WORDS.classes_of(only(direct)) == {"Email addresses", "Names"}


def only(united):
    [word] = united.values()
    return np.array(word, WORDS.dtype)


@pytest.mark.parametrize(("own", "value"), [("k.A.", "K.A."), ("\u00dc.", " \u00fc. "), ("\u00df", "\u00df")])
def test_the_manifests_own_empty_values_say_nothing_either(read, own, value):
    wanted = Wanted(("email",), {"email": ("Email addresses",), "name": ("Names",)}, nothing_said=(own,))

    _, direct, _ = read([("a@example.com", value)], wanted, ("email", "name"))

    assert WORDS.classes_of(only(direct)) == {"Email addresses"}


def test_every_text_that_says_nothing_is_one_in_any_letter_case_and_spaces_and_a_longer_one_is_not(read):
    wanted = Wanted(("email",), {"email": ("Email addresses",), "name": ("Names",)})
    spellings = [
        f"{space}{text}" for text in SAYS_NOTHING for space in ("", " \u00a0") for text in (text, text.upper())
    ]
    longer = [f"x{text}" for text in SAYS_NOTHING] + [mask * 25 for mask in MASKS] + [mask * 2 for mask in MASKS]

    _, silent, _ = read([("a@example.com", value) for value in spellings], wanted, ("email", "name"))
    _, saying, _ = read(
        [(f"a{number}@example.com", value) for number, value in enumerate(longer)], wanted, ("email", "name")
    )

    assert WORDS.classes_of(only(silent)) == {"Email addresses"}
    assert {frozenset(WORDS.classes_of(np.array(word, WORDS.dtype))) for word in saying.values()} == {
        frozenset({"Email addresses", "Names"})
    }


def test_two_columns_may_carry_one_class_and_one_column_two(read):
    wanted = Wanted(("email",), {"city": ("Geographic locations",), "bio": ("Names", "Geographic locations")})
    columns = ("email", "city", "bio")

    _, direct, _ = read([("a@example.com", "Bonn", ""), ("b@example.com", "", "Bo of Bonn")], wanted, columns)

    assert WORDS.classes_of(direct_word(direct, "a@example.com")) == {"Geographic locations"}
    assert WORDS.classes_of(direct_word(direct, "b@example.com")) == {"Names", "Geographic locations"}


def direct_word(direct, text):
    return np.array(direct[digest(text)], WORDS.dtype)


def test_a_record_with_two_addresses_counts_once_and_exposes_both(read):
    wanted = Wanted(addresses=("email", "billing"))
    rows = [("a@example.com", "b@example.com"), ("x", "c@example.com"), ("d@example.com", "D@example.com")]

    count, direct, _ = read(rows, wanted, ("email", "billing"))

    assert (count.read, count.accepted) == (3, 3)
    assert sorted(direct) == sorted(map(digest, ["a@example.com", "b@example.com", "c@example.com", "d@example.com"]))
    assert sum(word & FIRST for word in direct.values()) == 3
    assert all(word & PERSON for word in direct.values())


ESCAPED = [
    "bob%40example.com",
    "bob%2540example.com",
    "bob&#64;example.com",
    "bob&#x40;example&period;com",
    "bob&commat;example.com",
    "bob\\u0040example.com",
    "bob@example.com\0\0",
    "b\u200bob@exam\u00adple.com",
]


@pytest.mark.parametrize("text", ESCAPED)
def test_an_address_that_was_escaped_as_a_whole_is_that_address(read, text):
    count, direct, _ = read([(text,)])

    assert (count.accepted, list(direct)) == (1, [digest("bob@example.com")])


@pytest.mark.parametrize(
    ("text", "meant"),
    [("jÃ¶rg@example.com", "jörg@example.com"), ("oâ€™brien@bÃ¼cher.example", "o’brien@bücher.example")],
)
def test_an_address_in_letters_that_were_taken_for_others_is_the_one_that_was_meant(read, text, meant):
    count, direct, _ = read([(text,)])

    assert (count.accepted, list(direct)) == (1, [digest(canonical(meant))])


@pytest.mark.parametrize("text", ["by bob%40example.com", "bob%40example.com%2C x", "bob%40", "100%", "AT&amp;T"])
def test_an_escaped_value_that_is_no_address_as_a_whole_is_none(read, text):
    count, direct, _ = read([(text,)])

    assert (count.rejected, direct) == ({"not an address": 1}, {})


def test_what_is_an_address_as_it_stands_is_not_unescaped(read):
    assert list(read([("a%40b@example.com",)])[1]) == [digest("a%40b@example.com")]


def test_a_list_of_addresses_is_one_record_of_several_people(read):
    count, direct, aliases = read([("a@example.com\nb+x@example.com\nnobody",)])

    assert count.accepted == 1
    assert set(direct) == {digest("a@example.com"), digest("b+x@example.com")}
    assert set(aliases) == {digest("b@example.com")}
    assert sum(word & FIRST for word in direct.values()) == 1


def test_a_long_list_of_addresses_loses_nobody(read):
    text = "\n".join(f"person{number}@example.com" for number in range(3000))

    _, direct, _ = read([(text,)])

    assert set(direct) == {digest(f"person{number}@example.com") for number in range(3000)}


def test_columns_that_are_not_mapped_are_never_searched_for_addresses(read):
    rows = [("a@example.com", "hunter2@example.org", "write to c@example.net")]

    _, direct, _ = read(rows, EMAIL, ("email", "password", "note"))

    assert set(direct) == {digest("a@example.com")}


def test_an_identifier_is_entered_beside_the_address_and_is_not_one_more_person(read):
    wanted = Wanted(addresses=("email",), identifiers={"org": Kind.ORG_ID, "phone": Kind.PHONE})
    rows = [("a@example.com", " org-1 \norg-2", "+49 (0)30 1234-567"), ("b@example.com", "N/A", "030 1234567")]

    count, direct, _ = read(rows, wanted, ("email", "org", "phone"))

    assert count.accepted == 2
    orgs = {DIGESTER.of(Kind.ORG_ID, name, "Example") for name in ("org-1", "org-2")}
    phone = DIGESTER.of(Kind.PHONE, "+49301234567")
    assert set(direct) == {digest("a@example.com"), digest("b@example.com"), phone, *orgs}
    assert {one for one, word in direct.items() if not word & PERSON} == {phone, *orgs}


def test_a_record_with_an_identifier_alone_is_a_person(read):
    count, direct, _ = read([("17",), ("",)], Wanted(identifiers={"id": Kind.ACCOUNT_ID}), ("id",))

    assert count.accepted == 1
    assert count.rejected == Counter({"no identifier": 1})
    assert direct == {DIGESTER.of(Kind.ACCOUNT_ID, "17", "Example"): FIRST | PERSON}


def test_records_find_their_person_at_a_junction(engine, tmp_path):
    people = Wanted(("email",), {"email": ("Email addresses",)}, keys=(("id", "users"),))
    events = Wanted((), {"city": ("Geographic locations",)}, references=("id", "user"), meets="users")
    with closing(Junction(tmp_path)) as junction, closing(Gathering(tmp_path, WORDS)) as gathered:
        extractor = Extractor(engine, DIGESTER, "Example", gathered, {"users": junction})
        rows = [("a+x@example.com", "1"), ("b@example.com", "2\n3")]
        extractor.read(table(rows, ("email", "id")), people, 0, lambda _: None)
        rows = [("1", "", "Bonn"), ("9", "3", "Bonn"), ("9", "8", "Bonn"), ("", "-", "Bonn")]
        count = extractor.read(table(rows, ("id", "user", "city")), events, 1, lambda _: None)

        joined, unmatched, _ = junction.join(gathered)
        direct, aliases = contents(gathered.direct), contents(gathered.aliases)

    assert (count.accepted, count.waiting, count.rejected) == (0, 3, Counter({"no identifier": 1}))
    assert (joined, unmatched) == (Counter({1: 2}), Counter({1: 1}))
    for text in ("a+x@example.com", "b@example.com"):
        assert WORDS.classes_of(direct_word(direct, text)) == {"Email addresses", "Geographic locations"}
    assert WORDS.classes_of(direct_word(aliases, "a@example.com")) == {"Email addresses", "Geographic locations"}


def test_more_classes_than_one_word_holds_are_kept_apart(engine, tmp_path):
    names = [f"Class {number}" for number in range(170)]
    columns = ("email", *(f"column {number}" for number in range(170)))
    wanted = Wanted(("email",), {f"column {number}": (name,) for number, name in enumerate(names)})
    words = Words(names)
    with closing(Gathering(tmp_path, words)) as gathered:
        row = ("a@example.com", *("x" if number % 3 == 0 else "" for number in range(170)))
        Extractor(engine, DIGESTER, "Example", gathered, {}).read(table([row], columns), wanted, 0, lambda _: None)
        [(_, found)] = gathered.direct.ranges(equal_ranges(1))

    assert words.classes_of(found[0]) == {f"Class {number}" for number in range(0, 170, 3)}


@pytest.mark.parametrize("fault", ["error('canary@example.com')", "'canary@example.com'::INTEGER"])
def test_an_engines_error_never_quotes_what_it_failed_on(engine, tmp_path, fault):
    broken = Table(
        "people.csv", ("email",), "csv", "utf-8", lambda _: f"(SELECT {fault} AS email, false AS broken)", dict
    )
    with closing(Gathering(tmp_path, WORDS)) as gathered:
        extractor = Extractor(engine, DIGESTER, "Example", gathered, {})
        with pytest.raises(DataFileError, match=r"people\.csv") as raised:
            extractor.read(broken, EMAIL, 0, lambda _: None)

    assert "canary" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


def test_an_engines_error_in_the_middle_of_a_stream_never_quotes_what_it_failed_on(engine, tmp_path):
    later = "(SELECT CASE WHEN n < 300000 THEN 'a@example.com' ELSE error('canary@example.com') END AS email, "
    broken = Table(
        "people.csv", ("email",), "csv", "utf-8", lambda _: f"{later} false AS broken FROM range(300001) r(n))", dict
    )
    with closing(Gathering(tmp_path, WORDS)) as gathered:
        extractor = Extractor(engine, DIGESTER, "Example", gathered, {})
        with pytest.raises(DataFileError, match=r"people\.csv.*InvalidInputException") as raised:
            extractor.read(broken, EMAIL, 0, lambda _: None)

    assert "canary" not in str(raised.value)
