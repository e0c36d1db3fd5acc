"""Wiring: everything that the doors use, made of the settings, the keys and the open databases."""

from breachcheck.addresses import Domain
from breachcheck.api_keys import ApiKeys
from breachcheck.audit import Audit
from breachcheck.batch_lookup import BatchLookup
from breachcheck.breaches import Breaches
from breachcheck.catalog import Catalogue
from breachcheck.change_feed import ChangeFeed
from breachcheck.config import Config
from breachcheck.db.store import Databases
from breachcheck.digests import Digester
from breachcheck.domain_lookup import DomainLookup
from breachcheck.domain_reports import DomainReports
from breachcheck.domains import Domains
from breachcheck.ended_sessions import EndedSessions
from breachcheck.fetching import Allowed, Fetcher
from breachcheck.field_sets import FieldSets
from breachcheck.headcounts import Headcounts
from breachcheck.health.incidents import Incidents
from breachcheck.health.measures import Measures
from breachcheck.health.performance import Performance
from breachcheck.health.site_status import SiteStatus
from breachcheck.identity import Identity
from breachcheck.index import Index
from breachcheck.jobs import Jobs
from breachcheck.key_ring import Keys
from breachcheck.key_uses import KeyUses
from breachcheck.listings import Listings
from breachcheck.loads import Loads
from breachcheck.lookup import Lookup
from breachcheck.mail import post
from breachcheck.operators import Operators
from breachcheck.opt_outs import OptOuts
from breachcheck.proof_ways import Ways
from breachcheck.proofs import Proofs
from breachcheck.publishing import Publishing
from breachcheck.receipts import Receipts
from breachcheck.resolving import Resolver
from breachcheck.reviews import Reviews
from breachcheck.sealed_accounts import SealedAccounts
from breachcheck.sealing import Sealer, own_domains
from breachcheck.suppressions import Suppressions
from breachcheck.ticked_steps import TickedSteps
from breachcheck.use_counter import UseCounter
from breachcheck.watch_feed import WatchFeed
from breachcheck.watch_rights import WatchRights
from breachcheck.watching import Watching
from breachcheck.watchlists import Watchlists
from breachcheck.webhooks import hooks
from breachcheck.webhooks.hooks import Feeds


class Services:
    """Everything that a door may use, open and checked. May be shared by threads; nothing is set anew; close it once.

    Another noun is another line: in ``_keep`` where it is a table alone, further down where it needs its neighbours.
    """

    def __init__(self, settings: Config, about: Identity, keys: Keys, databases: Databases) -> None:
        self.config = settings
        self.identity = about
        self.app_key = keys.app
        self.digester = Digester(keys.index)
        self.sealer = Sealer(keys.seal)
        self.own_domains = own_domains(settings.own_domains)
        self.databases = databases
        self.measures = Measures()
        self._keep(databases)
        self._ask()
        self._tell(keys)

    def _keep(self, databases: Databases) -> None:
        """The tables."""
        index, catalogue = databases
        self.index = Index(index)
        self.headcounts = Headcounts(index)
        self.sealed_accounts = SealedAccounts(index)
        self.catalogue = Catalogue(catalogue, is_demo=self.is_demo)
        self.breaches = Breaches(catalogue)
        self.loads = Loads(catalogue)
        self.field_sets = FieldSets(catalogue)
        self.reviews = Reviews(catalogue)
        self.watchlists = Watchlists(catalogue)
        self.suppressions = Suppressions(catalogue)
        self.ticked_steps = TickedSteps(catalogue, self.app_key)
        self.ended_sessions = EndedSessions(catalogue)
        self.api_keys = ApiKeys(catalogue, self.app_key)
        self.key_uses = KeyUses(catalogue)
        self.use_counter = UseCounter(self.key_uses)
        self.domains = Domains(catalogue, self.app_key)
        self.operators = Operators(catalogue)
        self.audit = Audit(catalogue)
        self.jobs = Jobs(catalogue)
        self.performance = Performance(catalogue)
        self.incidents = Incidents(catalogue)
        self.publishing = Publishing(catalogue, self.index, self.headcounts, self.sealed_accounts)
        self.listings = Listings(catalogue, self.publishing)
        self.changes = ChangeFeed(catalogue, self.catalogue)
        self.opt_outs = OptOuts(catalogue, self.index, self.sealed_accounts)
        self.receipts = Receipts(self.config.receipt_key_path)

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

    @property
    def is_demo(self) -> bool:
        return self.identity.is_demo

    @property
    def sealed_domains(self) -> frozenset[Domain]:
        """The domains whose people a load that begins now seals: the operator's own, and those proved by a key."""
        return self.own_domains | self.proofs.all_proved()

    def close(self) -> None:
        self.use_counter.close()
        self.databases.close()
