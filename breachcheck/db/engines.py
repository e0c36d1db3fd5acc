"""The choice of the engine, from the settings. The only place that knows there are several."""

from collections.abc import Sequence

from breachcheck.config import Config
from breachcheck.db.postgres_upkeep import PostgresUpkeep
from breachcheck.db.sqlite_store import SqliteStore
from breachcheck.db.sqlite_upkeep import SqliteUpkeep
from breachcheck.db.store import Store
from breachcheck.db.upkeep import ServerState, Upkeep
from breachcheck.errors import ConfigError


def store_of(settings: Config) -> Store:
    """Where *settings* say that the store lies; nothing is opened yet. Raises ConfigError without a driver."""
    if settings.database is None:
        return SqliteStore(settings)
    try:
        from breachcheck.db.postgres_store import PostgresStore  # an extra, and slow to import
    except ImportError:
        raise ConfigError(
            "The setting database names PostgreSQL, but its driver is not here; install `breachcheck[postgres]`."
        ) from None
    return PostgresStore(settings.database)


def is_on_a_server(settings: Config) -> bool:
    """Whether the store that *settings* name may go away and come back while a program runs."""
    return settings.database is not None


def upkeep_of(settings: Config) -> Upkeep:
    """Who looks after the store that *settings* name."""
    if settings.database is None:
        return SqliteUpkeep(settings)
    url = settings.database

    def survey() -> Sequence[ServerState]:
        from breachcheck.db import postgres_survey  # as above

        return postgres_survey.survey(url)

    return PostgresUpkeep(settings, lambda: store_of(settings), survey)
