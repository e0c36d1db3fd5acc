"""Receipts: what whoever opted out is handed, signed with Ed25519 (RFC 8032), to be checked without the store."""

import hmac
import json
import re
import secrets
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal, NewType

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from breachcheck import key_files
from breachcheck.addresses import Address
from breachcheck.answers import timestamp
from breachcheck.errors import InvalidReceipt, KeyFileError, MalformedReceipt
from breachcheck.suppressions import Level
from breachcheck.wording import to_say

PublicKey = NewType("PublicKey", str)
"""Of Ed25519, in 64 hexadecimal digits."""

LONGEST = 1 << 16
"""Bytes; nothing longer is a receipt."""

_CONTEXT = b"breachcheck receipt\n"
_SALT_LENGTH = 16
_KEY_FORM = re.compile(r"[0-9A-Fa-f]{64}")

_DELETED = to_say("Every entry under this address is deleted, in every breach here.")

COVERS: Mapping[Level, tuple[str, ...]] = {
    Level.HIDE: (
        to_say(
            "Whoever asks for this address, with a plus tag or without one, gets the answer for an address that is in"
            " no breach. Only its proved owner is told more."
        ),
        to_say("The same holds for breaches that are added later."),
    ),
    Level.FORGET: (
        to_say(
            "Whoever asks for this address, with a plus tag or without one, gets the answer for an address that is in"
            " no breach."
        ),
        _DELETED,
        to_say(
            "Breaches that are added later leave this address out, with a plus tag or without one. For that alone a"
            " number made from it, its keyed digest, is kept."
        ),
    ),
    Level.ERASE: (
        _DELETED,
        to_say(
            "What was kept of an earlier wish to be hidden or left out is deleted. Where a breach was being added at"
            " that moment, it is deleted as soon as that is done."
        ),
    ),
}
"""As the receipt has it, in English; a page says it in the reader's language too."""

_NEVER_COVERED = (
    to_say("Entries under anything but this address: a phone number, an account number, a user name."),
    to_say("Backups that are older than this receipt."),
    to_say("How many people a breach is said to have. That stays as it was counted."),
    to_say(
        "What an address with a plus tag left under the same address without it. An opt-out of that address covers it."
    ),
    to_say("Copies of the breached data that others have."),
)

DOES_NOT_COVER: Mapping[Level, tuple[str, ...]] = {
    Level.HIDE: (to_say("Entries under this address stay stored, and are not shown."), *_NEVER_COVERED),
    Level.FORGET: (
        to_say(
            "Earlier entries under this address with a plus tag. They cannot be found to be deleted, and are not shown."
        ),
        *_NEVER_COVERED,
    ),
    Level.ERASE: (
        to_say(
            "Earlier entries under this address with a plus tag. They cannot be found to be deleted, and are shown"
            " again."
        ),
        to_say("Breaches that are added later, which may hold this address again."),
        *_NEVER_COVERED,
    ),
}


class Receipt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A signed receipt. *salt* and *address_sha256* say whose it is to nobody who does not know the address.

    *signature* is over the other fields (see ``signed_bytes``), *at* the time of the opt-out in UTC.
    """

    receipt: Literal[1]
    level: Level
    at: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")]
    key_id: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")]
    salt: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    address_sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    covers: tuple[str, ...]
    does_not_cover: tuple[str, ...]
    signature: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{128}$")] = "0" * 128


class Receipts:
    """Issues receipts under the key in *key_file*, which is made at first need. None is kept."""

    def __init__(self, key_file: Path) -> None:
        self._key_file = key_file

    def issue(self, address: Address, level: Level, *, at: int) -> Receipt:
        """A receipt for the opt-out of *address* at the time *at*. Raises KeyFileError."""
        key = self._key()
        salt = secrets.token_bytes(_SALT_LENGTH)
        unsigned = Receipt(
            receipt=1,
            level=level,
            at=timestamp(at),
            key_id=key_id_of(_public(key)),
            salt=salt.hex(),
            address_sha256=_of_address(salt, address),
            covers=COVERS[level],
            does_not_cover=DOES_NOT_COVER[level],
        )
        return msgspec.structs.replace(unsigned, signature=key.sign(signed_bytes(unsigned)).hex())

    def public_key(self) -> PublicKey:
        """What everyone may know, and needs to check a receipt. Raises KeyFileError."""
        return _public(self._key())

    def _key(self) -> Ed25519PrivateKey:
        if not self._key_file.exists():
            try:
                key_files.write_key_file(self._key_file, key_files.new_key())
            except KeyFileError:
                if not self._key_file.exists():  # else somebody else made it meanwhile
                    raise
        return Ed25519PrivateKey.from_private_bytes(key_files.read_key_file(self._key_file))


def verify(receipt: Receipt, public_key: PublicKey, address: Address | None = None) -> None:
    """Raises InvalidReceipt unless it is as *public_key* signed it and, where one is given, of *address*."""
    if receipt.key_id != key_id_of(public_key):
        raise InvalidReceipt(
            f"The receipt names the key {receipt.key_id}, and this one is {key_id_of(public_key)};"
            " get the key of the site that issued it."
        )
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(
            bytes.fromhex(receipt.signature), signed_bytes(receipt)
        )
    except InvalidSignature:
        raise InvalidReceipt("The receipt is not as it was signed: something in it was changed.") from None
    if address is not None and not hmac.compare_digest(
        receipt.address_sha256, _of_address(bytes.fromhex(receipt.salt), address)
    ):
        raise InvalidReceipt("The receipt is genuine, but of another address.")


def key_id_of(public_key: PublicKey) -> str:
    """The first 16 hexadecimal digits of the key's SHA-256."""
    return sha256(bytes.fromhex(public_key)).hexdigest()[:16]


def parse_key(text: str) -> PublicKey:
    """The public key that *text* is. Raises KeyFileError."""
    if not _KEY_FORM.fullmatch(text.strip()):
        raise KeyFileError(
            "This is no public key, which has 64 hexadecimal digits; `breachcheck receipt key` prints the site's."
        )
    return PublicKey(text.strip().lower())


def parse(text: bytes) -> Receipt:
    """The receipt that *text* is, genuine or not. Raises MalformedReceipt, which quotes nothing of it."""
    if len(text) <= LONGEST:
        try:
            return msgspec.json.decode(text, type=Receipt)
        except (msgspec.DecodeError, UnicodeDecodeError):
            pass
    raise MalformedReceipt("This is no receipt of an opt-out; use the file as it was handed over, whole and unchanged.")


def as_text(receipt: Receipt) -> str:
    """The JSON that is handed over."""
    return msgspec.json.format(msgspec.json.encode(receipt), indent=2).decode()


def signed_bytes(receipt: Receipt) -> bytes:
    """What the signature is over: a line that says what it is, then all other fields as JSON.

    Keys sorted, no spaces, nothing escaped but what JSON must: Python's ``json.dumps`` says it exactly.
    """
    fields = msgspec.to_builtins(receipt)
    del fields["signature"]
    return _CONTEXT + json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _public(key: Ed25519PrivateKey) -> PublicKey:
    return PublicKey(key.public_key().public_bytes_raw().hex())


def _of_address(salt: bytes, address: Address) -> str:
    return sha256(salt + address.encode()).hexdigest()
