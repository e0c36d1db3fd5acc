"""PostgreSQL beside SQLite: a load, the room it takes, look-ups out of the index, and the running server's answers.

Both engines do the same with the same rows on this machine, in interleaved rounds; medians are printed, and how those
of PostgreSQL stand to SQLite's. Answers of the server are put beside an empty route of the same server, too.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from bench import contest, load, strangers
from bench.asked import CALLS, NOTHING, Call, Target, answered, running
from breachcheck import config, services
from breachcheck.config import Config
from breachcheck.services import Services
from tests import servers
from tests.servers import Server

SQLITE, POSTGRES = "SQLite", "PostgreSQL"
GOAL = 0.35
EXPOSURES = 1_000_000
POINTS = 2_000
AT_ONCE, BATCHES = 1_000, 20

Measured = Mapping[str, Sequence[float]]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name, servers.running() as server:
        folder = Path(name)
        measure_loads(folder, server, chosen.records, chosen.rounds)
        measure_index(folder, server, chosen.rounds)
        measure_calls(folder, server, chosen.rounds)


def measure_loads(folder: Path, server: Server, records: int, rounds: int) -> None:
    load.write_records(folder / "people.csv", records)
    (folder / "breach.yaml").write_text(load.MANIFEST, encoding="utf-8")
    rates: dict[str, list[float]] = {SQLITE: [], POSTGRES: []}
    for number in range(rounds):
        for engine, url in ((SQLITE, None), (POSTGRES, server.make(f"load_{number}"))):
            with environment(url):
                contest.init(folder)
                rates[engine].append(records / contest.ingest(folder).seconds)
    tell(f"`ingest` of {records:,} records of 10 columns, records a second", rates)


def measure_index(folder: Path, server: Server, rounds: int) -> None:
    url = server.make("index")
    known = np.random.default_rng(1).integers(-(2**63), 2**63 - 1, max(POINTS, AT_ONCE * BATCHES)).tolist()
    with ExitStack() as stack:
        stores = {
            SQLITE: stack.enter_context(store_in(config.read(folder / "index", {}))),
            POSTGRES: stack.enter_context(store_in(config.read(folder / "other", {"BREACHCHECK_DATABASE": url}))),
        }
        loaded = {name: [EXPOSURES / seconds(lambda one=one: fill(one, known))] for name, one in stores.items()}
        tell(f"{EXPOSURES:,} exposures into an empty index, a second, one round", loaded)
        tell("bytes an exposure", {name: [size_of(one) / EXPOSURES] for name, one in stores.items()})
        found: dict[str, dict[str, list[float]]] = {"points": {}, "batches": {}}
        for _ in range(rounds):
            for name, one in stores.items():
                found["points"].setdefault(name, []).append(POINTS / seconds(lambda one=one: points(one, known)))
                found["batches"].setdefault(name, []).append(len(known) / seconds(lambda one=one: batches(one, known)))
    tell("look-ups of one digest a second, one client", found["points"])
    tell(f"digests a second, {AT_ONCE:,} at once, one client", found["batches"])


def measure_calls(folder: Path, server: Server, rounds: int) -> None:
    url = server.make("calls")
    with ExitStack() as stack:
        for name in ("files", "server"):
            (folder / name).mkdir()
        targets = {
            SQLITE: stack.enter_context(running(folder / "files")),
            POSTGRES: stack.enter_context(running(folder / "server", url)),
        }
        for what, call in CALLS.items():
            shares: dict[str, list[float]] = {SQLITE: [], POSTGRES: []}
            for _ in range(rounds):
                for name, target in targets.items():
                    shares[name].append(share_of_empty(target, call))
            tell(f"{what}, of what an empty route of its server answers", shares, f"; goal: {GOAL} of the empty route")


def share_of_empty(target: Target, call: Call) -> float:
    return answered(target, call).a_second / answered(target, NOTHING).a_second


def tell(what: str, measured: Measured, goal: str = "") -> None:
    medians = {name: statistics.median(values) for name, values in measured.items()}
    ratio = medians[POSTGRES] / medians[SQLITE]
    values = ", ".join(f"{name} {written(median)}" for name, median in medians.items())
    print(f"{what}: {values}: x{ratio:.2f}{goal}", flush=True)


def written(number: float) -> str:
    return f"{number:,.0f}" if number >= 1000 else f"{number:.2f}"


@contextmanager
def environment(url: str | None) -> Iterator[None]:
    """For programs begun in the block, the store is at *url*."""
    if url:
        os.environ["BREACHCHECK_DATABASE"] = url
    try:
        yield
    finally:
        os.environ.pop("BREACHCHECK_DATABASE", None)


@contextmanager
def store_in(settings: Config) -> Iterator[Services]:
    services.init(settings)
    store = services.open_services(settings)
    yield store
    store.close()


def fill(store: Services, known: Sequence[int]) -> None:
    strangers.publish(store, "Bench", EXPOSURES, known)
    store.index.settle()


def size_of(store: Services) -> int:
    """Bytes that the exposures take, with what finds them."""
    if store.config.database is None:
        return store.config.index_path.stat().st_size
    (row,) = store.databases.index_db.query("SELECT pg_total_relation_size('exposure') AS size")
    return int(row["size"])


def points(store: Services, digests: Sequence[int]) -> None:
    for digest in digests[:POINTS]:
        if len(store.index.field_sets_of(digest)) != 1:  # type: ignore[arg-type]
            raise SystemExit("somebody was not found")


def batches(store: Services, digests: Sequence[int]) -> None:
    for start in range(0, len(digests), AT_ONCE):
        some = digests[start : start + AT_ONCE]
        if len(store.index.field_sets_of_many(some)) != len(some):  # type: ignore[arg-type]
            raise SystemExit("somebody was not found")


def seconds(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
