"""What the README quotes, or the parts of it that are named: `python -m bench load merge --records 20000000`."""

import argparse

from bench import beside, events, growth, load, lookup, merge, postgres, servers, text

PARTS = {
    "load": load.main,
    "events": events.main,
    "merge": merge.main,
    "text": text.main,
    "lookup": lookup.main,
    "servers": servers.main,
    "beside": beside.main,
    "growth": growth.main,
    "postgres": postgres.main,
}
WITHOUT_RECORDS = ("lookup", "servers")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all without any")
    parser.add_argument("--records", type=int, help="records of each part, but for lookup")
    parser.add_argument("--rounds", type=int, help="rounds of each part")
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    for part in chosen.parts or PARTS:
        names = [name for name in ("records", "rounds") if name == "rounds" or part not in WITHOUT_RECORDS]
        PARTS[part]([f"--{name}={value}" for name in names if (value := getattr(chosen, name))])


if __name__ == "__main__":
    main()
