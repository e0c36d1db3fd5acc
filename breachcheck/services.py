"""Wiring: from settings to everything that the doors use. Refuses to start where keys, store and settings do not fit."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from breachcheck import addresses, config, identity, key_files
from breachcheck.api_keys import ApiKeys
from breachcheck.audit import Audit
from breachcheck.breaches import Breaches
from breachcheck.catalog import Catalogue
from breachcheck.config import Config
from breachcheck.db import sqlite
from breachcheck.db.base import Database
from breachcheck.db.sqlite_schema import CATALOGUE, INDEX
from breachcheck.digests import Digester
from breachcheck.errors import KeyFileError, StoreExists, StoreNotFound
from breachcheck.identity import Identity
from breachcheck.index import Index
from breachcheck.jobs import Jobs
from breachcheck.loads import Loads
from breachcheck.lookup import Lookup
from breachcheck.operators import Operators
from breachcheck.publishing import Publishing


@dataclass(frozen=True)
class Services:
    """Everything that a door may use, open and checked. May be shared by threads; close it once."""

    config: Config
    identity: Identity
    app_key: bytes
    digester: Digester
    databases: tuple[Database, Database]
    index: Index
    catalogue: Catalogue
    breaches: Breaches
    loads: Loads
    lookup: Lookup
    publishing: Publishing
    api_keys: ApiKeys
    operators: Operators
    audit: Audit
    jobs: Jobs

    @property
    def is_demo(self) -> bool:
        return self.identity.is_demo

    def close(self) -> None:
        for database in self.databases:
            database.close()


def init(settings: Config, *, is_demo: bool = False, with_passphrase: bool = False) -> str | None:
    """Make the data folder, the keys and the two store files; the passphrase, if the index key is derived from one.

    Raises StoreExists, and changes nothing, where a store or a key is there already.
    """
    if present := [path for path in _made_by_init(settings) if path.exists()]:
        raise StoreExists(f"{present[0]} exists already; nothing was changed.")
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    key_files.write_key_file(settings.app_key_path, key_files.new_key())
    passphrase, salt, index_key = _new_index_key(settings, with_passphrase)
    sqlite.create(settings.index_path, INDEX)
    sqlite.create(settings.catalogue_path, CATALOGUE)
    about = Identity(
        created_at=int(time.time()),
        is_demo=is_demo,
        salt=salt,
        addresses_version=addresses.VERSION,
        known_answers=Digester(index_key).known_answers(),
    )
    catalogue = sqlite.SqliteDatabase(settings.catalogue_path, CATALOGUE)
    identity.write(catalogue, about)
    catalogue.close()
    return passphrase


def open_services(settings: Config) -> Services:
    """Raises RefusedToStart of some kind where the settings, the keys and the store do not fit together."""
    for path in (settings.index_path, settings.catalogue_path):
        if not path.is_file():
            raise StoreNotFound(f"There is no store in {settings.data}; make one with `breachcheck init`.")
    sqlite.migrate(settings.index_path, INDEX)
    sqlite.migrate(settings.catalogue_path, CATALOGUE)
    index_db = sqlite.SqliteDatabase(settings.index_path, INDEX)
    catalogue_db = sqlite.SqliteDatabase(settings.catalogue_path, CATALOGUE)
    about = identity.read(catalogue_db)
    digester = Digester(_index_key(settings, about))
    about.require(digester)
    return _wire(settings, about, digester, index_db, catalogue_db)


@contextmanager
def opened(data: Path | None = None) -> Iterator[Services]:
    """The services of a data folder for the length of a block."""
    services = open_services(config.read(data))
    try:
        yield services
    finally:
        services.close()


def _wire(
    settings: Config, about: Identity, digester: Digester, index_db: Database, catalogue_db: Database
) -> Services:
    app_key = key_files.read_key_file(settings.app_key_path)
    index = Index(index_db)
    catalogue = Catalogue(catalogue_db, is_demo=about.is_demo)
    return Services(
        config=settings,
        identity=about,
        app_key=app_key,
        digester=digester,
        databases=(index_db, catalogue_db),
        index=index,
        catalogue=catalogue,
        breaches=Breaches(catalogue_db),
        loads=Loads(catalogue_db),
        lookup=Lookup(catalogue, index, digester, site=settings.disclosure, is_demo=about.is_demo),
        publishing=Publishing(catalogue_db, index),
        api_keys=ApiKeys(catalogue_db, app_key),
        operators=Operators(catalogue_db),
        audit=Audit(catalogue_db),
        jobs=Jobs(catalogue_db),
    )


def _made_by_init(settings: Config) -> list[Path]:
    return [settings.index_path, settings.catalogue_path, settings.index_key_path, settings.app_key_path]


def _new_index_key(settings: Config, with_passphrase: bool) -> tuple[str | None, bytes | None, bytes]:
    """(passphrase, salt, key): the first two only where the key is derived."""
    if with_passphrase:
        passphrase, salt = key_files.new_passphrase(), key_files.new_salt()
        return passphrase, salt, key_files.derive_key(passphrase, salt)
    key = key_files.new_key()
    key_files.write_key_file(settings.index_key_path, key)
    return None, None, key


def _index_key(settings: Config, about: Identity) -> bytes:
    if about.salt is None:
        return key_files.read_key_file(settings.index_key_path)
    if settings.index_passphrase_file is None:
        raise KeyFileError(
            "The index key is derived from a passphrase; point BREACHCHECK_INDEX_PASSPHRASE_FILE at a file that holds it."
        )
    return key_files.derive_key(key_files.read_secret(settings.index_passphrase_file), about.salt)
