"""What 7z archives are encrypted by (AES-256-CBC): the key, which is slow to derive on purpose, and the plain bytes."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from py7zr.helpers import calculate_key

METHOD = b"\x06\xf1\x07\x01"

_BLOCK = 16
_AT_ONCE = 1 << 15
_HAS_SIZES, _CYCLES = 0xC0, 0x3F


@dataclass(frozen=True, slots=True)
class Unlocking:
    """A derived key, and the block that stands before the first."""

    key: bytes
    before: bytes

    def plain(self, packed: IO[bytes]) -> io.BufferedReader:
        """What *packed* is once decrypted, padding included."""
        return io.BufferedReader(_Plain(packed, self))


def unlocking(coder: Mapping[str, Any], password: str | None) -> Unlocking | None:
    """How to decrypt what *coder* of an archive packed; None where it encrypts nothing, or otherwise than is usual."""
    properties = coder["properties"] or b""
    if coder["method"] != METHOD or password is None or len(properties) < 2 or not properties[0] & _HAS_SIZES:
        return None
    salt_size = (properties[0] >> 7) + (properties[1] >> 4)
    rest = properties[2:]
    salt, before = rest[:salt_size], rest[salt_size:]
    key = calculate_key(password.encode("utf-16LE"), properties[0] & _CYCLES, salt, "sha256")
    return Unlocking(key, before.ljust(_BLOCK, b"\0"))


class _Plain(io.RawIOBase):
    def __init__(self, packed: IO[bytes], by: Unlocking) -> None:
        self._packed = packed
        self._decryptor = Cipher(algorithms.AES256(by.key), modes.CBC(by.before)).decryptor()
        self._rest = b""
        self._position = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        while not self._rest and (packed := self._packed.read(_AT_ONCE)):
            self._rest = self._decryptor.update(packed)
        piece, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)
