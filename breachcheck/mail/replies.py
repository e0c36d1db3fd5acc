"""Replies: what is mailed to an address that someone typed, once its limits are looked at."""

from collections.abc import Callable, Mapping

from breachcheck.addresses import canonical, domain_of
from breachcheck.db.base import Database
from breachcheck.domains import CODE_LIFE_S, Domains
from breachcheck.mail.letters import Letters
from breachcheck.mail_requests import MailRequest, MailRequests, RequestKind
from breachcheck.outbox import Mail, Outbox
from breachcheck.owner_links import LIFE_S, OwnerLinks
from breachcheck.subscribers import PENDING_S, Subscribers


class Replies:
    """Turns mail requests into queued mails, or into nothing."""

    def __init__(
        self,
        db: Database,
        requests: MailRequests,
        owner_links: OwnerLinks,
        subscribers: Subscribers,
        domains: Domains,
        letters: Letters,
        outbox: Outbox,
    ) -> None:
        self._db = db
        self._requests = requests
        self._owner_links = owner_links
        self._subscribers = subscribers
        self._domains = domains
        self._letters = letters
        self._outbox = outbox
        self._written: Mapping[RequestKind, tuple[Callable[[MailRequest, int], Mail | None], int]] = {
            RequestKind.OWNER_LINK: (self._owner_link, LIFE_S),
            RequestKind.CONFIRMATION: (self._confirmation, PENDING_S),
            RequestKind.DOMAIN_CODE: (self._domain_code, CODE_LIFE_S),
        }

    def reply(self, now: int) -> bool:
        """Decide on the request that has waited longest; whether there was one."""
        with self._db.transaction():
            request = self._requests.oldest()
            if request is None:
                return False
            is_wanted = self._requests.may_be_mailed(request)
            if is_wanted:
                self._queue(request, now)
            self._requests.settle(request, mailed=is_wanted)
        return True

    def sweep(self) -> None:
        """Forget what is too old to be of use."""
        for one in (self._requests, self._owner_links, self._subscribers):
            one.sweep()

    def _queue(self, request: MailRequest, now: int) -> None:
        write, life_s = self._written[request.kind]
        if mail := write(request, now):
            self._outbox.add(request.kind.value, mail, now=now, is_urgent=True, not_after=now + life_s)

    def _owner_link(self, request: MailRequest, _now: int) -> Mail:
        link = self._owner_links.make(request)
        return self._letters.owner_link(
            request.recipient,
            request.language,
            token=link.token,
            code=link.code,
            stop_token=self._requests.stop_token(request),
        )

    def _confirmation(self, request: MailRequest, _now: int) -> Mail:
        token = self._subscribers.begin(request)
        return self._letters.confirmation(request.recipient, request.language, token=token)

    def _domain_code(self, request: MailRequest, now: int) -> Mail | None:
        """Nothing for a domain that its key has forgotten meanwhile."""
        domain = domain_of(canonical(request.recipient))
        code = self._domains.new_code(int(request.browser or 0), domain, now=now)
        if code is None:
            return None
        return self._letters.domain_code(
            request.recipient,
            request.language,
            domain=domain,
            code=code,
            stop_token=self._requests.stop_token(request),
        )
