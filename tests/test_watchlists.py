"""Watchlists: kept as digests, read in pieces that leave nobody out and part no ref."""

from itertools import groupby

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breachcheck.digests import Digest
from breachcheck.watchlists import Watched, is_name
from tests.engines import ENGINES as ENGINES

ACCOUNTS = st.sets(st.builds(Watched, st.sampled_from(["a", "b", "B", "e-1", "e_1"]), st.integers(0, 9).map(Digest)))


@pytest.mark.parametrize("name", ["e1", "E-1_x", "x" * 64, "-", "7"])
def test_what_may_be_a_name_or_a_ref(name):
    assert is_name(name)


@pytest.mark.parametrize("name", ["", "x" * 65, "a b", "a.b", "a@b", "e1\n", "\u00e9", "\u0661"])
def test_what_may_not(name):
    assert not is_name(name)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(accounts=ACCOUNTS, count=st.integers(1, 5))
def test_pieces_leave_nobody_out_and_part_no_ref(store, accounts, count):
    lists = store.watchlists
    with store.databases[1].transaction():
        watchlist = lists.create("someone", "staff", at=0)
        lists.add(watchlist.id, accounts)
        pieces, after = [], ""
        while piece := lists.next_accounts(watchlist.id, after, count):
            pieces.append(piece)
            after = piece[-1].ref
        lists.delete(watchlist.id)

    assert [one for piece in pieces for one in piece] == sorted(accounts)
    assert [ref for piece in pieces for ref, _ in groupby(piece, lambda one: one.ref)] == sorted(
        {one.ref for one in accounts}
    )


def test_a_list_that_changed_is_not_noted_as_told(store):
    lists = store.watchlists
    watchlist = lists.create("someone", "staff", at=0)
    lists.note_changed(watchlist.id, at=5)
    lists.note_told(watchlist, 17, "")
    lists.note_told(lists.get("someone", "staff"), 18, "")

    now = lists.get("someone", "staff")
    assert (now.revision, now.generation, now.changed_at) == (1, 18, 5)
    assert (lists.is_at(watchlist), lists.is_at(now)) == (False, True)
