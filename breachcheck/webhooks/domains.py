"""Webhooks of domains: which numbers of a proved domain are other than those told last, breach by breach."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from breachcheck.addresses import Domain
from breachcheck.catalog import Breach, Catalogue, Published
from breachcheck.config import Disclosure
from breachcheck.disclosure import KEY, may_be_told
from breachcheck.domain_reports import DomainReports, ReportedExposure, numbers_json
from breachcheck.errors import NothingToAsk
from breachcheck.webhooks.endpoints import Webhook
from breachcheck.webhooks.messages import Span
from breachcheck.webhooks.numbers import ToldNumbers, WebhookNumbers
from breachcheck.webhooks.sources import Beginning, Step

Now = Mapping[str, tuple[ReportedExposure, ToldNumbers]]


class DomainSource:
    """The report of a domain, without sensitive breaches and without names.

    Numbers are compared where another load of a breach is shown, so that an opt-out, which may change them too, is
    told to nobody. *position* is the catalogue's generation.
    """

    def __init__(
        self, catalogue: Catalogue, reports: DomainReports, numbers: WebhookNumbers, *, site: Disclosure
    ) -> None:
        self._catalogue = catalogue
        self._reports = reports
        self._numbers = numbers
        self._site: Disclosure = site

    def beginning(self, holder: str, subject: str, cursor: str) -> Beginning:  # noqa: ARG002 - there is no feed
        """All that holds now counts as told."""
        generation = self._catalogue.generation()
        return Beginning(0, generation, tuple(told for _, told in self._now(Domain(subject)).values()))

    def next(self, webhook: Webhook) -> Step | None:
        published = self._catalogue.published()
        if published.generation == webhook.position:
            return None
        before = self._numbers.of_webhook(webhook.id)
        now = {name: told for name, (_, told) in self._now(Domain(webhook.subject)).items()}
        if not self._catalogue.stands(published):
            return None
        gone = [one for name, one in before.items() if name not in now and not self._is_shown(one, published)]
        found = tuple(sorted(name for name, one in now.items() if _is_news(before.get(name), one)))
        kept = {name: one for name, one in before.items() if one not in gone}
        moved = {name: _moved(one, now[name]) for name, one in kept.items() if name in now}
        numbers = kept | moved | {name: now[name] for name in found}
        span = Span(found=found, gone=tuple(sorted((one.breach, one.title) for one in gone)))
        is_news = bool(found or gone)
        return Step("domain.exposures", span if is_news else None, 0, published.generation, tuple(numbers.values()))

    def data(self, webhook: Webhook, span: Span) -> dict[str, Any] | None:
        now = self._now(Domain(webhook.subject))
        exposures = [numbers_json(now[name][0]) for name in span.found if name in now]
        gone = [{"name": name, "title": title} for name, title in span.gone if name not in now]
        if not exposures and not gone:
            return None
        return {"domain": webhook.subject, "exposures": exposures, "withdrawn": gone}

    def _now(self, domain: Domain) -> Now:
        try:
            report = self._reports.report(domain, KEY)
        except NothingToAsk:
            return {}
        return {one.breach.name: (one, _told(one)) for one in report.exposures}

    def _is_shown(self, told: ToldNumbers, published: Published) -> bool:
        """Whether the very load that was told of still is, whoever opted out of it since."""
        return any(_is_load(one, told) and may_be_told(KEY, one, self._site) for one in published.breaches)


def _is_load(breach: Breach, told: ToldNumbers) -> bool:
    return breach.name == told.breach and breach.load_id == told.load_id


def _is_news(before: ToldNumbers | None, now: ToldNumbers) -> bool:
    return before is None or (before.load_id != now.load_id and before.said != now.said)


def _moved(told: ToldNumbers, now: ToldNumbers) -> ToldNumbers:
    """What was told, of the load that is shown now."""
    return ToldNumbers(told.breach, told.title, now.load_id, told.said)


def _told(one: ReportedExposure) -> ToldNumbers:
    said = hashlib.sha256(msgspec.json.encode(numbers_json(one))).hexdigest()
    return ToldNumbers(one.breach.name, one.breach.title, one.breach.load_id, said)
