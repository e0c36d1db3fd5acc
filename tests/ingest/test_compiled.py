"""What is compiled: there in CI, and done without where it is not."""

import importlib.util
import runpy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import compiled
from tests.ingest.loads import described, load
from tests.ingest.scans import table_of
from tests.parts import require

SHOP = "- path: people.csv\n  mapping: {email: Email addresses, name: Names}\n"
PEOPLE = "email,name\nann@example.com,Ann\nbob@example.com,\n"


@pytest.fixture(scope="module")
def rows():
    """What takes rows of three fields, of which the second is the address."""
    require("gcc")
    from ingest.readers.plain_rows import PlainRows

    return PlainRows(",", 3, 1, {"first": 0, "last": 2})


def test_it_was_compiled():
    require("gcc")

    assert compiled.IS_THERE


def test_every_module_is_asked_for():
    sources = Path(__file__).parents[2].joinpath("ingest", "compiled").glob("*.pyx")

    assert sorted(compiled.MODULES) == sorted(source.stem for source in sources)


def test_where_one_module_lacks_none_is_used(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name.endswith(".sorting") else object())
    without_one = runpy.run_path(compiled.__file__, run_name=compiled.__name__)

    assert not without_one["IS_THERE"]


def test_a_load_does_without_it(store, tmp_path, monkeypatch):
    monkeypatch.setattr(compiled, "IS_THERE", False)

    outcome = load(described(tmp_path, SHOP, {"people.csv": PEOPLE}), store)

    assert table_of(tmp_path / "people.csv").shortcut is None
    assert outcome.tally.people == 2


@pytest.mark.parametrize("block", ["a,b@example.com,c", "\n,"])
def test_a_block_that_does_not_end_with_its_line_is_refused(rows, block):
    with pytest.raises(ValueError, match="ends with a line feed"):
        rows(block.encode())


@given(st.lists(st.binary(max_size=70), min_size=1).map(lambda pieces: b",".join(pieces) + b"\n"))
def test_whatever_a_block_holds_every_line_of_it_is_taken_or_left(rows, block):
    plain = rows(block)

    assert len(plain.addresses) + plain.rest.count(b"\n") == block.count(b"\n")


def test_a_smaller_block_after_a_larger_one_is_told_alone(rows):
    rows(b"x,ann@example.com,\n" * 1000)
    plain = rows(b"null,bob+x@gmail.com,y\n")

    assert (plain.addresses.values(), plain.domains.values()) == ([b"bob+x@gmail.com"], [b"gmail.com"])
    assert (plain.bases.values(), plain.base_of.tolist()) == ([b"bob@gmail.com"], [0])
    assert {name: says.tolist() for name, says in plain.says.items()} == {"first": [False], "last": [True]}
    assert plain.rest == b""


@pytest.fixture
def take():
    require("gcc")
    from ingest.readers.plain_text import PlainText

    return PlainText()


def test_a_smaller_text_after_a_larger_one_is_told_alone(take):
    take(b"ann@example.com bob@example.org o%27b@example.net " * 1000)
    plain = take(b"B.ob+x@gmail.com kim@googlemail.com")

    assert (plain.addresses.values(), plain.domains.values()) == ([b"bob+x@gmail.com"], [b"gmail.com"])
    assert (plain.bases.values(), plain.base_of.tolist()) == ([b"bob@gmail.com"], [0])
    assert (plain.domain_of.tolist(), plain.rest) == ([0], b"kim@googlemail.com\n")


def test_what_the_rules_find_in_a_text_is_taken_as_well_where_it_is_plain(take):
    plain = take(b"x ann@example.com:o%27b+c@example.net:jos\xc3\xa9@example.com y")

    assert plain.addresses.values() == [b"ann@example.com", b"o'b+c@example.net"]
    assert (plain.bases.values(), plain.base_of.tolist()) == ([b"o'b@example.net"], [1])
    assert plain.rest.decode() == "jos\u00e9@example.com\n"


def test_whoever_stands_in_one_piece_with_what_is_unclear_is_found_once(take):
    plain = take(b"a+b@example.com;c@example.com;_d@example.com e@example.com")

    assert sorted(plain.addresses.values()) == [b"a+b@example.com", b"c@example.com", b"e@example.com"]
    assert (plain.bases.values(), plain.rest) == ([b"a@example.com"], b"_d@example.com\n")


def test_more_domains_in_a_text_than_can_be_numbered_lose_nobody(take):
    written = [f"a@d{number}.example.com" for number in range(20_000)]
    plain = take(" ".join(written).encode())

    assert sorted(plain.addresses.values() + plain.rest.split()) == sorted(name.encode() for name in written)


def test_a_text_is_read_without_it(store, tmp_path, monkeypatch):
    monkeypatch.setattr(compiled, "IS_THERE", False)

    text = "ann@example.com, o'b@example.com and kim%40example.com"
    outcome = load(described(tmp_path, "- {path: a.txt, format: text}\n", {"a.txt": text}), store)

    assert outcome.tally.people == 3


LINES = st.lists(
    st.one_of(
        st.binary(max_size=70),
        st.sampled_from(
            [b"ann@example.com", b"b.o+b@gmail.com", b"ann", b"", b"x" * 64, b"@", b"+", b":", b"\n", b"\n"]
        ),
    )
)


@given(LINES.map(lambda pieces: b":".join(pieces) + b"\n"), st.sampled_from(b":;|\t"))
def test_whatever_a_list_holds_every_line_of_it_is_taken_or_counted_or_left(block, separator):
    require("gcc")
    from ingest.readers.combo_lines import PlainLines

    plain = PlainLines(chr(separator))(block)

    blank = block.split(b"\n").count(b"") - 1
    assert len(plain.addresses) + plain.names + plain.rest.count(b"\n") + blank == block.count(b"\n")


@pytest.mark.parametrize("length", [*range(58, 70), *range(120, 132)])
def test_a_list_is_told_alike_wherever_its_windows_end(length):
    require("gcc")
    from ingest.readers.combo_lines import PlainLines

    take = PlainLines(":")
    line = b"ann+x@example.com:" + b"x" * (length - 19) + b"\n"
    for count in (1, 2, 3):
        plain = take(line * count)

        assert plain.addresses.values() == [b"ann+x@example.com"] * count
        assert plain.bases.values() == [b"ann@example.com"] * count
        assert (plain.says["secret"].tolist(), plain.rest) == ([True] * count, b"")


@pytest.mark.parametrize(("keys", "references"), [([0, 0], []), ([], [0, 0])])
def test_no_column_of_json_is_copied_twice(keys, references):
    """There is room for every value once."""
    require("gcc")
    from ingest.compiled.addresses import Addresses
    from ingest.compiled.known import Domains, Nothings
    from ingest.compiled.names import Names
    from ingest.compiled.objects import Objects

    addresses = Addresses(Domains(lambda _: False))
    with pytest.raises(ValueError, match="a column twice"):
        Objects(Names([([b"id"], 0)]), 1, -1, keys, references, Nothings(["null"]), addresses)


KEYS = st.one_of(st.integers(-(2**63), 2**63 - 1), st.integers(-3, 3), st.sampled_from([-(2**63), 2**63 - 1]))


@given(st.lists(KEYS, max_size=200), st.integers(1, 40))
def test_keys_are_put_in_order_however_they_are_spread(found, repeated):
    require("gcc")
    from ingest.compiled.sorting import in_order

    keys = np.array(found * repeated, np.int64)
    ordered, places = in_order(keys)

    assert places.tolist() == np.argsort(keys, kind="stable").tolist()
    assert ordered.tolist() == keys[places].tolist()


@given(st.lists(st.tuples(KEYS, st.integers(0, 2**32 - 1)), max_size=200), st.sampled_from([np.uint32, np.uint64]))
def test_words_of_equal_keys_are_united(found, kind):
    require("gcc")
    from ingest.compiled.sorting import united

    expected = {}
    for key, word in found * 3:
        expected[key] = expected.get(key, 0) | word
    keys, words = (np.array([pair[at] for pair in found * 3], of) for at, of in ((0, np.int64), (1, kind)))

    assert list(zip(*(column.tolist() for column in united(keys, words)), strict=True)) == sorted(expected.items())
    assert united(keys, words)[1].dtype == kind


def test_a_key_without_a_word_is_refused():
    require("gcc")
    from ingest.compiled.sorting import united

    with pytest.raises(ValueError, match="a word for each key"):
        united(np.zeros(2, np.int64), np.zeros(1, np.uint32))
