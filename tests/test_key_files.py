import errno
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2.exceptions import HashingError

from breachcheck import key_files
from breachcheck.errors import KeyFileError
from tests import guesses

KEY = bytes(range(32))
SALT = bytes(16)
DERIVED = "522676e601f648450e438989b8eba1ddf9c76348ce6200eb62bd53b79168381c"  # stores out there were made with it


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index.key"


@pytest.fixture
def written(path: Path) -> Path:
    key_files.write_key_file(path, KEY)
    return path


def written_by_hand(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    path.chmod(0o600)
    return path


def test_a_key_written_is_the_key_read(written):
    assert key_files.read_key_file(written) == KEY


def test_a_key_file_is_64_hex_digits_and_a_newline_for_its_owner_alone(written):
    assert written.read_text() == f"{KEY.hex()}\n"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600


def test_nothing_else_is_left_in_the_folder(written):
    assert list(written.parent.iterdir()) == [written]


def test_a_key_file_is_never_overwritten(written):
    with pytest.raises(KeyFileError, match="already"):
        key_files.write_key_file(written, bytes(32))

    assert key_files.read_key_file(written) == KEY
    assert list(written.parent.iterdir()) == [written]


def test_a_dangling_link_is_not_written_through(path):
    path.symlink_to("elsewhere")

    with pytest.raises(KeyFileError, match="already"):
        key_files.write_key_file(path, KEY)


def test_a_folder_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(KeyFileError, match=r"cannot be written \(No such file"):
        key_files.write_key_file(tmp_path / "missing" / "index.key", KEY)


def test_a_full_disk_leaves_no_key_file_behind(path, monkeypatch):
    def fsync(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)

    with pytest.raises(KeyFileError, match="No space left"):
        key_files.write_key_file(path, KEY)
    assert list(path.parent.iterdir()) == []


def test_only_32_bytes_are_written_as_a_key(path):
    with pytest.raises(ValueError, match="32 bytes"):
        key_files.write_key_file(path, b"short")


@pytest.mark.parametrize("content", [KEY, KEY.hex().encode(), KEY.hex().upper().encode() + b"\r\n"])
def test_a_key_is_read_raw_or_in_hex(path, content):
    assert key_files.read_key_file(written_by_hand(path, content)) == KEY


@pytest.mark.parametrize("content", [b"", b"\n", b"ab" * 31, b"ab" * 33, b"zz" * 32, b"\xff" * 64, b"ab" * 5000])
def test_a_file_without_a_key_is_refused_and_not_quoted(path, content):
    with pytest.raises(KeyFileError, match="holds no key") as refusal:
        key_files.read_key_file(written_by_hand(path, content))

    assert refusal.value.__context__ is None
    assert "BREACHCHECK_INDEX_KEY_FILE" in str(refusal.value)


def test_a_missing_key_file_is_refused_with_the_remedy(path):
    with pytest.raises(KeyFileError, match=r"no key file .* BREACHCHECK_INDEX_KEY_FILE"):
        key_files.read_key_file(path)


@pytest.mark.parametrize("mode", [0o640, 0o620, 0o604, 0o644, 0o610, 0o666])
def test_a_key_that_others_can_reach_is_refused_with_the_remedy(written, mode):
    written.chmod(mode)

    with pytest.raises(KeyFileError, match=re.escape(f"chmod 600 {written}")):
        key_files.read_key_file(written)


def test_a_folder_is_no_key_file(tmp_path):
    tmp_path.chmod(0o700)

    with pytest.raises(KeyFileError, match="is not a file"):
        key_files.read_key_file(tmp_path)


def test_a_pipe_does_not_hold_up_the_start(path):
    os.mkfifo(path, 0o600)

    with pytest.raises(KeyFileError, match="is not a file"):
        key_files.read_key_file(path)


def test_a_key_file_of_another_user_is_refused(written, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: written.stat().st_uid + 1)

    with pytest.raises(KeyFileError, match="belongs to another user"):
        key_files.read_key_file(written)


def test_root_may_read_the_key_file_of_another_user(written, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    assert key_files.read_key_file(written) == KEY


def test_a_path_that_cannot_be_opened_is_refused(written):
    with pytest.raises(KeyFileError, match=r"cannot be read \(Not a directory\)"):
        key_files.read_key_file(written / "index.key")


def test_a_secret_is_read_without_the_space_around_it(path):
    assert key_files.read_secret(written_by_hand(path, b" r\xc3\xa9sum\xc3\xa9 \n")) == "r\u00e9sum\u00e9"


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe"])
def test_a_file_without_a_secret_is_refused(path, content):
    with pytest.raises(KeyFileError, match="holds no text"):
        key_files.read_secret(written_by_hand(path, content))


def test_no_two_keys_or_salts_are_alike():
    assert key_files.new_key() != key_files.new_key()
    assert key_files.new_salt() != key_files.new_salt()
    assert len(key_files.new_key()) == 32


def test_a_passphrase_is_140_bits_without_look_alikes():
    passphrase = key_files.new_passphrase()

    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}", passphrase)
    assert passphrase != key_files.new_passphrase()


@pytest.fixture
def in_earnest() -> Iterator[None]:
    with guesses.in_earnest():
        yield


def test_a_derived_key_never_changes(in_earnest):
    assert key_files.derive_key("0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV", SALT).hex() == DERIVED


def test_a_passphrase_may_be_typed_as_it_is_read(in_earnest):
    assert key_files.derive_key(" oi23 4567 89ab cdef ghjk mnpq rstv\n", SALT).hex() == DERIVED


def test_another_salt_gives_another_key(in_earnest):
    assert key_files.derive_key("0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV", bytes(15) + b"\1").hex() != DERIVED


def test_too_little_memory_for_the_passphrase_is_said_so(monkeypatch):
    def refuse(*_, **__):
        raise HashingError("Memory allocation error")

    monkeypatch.setattr(key_files, "hash_secret_raw", refuse)

    with pytest.raises(KeyFileError, match="256 MiB"):
        key_files.derive_key("0123", SALT)


def test_an_empty_passphrase_is_refused():
    with pytest.raises(KeyFileError, match="empty"):
        key_files.derive_key(" - ", SALT)
