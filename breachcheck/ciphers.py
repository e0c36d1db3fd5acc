"""Ciphers: what is kept encrypted under a key outside the database, and keys derived for one purpose each."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from breachcheck.errors import WrongKey

KEY_LENGTH = 32
_NONCE_LENGTH = 12  # bytes, at random: NIST SP 800-38D allows 2^32 texts under one key


class Cipher:
    """AES-256-GCM under one key. May be shared by threads."""

    def __init__(self, key: bytes) -> None:
        self._aes = AESGCM(key)

    def encrypt(self, text: bytes, about: str) -> bytes:
        """*text*, readable by nobody without the key, and only as what it is *about*."""
        nonce = secrets.token_bytes(_NONCE_LENGTH)
        return nonce + self._aes.encrypt(nonce, text, about.encode())

    def decrypt(self, sealed: bytes, about: str) -> bytes:
        """Raises WrongKey where *sealed* was made with another key, about something else, or was changed."""
        try:
            return self._aes.decrypt(sealed[:_NONCE_LENGTH], sealed[_NONCE_LENGTH:], about.encode())
        except InvalidTag:
            raise WrongKey(
                "What is kept encrypted cannot be read with this mail key; point BREACHCHECK_MAIL_KEY_FILE at the one"
                " that the store was used with."
            ) from None


def derived(key: bytes, purpose: str, *, of: str = "breachcheck") -> bytes:
    """A key of 32 bytes for one *purpose*, by HKDF-SHA-256 (RFC 5869)."""
    return HKDF(SHA256(), KEY_LENGTH, salt=None, info=f"{of}: {purpose}".encode()).derive(key)
