"""Look-ups while a load runs: what share of their rate they keep. None may fail, or the bench does."""

import argparse
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bench import contest, load
from bench.asked import HIT, Target, answered, serving_for_a_while

A_WHILE_S = 1.0


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args(arguments)
    with serving_for_a_while() as target:
        load.write_records(target.folder / "people.csv", chosen.records)
        shares = [measure(target, number) for number in range(chosen.rounds)]
    print(
        f"look-ups while a load of {chosen.records:,} runs: {statistics.median(shares):.2f} of their rate, none failed;"
        " goal: 0.5"
    )


def measure(target: Target, number: int) -> float:
    """The rate while a load runs, from its beginning to its end, as a share of that before."""
    alone = answered(target, HIT).a_second
    with loading(target, f"Beside{number}") as process:
        rates = []
        while process.poll() is None:
            rates.append(answered(target, HIT, A_WHILE_S).a_second)
    # The last piece goes on when the load is over.
    return statistics.mean(rates[:-1] or rates) / alone


@contextmanager
def loading(target: Target, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """``breachcheck ingest`` into the store that is asked; fails where it does."""
    (target.folder / "breach.yaml").write_text(load.MANIFEST.replace("Bench", name), encoding="utf-8")
    command = [sys.executable, "-m", "breachcheck.cli", "ingest", "breach.yaml", "--data", "data"]
    environment = os.environ | {"PYTHONPATH": str(contest.ROOT)}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=target.folder, env=environment, stdout=quiet, stderr=quiet) as process:
        yield process
    if process.returncode:
        raise SystemExit(f"the load ended with status {process.returncode}")


if __name__ == "__main__":
    main()
