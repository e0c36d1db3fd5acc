"""Folders: made for their owner alone, held by one at a time, swept of what the dead left."""

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from breachcheck import folders
from breachcheck.errors import ConfigError

HOLD = """
import sys, time
from pathlib import Path
from breachcheck import folders

with folders.spill(Path(sys.argv[1])) as folder:
    (folder / "run").write_bytes(b"digests")
    print(folder, flush=True)
    time.sleep(60)
"""


def holder(path: Path) -> tuple[subprocess.Popen[str], Path]:
    """Another program that spills into *path*, and its folder."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_a_new_folder_is_for_its_owner_alone(tmp_path):
    folders.make(tmp_path / "data")

    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_what_is_spilled_is_for_its_owner_alone_and_gone_afterwards(tmp_path):
    with folders.spill(tmp_path / "spill") as folder:
        (folder / "run").write_bytes(b"digests")
        modes = [path.stat().st_mode & 0o777 for path in (tmp_path / "spill", folder)]

    assert modes == [0o700, 0o700]
    assert list((tmp_path / "spill").iterdir()) == []


def test_a_spill_folder_that_was_opened_to_others_is_closed_to_them(tmp_path):
    (tmp_path / "spill").mkdir(mode=0o755)
    with folders.spill(tmp_path / "spill"):
        assert (tmp_path / "spill").stat().st_mode & 0o777 == 0o700


def test_what_a_killed_program_spilled_is_swept_and_what_a_living_one_holds_is_not(tmp_path):
    living, held = holder(tmp_path)
    killed, left = holder(tmp_path)
    killed.kill()
    killed.communicate()
    folders.sweep(tmp_path)
    after = (held.is_dir(), (held / "run").is_file(), left.exists())
    living.kill()
    living.communicate()

    assert after == (True, True, False)


def test_sweeping_touches_no_file_and_follows_no_link(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    spill = tmp_path / "spill"
    spill.mkdir()
    (spill / "link").symlink_to(elsewhere)
    (spill / "note").write_text("not ours")
    folders.sweep(spill)

    assert elsewhere.is_dir()
    assert {path.name for path in spill.iterdir()} == {"link", "note"}


def test_there_is_nothing_to_sweep_where_nothing_was_spilled(tmp_path):
    folders.sweep(tmp_path / "none")

    assert not (tmp_path / "none").exists()


def test_a_locked_folder_is_held_by_one_at_a_time(tmp_path):
    order = []

    def second():
        with folders.locked(tmp_path):
            order.append("second")

    waiting = threading.Thread(target=second)
    with folders.locked(tmp_path):
        waiting.start()
        waiting.join(0.1)
        order.append("first")
    waiting.join()

    assert order == ["first", "second"]


def test_a_folder_that_cannot_be_opened_is_said(tmp_path):
    with pytest.raises(ConfigError, match="cannot be used"), folders.locked(tmp_path / "none"):
        pass


def test_a_folder_that_cannot_be_used_is_said():
    with pytest.raises(ConfigError, match=r"spill cannot be used \(Read-only"), folders.usable(Path("spill")):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))


@pytest.mark.parametrize("lacking", folders.NO_ROOM)
def test_that_room_lacks_is_left_to_whoever_needs_it(lacking):
    with pytest.raises(OSError, match=os.strerror(lacking)), folders.usable(Path("spill")):
        raise OSError(lacking, os.strerror(lacking))
