"""Runs give back everything that was put in, once, in key order, whatever had to be spilled."""

from contextlib import closing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.runs import Runs, equal_ranges

KEYS = st.one_of(st.integers(-5, 5), st.integers(-(2**63), 2**63 - 1))
BATCHES = st.lists(st.lists(st.tuples(KEYS, st.integers(0, 2**31)), max_size=30), max_size=12)


def united(batches):
    expected = {}
    for batch in batches:
        for key, word in batch:
            expected[key] = expected.get(key, 0) | word
    return sorted(expected.items())


def put(runs, batches):
    for batch in batches:
        keys = np.array([key for key, _ in batch], np.int64)
        runs.add((keys, np.array([word for _, word in batch], np.uint32)))


def taken(runs, count):
    return [
        (int(key), int(word))
        for columns in runs.ranges(equal_ranges(count))
        if columns
        for key, word in zip(*columns, strict=True)
    ]


@given(batches=BATCHES, count=st.integers(1, 9))
def test_runs_give_back_every_key_once_in_order_with_all_its_bits(tmp_path_factory, batches, count):
    with closing(Runs(tmp_path_factory.getbasetemp())) as runs:
        put(runs, batches)

        assert taken(runs, count) == united(batches)


@given(batches=BATCHES, count=st.integers(1, 9))
def test_runs_that_spill_give_back_the_same(tmp_path_factory, batches, count):
    with closing(Runs(tmp_path_factory.getbasetemp(), run_rows=8, held_rows=10)) as runs:
        put(runs, batches)

        assert taken(runs, count) == united(batches)


def test_runs_can_be_read_again_and_from_the_start(tmp_path):
    with closing(Runs(tmp_path, run_rows=2, held_rows=2)) as runs:
        put(runs, [[(1, 1), (2, 2)], [(3, 4), (4, 4)]])

        assert taken(runs, 3) == taken(runs, 2)


def test_a_spilled_run_longer_than_its_sparse_index_keeps_every_row(tmp_path):
    keys = np.random.default_rng(1).permutation(20_000).astype(np.int64) * 2**49 - 2**62
    with closing(Runs(tmp_path, run_rows=5000, held_rows=0)) as runs:
        runs.add((keys[:10_000], np.ones(10_000, np.uint32)))
        runs.add((keys[10_000:], np.ones(10_000, np.uint32)))

        given_back = np.concatenate([columns[0] for columns in runs.ranges(equal_ranges(7)) if columns])

    assert given_back.tolist() == sorted(keys.tolist())


def test_words_of_many_lanes_are_united_lane_by_lane(tmp_path):
    with closing(Runs(tmp_path, run_rows=2, held_rows=0)) as runs:
        runs.add((np.array([7, 7]), np.array([[1, 0], [0, 8]], np.uint64)))
        runs.add((np.array([7, 9]), np.array([[0, 1], [2, 2]], np.uint64)))

        columns = next(runs.ranges(equal_ranges(1)))

    assert columns[0].tolist() == [7, 9]
    assert columns[1].tolist() == [[1, 9], [2, 2]]


def test_a_spill_leaves_no_name_in_its_folder(tmp_path):
    with closing(Runs(tmp_path, run_rows=1, held_rows=0)) as runs:
        put(runs, [[(1, 1)], [(2, 1)]])

        assert list(tmp_path.iterdir()) == []


def test_a_spill_that_lost_its_bytes_is_an_error(tmp_path):
    with closing(Runs(tmp_path, run_rows=1, held_rows=0)) as runs:
        put(runs, [[(1, 1)], [(2, 1)]])
        runs._spill.truncate(0)

        with pytest.raises(OSError, match="shorter"):
            taken(runs, 1)
