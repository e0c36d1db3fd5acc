"""The choice of the engine, from the settings. The only place that knows there are several."""

from breachcheck.config import Config
from breachcheck.db.sqlite_store import SqliteStore
from breachcheck.db.store import Store


def store_of(settings: Config) -> Store:
    """Where *settings* say that the store lies; nothing is opened yet."""
    return SqliteStore(settings)
