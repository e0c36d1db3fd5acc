"""Hooks: the wiring of all that has to do with webhooks."""

from collections.abc import Mapping
from dataclasses import dataclass

from breachcheck.api_keys import ApiKeys
from breachcheck.catalog import Catalogue
from breachcheck.change_feed import ChangeFeed
from breachcheck.ciphers import Cipher, derived
from breachcheck.config import Disclosure
from breachcheck.db.base import Database
from breachcheck.domain_reports import DomainReports
from breachcheck.domains import Domains
from breachcheck.fetching import Fetcher
from breachcheck.watch_feed import WatchFeed
from breachcheck.webhooks.calls import WebhookCalls
from breachcheck.webhooks.domains import DomainSource
from breachcheck.webhooks.endpoints import HookKind, Webhooks
from breachcheck.webhooks.hooking import Hooking
from breachcheck.webhooks.numbers import WebhookNumbers
from breachcheck.webhooks.rights import WebhookRights
from breachcheck.webhooks.sources import CatalogueSource, Source, WatchlistSource


@dataclass(frozen=True)
class Feeds:
    """What webhooks tell."""

    catalogue: Catalogue
    watches: WatchFeed
    changes: ChangeFeed
    reports: DomainReports


def wired(
    db: Database,
    feeds: Feeds,
    api_keys: ApiKeys,
    domains: Domains,
    fetcher: Fetcher,
    *,
    mail_key: bytes,
    site: Disclosure,
    is_demo: bool,
) -> tuple[Hooking, WebhookCalls]:
    """What doors use of it, and what the worker does."""
    webhooks = Webhooks(db, Cipher(derived(mail_key, "webhooks")))
    rights = WebhookRights(api_keys, domains)
    sources: Mapping[HookKind, Source] = {
        "watchlist": WatchlistSource(db, feeds.watches),
        "domain": DomainSource(feeds.catalogue, feeds.reports, WebhookNumbers(db), site=site),
        "catalogue": CatalogueSource(db, feeds.changes, is_demo=is_demo),
    }
    calls = WebhookCalls(db, webhooks, rights, sources, fetcher, is_demo=is_demo)
    return Hooking(db, webhooks, rights, sources, fetcher), calls
