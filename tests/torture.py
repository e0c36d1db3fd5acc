"""Torture: loads and look-ups on PostgreSQL while its server or the load is killed, held against what must be found.

``python -m tests.torture ROUNDS [SEED]`` prints what happened and ends with 1 where anybody was told wrongly.
"""

import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from breachcheck import config, services
from breachcheck.batch_lookup import Question
from breachcheck.config import Config
from breachcheck.disclosure import PUBLIC
from breachcheck.errors import BreachcheckError, CouldNotCheck
from breachcheck.services import Services, open_services
from ingest import manifest as manifests
from tests.servers import Server, running

PEOPLE = 3000
OTHER_CLASSES = ("Names", "Phone numbers", "Job titles", "Genders", "Dates of birth")
"""What every person of a load carries beside an address; by it an answer tells of which load it is."""

LOAD = """
import sys
from pathlib import Path
from breachcheck import config
from breachcheck.services import open_services
from ingest import manifest, pipeline, writing

class Silent:
    def update(self, stage, records, bytes_done, bytes_total): pass

writing.ROWS_A_PIECE = 150
services = open_services(config.read(Path(sys.argv[1]), {}))
print("ready", flush=True)
pipeline.run(manifest.read(Path(sys.argv[2])), services, progress=Silent(), by="torture")
"""


@dataclass
class Seen:
    """What the rounds came to. *wrong*: what nobody may ever be told, in words."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counted = ", ".join(f"{number:,} {what}" for what, number in sorted(self.counts.items()))
        return f"{counted}; wrong: {'; '.join(self.wrong) or 'none'}"


class Reader(threading.Thread):
    """Asks for people, all the time. They are all in one load: nobody may be missing, and none be of another load."""

    def __init__(self, settings: Config, seen: Seen, seed: int) -> None:
        super().__init__(name="reader")
        self._settings = settings
        self._seen = seen
        self._random = random.Random(seed)
        self._is_over = threading.Event()

    def run(self) -> None:
        with closing(opened(self._settings)) as store:
            while not self._is_over.is_set():
                self._ask(store)

    def end(self) -> None:
        self._is_over.set()
        self.join()

    def _ask(self, store: Services) -> None:
        some = self._random.sample(range(PEOPLE), 20)
        try:
            told = versions(store, some)
        except CouldNotCheck:
            self._seen.counts["could not check"] += 1
            time.sleep(0.05)  # it is told so in a millisecond, and others have work to do
            return
        self._seen.counts["answers"] += len(some)
        if len(told) != 1 or None in told:
            self._seen.wrong.append(f"one batch was told of {sorted(map(str, told))}")


def versions(store: Services, people: list[int] | range) -> set[str | None]:
    """By which loads *people* are found; None is in it where somebody is not."""
    questions = [Question(f"person{number}@example.com") for number in people]
    found: set[str | None] = set()
    for outcome in store.batch_lookup.ask(questions, PUBLIC):
        if isinstance(outcome, BreachcheckError):
            raise outcome
        leaked = {name for exposure in outcome.exposures for name in exposure.leaked}
        found |= leaked.intersection(OTHER_CLASSES) or {None}
    return found


def opened(settings: Config) -> Services:
    """As soon as the server is there."""
    while True:
        with suppress(CouldNotCheck):
            return open_services(settings)
        time.sleep(0.05)


def described(folder: Path, other: str) -> Path:
    """A manifest of all people, who carry *other*."""
    lines = [f"person{number}@example.com,x{number}\n" for number in range(PEOPLE)]
    (folder / "people.csv").write_text("email,other\n" + "".join(lines), encoding="utf-8")
    path = folder / "breach.yaml"
    path.write_text(
        "manifest: 1\nname: Shop\ntitle: Shop\nbreach_date: 2026-03-14\ndescription: A breach.\n"
        f"files: [{{path: people.csv, mapping: {{email: Email addresses, other: {other}}}}}]\n",
        encoding="utf-8",
    )
    manifests.read(path)
    return path


def load(settings: Config, manifest: Path) -> "subprocess.Popen[str]":
    """A load in a process of its own, once it has opened the store."""
    process = subprocess.Popen(
        [sys.executable, "-c", LOAD, settings.data, manifest],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    return process


def one_round(server: Server, settings: Config, folder: Path, number: int, chance: random.Random, seen: Seen) -> None:
    """Load everyone anew, kill something meanwhile, and hold what is found against what may be."""
    before, new = OTHER_CLASSES[(number - 1) % len(OTHER_CLASSES)], OTHER_CLASSES[number % len(OTHER_CLASSES)]
    process = load(settings, described(folder, new))
    time.sleep(chance.uniform(0, 0.9))
    if chance.random() < 0.7:
        seen.counts["kills of the server"] += 1
        server.kill()
        time.sleep(chance.uniform(0, 0.3))
        server.start()
    else:
        seen.counts["kills of a load"] += 1
        process.kill()
    process.communicate()
    judge(settings, folder, before, new, process.returncode == 0, seen)


def judge(settings: Config, folder: Path, before: str, new: str, was_acknowledged: bool, seen: Seen) -> None:
    """Everyone must be found by one load: the new one where it said that it was done; else that is brought in now."""
    with closing(opened(settings)) as store:
        found = versions(store, range(PEOPLE))
    seen.counts["loads that said they were done"] += was_acknowledged
    if found not in ({new}, {before}):
        seen.wrong.append(f"partial: {sorted(map(str, found))}")
    if was_acknowledged and found != {new}:
        seen.wrong.append("lost: what was published is not found")
    if found == {before}:
        again = load(settings, described(folder, new))
        again.communicate()
        if again.returncode:
            seen.wrong.append("stuck: the load does not come to its end after what was killed")


def torture(rounds: int, seed: int) -> Seen:
    seen, chance = Seen(), random.Random(seed)
    with tempfile.TemporaryDirectory() as name, running() as server:
        folder = Path(name)
        server.make("torture")
        (folder / "data").mkdir(mode=0o700)
        (folder / "data" / config.SETTINGS_FILE).write_text(f'database = "{server.url("torture")}"\n')
        settings = config.read(folder / "data", {})
        services.init(settings)
        load(settings, described(folder, OTHER_CLASSES[0])).communicate()
        readers = [Reader(settings, seen, seed + number) for number in range(2)]
        for reader in readers:
            reader.start()
        for number in range(1, rounds + 1):
            one_round(server, settings, folder, number, chance, seen)
        for reader in readers:
            reader.end()
    return seen


if __name__ == "__main__":
    result = torture(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    sys.stdout.write(f"{result}\n")
    sys.exit(bool(result.wrong))
