"""From settings to services: a store is made, or opened. Refuses to start where keys, store and settings do not fit."""

import atexit
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path

from breachcheck import addresses, config, folders, identity, key_ring
from breachcheck.config import Config
from breachcheck.db.engines import store_of
from breachcheck.digests import Digester
from breachcheck.errors import StoreDamaged
from breachcheck.health.recorder import recording
from breachcheck.health.vitals import OfServer
from breachcheck.identity import Identity
from breachcheck.key_ring import NewKeys
from breachcheck.wiring import Services as Services


def init(settings: Config, *, is_demo: bool = False, with_passphrase: bool = False) -> str | None:
    """Make the data folder, its settings, the keys and the store; the passphrase, if there is to be one.

    Raises StoreExists, and changes nothing, where a store or a key is there already. Of two that begin at once, one
    makes the store.
    """
    store = store_of(settings)
    folders.make(settings.data)
    with folders.locked(settings.data):
        store.require_none()
        key_ring.require_none(settings)
        config.write_new(settings)
        keys = key_ring.make(settings, with_passphrase=with_passphrase)
        about = _identity(keys, is_demo=is_demo)
        store.make(lambda databases: identity.write(databases.catalogue_db, databases.index_db, about))
    return keys.passphrase


def is_made(settings: Config) -> bool:
    """Whether there is a store where *settings* say."""
    return store_of(settings).is_made()


def open_services(settings: Config) -> Services:
    """Raises RefusedToStart of some kind where the settings, the keys and the store do not fit together."""
    store = store_of(settings)
    store.require()
    folders.sweep(settings.spill_path)
    with folders.locked(settings.data):
        store.migrate()
    with ExitStack() as on_failure:
        databases = on_failure.enter_context(closing(store.open()))
        about = identity.read(databases.catalogue_db, databases.index_db)
        services = Services(settings, about, key_ring.read(settings, about, databases.catalogue_db), databases)
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


def recorded(services: Services) -> AbstractContextManager[None]:
    """For the length of a block, the site's own record is kept by a process that serves it."""
    observe = OfServer(services.measures, services.site_status.try_store)
    return recording(services.performance, observe)


def serving_for_good() -> Services:
    """The services that the environment names, recorded and open until the process ends."""
    until_the_end = ExitStack()
    services = until_the_end.enter_context(opened())
    until_the_end.enter_context(recorded(services))
    atexit.register(until_the_end.close)
    return services


def _identity(keys: NewKeys, *, is_demo: bool) -> Identity:
    return Identity(
        created_at=int(time.time()),
        is_demo=is_demo,
        salt=keys.salt,
        addresses_version=addresses.VERSION,
        known_answers=Digester(keys.index).known_answers(),
        store=identity.new_store_name(),
        app_key_answer=identity.answer_of(keys.app),
        mail_key_answer=identity.answer_of(keys.mail),
        seal_key_answer=identity.answer_of(keys.seal),
    )


def _require_whole_index(services: Services) -> None:
    """An index that lost what the catalogue believes in would answer "not found"."""
    for breach in services.catalogue.published().breaches:
        if breach.people and not services.index.has_pieces(breach.load_id):
            raise StoreDamaged(
                f"The index lacks the people of {breach.name} (load {breach.load_id}), which is published; put all of"
                " the store back from one backup."
            )
