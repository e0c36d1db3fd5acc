"""What a store knows about itself: when it was made, whether it is a demo, with which keys and address rules."""

import hmac
import json
import secrets
from dataclasses import dataclass
from hashlib import sha256

from breachcheck import addresses
from breachcheck.db.base import Database
from breachcheck.digests import SPELLED, Digester, Kind
from breachcheck.errors import SchemaMismatch, StoreDamaged, WrongKey

NOT_FINISHED = "The store was never finished; delete the data folder and run `breachcheck init` again."
UNFINISHED_COPY = "This is an unfinished copy of a store; `breachcheck migrate-store`, typed again, goes on with it."
NOT_OF_ONE_STORE = "The index and the catalogue are not of one store; put both back from one backup."
OTHER_KEY = "The index is made with another key; point BREACHCHECK_INDEX_KEY_FILE at the key used for the first load."
OTHER_PASSPHRASE = (
    "The index is made with another passphrase; put the one that `breachcheck init` showed into the file that"
    " BREACHCHECK_INDEX_PASSPHRASE_FILE names."
)
OTHER_APP_KEY = (
    "The store is made with another app key; point BREACHCHECK_APP_KEY_FILE at the app.key that was made with it."
)
OTHER_MAIL_KEY = (
    "The store is made with another mail key; point BREACHCHECK_MAIL_KEY_FILE at the mail.key that was made with it."
)
OTHER_SEAL_KEY = (
    "The store is made with another seal key; point BREACHCHECK_SEAL_KEY_FILE at the seal.key that was made with it."
)
MAIL_KEY, SEAL_KEY = "mail_key_answer", "seal_key_answer"
"""Names of what recognises keys that older stores lack."""
COPY_OF = "copy_of"
"""What an unfinished copy has in place of all that makes a store one."""


@dataclass(frozen=True, slots=True)
class Identity:
    """*salt* is set where the index key is derived from a passphrase. A demo store stays one for ever.

    *store* is the same random name in the index and the catalogue, *app_key_answer* what the app key makes of a fixed
    text, as is *mail_key_answer* and *seal_key_answer*, which stores of before there were such keys lack.
    """

    created_at: int
    is_demo: bool
    salt: bytes | None
    addresses_version: int
    known_answers: dict[str, int]
    store: str
    app_key_answer: str
    mail_key_answer: str | None = None
    seal_key_answer: str | None = None

    def require(self, digester: Digester, app_key: bytes) -> None:
        """Refuse to go on with other keys (WrongKey) or other address rules (SchemaMismatch) than the store's.

        What a store does not know its rules for ids by is from before ids had one spelling.
        """
        if self.addresses_version != addresses.VERSION:
            raise SchemaMismatch(
                f"The store's addresses follow version {self.addresses_version} of the address rules, this program's "
                f"version {addresses.VERSION}; use the breachcheck that made it, or load the breaches anew."
            )
        answers = digester.known_answers()
        if not _are_equal(_of_key(self.known_answers), _of_key(answers)):
            raise WrongKey(OTHER_PASSPHRASE if self.salt else OTHER_KEY)
        unknown = {name for name in answers if name.startswith(SPELLED)} - self.known_answers.keys()
        if not _are_equal(self.known_answers, {name: answers[name] for name in answers.keys() - unknown}):
            raise SchemaMismatch(
                "This program spells addresses or ids in another way than the one that made the store, and would not "
                "find everyone; use the breachcheck that made it, or load the breaches anew."
            )
        if not hmac.compare_digest(self.app_key_answer, answer_of(app_key)):
            raise WrongKey(OTHER_APP_KEY)

    def require_mail_key(self, mail_key: bytes) -> None:
        """Refuse to go on with another mail key than the store's, if it has one. Raises WrongKey."""
        if self.mail_key_answer and not hmac.compare_digest(self.mail_key_answer, answer_of(mail_key)):
            raise WrongKey(OTHER_MAIL_KEY)

    def require_seal_key(self, seal_key: bytes) -> None:
        """Refuse to go on with another seal key than the store's, if it has one. Raises WrongKey."""
        if self.seal_key_answer and not hmac.compare_digest(self.seal_key_answer, answer_of(seal_key)):
            raise WrongKey(OTHER_SEAL_KEY)


def new_store_name() -> str:
    return secrets.token_hex(16)


def answer_of(key: bytes) -> str:
    """What recognises the app key, the mail key or the seal key, and does not give it away."""
    return hmac.new(key, b"breachcheck: which app key is this?", sha256).hexdigest()


def write(catalogue: Database, index: Database, identity: Identity) -> None:
    """Say once what the store is."""
    _insert(index, {"store": identity.store})
    _insert(
        catalogue,
        {
            "created_at": str(identity.created_at),
            "is_demo": "yes" if identity.is_demo else "no",
            "salt": identity.salt.hex() if identity.salt else "",
            "addresses_version": str(identity.addresses_version),
            "known_answers": json.dumps(identity.known_answers),
            "store": identity.store,
            "app_key_answer": identity.app_key_answer,
            **({MAIL_KEY: identity.mail_key_answer} if identity.mail_key_answer else {}),
            **({SEAL_KEY: identity.seal_key_answer} if identity.seal_key_answer else {}),
        },
    )


def begin_copy(catalogue: Database, source: str) -> None:
    """Say that this is to be a copy of *source*: until ``finish_copy`` it is no store, and opens nowhere."""
    _insert(catalogue, {COPY_OF: source})


def copied_from(catalogue: Database) -> str | None:
    """What ``begin_copy`` was told; None where this is no unfinished copy."""
    return _select(catalogue).get(COPY_OF)


def finish_copy(catalogue: Database, index: Database, source: Database) -> None:
    """Make of an unfinished copy what *source*, a catalogue, is. May be done again where it was cut off."""
    values = _select(source)
    if not _select(index):
        _insert(index, {"store": values["store"]})
    with catalogue.transaction():
        catalogue.execute("DELETE FROM identity WHERE name = :name", {"name": COPY_OF})
        _insert(catalogue, values)


def has_key(catalogue: Database, name: str) -> bool:
    """Whether the store opens with one key alone; *name* is MAIL_KEY or SEAL_KEY."""
    return bool(_select(catalogue).get(name))


def remember_key(catalogue: Database, name: str, key: bytes) -> None:
    """From now on the store opens with this *key* alone. For one that has none yet."""
    _insert(catalogue, {name: answer_of(key)})


def read(catalogue: Database, index: Database) -> Identity:
    """What the store is. Raises SchemaMismatch for an unfinished one, StoreDamaged for files of two."""
    values = _select(catalogue)
    if COPY_OF in values:
        raise SchemaMismatch(UNFINISHED_COPY)
    if "app_key_answer" not in values:
        raise SchemaMismatch(NOT_FINISHED)
    if _select(index) != {"store": values["store"]}:
        raise StoreDamaged(NOT_OF_ONE_STORE)
    return Identity(
        created_at=int(values["created_at"]),
        is_demo=values["is_demo"] == "yes",
        salt=bytes.fromhex(values["salt"]) or None,
        addresses_version=int(values["addresses_version"]),
        known_answers=json.loads(values["known_answers"]),
        store=values["store"],
        app_key_answer=values["app_key_answer"],
        mail_key_answer=values.get(MAIL_KEY) or None,
        seal_key_answer=values.get(SEAL_KEY) or None,
    )


def _insert(db: Database, values: dict[str, str]) -> None:
    with db.transaction():
        for name, value in values.items():
            db.execute("INSERT INTO identity (name, value) VALUES (:name, :value)", {"name": name, "value": value})


def _select(db: Database) -> dict[str, str]:
    return {row["name"]: row["value"] for row in db.query("SELECT name, value FROM identity")}


def _of_key(answers: dict[str, int]) -> dict[str, int]:
    """The answers that hang on the key alone."""
    return {name: answer for name, answer in answers.items() if not name.startswith((Kind.EMAIL.value, SPELLED))}


def _are_equal(ours: dict[str, int], theirs: dict[str, int]) -> bool:
    return hmac.compare_digest(_text(ours), _text(theirs))


def _text(answers: dict[str, int]) -> bytes:
    return json.dumps(answers, sort_keys=True).encode()
