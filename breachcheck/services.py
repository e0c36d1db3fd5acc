"""Wiring: from settings to all that the doors use. Refuses to start where keys, store and settings do not fit."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from breachcheck import addresses, config, folders, identity, key_files, post
from breachcheck.addresses import Domain
from breachcheck.api_keys import ApiKeys
from breachcheck.audit import Audit
from breachcheck.batch_lookup import BatchLookup
from breachcheck.breaches import Breaches
from breachcheck.catalog import Catalogue
from breachcheck.change_feed import ChangeFeed
from breachcheck.config import Config
from breachcheck.db import sqlite
from breachcheck.db.base import Database
from breachcheck.db.sqlite import SqliteDatabase
from breachcheck.db.sqlite_schema import CATALOGUE, INDEX
from breachcheck.digests import Digester
from breachcheck.domain_lookup import DomainLookup
from breachcheck.domain_reports import DomainReports
from breachcheck.domains import Domains
from breachcheck.errors import KeyFileError, StoreDamaged, StoreExists, StoreNotFound
from breachcheck.fetching import Allowed, Fetcher
from breachcheck.headcounts import Headcounts
from breachcheck.identity import Identity
from breachcheck.index import Index
from breachcheck.jobs import Jobs
from breachcheck.listings import Listings
from breachcheck.loads import Loads
from breachcheck.lookup import Lookup
from breachcheck.operators import Operators
from breachcheck.opt_outs import OptOuts
from breachcheck.post import Post
from breachcheck.proof_ways import Ways
from breachcheck.proofs import Proofs
from breachcheck.publishing import Publishing
from breachcheck.receipts import Receipts
from breachcheck.resolving import Resolver
from breachcheck.sealed_accounts import SealedAccounts
from breachcheck.sealing import Sealer, own_domains
from breachcheck.suppressions import Suppressions
from breachcheck.ticked_steps import TickedSteps
from breachcheck.watch_feed import WatchFeed
from breachcheck.watching import Watching
from breachcheck.watchlists import Watchlists

CUT_OFF = (
    "An `init` that was cut off leaves this: if nothing was ever loaded here, move it away and run `breachcheck init`"
    " again. Otherwise put the missing file back from its backup."
)


@dataclass(frozen=True)
class Services:
    """Everything that a door may use, open and checked. May be shared by threads; close it once."""

    config: Config
    identity: Identity
    app_key: bytes
    digester: Digester
    sealer: Sealer
    own_domains: frozenset[Domain]
    databases: tuple[Database, Database]
    index: Index
    headcounts: Headcounts
    sealed_accounts: SealedAccounts
    catalogue: Catalogue
    breaches: Breaches
    loads: Loads
    lookup: Lookup
    batch_lookup: BatchLookup
    domain_lookup: DomainLookup
    domain_reports: DomainReports
    publishing: Publishing
    listings: Listings
    changes: ChangeFeed
    watchlists: Watchlists
    watching: Watching
    watch_feed: WatchFeed
    suppressions: Suppressions
    opt_outs: OptOuts
    receipts: Receipts
    ticked_steps: TickedSteps
    api_keys: ApiKeys
    domains: Domains
    proofs: Proofs
    fetcher: Fetcher
    operators: Operators
    audit: Audit
    jobs: Jobs
    post: Post

    @property
    def is_demo(self) -> bool:
        return self.identity.is_demo

    @property
    def sealed_domains(self) -> frozenset[Domain]:
        """The domains whose people a load that begins now seals: the operator's own, and those proved by a key."""
        return self.own_domains | self.proofs.all_proved()

    def close(self) -> None:
        for database in self.databases:
            database.close()


def init(settings: Config, *, is_demo: bool = False, with_passphrase: bool = False) -> str | None:
    """Make the data folder, its settings, the keys and the two store files; the passphrase, if there is to be one.

    Raises StoreExists, and changes nothing, where a store or a key is there already. The catalogue takes its name
    last, so that what was cut off before that is no store. Of two that begin at once, one makes the store.
    """
    folders.make(settings.data)
    with folders.locked(settings.data):
        _require_nothing_there(settings)
        config.write_new(settings)
        app_key = key_files.new_key()
        key_files.write_key_file(settings.app_key_path, app_key)
        key_files.write_key_file(settings.receipt_key_path, key_files.new_key())
        mail_key = key_files.new_key()
        key_files.write_key_file(settings.mail_key_path, mail_key)
        seal_key = key_files.new_key()
        key_files.write_key_file(settings.seal_key_path, seal_key)
        passphrase, salt, index_key = _new_index_key(settings, with_passphrase)
        about = Identity(
            created_at=int(time.time()),
            is_demo=is_demo,
            salt=salt,
            addresses_version=addresses.VERSION,
            known_answers=Digester(index_key).known_answers(),
            store=identity.new_store_name(),
            app_key_answer=identity.answer_of(app_key),
            mail_key_answer=identity.answer_of(mail_key),
            seal_key_answer=identity.answer_of(seal_key),
        )
        _make_store_files(settings, about)
    return passphrase


def open_services(settings: Config) -> Services:
    """Raises RefusedToStart of some kind where the settings, the keys and the store do not fit together."""
    _require_both_files(settings)
    folders.sweep(settings.spill_path)
    with folders.locked(settings.data):
        sqlite.migrate(settings.index_path, INDEX)
        sqlite.migrate(settings.catalogue_path, CATALOGUE)
    with ExitStack() as on_failure:
        index_db = on_failure.enter_context(closing(SqliteDatabase(settings.index_path, INDEX)))
        catalogue_db = on_failure.enter_context(closing(SqliteDatabase(settings.catalogue_path, CATALOGUE)))
        about = identity.read(catalogue_db, index_db)
        digester = Digester(_index_key(settings, about))
        app_key = key_files.read_key_file(settings.app_key_path)
        about.require(digester, app_key)
        mail_key = _later_key(settings, settings.mail_key_path, identity.MAIL_KEY, catalogue_db)
        about.require_mail_key(mail_key)
        seal_key = _later_key(settings, settings.seal_key_path, identity.SEAL_KEY, catalogue_db)
        about.require_seal_key(seal_key)
        sealer = Sealer(seal_key)
        services = _wire(settings, about, digester, app_key, mail_key, sealer, index_db, catalogue_db)
        _require_whole_index(services)
        on_failure.pop_all()
    return services


@contextmanager
def opened(data: Path | None = None) -> Iterator[Services]:
    """The services of a data folder for the length of a block."""
    services = open_services(config.read(data))
    try:
        yield services
    finally:
        services.close()


def _wire(
    settings: Config,
    about: Identity,
    digester: Digester,
    app_key: bytes,
    mail_key: bytes,
    sealer: Sealer,
    index_db: Database,
    catalogue_db: Database,
) -> Services:
    index = Index(index_db)
    headcounts = Headcounts(index_db)
    sealed_accounts = SealedAccounts(index_db)
    catalogue = Catalogue(catalogue_db, is_demo=about.is_demo)
    lookup = Lookup(catalogue, index, headcounts, digester, site=settings.disclosure, is_demo=about.is_demo)
    publishing = Publishing(catalogue_db, index, headcounts, sealed_accounts)
    domain_lookup = DomainLookup(catalogue, headcounts, sealed_accounts, digester, sealer)
    resolver = Resolver(settings.dns_servers)
    fetcher = Fetcher(resolver, Allowed(settings.outbound_allowed))
    api_keys, domains = ApiKeys(catalogue_db, app_key), Domains(catalogue_db, app_key)
    wired_post = post.wired(
        settings,
        catalogue_db,
        catalogue,
        lookup,
        digester,
        domains,
        app_key=app_key,
        mail_key=mail_key,
        is_demo=about.is_demo,
    )
    return Services(
        config=settings,
        identity=about,
        app_key=app_key,
        digester=digester,
        sealer=sealer,
        own_domains=own_domains(settings.own_domains),
        databases=(index_db, catalogue_db),
        index=index,
        headcounts=headcounts,
        sealed_accounts=sealed_accounts,
        catalogue=catalogue,
        breaches=Breaches(catalogue_db),
        loads=Loads(catalogue_db),
        lookup=lookup,
        batch_lookup=BatchLookup(catalogue, index, lookup, is_demo=about.is_demo),
        publishing=publishing,
        listings=Listings(catalogue_db, publishing),
        changes=ChangeFeed(catalogue_db, catalogue),
        watchlists=Watchlists(catalogue_db),
        watching=Watching(catalogue_db, catalogue, index, site=settings.disclosure),
        watch_feed=WatchFeed(catalogue_db, catalogue, site=settings.disclosure),
        suppressions=Suppressions(catalogue_db),
        domain_lookup=domain_lookup,
        domain_reports=DomainReports(domain_lookup, Loads(catalogue_db), site=settings.disclosure),
        opt_outs=OptOuts(catalogue_db, index, sealed_accounts),
        receipts=Receipts(settings.receipt_key_path),
        ticked_steps=TickedSteps(catalogue_db, app_key),
        api_keys=api_keys,
        domains=domains,
        proofs=Proofs(catalogue_db, domains, Ways(resolver, fetcher), api_keys, wired_post.requests),
        fetcher=fetcher,
        operators=Operators(catalogue_db),
        audit=Audit(catalogue_db),
        jobs=Jobs(catalogue_db),
        post=wired_post,
    )


def _require_nothing_there(settings: Config) -> None:
    if settings.catalogue_path.exists():
        raise StoreExists(f"A store exists already in {settings.data}; nothing was changed.")
    for path in (settings.index_path, *_key_paths(settings)):
        if path.exists():
            raise StoreExists(
                f"{path} is there already, but no {settings.catalogue_path}; nothing was changed. {CUT_OFF}"
            )


def _key_paths(settings: Config) -> tuple[Path, ...]:
    return (
        settings.index_key_path,
        settings.app_key_path,
        settings.receipt_key_path,
        settings.mail_key_path,
        settings.seal_key_path,
    )


def _require_both_files(settings: Config) -> None:
    has_index, has_catalogue = settings.index_path.is_file(), settings.catalogue_path.is_file()
    if has_catalogue and not has_index:
        raise StoreNotFound(f"{settings.index_path} is gone; put both store files back from one backup.")
    if has_index and not has_catalogue:
        raise StoreNotFound(f"{settings.catalogue_path} is not there, but {settings.index_path} is. {CUT_OFF}")
    if not has_catalogue:
        raise StoreNotFound(f"There is no store in {settings.data}; make one with `breachcheck init`.")


def _require_whole_index(services: Services) -> None:
    """An index that lost what the catalogue believes in would answer "not found"."""
    for breach in services.catalogue.published().breaches:
        if breach.people and not services.index.has_pieces(breach.load_id):
            raise StoreDamaged(
                f"index.db lacks the people of {breach.name} (load {breach.load_id}), which is published; put both"
                " store files back from one backup."
            )


def _make_store_files(settings: Config, about: Identity) -> None:
    with folders.spill(settings.spill_path) as unfinished:
        index_draft, catalogue_draft = unfinished / "index.db", unfinished / "catalogue.db"
        sqlite.create(index_draft, INDEX)
        sqlite.create(catalogue_draft, CATALOGUE)
        with (
            closing(SqliteDatabase(index_draft, INDEX)) as index_db,
            closing(SqliteDatabase(catalogue_draft, CATALOGUE)) as catalogue_db,
        ):
            identity.write(catalogue_db, index_db, about)
        index_draft.rename(settings.index_path)
        catalogue_draft.rename(settings.catalogue_path)
        folders.sync(settings.data)


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
            "The index key is derived from a passphrase; point BREACHCHECK_INDEX_PASSPHRASE_FILE at a file that holds"
            " the one that `breachcheck init` showed."
        )
    return key_files.derive_key(key_files.read_secret(settings.index_passphrase_file), about.salt)


def _later_key(settings: Config, path: Path, name: str, catalogue_db: Database) -> bytes:
    """The key at *path*. A store of before there was such a key gets it once, when it is first opened."""
    if not identity.has_key(catalogue_db, name):
        with folders.locked(settings.data):
            _give_key(path, name, catalogue_db)
    return key_files.read_key_file(path)


def _give_key(path: Path, name: str, catalogue_db: Database) -> None:
    """One that an attempt cut off left behind is taken."""
    if identity.has_key(catalogue_db, name):
        return
    if not path.exists():
        key_files.write_key_file(path, key_files.new_key())
    identity.remember_key(catalogue_db, name, key_files.read_key_file(path))
