"""What a store knows about itself: when it was made, whether it is a demo, and which key and address rules it was made with."""

import hmac
import json
from dataclasses import dataclass

from breachcheck import addresses
from breachcheck.db.base import Database
from breachcheck.digests import Digester
from breachcheck.errors import SchemaMismatch, WrongKey


@dataclass(frozen=True, slots=True)
class Identity:
    """*salt* is set where the index key is derived from a passphrase. A demo store stays one for ever."""

    created_at: int
    is_demo: bool
    salt: bytes | None
    addresses_version: int
    known_answers: dict[str, int]

    def require(self, digester: Digester) -> None:
        """Refuse to go on with another key (WrongKey) or other address rules (SchemaMismatch) than the store's."""
        if self.addresses_version != addresses.VERSION:
            raise SchemaMismatch(
                f"The store's addresses follow version {self.addresses_version} of the address rules, this program's "
                f"version {addresses.VERSION}; use the breachcheck that made it, or load the breaches anew."
            )
        if not hmac.compare_digest(_text(self.known_answers), _text(digester.known_answers())):
            raise WrongKey(
                "The index is made with another key; point BREACHCHECK_INDEX_KEY_FILE at the key used for the first load."
            )


def write(db: Database, identity: Identity) -> None:
    """Say once what the store is."""
    values = {
        "created_at": str(identity.created_at),
        "is_demo": "yes" if identity.is_demo else "no",
        "salt": identity.salt.hex() if identity.salt else "",
        "addresses_version": str(identity.addresses_version),
        "known_answers": json.dumps(identity.known_answers),
    }
    with db.transaction():
        for name, value in values.items():
            db.execute("INSERT INTO identity (name, value) VALUES (:name, :value)", {"name": name, "value": value})


def read(db: Database) -> Identity:
    """What the store is. Raises SchemaMismatch where ``init`` never came to its end."""
    values = {row["name"]: row["value"] for row in db.query("SELECT name, value FROM identity")}
    if "known_answers" not in values:
        raise SchemaMismatch("The store was never finished; delete the data folder and run `breachcheck init` again.")
    return Identity(
        created_at=int(values["created_at"]),
        is_demo=values["is_demo"] == "yes",
        salt=bytes.fromhex(values["salt"]) or None,
        addresses_version=int(values["addresses_version"]),
        known_answers=json.loads(values["known_answers"]),
    )


def _text(answers: dict[str, int]) -> bytes:
    return json.dumps(answers, sort_keys=True).encode()
