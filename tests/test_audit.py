"""The audit: what operators did, newest first, for ever."""

import pytest

from breachcheck.audit import AuditEntry
from breachcheck.services import Services
from tests.engines import ENGINES as ENGINES


def entry(number: int) -> AuditEntry:
    return AuditEntry(at=1_800_000_000 + number, actor="cli:ops", action="publish", subject=f"Breach{number}")


def test_what_was_done_is_told_newest_first(store):
    for number in range(3):
        store.audit.note(entry(number))

    assert store.audit.latest() == [entry(2), entry(1), entry(0)]
    assert store.audit.latest(1) == [entry(2)]


def test_what_was_not_done_after_all_is_not_told(store):
    with pytest.raises(ZeroDivisionError):
        _note_and_fail(store)

    assert store.audit.latest() == []


def _note_and_fail(store: Services) -> None:
    with store.databases[1].transaction():
        store.audit.note(entry(0))
        raise ZeroDivisionError
