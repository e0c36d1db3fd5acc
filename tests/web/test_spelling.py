"""The guess at another spelling: near misses of big providers, and nothing else."""

import pytest

from breachcheck.web.spelling import PROVIDERS, did_you_mean


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ann@gmial.com", "ann@gmail.com"),
        ("ann@gmai.com", "ann@gmail.com"),
        ("ann@gmaill.com", "ann@gmail.com"),
        ("ann@gmsil.com", "ann@gmail.com"),
        ("ann@gmail.co", "ann@gmail.com"),
        ("Ann@HOTMIAL.com", "Ann@hotmail.com"),
        ("ann@wbe.de", "ann@web.de"),
        ('"a@b"@outlok.com', '"a@b"@outlook.com'),
    ],
)
def test_one_slip_is_recognised(typed: str, meant: str) -> None:
    assert did_you_mean(typed) == meant


@pytest.mark.parametrize("typed", ["ann@example.com", "ann@gmx.com", "ann@mac.com", "ann@gmxs.example", "ann", ""])
def test_other_domains_are_left_alone(typed: str) -> None:
    assert did_you_mean(typed) is None


def test_a_known_provider_is_nobodys_slip() -> None:
    assert not [name for name in PROVIDERS if did_you_mean(f"ann@{name}")]
