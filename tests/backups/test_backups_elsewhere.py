"""Backups of stores on a server, and restores to one: from either engine to the other, and whatever cuts them off."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Timer
from typing import Any
from unittest import mock

import psycopg
import pytest

from breachcheck import config, folders
from breachcheck.backups import archive, restores, taking
from breachcheck.config import Config
from breachcheck.db import rows
from breachcheck.doctor import store_checks
from breachcheck.errors import BackupFault, StoreFull, StoreUnavailable
from breachcheck.interruption import stoppable
from breachcheck.services import Services, open_services
from tests import engines, patience
from tests.backups.test_store_moves import answers, fill
from tests.cli.commands import ROOT, breachcheck, environment
from tests.engines import Postgres
from tests.stores import new_store

ENGINES = ("postgres",)

SILENCE_S = 2.0
"""Longer than anybody waits for a look-up."""

RESTORE_AND_BE_KILLED = """
import os, signal, sys
from pathlib import Path
from breachcheck.backups import restores

restores._put_in_place = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
restores.restore(Path(sys.argv[1]), Path(sys.argv[2]), secret=None, keys=None, by="tests")
"""
END_ALL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture
def full(store: Services) -> Services:
    """A store that has something in most kinds of tables."""
    fill(store)
    return store


@pytest.fixture
def database(postgres: Postgres) -> Iterator[str]:
    """The URL of an empty database."""
    yield postgres.server.make("restored")
    postgres.server.drop("restored")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder / "one.backup"


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Has something happen, once, in the midst of copying rows."""

    def happen(what: Callable[[], object]) -> None:
        add, left = rows.Checksum.add, [3]

        def add_and_more(read: rows.Checksum, page: rows.Page) -> None:
            left[0] -= 1
            if left[0] == 0:
                what()
            add(read, page)

        monkeypatch.setattr(rows.Checksum, "add", add_and_more)

    return happen


def taken(store: Services, place: Path) -> Path:
    return taking.take(store, place, secret=None, with_keys=True, by="tests").path


def restored(backup: Path, data: Path, database: str | None) -> Config:
    """The settings of the store that *backup* became in *database*, or in files."""
    environment = {"BREACHCHECK_DATABASE": database} if database else {}
    with mock.patch.dict(os.environ, environment):
        restores.restore(backup, data, secret=None, keys=None, is_to_files=database is None, by="tests")
    return config.read(data, environment)


def assert_no_store(data: Path, database: str) -> None:
    """Neither there nor in part."""
    with psycopg.connect(database) as connection:
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'breachcheck%'").fetchall()
    assert found == []
    assert [path.name for path in data.iterdir() if path.name != "spill"] == []


def test_a_backup_of_a_database_answers_the_same_in_another_one_and_in_files(full, place, tmp_path, database):
    backup = taken(full, place)

    there = restored(backup, tmp_path / "there", database)
    in_files = restored(backup, tmp_path / "files", None)

    assert answers(there) == answers(in_files) == answers(full.config)
    assert in_files.database is None


def test_a_backup_of_files_answers_the_same_in_a_database_and_back_again(place, tmp_path, database):
    with engines.on(None), closing(new_store(tmp_path / "data")) as store:
        fill(store)
        before = answers(store.config)
        there = restored(taken(store, place), tmp_path / "there", database)
    with closing(open_services(there)) as store:
        again = taken(store, place.parent / "again.backup")

    assert before == answers(there) == answers(restored(again, tmp_path / "back", None))


def test_settings_of_a_restored_store_never_lead_to_the_one_that_the_backup_is_of(full, place, tmp_path, database):
    with (full.config.data / config.SETTINGS_FILE).open("a") as file:
        file.write('site_name = "Check"  # ours\n')
    restored(taken(full, place), tmp_path / "there", database)

    assert (tmp_path / "there" / config.SETTINGS_FILE).read_text() == 'site_name = "Check"  # ours\n'


def test_a_database_with_a_store_is_left_as_it_is_and_the_ways_out_are_told(full, place, tmp_path):
    backup = taken(full, place)

    with pytest.raises(BackupFault, match=r"exists already.*nothing was changed.*--database.*--to-files"):
        restores.restore(backup, tmp_path / "back", secret=None, keys=None, by="tests")
    assert answers(full.config)[0]
    assert [path.name for path in (tmp_path / "back").iterdir()] == ["spill"]


def test_at_the_terminal_to_files_and_a_database_exclude_each_other(tmp_path, database):
    said = breachcheck("restore", "--to-files", "--database", database, tmp_path / "one.backup", data=tmp_path / "back")

    assert (said.status, "say one" in said.err) == (2, True)


def test_who_writes_while_rows_are_copied_does_not_wait_and_is_not_in_the_backup(full, place, tmp_path, meanwhile):
    before = answers(full.config)
    meanwhile(lambda: full.publishing.withdraw("Shop", by="tests"))

    backup = taken(full, place)

    assert not full.catalogue.published().breaches
    assert answers(restored(backup, tmp_path / "back", None)) == before


def test_a_backup_that_is_told_to_stop_in_the_midst_of_rows_leaves_nothing(full, place, meanwhile):
    meanwhile(lambda: signal.raise_signal(signal.SIGTERM))

    with pytest.raises(KeyboardInterrupt), stoppable():
        taken(full, place)
    assert [*place.parent.iterdir(), *full.config.spill_path.iterdir()] == []
    assert taken(full, place) == place


def test_a_backup_outlasts_a_server_that_is_silent_for_a_while(full, place, meanwhile, postgres):
    def be_silent() -> None:
        postgres.server.signal(signal.SIGSTOP)
        Timer(SILENCE_S, postgres.server.signal, [signal.SIGCONT]).start()

    meanwhile(be_silent)

    with patience.in_earnest():
        assert taken(full, place) == place


def test_a_backup_whose_server_goes_away_leaves_nothing(full, place, meanwhile, postgres):
    meanwhile(lambda: postgres.damage(full.config.database, END_ALL))

    with pytest.raises(StoreUnavailable):
        taken(full, place)
    assert [*place.parent.iterdir(), *full.config.spill_path.iterdir()] == []


def test_a_whole_backup_is_kept_where_the_server_is_gone_at_its_end(full, place, monkeypatch, postgres):
    write = archive.write

    def write_and_lose_the_server(*arguments: Any) -> int:
        size = write(*arguments)
        postgres.server.signal(signal.SIGSTOP)
        return size

    monkeypatch.setattr(archive, "write", write_and_lose_the_server)
    with patience.in_earnest(), closing(open_services(full.config)) as store:
        try:
            with pytest.raises(BackupFault, match=r"is whole.*could not note"):
                taken(store, place)
        finally:
            postgres.server.signal(signal.SIGCONT)
    assert archive.unpack(place, None).store == full.identity.store


def test_the_doctor_knows_of_these_backups_and_that_there_may_be_others(full, place):
    (before,) = store_checks.of_backups(full)
    taken(full, place)
    (after,) = store_checks.of_backups(full)

    assert (before.severity, "pg_dump" in before.what) == ("note", True)
    assert after.severity == "fine"


def test_the_doctor_says_where_there_is_no_room_for_the_copy(full, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 1000))

    assert [one.about for one in store_checks.of_backups(full)] == ["disk", "backups"]


def test_without_room_for_the_copy_nothing_is_begun(full, place, monkeypatch):
    monkeypatch.setattr(folders, "BYTES_TO_SPARE", 1 << 60)

    with pytest.raises(StoreFull, match="Nothing was changed"):
        taken(full, place)


@pytest.mark.parametrize("what", ["told to stop", "server gone"])
def test_a_restore_that_is_cut_off_leaves_nothing_and_can_be_begun_again(
    full, place, tmp_path, database, meanwhile, postgres, what
):
    backup = taken(full, place)
    acts = {
        "told to stop": lambda: signal.raise_signal(signal.SIGTERM),
        "server gone": lambda: postgres.damage(database, END_ALL),
    }
    meanwhile(acts[what])

    with pytest.raises((KeyboardInterrupt, StoreUnavailable)), stoppable():
        restored(backup, tmp_path / "back", database)
    assert_no_store(tmp_path / "back", database)
    assert answers(restored(backup, tmp_path / "back", database)) == answers(full.config)


def test_a_restore_that_is_killed_leaves_nothing_and_can_be_begun_again(full, place, tmp_path, database):
    backup = taken(full, place)
    program = [sys.executable, "-c", RESTORE_AND_BE_KILLED, backup, tmp_path / "back"]
    done = subprocess.run(program, env=environment(BREACHCHECK_DATABASE=database), cwd=ROOT, check=False)

    assert done.returncode == -signal.SIGKILL
    assert_no_store(tmp_path / "back", database)
    assert answers(restored(backup, tmp_path / "back", database)) == answers(full.config)


def test_a_restore_that_cannot_put_the_keys_in_their_place_makes_no_store(full, place, tmp_path, database, monkeypatch):
    backup = taken(full, place)

    def fail(_path: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(folders, "sync", fail)

    with pytest.raises(BackupFault, match="nothing was restored"):
        restored(backup, tmp_path / "back", database)
    assert_no_store(tmp_path / "back", database)
