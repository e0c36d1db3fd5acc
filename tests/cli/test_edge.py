"""The process's edge: a fault of the program is said without what it quotes."""

from breachcheck.cli import edge
from breachcheck.errors import InvalidAccount, NothingToAsk

CANARY = "canary@example.com"


def fault() -> ValueError:
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        return error


def test_a_fault_is_told_by_kind_and_place_alone(capsys, monkeypatch):
    monkeypatch.setenv("BREACHCHECK_DEBUG", "1")

    said = edge.surprise(fault())
    shown = capsys.readouterr().err

    assert "ValueError at test_edge.py:" in said
    assert "in fault" in shown
    assert CANARY not in said + shown


def test_every_error_of_ours_has_a_word_for_programs_and_a_fault_has_one_too():
    assert edge.reason_of(InvalidAccount("x")) == "invalid_account"
    assert edge.reason_of(NothingToAsk("x")) == "nothing_to_ask"
    assert edge.reason_of(fault()) == "fault"
