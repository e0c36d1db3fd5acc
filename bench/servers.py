"""Look-ups a second of granian, in one process and in two, as a multiple of what waitress answers of the same store.

Rounds alternate, the median counts. The client has a core of the machine too.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.asked import CALLS, Call, Target, answered, make_store, wait_for

GRANIAN = ("--server", "granian")
SERVERS: dict[str, tuple[str, ...]] = {
    "waitress": (),
    "granian": GRANIAN,
    "granian, two processes": (*GRANIAN, "--processes", "2"),
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args(arguments).rounds
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        key = make_store(folder / "data")
        targets = {kind: stack.enter_context(serving(kind, folder, key)) for kind in SERVERS}
        for what, call in CALLS.items():
            tell(what, targets, call, rounds)


def tell(what: str, targets: dict[str, Target], call: Call, rounds: int) -> None:
    each = [{kind: answered(target, call).a_second for kind, target in targets.items()} for _ in range(rounds)]
    for kind in list(targets)[1:]:
        ratio = statistics.median(one[kind] / one["waitress"] for one in each)
        print(f"{what}: {kind} answers {ratio:.2f} times as many as waitress", flush=True)


@contextmanager
def serving(kind: str, folder: Path, key: str) -> Iterator[Target]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    line = ["serve", "--no-worker", "--data", str(folder / "data"), "--port", str(port), *SERVERS[kind]]
    with (folder / "server.log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "breachcheck.cli", *line], stdout=log, stderr=log,
            env=os.environ | {"BREACHCHECK_TRUSTED_PROXIES": "192.0.2.1"},
        )  # fmt: skip
        try:
            wait_for(port)
            yield Target(port, key, folder)
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
