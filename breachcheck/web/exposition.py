"""The exposition: every metric, and where it comes from. No label holds what anybody sent, but the name of a method."""

import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter

from prometheus_client import CollectorRegistry, Metric, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from breachcheck import __version__
from breachcheck.errors import CouldNotCheck
from breachcheck.health.measures import BOUNDS_MS, Times
from breachcheck.health.performance import WORKER
from breachcheck.services import Services

Source = Callable[[Services], Iterator[Metric]]


def registry(services: Services) -> CollectorRegistry:
    """All metrics, read when they are asked for. What only the store knows is left out while it cannot be asked."""
    made = CollectorRegistry(auto_describe=False)
    made.register(_Ours(services))
    return made


class _Ours(Collector):
    def __init__(self, services: Services) -> None:
        self._services = services

    def describe(self) -> Sequence[Metric]:
        """Nothing: whoever registers a collector is asked for its names otherwise, and so the store."""
        return ()

    def collect(self) -> Iterator[Metric]:
        yield from of_the_build(self._services)
        for metric in (*of_requests(self._services), *ProcessCollector(registry=None).collect()):
            yield _of_this_process(metric)
        try:
            stored = [metric for source in OF_THE_STORE for metric in source(self._services)]
        except CouldNotCheck:
            stored = []
        yield _gauge("breachcheck_store_up", "Whether look-ups can be answered: 1, or 0.", 1 if stored else 0)
        yield from stored


def of_the_build(services: Services) -> Iterator[Metric]:
    engine = "postgresql" if services.config.database else "sqlite"
    value = {"version": __version__, "python": platform.python_version(), "engine": engine}
    yield InfoMetricFamily("breachcheck_build", "What runs here.", value)


def of_requests(services: Services) -> Iterator[Metric]:
    counts = services.measures.counts()
    yield _counter(
        "breachcheck_requests",
        "Answers, by the rule of the route.",
        ("method", "rule", "status"),
        counts.requests.items(),
    )
    yield _histogram(
        "breachcheck_request_duration_seconds", "How long they took.", "rule", counts.request_times.items()
    )
    yield _counter(
        "breachcheck_lookups", "Accounts that were asked about, by door.", ("door", "outcome"), counts.lookups.items()
    )
    yield _histogram(
        "breachcheck_lookup_duration_seconds",
        "How long an answer about one account took.",
        "door",
        counts.lookup_times.items(),
    )
    yield CounterMetricFamily(
        "breachcheck_complaints", "Visitors who said that the site does not work.", counts.complaints
    )


def of_breaches(services: Services) -> Iterator[Metric]:
    published = services.lookup.try_store()
    breaches = published.breaches
    exposures = sum(one.tally.people + one.tally.aliases for one in breaches)
    yield _gauge("breachcheck_breaches", "Breaches that are published.", len(breaches))
    yield _gauge("breachcheck_exposures", "Exposures of them, as their loads counted them.", exposures)
    yield _gauge("breachcheck_generation", "Moves with everything that changes what may be seen.", published.generation)
    if breaches:
        newest = max(one.added_at for one in breaches)
        yield _gauge("breachcheck_newest_breach_timestamp_seconds", "When the newest of them was added.", newest)


def of_work(services: Services) -> Iterator[Metric]:
    """What waits, and what nobody will try again."""
    mails, hooks = services.post.outbox.counts(), [view.counts for view in services.webhooks.views()]
    jobs = {"due": services.jobs.overdue(int(time.time())), "failed": len(services.jobs.failed())}
    messages = {"waiting": sum(one.waiting for one in hooks), "dead": sum(one.dead for one in hooks)}
    yield _states("breachcheck_jobs", "Jobs that are due, and that failed for good.", jobs.items())
    yield _states("breachcheck_mails", "Mails; those that were handed over, in the last week.", mails.items())
    yield _states("breachcheck_webhook_messages", "Messages of webhooks.", messages.items())
    seen = services.performance.last_minute_of(WORKER)
    if seen is not None:
        yield _gauge("breachcheck_worker_seen_timestamp_seconds", "The last minute that a worker was there.", seen)


OF_THE_STORE: Sequence[Source] = (of_breaches, of_work)


def _of_this_process(metric: Metric) -> Metric:
    """Marked with its number: of several behind one port, now this one is met and now that."""
    for sample in metric.samples:
        sample.labels["process"] = str(os.getpid())
    return metric


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value)


def _states(name: str, what: str, numbers: Iterable[tuple[str, int]]) -> Metric:
    family = GaugeMetricFamily(name, what, labels=["state"])
    for state, number in numbers:
        family.add_metric([state], number)
    return family


def _counter(name: str, what: str, labels: Sequence[str], counts: Iterable[tuple[Sequence[str], int]]) -> Metric:
    family = CounterMetricFamily(name, what, labels=labels)
    for values, count in sorted(counts):
        family.add_metric(values, count)
    return family


def _histogram(name: str, what: str, label: str, times: Iterable[tuple[str, Times]]) -> Metric:
    family = HistogramMetricFamily(name, what, labels=[label])
    for value, one in sorted(times, key=itemgetter(0)):
        family.add_metric([value], _buckets(one), one.sum_s)
    return family


def _buckets(times: Times) -> list[tuple[str, float]]:
    """By upper bound in seconds, each with all that are below it."""
    named = [*(str(bound / 1000) for bound in BOUNDS_MS), "+Inf"]
    return [(bound, sum(times.within[: place + 1])) for place, bound in enumerate(named)]
