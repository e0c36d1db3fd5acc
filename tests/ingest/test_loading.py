"""A load has its data folder to itself, and says so where there is no room."""

import errno
import os
from pathlib import Path

import pytest

from breachcheck import services
from breachcheck.audit import AuditEntry
from breachcheck.disclosure import PUBLIC
from breachcheck.errors import ConfigError, StoreFull
from ingest import loading, pipeline
from tests.engines import ENGINES as ENGINES
from tests.ingest.loads import Silent, described, load
from tests.stores import SHOP, published_breach


def test_a_lock_that_is_free_is_not_waited_for(tmp_path):
    waited = []

    with loading.only_load(tmp_path, lambda: waited.append(True)):
        pass
    with loading.only_load(tmp_path, lambda: waited.append(True)):
        pass

    assert waited == []


def test_the_lock_is_for_its_owner_alone(tmp_path):
    with loading.only_load(tmp_path, lambda: None):
        assert (tmp_path / loading.LOCK).stat().st_mode & 0o777 == 0o600


def test_a_load_that_needs_more_room_than_there_is_is_refused(tmp_path):
    loading.require_room(tmp_path, 1)

    with pytest.raises(StoreFull, match="free some space"):
        loading.require_room(tmp_path, 1 << 60)


def test_a_disk_that_fills_up_is_named(tmp_path):
    with (
        pytest.raises(StoreFull, match=f"{tmp_path.name} is full"),
        loading.room_in(tmp_path),
        Path("/dev/full").open("wb", 0) as full,
    ):
        full.write(b"x")


def test_a_quota_that_is_used_up_stops_a_load_as_a_full_disk_does(store, tmp_path):
    def act():
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    manifest = described(tmp_path, "- path: people.csv", {"people.csv": "email\na@example.com"})
    with pytest.raises(StoreFull, match=r"is full \(Disk quota exceeded\); free some space"):
        load(manifest, store, progress=Silent(act))


def test_a_lock_that_cannot_be_taken_is_said(tmp_path):
    (tmp_path / loading.LOCK).mkdir()

    with pytest.raises(ConfigError, match="cannot be used"), loading.only_load(tmp_path, lambda: None):
        pass


def test_other_faults_of_the_system_stay_what_they_are(tmp_path):
    with pytest.raises(OSError, match="again") as raised, loading.room_in(tmp_path):
        raise OSError(errno.EIO, "again")

    assert raised.value.errno == errno.EIO


def test_room_is_asked_for_before_anything_is_read(store, tmp_path, monkeypatch):
    manifest = described(tmp_path, "- path: people.csv\n", {"people.csv": "email\n" + "a@example.com\n" * 1000})
    monkeypatch.setattr(pipeline, "BYTES_TO_SPARE", 1 << 60)
    progress = Silent()

    with pytest.raises(StoreFull, match="Nothing was changed"):
        load(manifest, store, progress=progress)

    assert not any(stage == "Reading" for stage, *_ in progress.heard)


def test_a_load_that_writes_holds_up_neither_look_ups_nor_the_small_writes(store):
    published_breach(store, SHOP, {"ann@example.com": ["Email addresses"]})
    beside = services.open_services(store.config)
    index, _ = store.databases

    with index.transaction():
        index.execute("INSERT INTO piece_done (load_id, piece) VALUES (99, 0)")
        beside.audit.note(AuditEntry(at=1, actor="tests", action="check", subject="one account"))
        beside.operators.add("olga", "correct horse battery")
        answer = beside.lookup.ask("ann@example.com", PUBLIC)

    beside.close()
    assert len(answer.exposures) == 1
