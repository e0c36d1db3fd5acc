"""Digests over columns equal the library's CMAC, value by value."""

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given
from hypothesis import strategies as st

from ingest import compiled
from ingest.columns import ColumnDigester, TextColumn, are_among
from tests.parts import require

KEY = bytes(range(32))


def cmac(value: bytes) -> int:
    mac = CMAC(algorithms.AES256(KEY))
    mac.update(value)
    return int.from_bytes(mac.finalize()[:8], "big", signed=True)


def digester(*, is_compiled: bool) -> ColumnDigester:
    """By compiled code, or by what does without."""
    if is_compiled:
        require("gcc")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "IS_THERE", is_compiled)
        return ColumnDigester(KEY)


both_ways = pytest.mark.parametrize("is_compiled", [True, False], ids=["compiled", "numpy"])


@both_ways
def test_the_column_digest_is_the_librarys_cmac_for_every_length_up_to_a_hundred(is_compiled):
    values = [bytes((7 * n + k) % 256 for k in range(n)) for n in range(101)]

    digests = digester(is_compiled=is_compiled).digests(TextColumn.of(values))

    assert digests.tolist() == [cmac(value) for value in values]


@both_ways
@given(st.lists(st.binary(max_size=300)))
def test_the_column_digest_is_the_librarys_cmac_for_lengths_in_any_order(is_compiled, values):
    digests = digester(is_compiled=is_compiled).digests(TextColumn.of(values))

    assert digests.tolist() == [cmac(value) for value in values]


@both_ways
def test_a_digester_gives_the_same_digests_when_it_is_used_again(is_compiled):
    used = digester(is_compiled=is_compiled)
    column = TextColumn.of([b"alice@example.com", b"b@example.com"])

    assert used.digests(column).tolist() == used.digests(column).tolist()


@both_ways
def test_more_values_than_are_done_at_once_are_digested_all(is_compiled):
    values = [b"x" * (number % 40) + str(number).encode() for number in range(40_000)]

    digests = digester(is_compiled=is_compiled).digests(TextColumn.of(values)).tolist()

    assert digests[::4001] == [cmac(value) for value in values[::4001]]
    assert len(set(digests)) == len(set(values))


@pytest.mark.parametrize(("start", "length"), [(-1, 1), (0, -1), (0, 4), (4, 0), (1 << 62, 1), (0, 1 << 62)])
def test_a_value_beyond_the_data_is_refused(start, length):
    require("gcc")
    column = TextColumn(np.zeros(19, np.uint8), np.array([0, start]), np.array([3, length]))

    with pytest.raises(IndexError):
        ColumnDigester(KEY).digests(column)


@given(st.lists(st.binary(max_size=40), min_size=1), st.data())
def test_a_slice_of_arrow_text_keeps_its_values(values, data):
    first = data.draw(st.integers(0, len(values) - 1))
    offsets = np.cumsum([0, *map(len, values)])

    column = TextColumn.from_offsets(np.frombuffer(b"".join(values), np.uint8), offsets[first:])

    assert column.values() == values[first:]


def test_rows_taken_from_a_column_are_those_rows():
    column = TextColumn.of([b"one", b"two", b"three"])

    assert column.take(np.array([2, 0])).values() == [b"three", b"one"]


@given(st.lists(st.binary(max_size=40)))
def test_only_letters_from_a_to_z_are_lowered(values):
    assert TextColumn.of(values).lowered().values() == [value.lower() for value in values]


@given(st.lists(st.integers(-5, 5)), st.lists(st.integers(-5, 5), unique=True).map(sorted))
def test_values_are_found_among_sorted_ones_exactly_where_they_are(values, among):
    found = are_among(np.array(values, np.int64), np.array(among, np.int64))

    assert found.tolist() == [value in among for value in values]
