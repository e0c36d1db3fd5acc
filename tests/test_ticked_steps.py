"""Ticked steps: kept as keyed hashes under the digest, told to nobody else, gone with the owner."""

import pytest

from breachcheck.digests import Digest
from breachcheck.suppressions import Level
from tests.engines import ENGINES as ENGINES

ANN, BOB = Digest(17), Digest(-18)


def test_what_is_done_stays_done_and_the_rest_is_not(store):
    steps = store.ticked_steps
    done = steps.mark_of(ANN, "two-step Shop")
    steps.keep(ANN, [done, done])

    assert steps.of_owner(ANN) == {done}
    assert steps.of_owner(BOB) == frozenset()


def test_a_step_about_something_else_and_that_of_another_owner_have_other_marks(store):
    steps = store.ticked_steps
    marks = {steps.mark_of(ANN, "two-step Shop"), steps.mark_of(ANN, "two-step Ferry")}

    assert len(marks | {steps.mark_of(BOB, "two-step Shop")}) == 3


def test_what_is_kept_names_no_step(store):
    store.ticked_steps.keep(ANN, [store.ticked_steps.mark_of(ANN, "private-life Clinic")])
    rows = store.databases[1].query("SELECT * FROM ticked_step")

    assert [set(row.keys()) for row in rows] == [{"digest", "step"}]
    assert len(rows[0]["step"]) == 32
    assert int(rows[0]["step"], 16)


def test_to_keep_others_forgets_those_of_before(store):
    store.ticked_steps.keep(ANN, ["a", "b"])
    store.ticked_steps.keep(ANN, ["b"])

    assert store.ticked_steps.of_owner(ANN) == {"b"}


@pytest.mark.parametrize(("level", "left"), [(Level.HIDE, {"a"}), (Level.FORGET, set()), (Level.ERASE, set())])
def test_who_is_forgotten_has_no_ticked_steps(store, level, left):
    store.ticked_steps.keep(ANN, ["a"])
    store.ticked_steps.keep(BOB, ["a"])
    store.opt_outs.opt_out(ANN, level)

    assert store.ticked_steps.of_owner(ANN) == left
    assert store.ticked_steps.of_owner(BOB) == {"a"}
