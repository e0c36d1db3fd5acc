"""Proofs: a domain is begun, checked, checked again as long as it is kept, and forgotten. Each step is audited."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from breachcheck import watchlists
from breachcheck.addresses import Domain, canonical_domain
from breachcheck.api_keys import ApiKeys
from breachcheck.audit import Audit, AuditEntry
from breachcheck.db.base import Database
from breachcheck.domains import DomainClaim, Domains, ProvedDomains, Way, is_unprovable
from breachcheck.errors import InvalidAccount, InvalidRequest, UnprovableDomain
from breachcheck.jobs import Jobs
from breachcheck.mail_requests import MailRequests, RequestKind
from breachcheck.proof_ways import MAILBOXES, Ways

JOB = "check domains"
"""The kind of job that calls ``recheck``; one waits as long as there is a claim."""

EVERY_S = 3600
AT_ONCE = 20
"""Proofs looked at in one job: none may take so long that its claim runs out."""

PATIENCE_S = 4
"""A check begins with no further way once it took longer: somebody waits for it, and holds up others."""
NO_TIME = "Not looked for: the ways before took too long. Ask for this way alone."

LOOKED_FOR = (Way.DNS, Way.FILE, Way.META)
WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Miss:
    """A *way* in which a domain was not found to be proved, and *why*, in words that quote nothing of others."""

    way: Way
    why: str


def domain_in(text: str) -> Domain:
    """The domain that someone typed. Raises InvalidRequest, which does not quote it, and UnprovableDomain."""
    try:
        domain = canonical_domain(text)
    except InvalidAccount as error:
        raise InvalidRequest(str(error), "/domain") from None
    if is_unprovable(domain):
        raise UnprovableDomain(
            f"{domain} is shared by strangers, as suffixes and mail providers are; name a domain that is yours alone."
        )
    return domain


class Proofs:
    """Of the domains of each key's holder. *by*: who acts, for the audit."""

    def __init__(
        self,
        db: Database,
        domains: Domains,
        ways: Ways,
        api_keys: ApiKeys,
        requests: MailRequests,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._db = db
        self._domains = domains
        self._ways = ways
        self._api_keys = api_keys
        self._requests = requests
        self._jobs = Jobs(db)
        self._audit = Audit(db)
        self._clock = clock

    def begin(self, key_id: int, text: str) -> DomainClaim:
        """A claim of the domain *text*, as new or as it stands. Raises InvalidRequest, UnprovableDomain."""
        domain = domain_in(text)
        with self._db.transaction():
            claim = self._domains.begin(key_id, domain, now=self.now())
            self.schedule()
        return claim

    def mail_code(self, claim: DomainClaim, mailbox: str, *, language: str = "en") -> None:
        """Have a code mailed to a standard *mailbox* of the domain, within the limits for each mailbox.

        Raises InvalidRequest for any other mailbox, MailOff.
        """
        if mailbox not in MAILBOXES:
            raise InvalidRequest(f"mail_to must be one of {', '.join(MAILBOXES)}.", "/mail_to")
        account = f"{mailbox}@{claim.domain}"
        self._requests.add(RequestKind.DOMAIN_CODE, account, language=language, browser=str(claim.key_id))

    def check(
        self, key_id: int, domain: Domain, *, way: Way | None = None, code: str = "", by: str
    ) -> tuple[DomainClaim, list[Miss]]:
        """The claim after looking for its proof: in the *way* named, or in all until one is found.

        *code*: what came by mail; it is for that way alone. Whatever counted before still counts where nothing was
        found. Raises UnknownDomain.
        """
        claim = self._domains.get(key_id, domain)
        misses: list[Miss] = []
        begun_at = self._clock()
        for one in _to_try(way, code):
            why = NO_TIME if self._clock() - begun_at > PATIENCE_S else self._missing(claim, one, code)
            if why is None:
                self._note_proved(claim, one, by)
                break
            misses.append(Miss(one, why))
        return self._domains.get(key_id, domain), misses

    def recheck(self) -> int:
        """Look for the proofs that are due, some at a time; how many were found. Those of ended keys just end."""
        living = {key.id for key in self._api_keys.alive()}
        due = [one for one in self._domains.due(self.now()) if one.key_id in living]
        found = sum(self._is_found_again(claim) for claim in due[:AT_ONCE])
        if self._domains.all():
            self._jobs.add(JOB, {}, due_at=self.now() + (EVERY_S if len(due) <= AT_ONCE else 0))
        return found

    def schedule(self) -> None:
        """See to it that a job of the kind waits, if there is anything to look at. Joins the caller's transaction."""
        with self._db.transaction():
            if self._domains.all() and not self._jobs.is_waiting(JOB):
                self._jobs.add(JOB, {}, due_at=self.now() + EVERY_S)

    def forget(self, key_id: int, domain: Domain, *, by: str) -> None:
        """The claim, and what it opened, is gone. Raises UnknownDomain."""
        with self._db.transaction():
            self._domains.forget(key_id, domain)
            self._note("forget domain", domain, key_id, by)

    def proved_by(self, key_id: int) -> ProvedDomains:
        """What the holder of the key may speak for now."""
        return self._domains.proved_by(key_id, now=self.now())

    def _missing(self, claim: DomainClaim, way: Way, code: str) -> str | None:
        if way is Way.MAIL:
            is_right = self._domains.spend_code(claim, code, now=self.now())
            return None if is_right else "The code is wrong, was used or is older than a day; have a new one mailed."
        if way is Way.DNS and self.proved_by(claim.key_id).covers_from_above(claim.domain):
            return None
        return self._ways.missing(way, claim.domain, self._domains.token(claim.key_id, claim.domain))

    def _is_found_again(self, claim: DomainClaim) -> bool:
        if claim.way is None:
            return False
        if self._missing(claim, claim.way, "") is None:
            self._domains.note_proved(claim, claim.way, now=self.now())
            return True
        with self._db.transaction():
            self._domains.note_missing(claim, now=self.now())
            self._note("miss proof of domain", claim.domain, claim.key_id, WORKER)
        return False

    def _note_proved(self, claim: DomainClaim, way: Way, by: str) -> None:
        with self._db.transaction():
            self._domains.note_proved(claim, way, now=self.now())
            self._note(f"prove domain by {way}", claim.domain, claim.key_id, by)
            self.schedule()
            if watchlists.any_in(self._db):  # there may be more to tell of some
                self._jobs.add(watchlists.JOB, {}, due_at=self.now())

    def _note(self, action: str, domain: Domain, key_id: int, by: str) -> None:
        self._audit.note(AuditEntry(at=self.now(), actor=by, action=action, subject=f"{domain} for key {key_id}"))

    def now(self) -> int:
        """By the clock that proofs are held to."""
        return int(self._clock())


def _to_try(way: Way | None, code: str) -> tuple[Way, ...]:
    if way is None:
        return (Way.MAIL,) if code else LOOKED_FOR
    return (way,)
