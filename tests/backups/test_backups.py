"""Backups: whole, of one moment, without keys unless that is said; and restored only where everything fits."""

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from breachcheck import config, folders, key_ring, services
from breachcheck.backups import archive, key_copies, restores, taking
from breachcheck.backups.encryption import BY_KEY_FILE, Secret
from breachcheck.disclosure import PUBLIC
from breachcheck.errors import (
    BackupDamaged,
    BackupFault,
    KeyFileError,
    SchemaMismatch,
    StoreDamaged,
    StoreFull,
    StoreNotFound,
    WrongKey,
)
from breachcheck.services import Services, open_services
from breachcheck.suppressions import Level
from tests.engines import CHOSEN
from tests.engines import ENGINES as ENGINES
from tests.mails import Clock, Mailing, after_this_test
from tests.stores import SHOP, held_breach, new_store, published_breach

ROOT = Path(__file__).parents[2]
ANN, BOB = "ann@example.com", "bob@example.com"
EMAIL = "Email addresses"
PEOPLE = {f"person{number}@example.com": [EMAIL] for number in range(300)}
BACK = "restored"
SECRET = Secret(BY_KEY_FILE, bytes(range(32)))
SQLITE = pytest.mark.engines("sqlite")
"""What an engine has no part in, or one alone."""

TAKE = """
import os, signal, sys
from pathlib import Path
from breachcheck import config
from breachcheck.backups import archive, taking
from breachcheck.interruption import stoppable
from breachcheck.services import open_services

left, whom = int(sys.argv[3]), int(sys.argv[4])
add = archive._add

def add_and_be_stopped(*arguments):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), whom)
    add(*arguments)

archive._add = add_and_be_stopped
with stoppable():
    taking.take(
        open_services(config.read(Path(sys.argv[1]))), Path(sys.argv[2]), secret=None, with_keys=False, by="tests"
    )
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder / "one.backup"


def taken(store: Services, place: Path, **how: object) -> Path:
    """A backup of *store*, without its keys but for those that are asked for."""
    return taking.take(store, place, **{"secret": None, "with_keys": False, "by": "tests", **how}).path


@pytest.fixture(autouse=True)
def database(engine: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """On PostgreSQL the environment names the database to which stores are restored."""
    if engine == "sqlite" or CHOSEN.postgres is None:
        yield
        return
    monkeypatch.setenv("BREACHCHECK_DATABASE", CHOSEN.postgres.server.make(BACK))
    yield
    CHOSEN.postgres.server.drop(BACK)


def restored(backup: Path, data: Path, *, secret: Secret | None = None, keys: Path | None = None) -> Services:
    restores.restore(backup, data, secret=secret, keys=keys, by="tests")
    return open_services(config.read(data))


def is_exposed(store: Services, account: str) -> bool:
    return bool(store.lookup.ask(account, PUBLIC).exposures)


def told(store: Services, account: str) -> list[tuple[str, set[str]]]:
    return [(one.breach.name, set(one.leaked)) for one in store.lookup.ask(account, PUBLIC).exposures]


def assert_no_store(data: Path) -> None:
    with pytest.raises(StoreNotFound):
        open_services(config.read(data))


@pytest.mark.parametrize("secret", [None, SECRET])
def test_what_was_known_is_known_after_a_restore_and_nothing_else(store, place, tmp_path, secret):
    published_breach(store, SHOP, {ANN: [EMAIL, "Names"]})
    backup = taken(store, place, secret=secret)
    keys = tmp_path / "keys"
    key_copies.copy_to(store.config, keys)

    back = restored(backup, tmp_path / "back", secret=secret, keys=keys)

    assert told(back, ANN) == told(store, ANN) == [("Shop", {EMAIL, "Names"})]
    assert not is_exposed(back, BOB)
    back.close()


@SQLITE
def test_no_key_is_in_a_backup_that_was_not_told_to_hold_them(store, place):
    content = taken(store, place).read_bytes()

    for path in key_ring.paths(store.config).values():
        assert path.read_bytes().strip() not in content
        assert bytes.fromhex(path.read_text()) not in content


@SQLITE
def test_a_backup_with_keys_needs_nothing_else(store, place, tmp_path):
    published_breach(store, SHOP, {ANN: [EMAIL]})
    backup = taken(store, place, with_keys=True)

    back = restored(backup, tmp_path / "back")

    assert is_exposed(back, ANN)
    back.close()


@SQLITE
def test_a_backup_is_for_its_owner_alone(store, place):
    assert taken(store, place).stat().st_mode & 0o777 == 0o600


def test_no_address_is_in_a_backup_in_clear(tmp_path, place):
    store = new_store(tmp_path / "data", mail="outbox", public_url="https://check.example")
    mailing = Mailing(store, Clock(after_this_test()))
    published_breach(store, SHOP, {ANN: [EMAIL]})
    mailing.subscribed(ANN)
    store.post.notify.tell("Shop", by="tests")
    mailing.rounds()

    content = taken(store, place).read_bytes()

    assert mailing.written()
    assert b"ann@" not in content.lower()
    store.close()


@SQLITE
def test_a_folder_gets_a_backup_named_by_its_time(store, place):
    assert taken(store, place.parent).name.startswith("breachcheck-20")


@SQLITE
def test_what_is_there_is_not_touched(store, place):
    place.write_text("precious")

    with pytest.raises(BackupFault, match="is there already"):
        taken(store, place)
    assert place.read_text() == "precious"


@SQLITE
def test_a_backup_in_the_data_folder_is_refused(store):
    with pytest.raises(BackupFault, match="would be lost with it"):
        taken(store, store.config.data / "one.backup")


@SQLITE
def test_keys_in_the_place_of_the_backup_are_refused(place):
    with pytest.raises(BackupFault, match="--with-keys"):
        key_copies.require_apart(place.parent / "keys", place)


@SQLITE
def test_copies_of_keys_are_made_once_and_those_of_another_store_left_alone(store, tmp_path):
    keys = tmp_path / "keys"
    first = key_copies.copy_to(store.config, keys)
    before = {path: path.read_bytes() for path in first}
    again = key_copies.copy_to(store.config, keys)
    other = config.read(tmp_path / "other", {})
    services.init(other)

    with pytest.raises(KeyFileError, match="another key than the store's"):
        key_copies.copy_to(other, keys)
    assert {path: path.read_bytes() for path in again} == before


@SQLITE
def test_a_damaged_store_is_not_backed_up_as_if_it_were_whole(store, place):
    published_breach(store, SHOP, PEOPLE)
    store.index.settle()
    with store.config.index_path.open("r+b") as file:
        file.seek(-8192, os.SEEK_END)
        file.write(b"\xff" * 8192)

    with pytest.raises(StoreDamaged, match="no backup was made"):
        taken(store, place)
    assert list(place.parent.iterdir()) == []


@SQLITE
@pytest.mark.parametrize("member", [1, 2, 4])
@pytest.mark.parametrize("whom", [signal.SIGTERM, signal.SIGKILL])
def test_a_backup_that_is_stopped_leaves_nothing_that_looks_like_one(store, place, member, whom):
    done = subprocess.run(
        [sys.executable, "-c", TAKE, store.config.data, place, str(member), str(int(whom))],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip

    left = [path.name for path in place.parent.iterdir()]
    assert done.returncode == -(signal.SIGKILL if whom is signal.SIGKILL else signal.SIGINT), done.stderr
    assert [name for name in left if not name.startswith(".")] == []
    assert whom is signal.SIGKILL or left == []
    assert taken(store, place) == place
    assert [path.name for path in place.parent.iterdir()] == [place.name]


@pytest.mark.parametrize("share", [0.3, 0.99])
def test_a_full_disk_is_said_and_leaves_nothing(store, place, share):
    published_breach(store, SHOP, PEOPLE)
    needed = taken(store, place).stat().st_size
    place.unlink()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(needed * share), hard))
    try:
        with pytest.raises(StoreFull):
            taken(store, place)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert list(place.parent.iterdir()) == []
    assert list(store.config.spill_path.iterdir()) == []


def test_backups_taken_while_loads_are_published_hold_whole_loads_alone(store, tmp_path):
    published_breach(store, SHOP, PEOPLE)
    done = Event()

    def publish() -> None:
        number = 0
        while not done.is_set():
            published_breach(store, SHOP, {f"{number}-{account}": classes for account, classes in PEOPLE.items()})
            number += 1
            for load_id in store.publishing.prunable(now=2**40):
                store.publishing.prune(load_id, by="tests")

    writer = Thread(target=publish)
    writer.start()
    try:
        made = [taken(store, tmp_path / f"{number}.backup", with_keys=True) for number in range(3)]
    finally:
        done.set()
        writer.join()

    for backup in made:
        empty_database()
        back = restored(backup, tmp_path / f"{backup.stem}-back")
        assert people_found(back) == len(PEOPLE)
        back.close()


def empty_database() -> None:
    """Make the one that is restored to, on PostgreSQL, as good as new."""
    if CHOSEN.postgres:
        CHOSEN.postgres.server.drop(BACK)
        CHOSEN.postgres.server.make(BACK)


def people_found(store: Services) -> int:
    """How many people the index holds of what is published, counted one by one."""
    (breach,) = store.catalogue.published().breaches
    sets = {one.id for one in store.field_sets.of_load(breach.load_id)}
    rows = store.databases.index_db.query("SELECT field_set_id FROM exposure")
    return sum(row["field_set_id"] in sets for row in rows)


class TestRestore:
    @pytest.fixture
    def backup(self, store, place):
        published_breach(store, SHOP, {ANN: [EMAIL]})
        return taken(store, place, with_keys=True)

    @SQLITE
    def test_without_room_for_what_is_in_it_nothing_is_begun(self, backup, tmp_path, monkeypatch):
        monkeypatch.setattr(folders, "BYTES_TO_SPARE", 1 << 60)

        with pytest.raises(StoreFull, match=r"unpacks .* MB .* Nothing was changed"):
            restored(backup, tmp_path / "back")
        assert_no_store(tmp_path / "back")

    @SQLITE
    def test_a_folder_with_anything_in_it_is_refused(self, backup, tmp_path):
        (tmp_path / "back").mkdir()
        (tmp_path / "back" / "letter.txt").write_text("precious")

        with pytest.raises(BackupFault, match=r"letter\.txt"):
            restored(backup, tmp_path / "back")
        assert [path.name for path in (tmp_path / "back").iterdir()] == ["letter.txt"]

    def test_without_its_keys_there_is_no_store(self, store, place, tmp_path):
        backup = taken(store, place)

        with pytest.raises(KeyFileError, match="There is no key file"):
            restored(backup, tmp_path / "back")
        assert_no_store(tmp_path / "back")

    @SQLITE
    @pytest.mark.parametrize("name", ["index.key", "app.key", "mail.key", "seal.key"])
    def test_another_key_is_refused_in_words(self, store, place, tmp_path, name):
        backup, keys = taken(store, place), tmp_path / "keys"
        key_copies.copy_to(store.config, keys)
        (keys / name).write_text("ab" * 32)

        with pytest.raises(WrongKey, match="made with another"):
            restored(backup, tmp_path / "back", keys=keys)
        assert_no_store(tmp_path / "back")

    def test_after_a_refusal_the_same_folder_can_be_restored_into(self, store, place, tmp_path):
        backup, keys = taken(store, place), tmp_path / "keys"
        key_copies.copy_to(store.config, keys)
        with pytest.raises(KeyFileError):
            restored(backup, tmp_path / "back")

        restored(backup, tmp_path / "back", keys=keys).close()

    @SQLITE
    @pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
    def test_a_backup_that_was_cut_off_is_refused(self, backup, tmp_path, share):
        content = backup.read_bytes()
        backup.write_bytes(content[: int(len(content) * share)])

        with pytest.raises(BackupDamaged):
            restored(backup, tmp_path / "back")
        assert_no_store(tmp_path / "back")

    @SQLITE
    def test_a_backup_that_was_changed_is_refused(self, backup, tmp_path):
        content = bytearray(backup.read_bytes())
        content[len(content) // 2] ^= 1
        backup.write_bytes(content)

        with pytest.raises(BackupDamaged, match="not what was written"):
            restored(backup, tmp_path / "back")

    @SQLITE
    def test_checking_alone_finds_the_same_and_writes_nothing(self, backup):
        assert archive.unpack(backup, None).backup == 1
        content = bytearray(backup.read_bytes())
        content[len(content) // 2] ^= 1
        backup.write_bytes(content)

        with pytest.raises(BackupDamaged):
            archive.unpack(backup, None)

    @SQLITE
    def test_a_file_that_leads_out_of_the_folder_is_refused(self, tmp_path):
        (tmp_path / "evil").write_text("evil")
        files = {"../evil": tmp_path / "evil"}
        contents = archive.Contents(
            backup=1, taken_at=1, program="0", store="s", is_demo=False, schema={},
            members=archive.members_of(files),
        )  # fmt: skip
        (tmp_path / "in").mkdir()
        archive.write(tmp_path / "one.backup", contents, files, None)

        with pytest.raises(BackupDamaged):
            archive.unpack(tmp_path / "one.backup", None, tmp_path / "in")

    @SQLITE
    @pytest.mark.parametrize("content", [b"", b"no backup at all", b"\x1f\x8b" * 600])
    def test_what_is_no_backup_is_refused_in_words(self, tmp_path, content):
        (tmp_path / "one.backup").write_bytes(content)

        with pytest.raises(BackupDamaged, match=r"no (whole )?backup"):
            restored(tmp_path / "one.backup", tmp_path / "back")

    @SQLITE
    def test_a_backup_of_a_newer_program_is_refused_in_words(self, store, place, tmp_path):
        store.databases.catalogue_db.execute(
            """
            INSERT INTO _sqlite_migrations (migration_set, name, applied_at)
            VALUES ('catalogue', 'm9999_of_tomorrow', '2099-01-01')
            """
        )

        with pytest.raises(SchemaMismatch, match="newer breachcheck"):
            restored(taken(store, place, with_keys=True), tmp_path / "back")

    @SQLITE
    def test_an_encrypted_backup_is_not_opened_without_its_secret(self, store, place, tmp_path):
        backup = taken(store, place, secret=SECRET, with_keys=True)

        with pytest.raises(BackupFault, match="encrypted"):
            restored(backup, tmp_path / "back")

    @SQLITE
    def test_a_store_with_a_passphrase_comes_back_with_it(self, tmp_path, place, monkeypatch):
        settings = config.read(tmp_path / "data", {})
        secret = tmp_path / "passphrase"
        secret.touch(mode=0o600)
        secret.write_text(str(services.init(settings, with_passphrase=True)))
        monkeypatch.setenv("BREACHCHECK_INDEX_PASSPHRASE_FILE", str(secret))
        store = open_services(config.read(tmp_path / "data"))

        backup = taken(store, place, with_keys=True)
        restores.restore(backup, tmp_path / "back", secret=None, keys=None, by="tests")

        assert (tmp_path / "back" / "catalogue.db").exists()
        store.close()

    @SQLITE
    def test_a_mail_server_s_password_need_not_be_back_yet(self, tmp_path, place):
        data = tmp_path / "data"
        store = new_store(data)
        (data / "settings.toml").write_text(
            'mail = "smtp"\nmail_from = "no-reply@example.org"\nsmtp_host = "mail.example.org"\nsmtp_user = "b"\n'
            'public_url = "https://check.example"\nsmtp_password_file = "smtp.password"\n'
        )

        restores.restore(taken(store, place, with_keys=True), tmp_path / "back", secret=None, keys=None, by="tests")

        assert (tmp_path / "back" / "catalogue.db").exists()
        store.close()

    @SQLITE
    def test_a_restore_that_is_killed_leaves_no_store_and_can_be_begun_again(self, backup, tmp_path):
        restore = (
            "import os, signal, sys; from pathlib import Path; from breachcheck.backups import restores;"
            "restores._put_in_place = lambda *_: os.kill(os.getpid(), signal.SIGKILL);"
            "restores.restore(Path(sys.argv[1]), Path(sys.argv[2]), secret=None, keys=None, by='tests')"
        )
        done = subprocess.run([sys.executable, "-c", restore, backup, tmp_path / "back"], cwd=ROOT, check=False)

        assert done.returncode == -signal.SIGKILL
        assert_no_store(tmp_path / "back")
        back = restored(backup, tmp_path / "back")
        assert is_exposed(back, ANN)
        back.close()

    @SQLITE
    def test_one_that_is_killed_between_two_files_leaves_no_store_and_says_so_the_next_time(self, backup, tmp_path):
        restore = (
            "import os, signal, sys; from pathlib import Path; from breachcheck.backups import restores;"
            "rename = Path.rename;"
            "Path.rename = lambda self, to: os.kill(os.getpid(), signal.SIGKILL)"
            " if to.name == 'catalogue.db' and 'back' in to.parent.name else rename(self, to);"
            "restores.restore(Path(sys.argv[1]), Path(sys.argv[2]), secret=None, keys=None, by='tests')"
        )
        done = subprocess.run([sys.executable, "-c", restore, backup, tmp_path / "back"], cwd=ROOT, check=False)

        assert done.returncode == -signal.SIGKILL
        assert (tmp_path / "back" / "index.db").exists()
        assert_no_store(tmp_path / "back")
        with pytest.raises(BackupFault, match=r"restore was cut off here"):
            restored(backup, tmp_path / "back")

    def test_mails_that_waited_are_parked_since_they_may_have_left(self, tmp_path, place):
        store = new_store(tmp_path / "data", mail="outbox", public_url="https://check.example")
        mailing = Mailing(store)
        published_breach(store, SHOP, {ANN: [EMAIL]})
        mailing.subscribed(ANN)
        telling = store.post.notify.tell("Shop", by="tests")
        store.post.notify.fan_out(telling.id)

        back = restored(taken(store, place, with_keys=True), tmp_path / "back")

        assert store.post.outbox.counts()["queued"] == 1
        assert (back.post.outbox.counts()["queued"], back.post.outbox.counts()["parked"]) == (0, 1)
        assert [job.kind for job in back.jobs.failed()] == ["tell"]
        assert back.post.notify.readers("Shop").total() == 0
        for one in (store, back):
            one.close()

    @SQLITE
    def test_it_is_audited_with_the_moment_that_it_shows(self, backup, tmp_path):
        back = restored(backup, tmp_path / "back")

        entry = back.audit.latest(1)[0]
        assert entry.action == restores.ACTION
        assert entry.subject.startswith("20")
        back.close()

    @SQLITE
    def test_a_held_load_is_held_afterwards(self, store, place, tmp_path):
        load_id = held_breach(store, SHOP, {ANN: [EMAIL]})

        back = restored(taken(store, place, with_keys=True), tmp_path / "back")

        assert not back.catalogue.published().breaches
        back.publishing.publish(load_id, by="tests")
        assert is_exposed(back, ANN)
        back.close()

    def test_an_opt_out_holds_afterwards(self, store, place, tmp_path):
        published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
        store.opt_outs.opt_out(Mailing(store).digest(ANN), Level.FORGET)

        back = restored(taken(store, place, with_keys=True), tmp_path / "back")

        assert (is_exposed(back, ANN), is_exposed(back, BOB)) == (False, True)
        back.close()

    def test_a_store_goes_on_after_its_data_folder_was_lost(self, backup, store):
        store.close()
        shutil.rmtree(store.config.data)

        back = restored(backup, store.config.data)
        published_breach(back, SHOP, {BOB: [EMAIL]})

        assert is_exposed(back, BOB)
        back.close()
