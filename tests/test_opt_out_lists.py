"""A list of opt-outs carries them into a store that was restored from before they were made."""

import pytest

from breachcheck import opt_out_lists
from breachcheck.digests import Digest
from breachcheck.errors import BackupFault
from breachcheck.suppressions import Level

SUPPRESSED = {Digest(-1): Level.HIDE, Digest(-(2**63)): Level.FORGET, Digest(2**63 - 1): Level.ERASE}


def test_what_is_listed_is_read_again():
    assert opt_out_lists.parse(opt_out_lists.listed("a", SUPPRESSED).encode(), "a") == SUPPRESSED


def test_a_list_of_another_store_is_refused():
    with pytest.raises(BackupFault, match="another store"):
        opt_out_lists.parse(opt_out_lists.listed("a", SUPPRESSED).encode(), "b")


@pytest.mark.parametrize("text", [b"", b"\xff", b"{}", b'{"opt_outs":1,"store":"a","levels":{"12":"hide"}}'])
def test_what_is_no_list_is_refused_in_words(text):
    with pytest.raises(BackupFault, match="no list"):
        opt_out_lists.parse(text, "a")
