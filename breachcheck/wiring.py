"""Wiring: everything that the doors use, made of the settings, the keys and the open databases."""

from breachcheck.batch_lookup import BatchLookup
from breachcheck.config import Config
from breachcheck.db.store import Databases
from breachcheck.domain_lookup import DomainLookup
from breachcheck.domain_reports import DomainReports
from breachcheck.fetching import Allowed, Fetcher
from breachcheck.health.incidents import Incidents
from breachcheck.health.measures import Measures
from breachcheck.health.performance import Performance
from breachcheck.health.site_status import SiteStatus
from breachcheck.holdings import Holdings
from breachcheck.identity import Identity
from breachcheck.key_ring import Keys
from breachcheck.lookup import Lookup
from breachcheck.mail import post
from breachcheck.proof_ways import Ways
from breachcheck.proofs import Proofs
from breachcheck.resolving import Resolver
from breachcheck.watch_feed import WatchFeed
from breachcheck.watch_rights import WatchRights
from breachcheck.watching import Watching
from breachcheck.webhooks import hooks
from breachcheck.webhooks.hooks import Feeds


class Services(Holdings):
    """Everything that a door may use, open and checked. May be shared by threads; nothing is set anew; close it once.

    Another noun is another line: in ``Holdings`` where it is a table alone, here where it needs its neighbours.
    """

    def __init__(self, settings: Config, about: Identity, keys: Keys, databases: Databases) -> None:
        super().__init__(settings, about, keys, databases)
        self.measures = Measures()
        self.performance = Performance(databases.catalogue_db)
        self.incidents = Incidents(databases.catalogue_db)
        self._ask()
        self._tell(keys)

    def _ask(self) -> None:
        """What answers whose account occurs where."""
        site = self.config.disclosure
        self.lookup = Lookup(
            self.catalogue, self.index, self.headcounts, self.digester, site=site, is_demo=self.is_demo
        )
        self.site_status = SiteStatus(self.catalogue, self.lookup, self.performance, self.incidents)
        self.batch_lookup = BatchLookup(self.catalogue, self.index, self.lookup, is_demo=self.is_demo)
        self.domain_lookup = DomainLookup(
            self.catalogue, self.headcounts, self.sealed_accounts, self.digester, self.sealer
        )
        self.domain_reports = DomainReports(self.domain_lookup, self.loads, site=site)
        self.watch_rights = WatchRights(self.api_keys, self.domains, self.digester)
        self.watching = Watching(self.databases.catalogue_db, self.catalogue, self.index, self.watch_rights, site=site)
        self.watch_feed = WatchFeed(self.databases.catalogue_db, self.catalogue, site=site)

    def _tell(self, keys: Keys) -> None:
        """What leaves the house, and what comes back."""
        resolver = Resolver(self.config.dns_servers)
        self.fetcher = Fetcher(resolver, Allowed(self.config.outbound_allowed))
        self.post = post.wired(
            self.config,
            self.databases.catalogue_db,
            self.catalogue,
            self.lookup,
            self.digester,
            self.domains,
            app_key=keys.app,
            mail_key=keys.mail,
            is_demo=self.is_demo,
        )
        ways = Ways(resolver, self.fetcher)
        self.proofs = Proofs(self.databases.catalogue_db, self.domains, ways, self.api_keys, self.post.requests)
        self.webhooks, self.webhook_calls = hooks.wired(
            self.databases.catalogue_db,
            Feeds(self.catalogue, self.watch_feed, self.changes, self.domain_reports),
            self.api_keys,
            self.domains,
            self.fetcher,
            mail_key=keys.mail,
            site=self.config.disclosure,
            is_demo=self.is_demo,
        )
