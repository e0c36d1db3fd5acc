"""How fast combo lists and free text are read, beside loops of pure Python over the same file.

The loop that counts does the least that finds anybody: one regular expression a line, what it matches in lower case
into a set; nothing is checked, digested or counted. Another does what ours does, a record at a time: the rules,
`canonical`, the digest; it takes long, and so runs once. Ours is timed twice: all that a load does while it reads, in
this process; and the whole program `breachcheck ingest`, which starts, hashes the file, writes the index and commits.
Rounds are interleaved; medians are printed. Text comes dense, with an address in every tenth line, and sparse, with
one in every thousandth.
"""

import argparse
import random
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from bench import contest
from breachcheck.addresses import Address, canonical
from breachcheck.digests import Digester
from breachcheck.errors import InvalidAccount
from ingest import formats, sources
from ingest.engine import Engine
from ingest.extract import Extractor
from ingest.gathering import Gathering
from ingest.mapping import FIXED
from ingest.readers import prose
from ingest.readers.base import Instructions
from ingest.selection import Wanted
from ingest.words import Words

WORDS = re.findall(
    r"\w+",
    "the of and a to in is you that it he was for on are as with his they I at be this have from or one had by "
    "word but not what all were we when your can said there use an each which she do how their if will up "
    "other about out many then them these so some her would make like him into time has look two more write go "
    "see number way could people than first water been call who oil its now find long down day did get come "
    "made may part",
)
DOMAINS = ("example.com", "mail.example.org", "example.net", "example.co.uk")
ODD = ("o'{}", "{}%40", "https://example.com/?to={}", "'{}'", "\\n{}")
ANY_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
COMBO = re.compile(r"\s*([^\s@:]+@[^\s@:]+\.[^\s@:]+):(.*)")
GOAL = 20
OURS = "breachcheck, reading"
ONCE = "the same work, in Python, once"
MANIFEST = """
manifest: 1
name: Bench
title: Bench
breach_date: 2025-11-09
description: Nobody in it is real.
files:
"""


def combo_lines(dice: random.Random, count: int) -> Iterator[str]:
    for number in range(count):
        who = f"{dice.choice(WORDS)}.{dice.choice(WORDS)}{dice.randrange(count)}@{DOMAINS[number % 4]}"
        line = f"{who}:{dice.choice(WORDS)}{dice.randrange(10**6)}{'!' if number % 5 else ':x'}"
        yield line if number % 200 else f"user{number}:{line}"


def text_lines(dice: random.Random, count: int, every: int) -> Iterator[str]:
    """Prose, with an address in one line of *every*; one address in fifty is written in an odd way."""
    for number in range(count):
        words = dice.choices(WORDS, k=dice.randint(8, 22))
        if number % every == 0:
            who = f"{dice.choice(WORDS)}.{dice.choice(WORDS)}{number}@{dice.choice(DOMAINS)}"
            is_odd = number % (50 * every) == 0
            shape = dice.choice(ODD) if is_odd else dice.choice(("{}", "<{}>", "{},", "{}.", "({})"))
            words.insert(dice.randrange(len(words)), shape.format(who))
        yield " ".join(words)


def ours(path: Path, form: str, digester: Digester, folder: Path) -> int:
    """How many people are found."""
    [file] = [one for one in sources.find(path.name, path.parent) if isinstance(one, sources.DataFile)]
    [table] = formats.tables(file, Instructions(format=form))
    classes = {column: (name,) for column, name in FIXED[form].items()}
    wanted = Wanted(addresses=("address",), classes=classes)
    words = Words(tuple(FIXED[form].values()))
    gathering = Gathering(folder, words)
    with Engine(folder) as engine, closing(gathering):
        extractor = Extractor(engine, digester, "Bench", gathering, {})
        return extractor.read(table, wanted, 0, lambda _: None).accepted


def whole_load(path: Path, form: str, _: Digester, __: Path) -> int:
    manifest = path.with_suffix(".yaml")
    manifest.write_text(f"{MANIFEST}  - {{path: {path.name}, format: {form}}}\n", encoding="utf-8")
    contest.ingest(path.parent, manifest.name)
    return 0


def same_work(path: Path, form: str, digester: Digester, _: Path) -> int:
    found: Counter[int] = Counter()
    with path.open(encoding="utf-8") as file:
        for line in file:
            for text in _of_combo(line) if form == "combo" else prose.found_in(line.encode()):
                address = _canonical(text)
                if address:
                    found[digester.of_address(address)] += 1
    return found.total()


def _of_combo(line: str) -> list[str]:
    match = COMBO.match(line)
    return [match[1]] if match else []


def _canonical(text: str) -> Address | None:
    try:
        return canonical(text)
    except InvalidAccount:
        return None


def least_work(path: Path, form: str, _: Digester, __: Path) -> int:
    found: set[str] = set()
    with path.open(encoding="utf-8") as file:
        for line in file:
            for text in _of_combo(line) if form == "combo" else ANY_ADDRESS.findall(line):
                found.add(text.lower())
    return len(found)


CONTENDERS: dict[str, Callable[[Path, str, Digester, Path], int]] = {
    OURS: ours,
    "breachcheck ingest, all of it": whole_load,
    "one expression, in Python": least_work,
    ONCE: same_work,
}


def measure(folder: Path, form: str, lines: Iterator[str], rounds: int, title: str) -> None:
    path = folder / f"{form}.txt"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    digester = Digester(bytes(32))
    taken: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    people: dict[str, int] = {}
    for number in range(rounds):
        contest.init(folder)
        for name, contender in CONTENDERS.items():
            if name != ONCE or number == 0:
                began = time.perf_counter()
                people[name] = contender(path, form, digester, folder)
                taken[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(all_of) for name, all_of in taken.items()}
    print(f"{title}, {path.stat().st_size / 1e6:.0f} MB, medians of {rounds} interleaved rounds; goal: x{GOAL}")
    for name, seconds in medians.items():
        found = f"{people[name]:12,} found" if people[name] else " " * 18
        print(f"{name:32}{seconds:8.2f} s{found}   x{seconds / medians[OURS]:.1f}", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args(arguments)
    dice = random.Random(1)
    count, rounds = chosen.records, chosen.rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measure(folder, "combo", combo_lines(dice, count), rounds, f"{count:,} lines of a combo list")
        measure(folder, "text", text_lines(dice, count, 10), rounds, "text, an address in every 10th line")
        measure(folder, "text", text_lines(dice, count, 1000), rounds, "text, an address in every 1,000th line")


if __name__ == "__main__":
    main()
