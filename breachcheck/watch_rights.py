"""Watch rights: of whose people a holder, or one key of theirs, may be told sensitive breaches now."""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from breachcheck.api_keys import ApiKey, ApiKeys
from breachcheck.digests import Digest, Digester
from breachcheck.disclosure import SENSITIVE
from breachcheck.domains import Domains
from breachcheck.watchlists import Watched


@dataclass(frozen=True, slots=True)
class Rights:
    """Domains that were proved, as digests: *exact* ones, and *whole* ones with all below them."""

    exact: frozenset[Digest] = frozenset()
    whole: frozenset[Digest] = frozenset()

    def cover(self, account: Watched) -> bool:
        """Whether the account is of one of them."""
        return any(domain in self.whole for domain in account.domains) or bool(self.exact & set(account.domains[:1]))

    @property
    def fingerprint(self) -> str:
        """Another one for other rights; "" for none."""
        every = sorted((*self.exact, *self.whole))
        return hashlib.sha256(repr(every).encode()).hexdigest() if every else ""


NO_RIGHTS = Rights()


class WatchRights:
    """Asked whenever something is told or read, so that what has ended opens nothing."""

    def __init__(
        self, api_keys: ApiKeys, domains: Domains, digester: Digester, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._api_keys = api_keys
        self._domains = domains
        self._digester = digester
        self._clock = clock

    def of_key(self, key: ApiKey) -> Rights:
        """What an operator allowed *key*, of the domains that it has proved."""
        return self._of([key])

    def of_holder(self, holder: str) -> Rights:
        """Of all keys of that name that open something."""
        return self._of(key for key in self._api_keys.alive() if key.name == holder)

    def _of(self, keys: Iterable[ApiKey]) -> Rights:
        now = int(self._clock())
        proved = [self._domains.proved_by(key.id, now=now) for key in keys if SENSITIVE in key.scopes]
        return Rights(
            exact=frozenset(self._digester.of_domain(domain) for one in proved for domain in one.exact),
            whole=frozenset(self._digester.of_domain(domain) for one in proved for domain in one.whole),
        )
