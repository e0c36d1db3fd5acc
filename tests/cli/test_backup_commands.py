"""Backup and restore on the command line: the drill, and what each of them says."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from breachcheck.addresses import canonical
from breachcheck.backups import restores, taking
from breachcheck.demo import demo_addresses
from breachcheck.suppressions import Level
from tests.cli.commands import ROOT, breachcheck, environment
from tests.cli.servers import running
from tests.engines import CHOSEN
from tests.stores import SHOP, published_breach

ANN = "ann@example.com"
EMAIL = "Email addresses"
DATABASE = "drill"
FORM = "application/x-www-form-urlencoded"


PEOPLE = [f"person{number}@example.com" for number in range(2000)]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.key"
    path.touch(mode=0o600)
    path.write_text("ab" * 32)
    return path


@pytest.fixture
def place(engine: str) -> Iterator[dict[str, str]]:
    """What the environment says of where the store is."""
    if engine == "sqlite" or CHOSEN.postgres is None:
        yield {}
        return
    yield {"BREACHCHECK_DATABASE": CHOSEN.postgres.server.make(DATABASE)}
    CHOSEN.postgres.server.drop(DATABASE)


def lose(data: Path) -> None:
    """The data folder, and the database that goes with it."""
    shutil.rmtree(data)
    if CHOSEN.postgres:
        CHOSEN.postgres.server.drop(DATABASE)
        CHOSEN.postgres.server.make(DATABASE)


def answers(data: Path, accounts: list[str], place: dict[str, str]) -> list[object]:
    """What each is answered, without the times of asking."""
    asked = breachcheck("check", "-", "--json", data=data, stdin="".join(f"{one}\n" for one in accounts), **place)
    found = [json.loads(line) for line in asked.out.splitlines()]
    for one in found:
        one["checked"].pop("as_of")
    return found


def manifest_of(folder: Path) -> Path:
    (folder / "people.csv").write_text("email,name\n" + "".join(f"{one},Name\n" for one in PEOPLE))
    path = folder / "breach.yaml"
    path.write_text(
        "manifest: 1\nname: Late\ntitle: Late\nbreach_date: 2026-03-14\ndescription: A breach.\n"
        "files: [{path: people.csv, mapping: {email: Email addresses, name: Names}}]\n"
    )
    return path


@pytest.mark.engines("sqlite", "postgres")
def test_the_drill_a_store_lost_in_the_midst_of_its_work_answers_everyone_as_before(tmp_path, place):
    data, keys = tmp_path / "data", tmp_path / "safe" / "keys"
    (tmp_path / "safe").mkdir()
    (tmp_path / "backups").mkdir()
    assert breachcheck("demo", "--no-serve", data=data, **place).status == 0
    accounts = [*demo_addresses().all, "someone.else@example.org"]
    before = answers(data, accounts, place)

    manifest = manifest_of(tmp_path)
    with running(data, **place) as server:
        line = [sys.executable, "-m", "breachcheck.cli", "ingest", str(manifest), "--data", str(data)]
        with subprocess.Popen(
            line, cwd=ROOT, env=environment(**place), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        ) as load:
            backup = breachcheck(
                "backup", tmp_path / "backups" / "one", "--keys-to", keys, "--json", data=data, **place
            )
            asked = server.request("POST", "/", f"account={accounts[0]}", content_type=FORM)
        assert load.returncode == 0
    lose(data)
    restored = breachcheck("restore", tmp_path / "backups" / "one", "--keys", keys, data=data, **place)

    assert (backup.status, asked[0], restored.status) == (0, 303, 0), restored.err
    late = [one["status"] for one in answers(data, PEOPLE[:: len(PEOPLE) - 1], place)]
    assert late in (["not_found"] * 2, ["exposed"] * 2)
    assert [one["exposures"] for one in answers(data, accounts, place)] == [one["exposures"] for one in before]


def test_a_backup_says_which_keys_to_keep_apart(store, tmp_path):
    said = breachcheck("backup", tmp_path / "one.backup", data=store.config.data)

    assert said.status == 0
    assert all(name in said.out for name in ("index.key", "app.key", "mail.key", "seal.key", "receipt.key"))


def test_a_backup_with_keys_says_what_that_means(store, tmp_path):
    said = breachcheck("backup", tmp_path / "one.backup", "--with-keys", data=store.config.data)

    assert "The keys are in it" in said.err


def test_an_encrypted_backup_is_checked_and_restored_with_its_key_alone(store, tmp_path, secret):
    published_breach(store, SHOP, {ANN: [EMAIL]})
    one = tmp_path / "one.backup"
    made = breachcheck("backup", one, "--key-file", secret, "--with-keys", "--json", data=store.config.data)

    without = breachcheck("restore", one, data=tmp_path / "back")
    checked = breachcheck("restore", "--check", one, "--key-file", secret)
    restored = breachcheck("restore", one, "--key-file", secret, data=tmp_path / "back")

    assert made.json["encrypted"] is True
    assert ANN.encode() not in one.read_bytes()
    assert (without.status, "encrypted" in without.err) == (2, True)
    assert (checked.status, restored.status) == (0, 0)
    assert breachcheck("check", ANN, data=tmp_path / "back").status == 1


def test_nobody_is_asked_for_a_passphrase_where_nobody_is(store, tmp_path):
    said = breachcheck("backup", tmp_path / "one.backup", "--encrypt", data=store.config.data)

    assert said.status == 2
    assert "--passphrase-file" in said.err


def test_a_restore_says_of_when_it_is_and_what_is_lost(store, tmp_path):
    breachcheck("backup", tmp_path / "one.backup", "--with-keys", data=store.config.data)

    said = breachcheck("restore", tmp_path / "one.backup", data=tmp_path / "back").out

    assert "as of 20" in said
    assert "opt-outs" in said


def test_opt_outs_since_the_backup_are_carried_over(store, tmp_path):
    published_breach(store, SHOP, {ANN: [EMAIL]})
    backup = taking.take(store, tmp_path / "one.backup", secret=None, with_keys=True, by="tests")
    store.opt_outs.opt_out(store.digester.of_address(canonical(ANN)), Level.FORGET)
    restores.restore(backup.path, tmp_path / "back", secret=None, keys=None, by="tests")
    found = breachcheck("check", ANN, data=tmp_path / "back").status

    listed = breachcheck("suppressions", "export", data=store.config.data)
    carried = breachcheck("suppressions", "import", "-", "--json", data=tmp_path / "back", stdin=listed.out)

    assert "example" not in listed.out
    assert carried.json == {"suppressed": 1}
    assert (found, breachcheck("check", ANN, data=tmp_path / "back").status) == (1, 0)
