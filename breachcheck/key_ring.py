"""The keys of a store: made once with it, read from their files or derived, and held against what it remembers."""

from dataclasses import dataclass
from pathlib import Path

from breachcheck import folders, identity, key_files
from breachcheck.config import Config
from breachcheck.db.base import Database
from breachcheck.db.store import CUT_OFF
from breachcheck.digests import Digester
from breachcheck.errors import KeyFileError, StoreExists
from breachcheck.identity import Identity


@dataclass(frozen=True, repr=False)
class Keys:
    """What opens a store."""

    index: bytes
    app: bytes
    mail: bytes
    seal: bytes


@dataclass(frozen=True, repr=False)
class NewKeys(Keys):
    """*passphrase* and *salt* only where the index key is derived from them."""

    passphrase: str | None = None
    salt: bytes | None = None


def files_of(settings: Config) -> dict[Path, str]:
    """Where each key of a store lies, and what it is for: in words, for who is to back it up."""
    return {
        settings.index_key_path: "without it the index is useless, and nobody can make it again",
        settings.app_key_path: "sessions and API keys; the store opens with no other",
        settings.mail_key_path: "addresses of subscribers; the store opens with no other",
        settings.seal_key_path: "sealed accounts; the store opens with no other",
        settings.receipt_key_path: "receipts of opt-outs; a new one cannot vouch for those of before",
    }


def paths(settings: Config) -> dict[str, Path]:
    """Where each key of a store lies, by the name that it has where no setting says otherwise."""
    return {
        "index.key": settings.index_key_path,
        "app.key": settings.app_key_path,
        "mail.key": settings.mail_key_path,
        "seal.key": settings.seal_key_path,
        "receipt.key": settings.receipt_key_path,
    }


def require_none(settings: Config) -> None:
    """Raises StoreExists where a key is there already. For a folder without a store."""
    for path in files_of(settings):
        if path.exists():
            raise StoreExists(f"{path} is there already, but no store; nothing was changed. {CUT_OFF}")


def make(settings: Config, *, with_passphrase: bool) -> NewKeys:
    """New keys, durably in their files, but for an index key that is derived."""
    app = _written(settings.app_key_path)
    _written(settings.receipt_key_path)
    mail = _written(settings.mail_key_path)
    seal = _written(settings.seal_key_path)
    if with_passphrase:
        passphrase, salt = key_files.new_passphrase(), key_files.new_salt()
        return NewKeys(key_files.derive_key(passphrase, salt), app, mail, seal, passphrase, salt)
    return NewKeys(_written(settings.index_key_path), app, mail, seal)


def read(settings: Config, about: Identity, catalogue: Database) -> Keys:
    """The keys of the store that *about* tells of. Raises KeyFileError, WrongKey or SchemaMismatch."""
    index = _index_key(settings, about)
    app = key_files.read_key_file(settings.app_key_path)
    about.require(Digester(index), app)
    mail = _later_key(settings, settings.mail_key_path, identity.MAIL_KEY, catalogue)
    about.require_mail_key(mail)
    seal = _later_key(settings, settings.seal_key_path, identity.SEAL_KEY, catalogue)
    about.require_seal_key(seal)
    return Keys(index, app, mail, seal)


def _written(path: Path) -> bytes:
    key = key_files.new_key()
    key_files.write_key_file(path, key)
    return key


def _index_key(settings: Config, about: Identity) -> bytes:
    if about.salt is None:
        return key_files.read_key_file(settings.index_key_path)
    if settings.index_passphrase_file is None:
        raise KeyFileError(
            "The index key is derived from a passphrase; point BREACHCHECK_INDEX_PASSPHRASE_FILE at a file that holds"
            " the one that `breachcheck init` showed."
        )
    return key_files.derive_key(key_files.read_secret(settings.index_passphrase_file), about.salt)


def _later_key(settings: Config, path: Path, name: str, catalogue: Database) -> bytes:
    """The key at *path*. A store of before there was such a key gets it once, when it is first opened."""
    if not identity.has_key(catalogue, name):
        with folders.locked(settings.data):
            _give_key(path, name, catalogue)
    return key_files.read_key_file(path)


def _give_key(path: Path, name: str, catalogue: Database) -> None:
    """One that an attempt cut off left behind is taken."""
    if identity.has_key(catalogue, name):
        return
    if not path.exists():
        _written(path)
    identity.remember_key(catalogue, name, key_files.read_key_file(path))
