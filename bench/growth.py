"""What one look-up costs in a large store beside a small one, and among many breaches beside few: in process, warm."""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from bench import strangers
from breachcheck import addresses, config, services
from breachcheck.disclosure import KEY
from breachcheck.services import Services

SMALL, FEW, MANY = 200_000, 10, 100
ASKED = 4_000
"""People of every store who are asked for, half of them in it."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", type=int, default=20_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        ratio, cost_us = compared(Path(name), (SMALL, 1), (chosen.records, 1), chosen.rounds)
    print(f"look-up at {chosen.records:,} exposures beside {SMALL:,}: {ratio:.2f} ({cost_us:.1f} us); goal: 1.5")
    with tempfile.TemporaryDirectory() as name:
        ratio, cost_us = compared(Path(name), (SMALL, FEW), (SMALL, MANY), chosen.rounds)
    print(f"look-up among {MANY} breaches beside {FEW}: {ratio:.2f} ({cost_us:.1f} us); goal: 1")


def compared(folder: Path, one: tuple[int, int], other: tuple[int, int], rounds: int) -> tuple[float, float]:
    """(median of what a look-up costs in *other* beside *one*, in microseconds in *other*); rounds alternate.

    Each store is its number of exposures and of breaches.
    """
    with closing(filled(folder / "one", *one)) as small, closing(filled(folder / "other", *other)) as large:
        took = [(cost(small), cost(large)) for _ in range(rounds + 1)][1:]  # the first warms up
    return (
        statistics.median(large_us / small_us for small_us, large_us in took),
        statistics.median(large_us for _, large_us in took),
    )


def cost(store: Services) -> float:
    """Microseconds a look-up."""
    asked = people() + [f"nobody{number}@example.com" for number in range(ASKED // 2)]
    random.Random(1).shuffle(asked)
    began = time.perf_counter()
    for account in asked:
        store.lookup.ask(account, KEY)
    return (time.perf_counter() - began) / len(asked) * 1e6


def people() -> list[str]:
    return [f"person{number}@example.com" for number in range(ASKED // 2)]


def filled(data: Path, exposures: int, breaches: int) -> Services:
    """A store of so many exposures, in equal shares of so many breaches; each of ``people`` is in one of them."""
    settings = config.read(data, {})
    services.init(settings)
    store = services.open_services(settings)
    known = [store.digester.of_address(addresses.canonical(one)) for one in people()]
    for number in range(breaches):
        strangers.publish(store, f"Bench{number}", exposures // breaches, known[number::breaches])
    return store


if __name__ == "__main__":
    main()
