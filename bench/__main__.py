"""What the README quotes, or the parts of it that are named: `python -m bench load merge --records 20000000`."""

import argparse

from bench import events, load, lookup, merge, text

LOADS = {"load": load.main, "events": events.main, "merge": merge.main, "text": text.main}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join([*LOADS, 'lookup'])}; all without any")
    parser.add_argument("--records", type=int, help="records of each part, but for lookup")
    parser.add_argument("--rounds", type=int, help="rounds of each part, but for lookup")
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - {*LOADS, "lookup"}:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    told = [f"--{name}={value}" for name in ("records", "rounds") if (value := getattr(chosen, name))]
    for part in chosen.parts or [*LOADS, "lookup"]:
        if part == "lookup":
            lookup.main()
        else:
            LOADS[part](told)


if __name__ == "__main__":
    main()
