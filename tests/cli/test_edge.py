"""The process's edge: a fault of the program is said without what it quotes."""

import errno
import json
import os

import pytest

from breachcheck.cli import cli, edge
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


def test_too_many_open_files_are_no_fault_of_the_program():
    said = edge.surprise(OSError(errno.EMFILE, os.strerror(errno.EMFILE), CANARY))

    assert said == "More files are open than the system allows; raise the limit (`ulimit -n`), and try again."


def test_every_error_of_ours_has_a_word_for_programs_and_a_fault_has_one_too():
    assert edge.reason_of(InvalidAccount("x")) == "invalid_account"
    assert edge.reason_of(NothingToAsk("x")) == "nothing_to_ask"
    assert edge.reason_of(fault()) == "fault"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["check", "--json"], "usage"),
        (["check", "--json", "--kind", "shoe", "x"], "usage"),
        (["check", "x", "--jsn", "--json"], "usage"),
        (["check", "--json", "a@example.com", "--data", "nowhere"], "refused_to_start"),
    ],
)
def test_whoever_asks_for_json_is_told_in_json_that_there_is_no_answer(capsys, arguments, reason):
    status = edge.run(cli, arguments)

    told = capsys.readouterr()
    assert (status, json.loads(told.out)) == (2, {"status": "could_not_check", "reason": reason})
    assert told.err


def test_other_commands_say_nothing_of_an_answer(capsys):
    assert edge.run(cli, ["breaches", "show", "--json"]) == 2
    assert capsys.readouterr().out == ""
