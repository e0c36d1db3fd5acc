"""Backup ciphers: a stream encrypted in chunks, so that one that is cut off, reordered or changed is refused.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár, 2015) over AES-256-GCM.
"""

import secrets
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from breachcheck import key_files
from breachcheck.errors import BackupDamaged, BackupFault

MAGIC = b"breachcheck backup, encrypted, 1\n"
BY_KEY_FILE, BY_PASSPHRASE = b"k", b"p"
SHORTEST_PASSPHRASE = 12
CHUNK = 1 << 16

_SALT_LENGTH = 16
_TAG_LENGTH = 16
_HEADER_LENGTH = len(MAGIC) + 1 + _SALT_LENGTH


class Sink(Protocol):
    """What can be written to."""

    def write(self, content: bytes, /) -> int:
        """All of *content*."""


class Source(Protocol):
    """What can be read from."""

    def read(self, size: int, /) -> bytes:
        """*size* bytes, fewer only at the end."""


@dataclass(frozen=True, repr=False)
class Secret:
    """What opens a backup: a passphrase, or the key of a key file."""

    kind: bytes
    text: bytes

    def key(self, header: bytes) -> bytes:
        """The key of the one stream that begins with *header*."""
        salt = header[-_SALT_LENGTH:]
        secret = key_files.stretched(self.text, salt) if self.kind == BY_PASSPHRASE else self.text
        return HKDF(SHA256(), key_files.KEY_LENGTH, salt, info=header).derive(secret)


def passphrase(text: str) -> Secret:
    """Raises BackupFault where it is so short that it can be guessed."""
    if len(text) < SHORTEST_PASSPHRASE:
        raise BackupFault(f"A passphrase for a backup has {SHORTEST_PASSPHRASE} characters or more.")
    return Secret(BY_PASSPHRASE, text.encode())


def key_file(path: Path) -> Secret:
    """Raises KeyFileError."""
    return Secret(BY_KEY_FILE, key_files.read_key_file(path))


class Encrypting:
    """Writes what it is given to *sink*, encrypted; whole only once it is closed."""

    def __init__(self, sink: Sink, secret: Secret) -> None:
        header = MAGIC + secret.kind + secrets.token_bytes(_SALT_LENGTH)
        sink.write(header)
        self._sink = sink
        self._aes = AESGCM(secret.key(header))
        self._numbers = count()
        self._waiting = bytearray()

    def write(self, content: bytes, /) -> int:
        self._waiting += content
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), is_last=False)
            del self._waiting[:CHUNK]
        return len(content)

    def close(self) -> None:
        """Say that this was all."""
        self._put(bytes(self._waiting), is_last=True)

    def _put(self, chunk: bytes, *, is_last: bool) -> None:
        self._sink.write(self._aes.encrypt(_nonce(next(self._numbers), is_last), chunk, None))


class Decrypting:
    """Reads from *source* what ``Encrypting`` wrote. Raises BackupDamaged where it is anything else."""

    def __init__(self, source: Source, secret: Secret) -> None:
        header = source.read(_HEADER_LENGTH)
        if kind_of(header) != secret.kind:
            raise BackupFault(_LOCKS.get(kind_of(header), _NOT_ENCRYPTED))
        self._source = source
        self._aes = AESGCM(secret.key(header))
        self._numbers = count()
        self._waiting = bytearray()
        self._next = source.read(CHUNK + _TAG_LENGTH)
        if not self._next:
            raise BackupDamaged(_REFUSED)

    def read(self, size: int, /) -> bytes:
        while self._next and len(self._waiting) < size:
            self._waiting += self._take()
        taken = bytes(self._waiting[:size])
        del self._waiting[:size]
        return taken

    def _take(self) -> bytes:
        """A chunk; the last one is where nothing comes after it, and says that it is."""
        chunk, self._next = self._next, self._source.read(CHUNK + _TAG_LENGTH)
        number = next(self._numbers)
        try:
            return self._aes.decrypt(_nonce(number, is_last=not self._next), chunk, None)
        except InvalidTag:
            raise BackupDamaged(_REFUSED if number else _NOT_OPENED) from None


def kind_of(beginning: bytes) -> bytes:
    """The kind of secret that locks the backup of this *beginning*; empty where it is not encrypted."""
    return beginning[len(MAGIC) : len(MAGIC) + 1] if beginning.startswith(MAGIC) else b""


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11) + bytes([is_last])


_LOCKS = {
    BY_KEY_FILE: "The backup was made with a key file; open it with --key-file.",
    BY_PASSPHRASE: "The backup was made with a passphrase; open it with --passphrase-file.",
}
_NOT_ENCRYPTED = "The backup is not encrypted; leave out --passphrase-file and --key-file."
_NOT_OPENED = (
    "The backup does not open: it was made with another key or passphrase, or its beginning was changed. Nothing was"
    " restored."
)
_REFUSED = "The backup was cut off or changed after it was made. Nothing was restored; take another one."
