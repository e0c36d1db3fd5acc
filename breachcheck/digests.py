"""Digests: the keyed 64-bit number under which an identifier is indexed, and asked for."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from enum import StrEnum
from functools import cache
from typing import NewType

from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.cmac import CMAC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from breachcheck import ids
from breachcheck.addresses import KNOWN, Address, Domain, canonical
from breachcheck.errors import InvalidAccount
from breachcheck.phones import international

Digest = NewType("Digest", int)

_KEY_LENGTH = 32  # bytes, of the index key and of AES-256
SPELLED = "spelled-"
"""How the names of known answers begin that hang on how ids are spelled."""

_OF_DOMAINS = b"domain"  # no kind of identifier: nobody is looked up by it
_OF_EVENTS = b"event"


class Kind(StrEnum):
    """What a person may be looked up by. Each kind has a key of its own, so that no digest means two things."""

    EMAIL = "email"
    PHONE = "phone"
    ACCOUNT_ID = "account-id"
    ORG_ID = "org-id"
    USERNAME = "username"

    @property
    def is_of_one_breach(self) -> bool:
        """Whether the same value is someone else in every breach, as `17` or `john` is."""
        return self not in (Kind.EMAIL, Kind.PHONE)


class Digester:
    """Turns identifiers into digests under one index key. May be shared by threads.

    A digest is the first 64 bits, big-endian and signed, of AES-256-CMAC (RFC 4493, NIST SP 800-38B) of the value in
    UTF-8, under a key that HKDF-SHA-256 derives from the index key for the kind.
    """

    def __init__(self, index_key: bytes) -> None:
        if len(index_key) != _KEY_LENGTH:
            raise ValueError(f"an index key has {_KEY_LENGTH} bytes")
        self._keys = {kind: _derived(index_key, kind.value.encode()) for kind in Kind}
        self._macs = {kind: _keyed_mac(key) for kind, key in self._keys.items()}
        self.domain_key = _derived(index_key, _OF_DOMAINS)
        self._domain_mac = _keyed_mac(self.domain_key)
        self._event_mac = _keyed_mac(_derived(index_key, _OF_EVENTS))

    def key_of(self, kind: Kind) -> bytes:
        """The AES-256 key of *kind*, for whoever digests whole columns."""
        return self._keys[kind]

    def of_address(self, address: Address) -> Digest:
        return _digest(self._macs[Kind.EMAIL], address.encode())

    def of_domain(self, domain: Domain) -> Digest:
        """What the people of a whole domain are counted under; no digest of a person is ever made with its key."""
        return _digest(self._domain_mac, domain.encode())

    def of(self, kind: Kind, value: str, breach: str | None = None) -> Digest:
        """The digest of *value*, of *breach* where the kind means something in one breach only; else that is ignored.

        An email address need not be canonical, nor a phone number without spaces. Raises InvalidAccount, which never
        quotes *value*.
        """
        if kind is Kind.EMAIL:
            return self.of_address(canonical(value))
        return _digest(self._macs[kind], _value(kind, value, breach))

    def event_id(self, digest: Digest, breach: str, classes: Iterable[str], *, via_alias: bool) -> str:
        """What programs know by that *classes* of *digest* leaked in *breach*: 32 hexadecimal digits, ever the same.

        A whole AES-256-CMAC under a key of its own: without the index key it leads neither to the digest nor to the
        event of the same account in another breach.
        """
        mac = self._event_mac.copy()
        parts = (breach, "alias" if via_alias else "", *sorted(classes))
        mac.update(digest.to_bytes(8, "big", signed=True) + "\0".join(parts).encode())
        return mac.finalize().hex()

    def known_answers(self) -> dict[str, int]:
        """What a store remembers, to recognise its key and its rules for accounts; the names hold no address.

        Those beginning with "email-" and `SPELLED` hang on the rules as well as on the key.
        """
        return dict(self._known_answers())

    def _known_answers(self) -> Iterator[tuple[str, int]]:
        for number, address in enumerate(_known_addresses(), start=1):
            yield f"email-{number:02}", self.of_address(address)
        for kind in (Kind.ACCOUNT_ID, Kind.ORG_ID, Kind.USERNAME):
            yield kind.value, self.of(kind, "17", "Example")
        for number, (text, _) in enumerate(ids.KNOWN, start=1):
            yield f"{SPELLED}{number}", self.of(Kind.ACCOUNT_ID, text, "Example")
        yield f"{SPELLED}{Kind.USERNAME.value}", self.of(Kind.USERNAME, ids.KNOWN[1][0], "Example")
        yield f"{SPELLED}{Kind.PHONE.value}", self.of(Kind.PHONE, "tel:\uff0b1 (555) 01-00")
        yield Kind.PHONE.value, self.of(Kind.PHONE, "+15550100")


@cache
def _known_addresses() -> tuple[Address, ...]:
    """What this program makes of the accounts that a store knows its rules by."""
    return tuple(canonical(text) for text, _ in KNOWN)


def digest_under(key: bytes, value: bytes) -> Digest:
    """The digest of *value* under the key of a kind: what every faster way has to equal."""
    return _digest(_keyed_mac(key), value)


def _derived(index_key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY_LENGTH, salt=None, info=purpose).derive(index_key)


def _keyed_mac(key: bytes) -> CMAC:
    return CMAC(algorithms.AES256(key))


def _digest(keyed_mac: CMAC, value: bytes) -> Digest:
    mac = keyed_mac.copy()  # a third of what it costs to schedule the key anew
    mac.update(value)
    return Digest(int.from_bytes(mac.finalize()[:8], "big", signed=True))


def _value(kind: Kind, value: str, breach: str | None) -> bytes:
    """What is digested for an identifier that is no address; what is of one breach is as that wrote it, see `ids`."""
    if kind is Kind.PHONE:
        return _phone(value)
    value = ids.name(value) if kind is Kind.USERNAME else ids.spelled(value)
    if not value:
        raise InvalidAccount(f"Nothing stands where the {kind.value} should; write it as the breached service did.")
    if not breach or "\0" in breach:
        raise ValueError(f"a value of the kind {kind.value} needs the name of its breach")
    return _utf8(f"{breach}\0{value}")


def _phone(value: str) -> bytes:
    number = international(value)
    if number is None:
        raise InvalidAccount("This is not a phone number in international form; write it like +15550100.")
    return number.encode()


def _utf8(value: str) -> bytes:
    with suppress(UnicodeEncodeError):  # it would carry the value along
        return value.encode()
    raise InvalidAccount("This is not text; it holds half of a surrogate pair.")
