"""The doctor: looks at everything that can go wrong with a site, also where its store cannot be opened."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from breachcheck import config
from breachcheck.config import Config
from breachcheck.db.engines import store_of, upkeep_of
from breachcheck.doctor import mail_trials, place_checks, proxy_trials, store_checks
from breachcheck.doctor.findings import Finding, fine, problem, warning
from breachcheck.errors import BreachcheckError
from breachcheck.services import Services, open_services

CALL_OFF_S = 60


@dataclass(frozen=True, slots=True)
class Trials:
    """What is tried out besides: a mail to *account*, and the site as visitors reach it, at *url*."""

    account: str | None = None
    url: str | None = None


def examine(
    data: Path | None, *, is_quick: bool = False, account: str | None = None, url: str | None = None
) -> list[Finding]:
    """Everything that was looked at. Changes nothing, but for the one mail that *account* is sent, if there is one.

    *is_quick* leaves out what reads the whole store. *url* is where the site is asked as a visitor would.
    """
    try:
        settings = config.read(data)
    except BreachcheckError as error:
        return [problem("settings", str(error))]
    found = [*place_checks.of_settings(settings), *place_checks.of_folder(settings)]
    if settings.data.is_dir():
        found += [*place_checks.of_keys(settings), *place_checks.of_disk(settings)]
        found += _of_store(settings, Trials(account, url), is_quick=is_quick)
    tried = {one.about for one in found}
    if account is not None and mail_trials.KIND not in tried:
        found.append(problem(mail_trials.KIND, "No mail was sent, since the store was not opened."))
    if url is not None and proxy_trials.KIND not in tried:
        found.append(problem(proxy_trials.KIND, "The site was not asked, since the store was not opened."))
    return _once_each(found)


def _once_each(found: list[Finding]) -> list[Finding]:
    """What a key file lacks, opening the store says again."""
    return [one for place, one in enumerate(found) if one.what not in {other.what for other in found[:place]}]


def _of_store(settings: Config, trials: Trials, *, is_quick: bool) -> Iterator[Finding]:
    """What can be said before it is opened; and, where it can be, what is in it."""
    try:
        store = store_of(settings)
        yield from place_checks.of_servers(settings)
        store.require()
        lacking = upkeep_of(settings).lacks()
        faults = [] if is_quick else upkeep_of(settings).faults()
    except BreachcheckError as error:
        yield problem("store", str(error))
        return
    for fault in faults:
        yield problem("store", f"A page is damaged: {fault}.", "Restore the last good backup, and look at the disk.")
    if lacking:
        yield warning(
            "store", f"It lacks {len(lacking)} changes of this version ({lacking[0]}), so it was not opened.",
            "Back it up with the version that it was used with; any command of this one then upgrades it.",
        )  # fmt: skip
    elif not faults:
        yield from _of_open_store(settings, trials, is_quick=is_quick)


def _of_open_store(settings: Config, trials: Trials, *, is_quick: bool) -> Iterator[Finding]:
    try:
        services = open_services(settings)
    except BreachcheckError as error:
        yield problem("store", str(error))
        return
    with closing(services):
        was_read = not is_quick and bool(upkeep_of(settings).files())
        yield fine("store", "It opens with these keys" + (", and every page of it is whole." if was_read else "."))
        yield from _of_services(services, is_quick=is_quick)
        if trials.account is not None:
            yield mail_trials.send(services, trials.account, patience_s=CALL_OFF_S)
        if trials.url is not None:
            yield from proxy_trials.ask(settings, services.app_key, trials.url)


def _of_services(services: Services, *, is_quick: bool) -> Iterator[Finding]:
    for check in store_checks.CHECKS:
        if is_quick and check is store_checks.of_breaches:
            continue
        try:
            yield from check(services)
        except BreachcheckError as error:
            yield problem("store", str(error))
