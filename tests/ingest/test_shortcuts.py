"""Shortcuts past the engine: the same people, with the same classes and counts, as the long way finds."""

from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from breachcheck.addresses import KNOWN
from breachcheck.digests import Digester, Kind
from breachcheck.tallies import LEFT_OUT
from ingest.engine import Engine
from ingest.extract import NOT_AN_ADDRESS, Extractor
from ingest.gathering import Gathering
from ingest.mapping import FIXED
from ingest.nothing_said import SAYS_NOTHING
from ingest.readers import lines
from ingest.readers.base import Instructions
from ingest.runs import equal_ranges
from ingest.selection import Wanted
from ingest.words import Words, classes_alone, domains_of
from tests.ingest.scans import table_of
from tests.ingest.test_free_text import NEARLY_PLAIN, TEXTS
from tests.parts import require

pytestmark = pytest.mark.slow

DIGESTER = Digester(bytes(32))
ADDRESSES = [
    *(
        "alice@example.com",
        "Bob.Jones@Example.COM",
        "x_y-z@mail.example.org",
        "{a}^b`c/d@example.net",
        "1@2x.example.jp",
    ),
    *("a.b@gmail.com", "AB@GoogleMail.com", "ab@gmail.com", "bob+news@example.com", "o'brien@example.com"),
    *(
        ".a@example.com",
        "...@example.com",
        "-@example.com",
        "@example.com",
        "a@example",
        "a@example.c0m",
        "a@@example.com",
    ),
    *("a@b..example.com", "a@-b.example.com", "a@b-.example.com", "a@a--b.example.com", "a@b_c.example.com", "a@.com"),
    *("x" * 52 + "@example.com", "x" * 53 + "@example.com", "x" * 65 + "@example.com", "a@" + "b" * 21 + ".de"),
    *("a@" + "b" * 22 + ".de", "josé@example.com", "a@bücher.example", '"a b"@example.com', "a b@example.com", "john"),
    *("a@example.com,b@example.com", " a@example.com ", "a&#64;example.com", "a%40example.com", "a@example.com\u200b"),
    *(text for text, _ in KNOWN),
]
NOTHINGS = [text for text in SAYS_NOTHING if text.isascii() or len(text) == 8]  # of each other mask, one
SECRETS = [
    *(
        "hunter2",
        "carol@example.com",
        "a:b;c|d",
        "",
        " ",
        "x",
        "é",
        "xé",
        "\x1f",
        "\x1fx",
        "\0",
        "\0x\0",
        "p\ufeff",
        "a\r",
    ),
    *(
        " null ",
        "nullx",
        "NULL",
        "un\u212anown",
        "UNKNOWN",
        "\u212a",
        "undefined!",
        "0 ",
        "00",
        "x" * 40,
        "\ufffd",
        "\\N",
    ),
    *(":", "::", ":x", ";", " | Plan = Free", "| Plan", "null | Plan", "x | y"),
    *(
        "not\x1fset",
        "nu\x00ll",
        "null\x7f",
        "n\u00a0",
        "0\x0b",
        "::x:",
        ";;x",
        "\t\t",
        "\tx",
        "||",
        "x" * 70,
        "x" * 70 + "\0",
    ),
    *NOTHINGS,
]
NAMES = [
    *("john", "John.Doe", "1", "1.", "null", "N/A", "-", "0", "mailto", "mailTo", "mailed", "http", "a//b", "x" * 70),
    *("#1", "www.example.com/a", "a+b", "+", "+a@example.com", "a+b+c@example.com", ".", "..x", "user_1", "www.", "5."),
]
SEPARATORS = [":", ":", ":", ";", "|", "\t", "", ",", " "]
LOCALS = ["a.b", "a.b+c.d", ".a", "a..b.", "+a", "a+", "a.+b", "a+b+c", "A_b", "", "a+b.c"]
TAGS = ["", "+x", "x", ".", ".x.y.z", "+.", "'"]
DOMAINS = ["gmail.com", "GMail.com", "googlemail.com", "example.com", "mail.example.com", "example", "e@x.example.com"]
TAGGED = st.builds("{}{}@{}".format, *map(st.sampled_from, (LOCALS, TAGS, DOMAINS)))
LINES = st.tuples(
    st.sampled_from(["", "", "", " ", "\ufeff", "user1:", "1. ", "[HIT] ", "mailto:", "<", "https://example.com/a:"]),
    st.one_of(st.sampled_from(ADDRESSES), st.sampled_from(ADDRESSES), st.sampled_from(NAMES), TAGGED),
    st.sampled_from(SEPARATORS),
    st.one_of(st.sampled_from(SECRETS), st.text(max_size=12), st.sampled_from(["//x", "/x", "a@example.com:x"])),
    st.sampled_from(["\n", "\n", "\r\n", "\n\n"]),
).map("".join)
COMBO = st.lists(LINES, max_size=30).map("".join)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with Engine(tmp_path_factory.mktemp("engine")) as opened:
        yield opened


def gathered(engine, table, folder, suppressed=(), wanted=None):
    """What a load of *table* would enter, each by its digest, and what it would count."""
    wanted = wanted or Wanted(("address",), {column: (name,) for column, name in FIXED[table.format].items()})
    words = Words(tuple(dict.fromkeys(name for names in wanted.classes.values() for name in names)))
    with closing(Gathering(folder, words)) as gathering:
        hidden = np.array(sorted(suppressed), np.int64)
        extractor = Extractor(engine, DIGESTER, "Example", gathering, {}, hidden)
        count = extractor.read(table, wanted, 0, lambda _: None)
        found = [contents(runs) for runs in (gathering.direct, gathering.aliases)]
        return found, domains(gathering), (count.read, count.accepted, +count.rejected)


def domains(gathering):
    """Everyone's domain, both by their digests."""
    [columns] = gathering.direct.ranges(equal_ranges(1))
    if columns is None:
        return {}
    numbered = gathering.domains.digests(domains_of(columns[1]))
    [aside] = gathering.aside.ranges(equal_ranges(1))
    others = {} if aside is None else dict(zip(aside[0].tolist(), aside[1].tolist(), strict=True))
    return dict(zip(columns[0].tolist(), numbered.tolist(), strict=True)) | others


def contents(runs):
    [columns] = runs.ranges(equal_ranges(1))
    if columns is None:
        return {}
    return dict(zip(columns[0].tolist(), classes_alone(columns[1]).tolist(), strict=True))


def both_ways(engine, folder, raw, form, **more):
    """The same file by the shortcut, and the long way."""
    path = folder / "list.txt"
    path.write_bytes(raw)
    require("gcc")
    table = table_of(path, Instructions(format=form))
    assert table.shortcut
    return (
        gathered(engine, table, folder, **more),
        gathered(engine, replace(table, shortcut=None), folder, **more),
    )


USUAL = "".join(f"user{number}@example.com:secret{number}\n" for number in range(4))
ENOUGH = USUAL * 50  # lines for bytes behind them not to make the whole file look like none of text


@given(COMBO)
@example("alice@example.com:un\u212anown\n")
@example("alice@example.com\n\nbob@example.com:")
@example("alice@example.com:not\x1fset\nmailto:bob@example.com:x\nhttp://a@example.com:x\nann:bob@example.com:x\n")
@settings(max_examples=100, deadline=None)
def test_the_plain_lines_of_a_list_are_read_as_the_engine_reads_them(engine, tmp_path_factory, text):
    shortened, scanned = both_ways(engine, tmp_path_factory.mktemp("list"), (USUAL * 8 + text).encode(), "combo")

    assert shortened == scanned


@given(COMBO, st.sampled_from([";", "|", "\t"]))
@example("1.:ann@example.com:x\nann@example.com::x\nbob@example.com:::\n", "\t")
@settings(max_examples=30, deadline=None)
def test_so_are_those_of_a_list_with_another_separator(engine, tmp_path_factory, text, separator):
    raw = (USUAL * 8 + text).replace(":", separator).encode()

    shortened, scanned = both_ways(engine, tmp_path_factory.mktemp("list"), raw, "combo")

    assert shortened == scanned


@given(
    st.lists(st.one_of(st.binary(max_size=12), st.sampled_from([b"\n", b"a@b.test", b":"])), max_size=20).map(b"".join)
)
@settings(max_examples=50, deadline=None)
def test_bytes_that_are_no_text_are_read_alike_as_well(engine, tmp_path_factory, raw):
    shortened, scanned = both_ways(engine, tmp_path_factory.mktemp("list"), ENOUGH.encode() + raw, "combo")

    assert shortened == scanned


@given(
    st.one_of(
        TEXTS, NEARLY_PLAIN, st.lists(st.sampled_from([*ADDRESSES, " ", "\n", ",", "&"]), max_size=30).map("".join)
    )
)
@settings(max_examples=100, deadline=None)
def test_the_plain_addresses_of_a_text_are_those_that_the_rules_find(engine, tmp_path_factory, text):
    shortened, scanned = both_ways(engine, tmp_path_factory.mktemp("text"), f"Text. {text}".encode(), "text")

    assert shortened == scanned


def test_whoever_is_suppressed_is_left_out_of_plain_lines_too(engine, tmp_path):
    hidden = {int(DIGESTER.of(Kind.EMAIL, "user1@example.com"))}

    shortened, scanned = both_ways(engine, tmp_path, USUAL.encode(), "combo", suppressed=hidden)

    assert shortened == scanned
    assert shortened[2] == (4, 3, {LEFT_OUT: 1})


def test_names_in_the_place_of_addresses_are_counted_past_the_engine(engine, tmp_path):
    path = tmp_path / "list.txt"
    path.write_text(USUAL + "ann:secret1\nbob:bob@example.com:secret2\n")
    table = table_of(path, Instructions(format="combo"))
    forbidden = replace(table, relation=lambda _: pytest.fail("the engine was asked"))

    (direct, _), _, counts = gathered(engine, forbidden, tmp_path)

    assert len(direct) == 4
    assert counts == (6, 4, {NOT_AN_ADDRESS: 2})


def test_a_line_that_is_too_long_is_left_out_of_a_list_and_told(engine, tmp_path):
    path = tmp_path / "list.txt"
    path.write_text(USUAL + "x" * (lines.LONGEST + (8 << 20)) + "\n" + USUAL)
    table = table_of(path, Instructions(format="combo"))

    (direct, _), _, counts = gathered(engine, table, tmp_path)

    assert len(direct) == 4
    assert counts == (9, 8, {lines.TOO_LONG: 1})


def test_more_domains_than_are_remembered_lose_nobody(engine, tmp_path):
    text = "".join(f"a@d{number}.example.com:x\n" for number in range(30_000))

    shortened, scanned = both_ways(engine, tmp_path, text.encode(), "combo")

    assert shortened == scanned
    assert shortened[2] == (30_000, 30_000, {})


HEADER = "id,email,name,city\n"
PEOPLE = "".join(f"{number},user{number}@example.com,Ann,Bonn\n" for number in range(20))
ROWS = st.one_of(
    st.tuples(
        st.one_of(st.sampled_from(SECRETS), st.text(max_size=8)),
        st.one_of(st.sampled_from(ADDRESSES), st.sampled_from([*NOTHINGS, "", "+", "a+@b.example.com"])),
        st.one_of(st.sampled_from(SECRETS), st.text(max_size=30)),
        st.sampled_from(["", "x", "n", "unknown", "null ", "0000-00-00", "0000-00-00 00:00:00", "0000-00-01"]),
    ).map(lambda fields: ",".join(fields) + "\n"),
    st.sampled_from(
        ["\n", ",,,\n", "a@example.com\n", "1,a@example.com\n", "1,a@example.com,x,y,\n", " \n", "\ufeff\n"]
    ),
    st.sampled_from(["1,a@example.com,x,y,z\n", '1,"a@example.com",x,y\n', '1,a@example.com,"x\ny",z\n', '"\n']),
    TAGGED.map("1,{},x,y\n".format),
)
DELIMITED = st.lists(ROWS, max_size=12).map("".join)
COLUMNS = Wanted(("email",), {"email": ("E",), "id": ("I",), "name": ("N", "B"), "city": ("C", "B")})


@given(DELIMITED, st.sampled_from([",", ";", "\t", "|"]))
@example("1,a.b+c.d@gmail.com,x,y\n2,ab@gmail.com,,\n3,a.b@gmail.com,unknown,n/a\n", ",")
@example("1,a@example.com,null\0,un\u212anown\n", ",")
@settings(max_examples=60, deadline=None)
def test_the_plain_rows_of_a_table_are_read_as_the_engine_reads_them(engine, tmp_path_factory, text, delimiter):
    raw = (HEADER + PEOPLE + text).replace(",", delimiter).encode(errors="replace")

    shortened, scanned = both_ways(engine, tmp_path_factory.mktemp("table"), raw, "csv", wanted=COLUMNS)

    assert shortened == scanned


@given(
    st.lists(st.one_of(st.binary(max_size=9), st.sampled_from([b"\n", b"a@b.test", b",", b",x,y\n1,"])), max_size=20)
)
@settings(max_examples=60, deadline=None)
def test_bytes_of_a_table_that_are_no_text_are_read_alike_as_well(engine, tmp_path_factory, pieces):
    raw = (HEADER + PEOPLE * 20).encode() + b"".join(pieces)

    shortened, scanned = both_ways(engine, tmp_path_factory.mktemp("table"), raw, "csv", wanted=COLUMNS)

    assert shortened == scanned


def test_whoever_is_suppressed_by_an_aliass_base_is_left_out_of_plain_rows_too(engine, tmp_path):
    raw = (HEADER + PEOPLE + "1,ann+shop@example.com,Ann,Bonn\n2,bob+x@example.com,Bob,Bonn\n").encode()
    hidden = {int(DIGESTER.of(Kind.EMAIL, text)) for text in ("ann@example.com", "user3@example.com")}

    shortened, scanned = both_ways(engine, tmp_path, raw, "csv", suppressed=hidden, wanted=COLUMNS)

    assert shortened == scanned
    assert shortened[2] == (22, 20, {LEFT_OUT: 2})


def test_plain_rows_are_taken_past_the_engine(engine, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(HEADER + PEOPLE)
    table = table_of(path)
    forbidden = replace(table, relation=lambda _: pytest.fail("the engine was asked"))

    (direct, _), _, counts = gathered(engine, forbidden, tmp_path, wanted=COLUMNS)

    assert len(direct) == 20
    assert counts == (20, 20, {})


@pytest.mark.parametrize(
    "row", ['1,a@example.com,"Ann",Bonn\n', "1,a@example.com,Ann,Bonn\r\n", "1,a@example.com,A\\,B,Bonn\n"]
)
def test_a_table_with_quotes_escapes_or_other_line_ends_goes_through_the_engine(engine, tmp_path, row):
    path = tmp_path / "people.csv"
    path.write_bytes((HEADER + PEOPLE + row).encode())
    shortcut = table_of(path).shortcut

    assert not shortcut.is_open(shortcut.taker("email", []))


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("first", ["", "sep=,\n"])
def test_the_first_record_is_the_one_behind_the_header(engine, tmp_path, mark, first):
    raw = f"{mark}{first}{HEADER}{PEOPLE}1,last@example.com,Ann,Bonn".encode()

    shortened, scanned = both_ways(engine, tmp_path, raw, "csv", wanted=COLUMNS)

    assert shortened == scanned
    assert shortened[2] == (21, 21, {})
