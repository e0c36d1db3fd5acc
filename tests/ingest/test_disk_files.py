"""A data file that cannot be read any more is named, whatever was about to be done with it."""

import errno
import os

import pytest

from breachcheck.errors import DataFileError
from ingest import disk_files, sources
from ingest.fingerprints import Fingerprints
from ingest.readers import lines


def hashed(file):
    with Fingerprints() as fingerprints:
        fingerprints.begin(file.path, file.state)
        fingerprints.require_unchanged()


@pytest.mark.parametrize(
    "act",
    [
        lambda file: [*file.chunks()],
        lambda file: lines.needs_a_look(file.path, b"\0"),
        lambda file: disk_files.size_of(file.path),
        hashed,
    ],
)
def test_a_file_that_went_after_it_was_found_is_named(tmp_path, act):
    (tmp_path / "people.csv").write_text("email\nann@example.com\n", encoding="utf-8")
    [file] = sources.find("people.csv", tmp_path)
    file.path.unlink()

    with pytest.raises(DataFileError, match=r"^people\.csv: cannot be read \(No such file or directory\); see that"):
        act(file)


def test_a_file_in_a_folder_is_named_as_the_manifest_does(tmp_path):
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "people.csv").write_text("email\n", encoding="utf-8")
    [file] = sources.find("export", tmp_path)
    file.path.unlink()

    with pytest.raises(DataFileError, match=r"^export/people\.csv: cannot be read"):
        [*file.chunks()]


def test_a_disk_that_fills_up_meanwhile_is_no_fault_of_the_file(tmp_path):
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)), disk_files.readable(tmp_path / "people.csv"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
