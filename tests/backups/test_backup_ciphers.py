"""An encrypted backup opens whole, with its own secret, or not at all."""

from io import BytesIO

import pytest

from breachcheck import key_files
from breachcheck.backups import encryption
from breachcheck.backups.encryption import BY_KEY_FILE, CHUNK, MAGIC, Decrypting, Encrypting, Secret
from breachcheck.errors import BackupDamaged, BackupFault

SECRET = Secret(BY_KEY_FILE, bytes(range(32)))
HEADER = len(MAGIC) + 17
SEALED = CHUNK + 16
TEXT = bytes(number % 251 for number in range(3 * CHUNK + 100))


def sealed(text: bytes, secret: Secret = SECRET) -> bytes:
    sink = BytesIO()
    writer = Encrypting(sink, secret)
    for start in range(0, len(text), 10_000):
        writer.write(text[start : start + 10_000])
    writer.close()
    return sink.getvalue()


def opened(content: bytes, secret: Secret = SECRET) -> bytes:
    reader = Decrypting(BytesIO(content), secret)
    return b"".join(iter(lambda: reader.read(7_000), b""))


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, len(TEXT)])
def test_what_was_written_is_read(length):
    assert opened(sealed(TEXT[:length])) == TEXT[:length]


def test_two_backups_of_one_text_have_nothing_in_common():
    assert sealed(TEXT)[HEADER:] != sealed(TEXT)[HEADER:]


@pytest.mark.parametrize("length", [HEADER - 5, HEADER, HEADER + 5, HEADER + SEALED, HEADER + 2 * SEALED, -1])
def test_one_that_was_cut_off_is_refused(length):
    with pytest.raises(BackupDamaged):
        opened(sealed(TEXT)[:length])


@pytest.mark.parametrize("place", [0, 40, HEADER, HEADER + 5, HEADER + SEALED + 7, -1])
def test_one_in_which_a_bit_changed_is_refused(place):
    changed = bytearray(sealed(TEXT))
    changed[place] ^= 1

    with pytest.raises(BackupFault):
        opened(bytes(changed))


def test_chunks_in_another_order_are_refused():
    content = sealed(TEXT)
    first, second = content[HEADER : HEADER + SEALED], content[HEADER + SEALED : HEADER + 2 * SEALED]

    with pytest.raises(BackupDamaged):
        opened(content[:HEADER] + second + first + content[HEADER + 2 * SEALED :])


@pytest.mark.parametrize("more", [b"x", bytes(SEALED)])
def test_one_with_something_behind_it_is_refused(more):
    with pytest.raises(BackupDamaged):
        opened(sealed(TEXT) + more)


def test_chunks_of_two_backups_do_not_fit_together():
    one, other = sealed(TEXT), sealed(TEXT)

    with pytest.raises(BackupDamaged):
        opened(one[: HEADER + SEALED] + other[HEADER + SEALED :])


def test_another_key_does_not_open_it():
    with pytest.raises(BackupDamaged, match="another key or passphrase"):
        opened(sealed(TEXT), Secret(BY_KEY_FILE, bytes(32)))


def test_a_passphrase_opens_what_was_locked_with_it():
    content = sealed(b"text", encryption.passphrase("correct horse battery"))

    assert opened(content, encryption.passphrase("correct horse battery")) == b"text"


def test_a_secret_of_the_other_kind_is_told_from_a_wrong_one():
    with pytest.raises(BackupFault, match="made with a key file"):
        opened(sealed(b"text"), encryption.passphrase("correct horse battery"))


def test_a_short_passphrase_is_refused():
    with pytest.raises(BackupFault, match="12 characters"):
        encryption.passphrase("short")


def test_a_key_file_that_others_can_read_is_refused(tmp_path):
    path = tmp_path / "backup.key"
    key_files.write_key_file(path, bytes(32))
    path.chmod(0o644)

    with pytest.raises(key_files.KeyFileError, match="Others can read"):
        encryption.key_file(path)
