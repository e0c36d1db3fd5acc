"""Look-ups a second of the running server, as a share of what an empty Flask route in the same server answers.

Both routes get the same requests, their bodies are parsed alike; rounds alternate, the median counts. And within what
time 99 of 100 are answered, as a multiple of the empty route's; and how many accounts a second a batch tells.
"""

import argparse
import http.client
import statistics
import time
from collections.abc import Sequence

from bench.asked import CALLS, FOUND, NOTHING, Answered, Call, Target, answered, serving_for_a_while

BATCH = "/api/v1/lookup/batch"
ACCOUNTS = 100_000


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args(arguments).rounds
    with serving_for_a_while() as target:
        for name, call in CALLS.items():
            tell(name, measure(target, call, rounds))
        batch = statistics.median(batch_rate(target) for _ in range(rounds))
    print(f"batch: {batch:,.0f} accounts a second through HTTP, one client; goal: 50,000")


def measure(target: Target, call: Call, rounds: int) -> list[tuple[Answered, Answered]]:
    """(ours, the empty route's) of each round."""
    return [(answered(target, call), answered(target, NOTHING)) for _ in range(rounds)]


def tell(name: str, rounds: list[tuple[Answered, Answered]]) -> None:
    rate = statistics.median(ours.a_second / empty.a_second for ours, empty in rounds)
    p99 = statistics.median(ours.p99_ms / empty.p99_ms for ours, empty in rounds)
    a_second = statistics.median(ours.a_second for ours, _ in rounds)
    slowest = statistics.median(ours.p99_ms for ours, _ in rounds)
    print(
        f"{name}: {rate:.2f} of an empty Flask route ({a_second:,.0f} a second);"
        f" 99 of 100 within {p99:.2f} times its time ({slowest:.1f} ms); goals: 0.8, 3",
        flush=True,
    )


def batch_rate(target: Target) -> float:
    """Accounts a second of one full batch, from the first byte sent to the last one read; one in ten is found."""
    accounts = [f"person{number}@example.com" if number % 10 else FOUND for number in range(ACCOUNTS)]
    body = "".join(f'{{"account":"{account}","ref":{place}}}\n' for place, account in enumerate(accounts)).encode()
    connection = http.client.HTTPConnection("127.0.0.1", target.port)
    headers = {"Content-Type": "application/x-ndjson", "Authorization": f"Bearer {target.key}"}
    began = time.perf_counter()
    connection.request("POST", BATCH, body, headers)
    answer = connection.getresponse().read()
    took = time.perf_counter() - began
    if answer.count(b'"exposed"') != ACCOUNTS // 10 or answer.count(b"\n") != ACCOUNTS:
        raise SystemExit("the batch was not answered whole")
    return ACCOUNTS / took


if __name__ == "__main__":
    main()
