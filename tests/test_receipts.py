"""Receipts: signed, of one address, told apart from every other thing that looks like one."""

import json
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from breachcheck import key_files, receipts
from breachcheck.addresses import Address
from breachcheck.errors import InvalidReceipt, KeyFileError, MalformedReceipt
from breachcheck.receipts import COVERS, DOES_NOT_COVER, PublicKey, Receipt, Receipts
from breachcheck.suppressions import Level
from tests.engines import ENGINES as ENGINES

ANN, BOB = Address("ann@example.com"), Address("bob@example.com")
AT = 1_794_700_800

CHANGES = {
    "level": "hide",
    "at": "2026-11-15T00:00:01Z",
    "key_id": "0123456789abcdef",
    "salt": "00" * 16,
    "address_sha256": "00" * 32,
    "covers": ["Everything."],
    "does_not_cover": [],
    "signature": "00" * 64,
}


@pytest.fixture
def issuing(tmp_path: Path) -> Receipts:
    return Receipts(tmp_path / "receipt.key")


@pytest.fixture
def receipt(issuing: Receipts) -> Receipt:
    return issuing.issue(ANN, Level.FORGET, at=AT)


def fields_of(receipt: Receipt) -> dict[str, object]:
    return json.loads(receipts.as_text(receipt))


def test_a_receipt_is_valid_as_it_was_handed_over(issuing, receipt):
    read = receipts.parse(receipts.as_text(receipt).encode())

    receipts.verify(read, issuing.public_key())
    receipts.verify(read, issuing.public_key(), ANN)
    assert (read.level, read.at) == (Level.FORGET, "2026-11-15T00:00:00Z")


def test_a_receipt_of_someone_else_is_told_apart(issuing, receipt):
    with pytest.raises(InvalidReceipt, match="of another address"):
        receipts.verify(receipt, issuing.public_key(), BOB)


def test_every_field_is_known_to_be_changed(issuing, receipt):
    assert set(CHANGES) == set(fields_of(receipt)) - {"receipt"}


@pytest.mark.parametrize("field", CHANGES)
def test_a_receipt_that_was_changed_is_not_valid(issuing, receipt, field):
    changed = fields_of(receipt) | {field: CHANGES[field]}

    with pytest.raises(InvalidReceipt):
        receipts.verify(receipts.parse(json.dumps(changed).encode()), issuing.public_key())


def test_a_receipt_of_another_site_is_not_valid_here(issuing, receipt, tmp_path):
    other = Receipts(tmp_path / "other.key").public_key()
    claims_it = msgspec.structs.replace(receipt, key_id=receipts.key_id_of(other))

    with pytest.raises(InvalidReceipt, match="names the key"):
        receipts.verify(receipt, other)
    with pytest.raises(InvalidReceipt, match="changed"):
        receipts.verify(claims_it, other)


def test_anyone_can_check_a_receipt_with_what_the_docs_say(issuing, receipt):
    fields = fields_of(receipt)
    signature = bytes.fromhex(fields.pop("signature"))
    signed = (
        b"breachcheck receipt\n"
        + json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )

    Ed25519PublicKey.from_public_bytes(bytes.fromhex(issuing.public_key())).verify(signature, signed)
    assert fields["address_sha256"] == sha256(bytes.fromhex(fields["salt"]) + ANN.encode()).hexdigest()
    assert fields["key_id"] == sha256(bytes.fromhex(issuing.public_key())).hexdigest()[:16]


def test_a_receipt_holds_no_address_and_no_digest(store, issuing, receipt):
    digest = store.digester.of_address(ANN)
    text = receipts.as_text(receipt)

    assert "ann" not in json.dumps({name: value for name, value in fields_of(receipt).items() if "cover" not in name})
    assert str(digest) not in text
    assert (digest & (2**64 - 1)).to_bytes(8).hex() not in text


def test_two_receipts_of_one_address_have_nothing_of_it_in_common(issuing, receipt):
    again = issuing.issue(ANN, Level.FORGET, at=AT)

    assert again.salt != receipt.salt
    assert again.address_sha256 != receipt.address_sha256


@pytest.mark.parametrize("level", Level)
def test_each_level_names_what_it_covers_and_what_it_cannot(issuing, level):
    issued = issuing.issue(ANN, level, at=AT)

    assert (issued.covers, issued.does_not_cover) == (COVERS[level], DOES_NOT_COVER[level])
    assert any("phone number" in one for one in issued.does_not_cover)
    assert any("Backups" in one for one in issued.does_not_cover)


def test_the_key_is_made_at_first_need_and_stays(tmp_path, issuing):
    before = (tmp_path / "receipt.key").exists()
    public = issuing.public_key()

    assert not before
    assert Receipts(tmp_path / "receipt.key").public_key() == public
    assert (tmp_path / "receipt.key").stat().st_mode & 0o077 == 0


def test_a_key_that_others_can_read_signs_nothing(tmp_path, issuing):
    issuing.public_key()
    (tmp_path / "receipt.key").chmod(0o644)

    with pytest.raises(KeyFileError, match="chmod 600"):
        issuing.issue(ANN, Level.HIDE, at=AT)


def test_a_key_that_cannot_be_made_is_said(tmp_path):
    with pytest.raises(KeyFileError, match="cannot be written"):
        Receipts(tmp_path / "no such folder" / "receipt.key").public_key()


def test_the_store_signs_with_the_key_that_init_made(store):
    made = key_files.read_key_file(store.config.receipt_key_path)

    assert Receipts(store.config.receipt_key_path).public_key() == store.receipts.public_key()
    assert made.hex() not in store.receipts.public_key()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"ann@example.com",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 5000,
        b" " * (receipts.LONGEST + 1),
        json.dumps({"receipt": 1, "level": "ann@example.com"}).encode(),
    ],
)
def test_what_is_no_receipt_is_refused_and_not_quoted(text):
    with pytest.raises(MalformedReceipt) as refused:
        receipts.parse(text)
    assert "ann" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "change",
    [
        {"receipt": 2},
        {"receipt": "1"},
        {"level": "forgotten"},
        {"level": None},
        {"at": "yesterday"},
        {"key_id": "0123"},
        {"salt": "xyz"},
        {"salt": "00" * 17},
        {"address_sha256": ANN},
        {"covers": "everything"},
        {"covers": [1]},
        {"signature": "00"},
        {"more": 1},
    ],
    ids=lambda change: next(f"{name}={value!r:.12}" for name, value in change.items()),
)
def test_a_receipt_of_another_form_is_refused(receipt, change):
    with pytest.raises(MalformedReceipt):
        receipts.parse(json.dumps(fields_of(receipt) | change).encode())


@pytest.mark.parametrize("name", ["receipt", *CHANGES])
def test_a_receipt_that_lacks_a_field_is_never_valid(issuing, receipt, name):
    lacking = {field: value for field, value in fields_of(receipt).items() if field != name}

    with pytest.raises((MalformedReceipt, InvalidReceipt)):
        receipts.verify(receipts.parse(json.dumps(lacking).encode()), issuing.public_key())


def test_a_public_key_is_read_in_any_letter_case(issuing):
    public = issuing.public_key()

    assert receipts.parse_key(f" {public.upper()}\n") == public


@pytest.mark.parametrize("text", ["", "00", "0" * 63, "0" * 65, "x" * 64, "\u0660" * 64])
def test_what_is_no_public_key_is_refused(text):
    with pytest.raises(KeyFileError, match="64 hexadecimal digits"):
        receipts.parse_key(text)


def test_a_public_key_that_is_no_point_makes_nothing_valid(receipt):
    key = PublicKey("ff" * 32)
    claims_it = msgspec.structs.replace(receipt, key_id=receipts.key_id_of(key))

    with pytest.raises(InvalidReceipt):
        receipts.verify(claims_it, key)
