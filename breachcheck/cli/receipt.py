"""``breachcheck receipt``: check receipts of opt-outs, with or without a store."""

import json
from pathlib import Path
from typing import BinaryIO

import click

from breachcheck import config, receipts
from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.output import address_of
from breachcheck.errors import InvalidReceipt, KeyFileError, MalformedReceipt
from breachcheck.receipts import PublicKey, Receipt, Receipts
from breachcheck.services import opened

VALID, INVALID = 0, 1


@click.group()
def receipt() -> None:
    """Check the receipts that are handed to whoever opts out."""


@receipt.command()
@data_option
@json_option
def key(data: Path | None, as_json: bool) -> None:
    """Print the public key that receipts are checked with. Everyone may have it."""
    with opened(data) as services:
        public = services.receipts.public_key()
    facts = {"key_id": receipts.key_id_of(public), "public_key": public}
    click.echo(json.dumps(facts) if as_json else public)


@receipt.command()
@data_option
@json_option
@click.argument("file", type=click.File("rb"))
@click.option("--address", help="Whose receipt it should be; - to type it, or read it from standard input.")
@click.option("--key", "public_key", help="The public key, or a file that holds it.  [default: the data folder's]")
def verify(data: Path | None, as_json: bool, file: BinaryIO, address: str | None, public_key: str | None) -> int:
    """Is the receipt in FILE genuine? With --key, no store is needed.

    Exit status: 0 valid, 1 invalid, 2 could not be checked.
    """
    found = receipts.parse(_read(file))
    whose = None if address is None else address_of(address)
    try:
        receipts.verify(found, _key(data, public_key), whose)
    except InvalidReceipt as error:
        _say({"valid": False, "why": str(error)}, f"Not valid. {error}", as_json=as_json)
        return INVALID
    facts = {
        "valid": True,
        "level": found.level,
        "at": found.at,
        "key_id": found.key_id,
        "address_checked": whose is not None,
    }
    _say(facts, _in_words(found, is_of_address=whose is not None), as_json=as_json)
    return VALID


def _read(file: BinaryIO) -> bytes:
    try:
        return bytes(file.read(receipts.LONGEST + 1))
    except OSError as error:
        raise MalformedReceipt(f"The receipt cannot be read ({error.strerror}); name its file.") from None


def _key(data: Path | None, given: str | None) -> PublicKey:
    if given is None:
        path = config.read(data).receipt_key_path
        if not path.exists():
            raise KeyFileError(f"There is no {path}; name the public key with --key.")
        return Receipts(path).public_key()
    try:
        return receipts.parse_key(Path(given).read_text(encoding="utf-8", errors="replace"))
    except OSError:  # no file, so the key itself
        return receipts.parse_key(given)


def _in_words(found: Receipt, *, is_of_address: bool) -> str:
    whose = "It is of this address." if is_of_address else "Whose address it is of was not checked; --address does."
    covers = "\n".join(f"  - {one}" for one in found.covers)
    does_not_cover = "\n".join(f"  - {one}" for one in found.does_not_cover)
    return (
        f"Valid: {found.level}, {found.at}, signed with the key {found.key_id}. {whose}\n\n"
        f"It covers:\n{covers}\n\nIt does not cover:\n{does_not_cover}"
    )


def _say(facts: dict[str, object], words: str, *, as_json: bool) -> None:
    click.echo(json.dumps(facts) if as_json else words)
