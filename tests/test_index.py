"""The index: whole pieces, each once, and nothing deleted but what was asked for."""

import numpy as np
import pytest

from breachcheck.breaches import LoadId
from breachcheck.digests import Digest
from breachcheck.errors import StoreUnavailable
from breachcheck.index import FieldSetId, Index
from breachcheck.services import Services
from tests.engines import ENGINES as ENGINES
from tests.stores import break_index

LOAD, OTHER = LoadId(1), LoadId(2)
LOWEST, HIGHEST = -(2**63), 2**63 - 1


@pytest.fixture
def index(store: Services) -> Index:
    return store.index


def enter(index: Index, load_id: LoadId, piece: int, *rows: tuple[int, int]) -> None:
    digests, field_sets = np.array(sorted(rows), np.int64).reshape(-1, 2).T
    index.insert(load_id, piece, digests.copy(), field_sets.copy())


def test_a_digest_comes_back_with_every_field_set_it_was_entered_under(index):
    enter(index, LOAD, 0, (5, 1), (5, 2), (6, 1))

    assert sorted(index.field_sets_of(Digest(5))) == [1, 2]
    assert index.field_sets_of(Digest(7)) == []


@pytest.mark.parametrize("digest", [LOWEST, -1, 0, 1, HIGHEST])
def test_every_digest_can_be_entered_found_and_deleted(index, digest):
    enter(index, LOAD, 0, (digest, 1))
    found = index.field_sets_of(Digest(digest))

    assert found == [1]
    assert index.delete(LOAD, [FieldSetId(1)]) == 1
    assert index.field_sets_of(Digest(digest)) == []


def test_the_same_piece_twice_changes_nothing(index):
    for _ in range(2):
        enter(index, LOAD, 0, (5, 1), (6, 1))

    assert index.delete(LOAD, [FieldSetId(1)]) == 2


def test_only_the_field_sets_named_are_deleted(index):
    enter(index, LOAD, 0, *((digest, field_set) for digest in range(10) for field_set in range(1, 8)))

    assert index.delete(LOAD, [FieldSetId(number) for number in (2, 3, 6)]) == 30
    assert sorted(index.field_sets_of(Digest(4))) == [1, 4, 5, 7]


def test_a_load_has_pieces_from_the_first_until_it_is_deleted(index):
    before = index.has_pieces(LOAD)
    enter(index, LOAD, 0, (5, 1))
    enter(index, OTHER, 0, (5, 2))
    during = index.has_pieces(LOAD)
    index.delete(LOAD, [FieldSetId(1)])

    assert (before, during, index.has_pieces(LOAD), index.has_pieces(OTHER)) == (False, True, False, True)


def test_a_piece_without_rows_is_a_piece_that_is_done(index):
    index.insert(LOAD, 0, np.empty(0, np.int64), np.empty(0, np.int64))

    assert index.has_pieces(LOAD)


def test_an_index_that_cannot_be_read_has_no_answer(store):
    break_index(store)

    with pytest.raises(StoreUnavailable):
        store.index.field_sets_of(Digest(5))


def test_forgetting_digests_deletes_them_from_every_load_and_nobody_else(index):
    enter(index, LOAD, 0, (LOWEST, 1), (5, 1), (5, 2), (6, 1), (HIGHEST, 1))
    enter(index, OTHER, 0, (5, 9), (7, 9))

    assert index.forget([Digest(LOWEST), Digest(5), Digest(8), Digest(HIGHEST)]) == 5
    assert [bool(index.field_sets_of(Digest(one))) for one in (LOWEST, 5, 6, 7, HIGHEST)] == [
        False, False, True, True, False
    ]  # fmt: skip
    assert index.forget([Digest(5)]) == index.forget([]) == 0


def test_many_digests_are_asked_at_once_with_the_same_answers(store):
    digests = np.arange(0, 2000, 3, dtype=np.int64)
    store.index.insert(LoadId(1), 0, np.repeat(digests, 2), np.tile(np.array([4, 9], np.int64), len(digests)))
    asked = [Digest(number) for number in (*range(1000, -5, -1), 7, 7)]

    found = store.index.field_sets_of_many(asked)

    assert found == {one: told for one in set(asked) if (told := store.index.field_sets_of(one))}
    assert store.index.field_sets_of_many([]) == {}


def test_a_broken_index_is_no_answer_for_many(store):
    break_index(store)

    with pytest.raises(StoreUnavailable):
        store.index.field_sets_of_many([Digest(1)])
