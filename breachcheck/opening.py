"""From settings to holdings: a store is made, or opened. Refuses to start where keys, store and settings do not fit."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TypeVar

from breachcheck import addresses, config, folders, identity, key_ring
from breachcheck.config import Config
from breachcheck.db.engines import store_of
from breachcheck.db.store import Databases
from breachcheck.digests import Digester
from breachcheck.errors import StoreDamaged
from breachcheck.holdings import Holdings
from breachcheck.identity import Identity
from breachcheck.key_ring import Keys, NewKeys

Made = TypeVar("Made", bound=Holdings)


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


def open_as(make: Callable[[Config, Identity, Keys, Databases], Made], settings: Config) -> Made:
    """What *make* makes of a store that is there, checked.

    Raises RefusedToStart of some kind where the settings, the keys and the store do not fit together.
    """
    store = store_of(settings)
    store.require()
    folders.sweep(settings.spill_path)
    with folders.locked(settings.data):
        store.migrate()
    with ExitStack() as on_failure:
        databases = on_failure.enter_context(closing(store.open()))
        about = identity.read(databases.catalogue_db, databases.index_db)
        made = make(settings, about, key_ring.read(settings, about, databases.catalogue_db), databases)
        _require_whole_index(made)
        on_failure.pop_all()
    return made


@contextmanager
def held(data: Path | None = None) -> Iterator[Holdings]:
    """The holdings of a data folder for the length of a block."""
    with closing(open_as(Holdings, config.read(data))) as holdings:
        yield holdings


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


def _require_whole_index(holdings: Holdings) -> None:
    """An index that lost what the catalogue believes in would answer "not found"."""
    for breach in holdings.catalogue.published().breaches:
        if breach.people and not holdings.index.has_pieces(breach.load_id):
            raise StoreDamaged(
                f"The index lacks the people of {breach.name} (load {breach.load_id}), which is published; put all of"
                " the store back from one backup."
            )
