"""A load that is killed, wherever that hits it, shows nothing, loses nothing and is in nobody's way."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from breachcheck import config
from breachcheck.addresses import Domain
from breachcheck.disclosure import PUBLIC
from breachcheck.services import open_services
from ingest import manifest as manifests
from ingest import pipeline
from tests.engines import ENGINES as ENGINES
from tests.ingest.loads import Silent
from tests.stores import new_store

ROOT = Path(__file__).parents[2]
PEOPLE = 20_000
DOMAIN = Domain("example.com")
LOAD = """
import os, signal, sys
from pathlib import Path
from breachcheck import config
from breachcheck.services import open_services
from ingest import manifest, pipeline, writing

writing.ROWS_A_PIECE = 1000
stage, count = sys.argv[3], int(sys.argv[4])

class Killer:
    def update(self, now, records, bytes_done, bytes_total):
        global count
        if records and now.startswith(stage):
            count -= 1
            if count == 0:
                os.kill(os.getpid(), signal.SIGKILL)

services = open_services(config.read(Path(sys.argv[1])))
print("ready", flush=True)
pipeline.run(manifest.read(Path(sys.argv[2])), services, progress=Killer(), by="tests")
"""


def described(folder, first, last):
    """A manifest of the people from *first* to *last*."""
    lines = [f"person{number}@example.com,Name {number % 3 or ''}\n" for number in range(first, last)]
    (folder / "people.csv").write_text("email,name\n" + "".join(lines), encoding="utf-8")
    path = folder / "breach.yaml"
    path.write_text(
        "manifest: 1\nname: Shop\ntitle: Shop\nbreach_date: 2026-03-14\ndescription: A breach.\n"
        "files: [{path: people.csv, mapping: {email: Email addresses, name: Names}}]\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def data(tmp_path):
    """A data folder in which person 0 is published, and nobody else."""
    services = new_store(tmp_path / "data", own_domains=DOMAIN)
    pipeline.run(manifests.read(described(tmp_path, 0, 1)), services, progress=Silent(), by="tests")
    services.close()
    return tmp_path / "data"


def start(data, manifest, stage="never", count=0):
    return subprocess.Popen(
        [sys.executable, "-c", LOAD, data, manifest, stage, str(count)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def reopened(data):
    return open_services(config.read(data, {}))


def is_exposed(services, number):
    return bool(services.lookup.ask(f"person{number}@example.com", PUBLIC).exposures)


def assert_domain_is_told(services, people):
    """The whole domain is counted and sealed as its people are: by what is published, and nothing else."""
    assert services.domain_lookup.ask(DOMAIN).people == people
    assert len(services.domain_lookup.accounts_of(DOMAIN).exposures) == people


def is_published(data):
    """Whether the second load came as far as its switch."""
    services = reopened(data)
    try:
        return services.breaches.get("Shop").current_load != 1
    finally:
        services.close()


def assert_whole(data):
    services = reopened(data)
    try:
        assert not is_exposed(services, 0)
        assert all(is_exposed(services, number) for number in range(1, PEOPLE))
        assert_domain_is_told(services, PEOPLE - 1)
    finally:
        services.close()


def assert_untouched_and_loadable(data, manifest):
    services = reopened(data)
    try:
        assert is_exposed(services, 0)
        assert not any(is_exposed(services, number) for number in range(1, PEOPLE, 997))
        assert_domain_is_told(services, 1)
        outcome = pipeline.run(manifests.read(manifest), services, progress=Silent(), by="tests")
        assert outcome.tally.people == PEOPLE - 1
        assert not is_exposed(services, 0)
        assert all(is_exposed(services, number) for number in range(1, PEOPLE, 997))
        assert_domain_is_told(services, PEOPLE - 1)
        assert "running" not in [load.state for load in services.loads.of_breach(services.breaches.get("Shop").id)]
    finally:
        services.close()


@pytest.mark.parametrize(
    ("stage", "count"), [("Reading", 1), ("Writing", 1), ("Writing", 2), ("Writing", 9), ("Writing", 20)]
)
def test_a_load_killed_at_a_stage_is_invisible_and_the_next_one_succeeds(tmp_path, data, stage, count):
    manifest = described(tmp_path, 1, PEOPLE)
    killed = start(data, manifest, stage, count)
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL

    assert_untouched_and_loadable(data, manifest)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_a_load_killed_at_any_moment_is_invisible_or_whole(tmp_path, data, seed):
    manifest = described(tmp_path, 1, PEOPLE)
    with start(data, manifest) as killed:
        killed.stdout.readline()
        time.sleep(random.Random(seed).uniform(0, 0.4))
        killed.kill()

    # Where the kill came after the switch, the load is published, and then whole.
    if is_published(data):
        assert_whole(data)
    else:
        assert_untouched_and_loadable(data, manifest)
