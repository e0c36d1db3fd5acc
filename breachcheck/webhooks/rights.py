"""Webhook rights: whose webhooks are told now. Nothing leaves for a holder whose keys all ended."""

from collections.abc import Iterable

from breachcheck.addresses import Domain
from breachcheck.api_keys import ApiKey, ApiKeys
from breachcheck.domains import Domains
from breachcheck.webhooks.endpoints import Webhook


class WebhookRights:
    """Asked again before every call, so that what a key no longer opens is told no more."""

    def __init__(self, api_keys: ApiKeys, domains: Domains) -> None:
        self._api_keys = api_keys
        self._domains = domains

    def told(self, webhooks: Iterable[Webhook], *, now: int) -> list[Webhook]:
        """Those of *webhooks* that a key of their holder opens, and, of domains, that hold a proof."""
        living = [key for key in self._api_keys.all() if not key.has_ended(now)]
        return [one for one in webhooks if any(self._opens(key, one, now) for key in living)]

    def has_proved(self, holder: str, domain: Domain, *, now: int) -> bool:
        """Whether a key of *holder* speaks for *domain*."""
        living = [key for key in self._api_keys.all() if not key.has_ended(now) and key.name == holder]
        return any(self._speaks_for(key, domain, now) for key in living)

    def _opens(self, key: ApiKey, webhook: Webhook, now: int) -> bool:
        if key.name != webhook.holder or webhook.scope not in key.scopes:
            return False
        return webhook.kind != "domain" or self._speaks_for(key, Domain(webhook.subject), now)

    def _speaks_for(self, key: ApiKey, domain: Domain, now: int) -> bool:
        return "domains" in key.scopes and self._domains.proved_by(key.id, now=now).covers(domain)
