"""From settings to services: everything that the doors use, of a store that is there."""

import atexit
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path

from breachcheck import config, opening
from breachcheck.config import Config
from breachcheck.health.recorder import recording
from breachcheck.health.vitals import OfServer
from breachcheck.opening import init as init
from breachcheck.opening import is_made as is_made
from breachcheck.wiring import Services as Services


def open_services(settings: Config) -> Services:
    """Raises RefusedToStart of some kind where the settings, the keys and the store do not fit together."""
    return opening.open_as(Services, settings)


@contextmanager
def opened(data: Path | None = None) -> Iterator[Services]:
    """The services of a data folder for the length of a block."""
    with closing(open_services(config.read(data))) as services:
        yield services


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
