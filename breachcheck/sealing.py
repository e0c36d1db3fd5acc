"""Sealing: addresses that an operator chose to keep, each encrypted under a key of its domain."""

import struct
from collections.abc import Iterable
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from breachcheck.addresses import Address, Domain, canonical_domain, domain_of
from breachcheck.digests import Digest
from breachcheck.errors import BoxDamaged, ConfigError, InvalidAccount
from breachcheck.mail_providers import is_mail_provider

LONGEST_LOCAL = 64  # octets, RFC 5321 4.5.3.1.1
BOX_LENGTH = 16 + LONGEST_LOCAL
"""Bytes of every box, so that none tells how long what is in it is."""

_KEY_LENGTH = 64  # bytes, of AES-256-SIV
_DOMAINS_AT_HAND = 1024


class Sealer:
    """Seals local parts with AES-256-SIV (RFC 5297), under a key that HKDF-SHA-256 derives for each domain.

    A box opens only as that of the person and the breach it was made for. May be shared by threads.
    """

    def __init__(self, seal_key: bytes) -> None:
        self._seal_key = seal_key
        self._cipher_of = lru_cache(_DOMAINS_AT_HAND)(self._new_cipher)

    def seal(self, address: Address, digest: Digest, breach: str) -> bytes:
        """The box of *address*; the same again where everything is the same."""
        domain = domain_of(address)
        local = address[: -len(domain) - 1].encode().ljust(LONGEST_LOCAL, b"\0")
        return self._cipher_of(domain).encrypt(local, _bound_to(domain, digest, breach))

    def open(self, box: bytes, domain: Domain, digest: Digest, breach: str) -> Address:
        """The address in *box*. Raises BoxDamaged where it was not sealed so, with this key."""
        try:
            local = self._cipher_of(domain).decrypt(box, _bound_to(domain, digest, breach))
        except InvalidTag:
            raise BoxDamaged(
                "A sealed account does not open; put the store and the seal key back from backup."
            ) from None
        return Address(f"{local.rstrip(bytes(1)).decode()}@{domain}")

    def _new_cipher(self, domain: Domain) -> AESSIV:
        info = b"breachcheck: sealed accounts of " + domain.encode()
        return AESSIV(HKDF(SHA256(), _KEY_LENGTH, salt=None, info=info).derive(self._seal_key))


def own_domains(texts: Iterable[str]) -> frozenset[Domain]:
    """The domains that the setting `own_domains` names. Raises ConfigError for what is none, or a mail provider's."""
    return frozenset(_own_domain(text) for text in texts)


def _own_domain(text: str) -> Domain:
    try:
        domain = canonical_domain(text)
    except InvalidAccount:
        raise ConfigError("own_domains holds something that is no domain; write them like example.com.") from None
    if is_mail_provider(domain):
        raise ConfigError(
            f"own_domains has {domain}, at which anybody can have an address; name your own domains only."
        )
    return domain


def _bound_to(domain: Domain, digest: Digest, breach: str) -> list[bytes]:
    return [domain.encode(), struct.pack(">q", digest), breach.encode()]
