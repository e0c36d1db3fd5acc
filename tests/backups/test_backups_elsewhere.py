"""Backups of a store that is not in files of ours: refused in words, with the way to go."""

import pytest

from breachcheck.backups import taking
from breachcheck.errors import OwnBackup

ENGINES = ("postgres",)


def test_a_store_in_postgresql_is_left_to_its_own_tools(store, tmp_path):
    with pytest.raises(OwnBackup, match=r"pg_dump.*settings\.toml.*keys"):
        taking.take(store, tmp_path / "one.backup", secret=None, with_keys=False, by="tests")

    assert not (tmp_path / "one.backup").exists()
