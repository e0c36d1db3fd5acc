"""Asking another machine again, when its key may go on."""

import pytest

from breachcheck.cli import remote
from breachcheck.errors import InvalidKey, LimitReached


def limited(retry_after_s):
    error = LimitReached("Nothing was asked.")
    error.retry_after_s = retry_after_s
    return error


def asking(*outcomes):
    """Something that is asked again and again, and raises or returns these."""
    left = iter(outcomes)

    def ask():
        outcome = next(left)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return ask


def test_it_goes_on_when_the_server_says_so(capsys):
    assert remote.patiently(asking(limited(0), limited(0), "an answer")) == "an answer"
    assert capsys.readouterr().err.count("going on in 0 seconds") == 2


@pytest.mark.parametrize("error", [limited(None), InvalidKey("No.")])
def test_what_no_waiting_mends_is_raised(error):
    with pytest.raises(type(error)):
        remote.patiently(asking(error, "an answer"))
