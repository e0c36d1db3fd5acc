"""The guess at another spelling: near misses of big providers, and nothing else."""

import pytest

from breachcheck.web.spelling import PROVIDERS, did_you_mean


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ann.invented@gmial.com", "ann.invented@gmail.com"),
        ("ann.invented@gmai.com", "ann.invented@gmail.com"),
        ("ann.invented@gmaill.com", "ann.invented@gmail.com"),
        ("ann.invented@gmsil.com", "ann.invented@gmail.com"),
        ("ann.invented@gmail.co", "ann.invented@gmail.com"),
        ("Ann.invented@HOTMIAL.com", "Ann.invented@hotmail.com"),
        ("ann.invented@wbe.de", "ann.invented@web.de"),
        ('"a@b"@outlok.com', '"a@b"@outlook.com'),
    ],
)
def test_one_slip_is_recognised(typed: str, meant: str) -> None:
    assert did_you_mean(typed) == meant


@pytest.mark.parametrize(
    "typed", ["ann@example.com", "ann.invented@gmx.com", "ann.invented@mac.com", "ann@gmxs.example", "ann", ""]
)
def test_other_domains_are_left_alone(typed: str) -> None:
    assert did_you_mean(typed) is None


def test_a_known_provider_is_nobodys_slip() -> None:
    assert not [name for name in PROVIDERS if did_you_mean(f"ann@{name}")]
