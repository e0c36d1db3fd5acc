"""Holdings: the tables of a store, and the keys to what stands in them."""

import time

from breachcheck.addresses import Domain
from breachcheck.api_keys import ApiKeys
from breachcheck.audit import Audit
from breachcheck.breaches import Breaches
from breachcheck.catalog import Catalogue
from breachcheck.change_feed import ChangeFeed
from breachcheck.config import Config
from breachcheck.db.store import Databases
from breachcheck.digests import Digester
from breachcheck.domains import Domains
from breachcheck.ended_sessions import EndedSessions
from breachcheck.field_sets import FieldSets
from breachcheck.headcounts import Headcounts
from breachcheck.identity import Identity
from breachcheck.index import Index
from breachcheck.jobs import Jobs
from breachcheck.key_ring import Keys
from breachcheck.key_uses import KeyUses
from breachcheck.listings import Listings
from breachcheck.loads import Loads
from breachcheck.operators import Operators
from breachcheck.opt_outs import OptOuts
from breachcheck.publishing import Publishing
from breachcheck.receipts import Receipts
from breachcheck.reviews import Reviews
from breachcheck.sealed_accounts import SealedAccounts
from breachcheck.sealing import Sealer, own_domains
from breachcheck.suppressions import Suppressions
from breachcheck.ticked_steps import TickedSteps
from breachcheck.use_counter import UseCounter
from breachcheck.watchlists import Watchlists


class Holdings:
    """What loads are made with and published. May be shared by threads; nothing is set anew; close it once."""

    def __init__(self, settings: Config, about: Identity, keys: Keys, databases: Databases) -> None:
        self.config = settings
        self.identity = about
        self.app_key = keys.app
        self.digester = Digester(keys.index)
        self.sealer = Sealer(keys.seal)
        self.own_domains = own_domains(settings.own_domains)
        self.databases = databases
        self._keep(databases)

    def _keep(self, databases: Databases) -> None:
        """Another table is another line."""
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
        self.publishing = Publishing(catalogue, self.index, self.headcounts, self.sealed_accounts)
        self.listings = Listings(catalogue, self.publishing)
        self.changes = ChangeFeed(catalogue, self.catalogue)
        self.opt_outs = OptOuts(catalogue, self.index, self.sealed_accounts)
        self.receipts = Receipts(self.config.receipt_key_path)

    @property
    def is_demo(self) -> bool:
        return self.identity.is_demo

    @property
    def sealed_domains(self) -> frozenset[Domain]:
        """The domains whose people a load that begins now seals: the operator's own, and those proved by a key that
        still opens something."""
        living = {key.id for key in self.api_keys.alive()}
        return self.own_domains | self.domains.all_proved(living, now=int(time.time()))

    def close(self) -> None:
        self.use_counter.close()
        self.databases.close()
