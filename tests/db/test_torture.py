"""Torture, a little of it: `make torture` has the rest."""

import pytest

from tests.torture import torture


@pytest.mark.slow
def test_whatever_is_killed_nobody_is_lost_and_nothing_half_is_seen():
    seen = torture(rounds=3, seed=7)

    assert seen.wrong == []
    assert seen.counts["answers"] > 0
    assert seen.counts["kills of the server"] + seen.counts["kills of a load"] == 3
