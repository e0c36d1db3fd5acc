"""The doctor says what is wrong and what to do, also where the store cannot be opened."""

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from breachcheck import config
from breachcheck.answers import timestamp
from breachcheck.audit import AuditEntry
from breachcheck.backups import restores, taking
from breachcheck.doctor import examination, place_checks
from breachcheck.doctor.findings import Finding, worst_of
from breachcheck.mail.delivery import only_deliverer
from breachcheck.services import Services
from breachcheck.suppressions import IMPORTED
from tests.cli.commands import breachcheck
from tests.mail_servers import running as mail_server
from tests.mails import Mailing
from tests.stores import SHOP, break_catalogue, new_store, published_breach

ANN = "ann@example.com"
EMAIL = "Email addresses"
GOOD = {
    "public_url": "https://check.example",
    "trusted_proxies": ["127.0.0.1"],
    "site_contact": "mailto:help@example.org",
}


def found(data: Path, severity: str = "problem", **how: object) -> list[Finding]:
    return [one for one in examination.examine(data, **how) if one.severity == severity]


def abouts(findings: list[Finding]) -> set[str]:
    return {one.about for one in findings}


@pytest.fixture
def data(store: Services) -> Path:
    """The data folder of a store with one breach, closed."""
    published_breach(store, SHOP, {f"person{number}@example.com": [EMAIL] for number in range(400)})
    store.index.settle()
    store.close()
    return store.config.data


def noted(data: Path, action: str, *, at: float) -> None:
    services = examination.open_services(config.read(data, {}))
    entry = AuditEntry(at=int(at), actor="tests", action=action, subject=timestamp(int(at)))
    services.audit.note(entry)
    services.close()


def test_a_site_that_is_well_has_nothing_to_do(tmp_path):
    store = new_store(tmp_path / "data", **GOOD)
    published_breach(store, SHOP, {ANN: [EMAIL]})
    taking.take(store, tmp_path / "one.backup", secret=None, with_keys=True, by="tests")
    store.close()

    with only_deliverer(tmp_path / "data", "webhooks.lock"):
        examined = examination.examine(tmp_path / "data")

    assert worst_of(examined) == "note"
    assert [one.about for one in examined if one.severity != "fine"] == ["mail"]


def test_it_changes_nothing(data):
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file() and path.suffix != ".lock"}

    examination.examine(data)

    assert {path: path.read_bytes() for path in before} == before


def test_a_folder_that_is_not_there_is_said(tmp_path):
    assert abouts(found(tmp_path / "none")) == {"folder"}


def test_settings_that_cannot_be_read_are_said(data):
    (data / "settings.toml").write_text("mail = 7\n")

    (problem,) = found(data)

    assert problem.about == "settings"
    assert "mail" in problem.what


@pytest.mark.parametrize("name", ["index.key", "app.key", "mail.key", "seal.key"])
def test_a_key_that_is_gone_is_said(data, name):
    (data / name).unlink()

    assert any(name in one.what for one in found(data) if one.about == "keys")


def test_a_key_that_others_can_read_is_said(data):
    (data / "app.key").chmod(0o644)

    assert any("chmod 600" in one.what for one in found(data))


def test_a_key_of_another_store_is_said(data):
    (data / "index.key").write_text("ab" * 32)

    assert any("another key" in one.what for one in found(data) if one.about == "store")


def test_a_file_of_the_store_that_is_gone_is_said(data):
    (data / "index.db").unlink()

    assert any("index.db is gone" in one.what for one in found(data))


def test_a_store_file_that_others_may_read_is_said(data):
    (data / "index.db").chmod(0o644)

    assert any("chmod 600" in one.do for one in found(data, "warning"))


def test_a_damaged_page_is_said(data):
    with (data / "index.db").open("r+b") as file:
        file.seek(-8192, os.SEEK_END)
        file.write(b"\xff" * 8192)

    assert any(one.what.startswith("A page is damaged: index.db") for one in found(data))


def test_what_is_no_database_is_said(store):
    break_catalogue(store)

    assert abouts(found(store.config.data)) == {"store"}


def test_an_index_that_lost_people_is_said(data):
    services = examination.open_services(config.read(data, {}))
    services.databases.index_db.execute("DELETE FROM exposure")
    services.close()

    assert any("lacks the people of Shop" in one.what for one in found(data))
    assert not any("lacks the people" in one.what for one in found(data, is_quick=True))


def test_a_clock_that_went_back_is_said(data):
    noted(data, "publish", at=time.time() + 9 * 86_400 + 1000)

    assert any("9 days in the future" in one.what for one in found(data) if one.about == "clock")


def test_a_store_of_a_newer_program_is_said(store):
    store.databases.catalogue_db.execute(
        """
        INSERT INTO _sqlite_migrations (migration_set, name, applied_at)
        VALUES ('catalogue', 'm9999_of_tomorrow', '2099-01-01')
        """
    )

    assert any("newer breachcheck" in one.what for one in found(store.config.data))


def test_a_store_of_an_older_program_is_not_changed(store):
    store.databases.catalogue_db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm0008_watchlists'")

    assert any("m0008_watchlists" in one.what for one in found(store.config.data, "warning"))


def test_a_worker_that_does_not_run_is_said(data):
    assert "worker" in abouts(found(data, "warning"))


def test_jobs_that_nobody_does_are_said(store):
    store.jobs.add("prune", {}, due_at=int(time.time()) - 3600)

    assert any("more than ten minutes: 1." in one.what for one in found(store.config.data, "warning"))


def test_an_incident_of_which_nothing_more_was_said_is_said(store):
    now = int(time.time())
    store.incidents.open("Answers are slow", "We look into it.", by="tests", at=now - 3 * 24 * 3600)
    store.incidents.open("Mail is late", "We look into it.", by="tests", at=now)

    assert [one.what for one in found(store.config.data, "warning") if one.about == "status"] == [
        "Incident 1 is open, and nothing was said of it for 3 days."
    ]


def test_a_backup_that_is_old_or_never_was_is_said(data):
    assert any("no backup" in one.what for one in found(data, "warning"))
    noted(data, taking.ACTION, at=time.time() - 9 * 86_400)
    assert any("9 days old" in one.what for one in found(data, "warning"))
    noted(data, taking.ACTION, at=time.time())
    assert "backups" not in abouts(found(data, "warning"))


def test_a_store_knows_of_the_backup_that_it_was_restored_from(data):
    noted(data, restores.ACTION, at=time.time())

    assert not any("no backup" in one.what for one in found(data, "warning"))


def test_a_restore_is_remembered_until_its_opt_outs_are_carried_over(data):
    noted(data, taking.ACTION, at=time.time())
    noted(data, restores.ACTION, at=time.time())
    assert any("is undone" in one.what for one in found(data, "warning"))
    noted(data, IMPORTED, at=time.time())
    assert not any("is undone" in one.what for one in found(data, "warning"))


def test_parked_mails_and_breaches_untold_are_said(tmp_path):
    store = new_store(tmp_path / "data", mail="outbox", **GOOD)
    mailing = Mailing(store)
    published_breach(store, SHOP, {ANN: [EMAIL]})
    mailing.subscribed(ANN)
    untold = found(tmp_path / "data", "warning")
    telling = store.post.notify.tell("Shop", by="tests")
    store.post.notify.fan_out(telling.id)
    store.post.outbox.park_queued(int(time.time()))

    told = found(tmp_path / "data", "warning")

    assert any("Nobody was told of Shop" in one.what for one in untold)
    assert any("Mails that are parked: 1." in one.what for one in told)
    assert "telling" not in abouts(told)
    store.close()


def test_mails_that_were_only_written_are_said_once_mails_are_sent(tmp_path):
    store = new_store(tmp_path / "data", mail="outbox", **GOOD)
    mailing = Mailing(store)
    published_breach(store, SHOP, {ANN: [EMAIL]})
    mailing.subscribed(ANN)
    store.post.notify.tell("Shop", by="tests")
    mailing.clock.now = int(time.time()) + 1
    mailing.rounds()
    store.close()
    written = found(tmp_path / "data", "warning")
    settings = tmp_path / "data" / "settings.toml"
    settings.write_text(settings.read_text().replace("outbox", "off"))

    (said,) = [one for one in found(tmp_path / "data", "warning") if one.about == "mail"]

    assert "mail" not in abouts(written)
    assert said.what.endswith("in clear, and nobody got them: 1.")


def test_a_metrics_token_that_cannot_be_read_is_said(tmp_path):
    new_store(tmp_path / "data", metrics_token_file=str(tmp_path / "token")).close()

    (gone,) = found(tmp_path / "data")
    (tmp_path / "token").write_text("short")
    (tmp_path / "token").chmod(0o600)
    (short,) = found(tmp_path / "data")

    assert (gone.about, short.about) == ("metrics", "metrics")
    assert "metrics_token_file is" in gone.what
    assert "16 characters or more" in short.what


@pytest.mark.parametrize(
    ("settings", "about"),
    [
        ({}, "public_url is not set"),
        ({"public_url": "http://check.example"}, "not https"),
        ({"public_url": "https://check.example"}, "trusted_proxies is not set"),
    ],
)
def test_settings_for_a_proxy_that_hardly_anybody_means_are_said(tmp_path, settings, about):
    new_store(tmp_path / "data", **settings).close()

    assert any(about in one.what for one in found(tmp_path / "data", "warning"))


def test_proxies_that_are_only_counted_are_said(tmp_path):
    new_store(tmp_path / "data", trusted_proxies=1).close()

    assert any("is a number" in one.what for one in found(tmp_path / "data", "note"))


def test_a_network_file_system_is_known_by_its_mount(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/sda1 / ext4 rw 0 0\nserver:/x /srv/my\\040data nfs4 rw 0 0\n")

    assert place_checks.kind_of_mount(Path("/srv/my data/breaches"), mounts) == "nfs4"
    assert place_checks.kind_of_mount(Path("/srv/other"), mounts) == "ext4"
    assert place_checks.kind_of_mount(Path("/srv"), tmp_path / "none") == ""


def test_a_full_disk_is_said(data, monkeypatch):
    full = shutil._ntuple_diskusage(1, 1, 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)

    assert "disk" in abouts(found(data))


class TestMail:
    def test_one_mail_is_sent_on_the_way_of_all_others(self, tmp_path):
        with mail_server() as server:
            store = new_store(
                tmp_path / "data", mail="smtp", smtp_host="127.0.0.1", smtp_port=server.port, smtp_security="none",
                mail_from="no-reply@example.org", **GOOD,
            )  # fmt: skip
            examined = examination.examine(tmp_path / "data", account=ANN)

        assert [one.severity for one in examined if one.about == "trial"] == ["fine"]
        assert len(server.taken) == 1
        store.close()

    def test_one_that_cannot_be_sent_is_said_and_does_not_wait_for_ever(self, tmp_path):
        store = new_store(
            tmp_path / "data", mail="smtp", smtp_host="127.0.0.1", smtp_port=9, smtp_security="none",
            mail_from="no-reply@example.org", **GOOD,
        )  # fmt: skip

        (trial,) = (one for one in examination.examine(tmp_path / "data", account=ANN) if one.about == "trial")

        assert trial.severity == "problem"
        assert store.post.outbox.waiting() == []
        store.close()

    def test_without_mail_that_is_said(self, data):
        assert "trial" in abouts(found(data, account=ANN))

    def test_where_the_store_does_not_open_that_is_said(self, data):
        (data / "app.key").unlink()

        assert "trial" in abouts(found(data, account=ANN))


class TestCommand:
    def test_it_says_as_json_what_it_found_and_never_the_address(self, tmp_path):
        new_store(tmp_path / "data", mail="outbox", **GOOD).close()

        said = breachcheck("doctor", "--json", "--mail", ANN, data=tmp_path / "data")

        assert said.status == 1
        assert said.json["status"] == "warning"
        assert set(said.json["findings"][0]) == {"about", "severity", "what", "do"}
        assert ANN not in said.out + said.err

    def test_a_problem_is_told_by_the_status_too(self, data):
        (data / "app.key").unlink()

        said = breachcheck("doctor", data=data)

        assert said.status == 2
        assert "problem  keys" in said.out

    def test_what_is_no_address_is_sent_nothing(self, data):
        assert breachcheck("doctor", "--mail", "nobody", data=data).status == 2
        assert json.dumps(abouts(found(data)), default=list) == "[]"
