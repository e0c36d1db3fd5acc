"""Services: init makes a store that is whole, and nothing starts where keys, store and settings do not fit."""

import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from breachcheck import config, key_files, services
from breachcheck.config import Config
from breachcheck.disclosure import PUBLIC
from breachcheck.errors import (
    ConfigError,
    KeyFileError,
    RefusedToStart,
    SchemaMismatch,
    StoreDamaged,
    StoreExists,
    StoreNotFound,
    StoreUnavailable,
    WrongKey,
)
from tests.stores import SHOP, new_store, published_breach

ANN = "ann@example.com"
EMAIL = "Email addresses"


@pytest.fixture
def settings(tmp_path: Path) -> Config:
    return config.read(tmp_path / "data", {})


@pytest.fixture
def made(settings: Config) -> Config:
    """The settings of a store that was made and is closed."""
    services.init(settings)
    return settings


KEYS = ("app.key", "receipt.key", "mail.key", "seal.key", "index.key")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refusal(settings: Config) -> str:
    """What opening says; no secret of the store may be in it."""
    with pytest.raises((RefusedToStart, StoreUnavailable)) as refused:
        services.open_services(settings)
    return str(refused.value)


def outcome_of_opening(settings: Config) -> str:
    """Whether the store opens, or which way out is said."""
    try:
        services.open_services(settings).close()
    except StoreNotFound as refused:
        return next(words for words in ("There is no store in", "cut off") if words in str(refused))
    return "opens"


class TestInit:
    """What init makes, and that it makes it once."""

    def test_a_store_is_two_files_and_four_keys_for_their_owner_alone(self, made):
        files = [path for path in made.data.rglob("*") if path.is_file()]

        assert {path.name for path in files} == {"index.db", "catalogue.db", *KEYS, "settings.toml"}
        assert {mode(path) for path in files if path.suffix != ".toml"} == {0o600}
        assert mode(made.data) == 0o700
        assert mode(made.spill_path) == 0o700

    def test_no_key_lies_in_a_database(self, made):
        keys = [key_files.read_key_file(made.data / name) for name in KEYS]
        stored = made.index_path.read_bytes() + made.catalogue_path.read_bytes()

        assert len(set(keys)) == len(KEYS)
        assert not any(key in stored or key.hex().encode() in stored for key in keys)

    def test_keys_may_lie_elsewhere_and_then_the_data_folder_holds_none(self, tmp_path):
        keys = tmp_path / "keys"
        keys.mkdir()
        files = {f"{name}_key_file": keys / name for name in ("app", "index", "mail", "receipt", "seal")}
        settings = Config(data=tmp_path / "data", **files)
        services.init(settings)

        assert sorted(path.name for path in keys.iterdir()) == ["app", "index", "mail", "receipt", "seal"]
        assert not list(settings.data.glob("*.key"))
        services.open_services(settings).close()

    def test_what_was_decided_is_there_before_the_store_is(self, tmp_path):
        settings = Config(data=tmp_path, disclosure="closed", app_key_file=tmp_path / "no such folder" / "app.key")
        with pytest.raises(KeyFileError):
            services.init(settings)

        assert config.read(tmp_path, {}).disclosure == "closed"

    def test_settings_that_are_there_stay_as_they_are(self, settings):
        settings.data.mkdir()
        (settings.data / "settings.toml").write_text('site_name = "Ours"\n')
        services.init(replace(settings, disclosure="closed"))

        assert (settings.data / "settings.toml").read_text() == 'site_name = "Ours"\n'

    def test_what_init_made_can_be_asked(self, made):
        with closing(services.open_services(made)) as store:
            published_breach(store, SHOP, {ANN: [EMAIL]})
            assert store.lookup.ask(ANN, PUBLIC).status == "exposed"

    def test_a_store_that_is_there_is_left_as_it_is(self, made):
        before = contents(made.data)

        with pytest.raises(StoreExists, match="nothing was changed"):
            services.init(made, is_demo=True, with_passphrase=True)
        assert contents(made.data) == before

    @pytest.mark.parametrize("key", KEYS)
    def test_a_key_without_a_store_is_left_as_it_is(self, settings, key):
        settings.data.mkdir()
        (settings.data / key).write_text("a key that something else may need")

        with pytest.raises(StoreExists, match=f"{key} is there already"):
            services.init(settings)
        assert contents(settings.data) == {key: b"a key that something else may need"}

    def test_a_data_folder_that_cannot_be_made_is_said(self, tmp_path):
        (tmp_path / "file").write_text("")

        with pytest.raises(ConfigError, match=r"cannot be made.*--data"):
            services.init(Config(data=tmp_path / "file" / "data"))

    def test_of_two_that_begin_at_once_one_makes_the_store(self, settings):
        program = "import sys; from breachcheck.cli import main; main(['init', '--data', sys.argv[1]])"
        command = [sys.executable, "-c", program, str(settings.data)]
        both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
        errors = [process.communicate(timeout=60)[1] for process in both]

        assert sorted(process.returncode for process in both) == [0, 2]
        assert "nothing was changed" in "".join(errors)
        services.open_services(settings).close()


class TestAnInitThatWasCutOff:
    """Killed between two files it leaves no store, and whoever comes next is told what to do."""

    STAGES = (KEYS[:1], KEYS[:2], KEYS[:3], KEYS[:4], KEYS, (*KEYS, "index.db"))

    @pytest.fixture(
        params=STAGES,
        ids=["after the app key", "the receipt key", "the mail key", "the seal key", "the keys", "the index"],
    )
    def cut_off(self, request, made) -> Config:
        for path in made.data.iterdir():
            if path.is_file() and path.name not in request.param:
                path.unlink()
        return made

    def test_it_is_not_taken_for_a_store(self, cut_off):
        assert refusal(cut_off)
        with pytest.raises(StoreNotFound, match="breachcheck init"):
            services.open_services(cut_off)

    def test_a_second_init_changes_nothing_and_says_the_way_out(self, cut_off):
        before = contents(cut_off.data)

        with pytest.raises(StoreExists, match=r"cut off.*move it away and run `breachcheck init`"):
            services.init(cut_off)
        assert contents(cut_off.data) == before

    def test_the_way_out_works(self, cut_off):
        shutil.rmtree(cut_off.data)
        services.init(cut_off)

        services.open_services(cut_off).close()

    @pytest.mark.slow
    @pytest.mark.parametrize("delay_ms", [0, 1, 2, 4, 8, 16, 32, 64])
    def test_killed_at_any_time_it_left_a_store_that_opens_or_a_way_out(self, settings, delay_ms):
        program = (
            "import sys; from pathlib import Path; from breachcheck import config, services;"
            "settings = config.read(Path(sys.argv[1]), {}); print(flush=True); services.init(settings)"
        )
        process = subprocess.Popen([sys.executable, "-c", program, str(settings.data)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay_ms / 1000)
        process.kill()
        process.communicate()

        assert outcome_of_opening(settings) in ("opens", "There is no store in", "cut off")

    def test_its_half_made_files_are_swept_away(self, settings):
        half_made = settings.spill_path / "left by a killed init"
        half_made.mkdir(parents=True)
        (half_made / "catalogue.db").write_bytes(b"half of it")
        services.init(settings)

        assert list(settings.spill_path.iterdir()) == []


class TestKeys:
    """A key that does not fit refuses to start, with the remedy and without the key."""

    @pytest.mark.parametrize("name", ["index", "app"])
    def test_another_key_is_refused(self, made, name):
        path = made.data / f"{name}.key"
        path.unlink()
        key = key_files.new_key()
        key_files.write_key_file(path, key)

        with pytest.raises(WrongKey, match=f"BREACHCHECK_{name.upper()}_KEY_FILE") as refused:
            services.open_services(made)
        assert key.hex() not in str(refused.value)

    @pytest.mark.parametrize("name", ["index.key", "app.key", "mail.key", "seal.key"])
    def test_a_missing_key_is_refused(self, made, name):
        (made.data / name).unlink()

        with pytest.raises(KeyFileError, match=r"no key file.*backup"):
            services.open_services(made)

    @pytest.mark.parametrize("name", ["index.key", "app.key", "mail.key", "seal.key"])
    def test_a_key_that_others_can_read_is_refused(self, made, name):
        (made.data / name).chmod(0o640)

        with pytest.raises(KeyFileError, match="chmod 600"):
            services.open_services(made)

    @pytest.mark.parametrize("name", ["index.key", "app.key", "mail.key", "seal.key"])
    @pytest.mark.parametrize("text", ["", "ab" * 31, "ab" * 33, "x" * 64])
    def test_a_key_of_another_length_is_refused_without_being_quoted(self, made, name, text):
        (made.data / name).write_text(text)

        with pytest.raises(KeyFileError, match="holds no key") as refused:
            services.open_services(made)
        assert not text or text not in str(refused.value)

    def test_a_store_of_before_there_were_mails_gets_its_mail_key_once(self, made):
        made.mail_key_path.unlink()
        with closing(sqlite3.connect(made.catalogue_path)) as catalogue, catalogue:
            catalogue.execute("DELETE FROM identity WHERE name = 'mail_key_answer'")
        services.open_services(made).close()
        key = key_files.read_key_file(made.mail_key_path)
        services.open_services(made).close()

        assert key_files.read_key_file(made.mail_key_path) == key
        made.mail_key_path.unlink()
        with pytest.raises(KeyFileError, match="no key file"):
            services.open_services(made)

    def test_no_refusal_hands_a_secret_on_to_a_traceback(self, made):
        (made.data / "index.key").write_text("5ec2e7" * 11)

        with pytest.raises(KeyFileError) as refused:
            services.open_services(made)
        assert refused.value.__context__ is None
        assert refused.value.__cause__ is None


@pytest.fixture(scope="module")
def derived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Config, str]:
    """A store whose index key is derived, and the passphrase: made once, since that takes a second and much memory."""
    settings = Config(data=tmp_path_factory.mktemp("derived") / "data")
    return settings, services.init(settings, with_passphrase=True) or ""


class TestPassphrase:
    """An index key that is derived from a passphrase."""

    @pytest.fixture
    def opening_with(self, derived, tmp_path) -> Callable[[str], Config]:
        def settings_with(passphrase: str) -> Config:
            path = tmp_path / "passphrase"
            path.touch(0o600)
            path.write_text(passphrase)
            return replace(derived[0], index_passphrase_file=path)

        return settings_with

    def test_neither_key_nor_passphrase_is_written(self, derived):
        settings, passphrase = derived

        assert passphrase
        assert not settings.index_key_path.exists()
        assert not any(passphrase.encode() in content for content in contents(settings.data).values())

    def test_the_passphrase_opens_the_store(self, derived, opening_with):
        services.open_services(opening_with(derived[1])).close()

    def test_another_passphrase_is_refused_with_its_own_remedy(self, opening_with):
        with pytest.raises(WrongKey, match="BREACHCHECK_INDEX_PASSPHRASE_FILE") as refused:
            services.open_services(opening_with(key_files.new_passphrase()))
        assert "INDEX_KEY_FILE" not in str(refused.value)

    def test_a_missing_passphrase_is_refused(self, derived):
        with pytest.raises(KeyFileError, match="BREACHCHECK_INDEX_PASSPHRASE_FILE"):
            services.open_services(derived[0])

    def test_an_empty_passphrase_is_refused(self, opening_with):
        with pytest.raises(KeyFileError, match="holds no text"):
            services.open_services(opening_with("\n"))


class TestStore:
    """A store that would answer wrongly is not opened."""

    def test_where_there_is_none_one_is_told_how_to_make_it(self, settings):
        with pytest.raises(StoreNotFound, match="breachcheck init"):
            services.open_services(settings)
        assert not settings.data.exists()

    @pytest.mark.parametrize("name", ["index.db", "catalogue.db"])
    def test_a_file_that_is_no_database_is_refused(self, made, name):
        (made.data / name).write_bytes(b"not a database, but longer than a header of one hundred bytes " * 4)

        assert name in refusal(made)

    @pytest.mark.parametrize("name", ["index.db", "catalogue.db"])
    def test_an_emptied_file_is_refused(self, made, name):
        (made.data / name).write_bytes(b"")

        with pytest.raises(StoreDamaged, match=f"{name}.*backup"):
            services.open_services(made)

    def test_a_lost_index_is_not_made_anew(self, made):
        made.index_path.unlink()

        with pytest.raises(StoreNotFound, match=r"index\.db is gone.*backup"):
            services.open_services(made)
        assert not made.index_path.exists()

    def test_an_index_of_another_store_is_refused(self, made, tmp_path):
        other = Config(data=tmp_path / "other")
        services.init(other)
        shutil.copy(other.index_path, made.index_path)

        with pytest.raises(StoreDamaged, match="not of one store"):
            services.open_services(made)

    def test_an_index_older_than_what_is_published_is_refused(self, made, tmp_path):
        shutil.copy(made.index_path, tmp_path / "index.db")
        with closing(services.open_services(made)) as store:
            published_breach(store, SHOP, {ANN: [EMAIL]})
        shutil.copy(tmp_path / "index.db", made.index_path)

        with pytest.raises(StoreDamaged, match="lacks the people of Shop"):
            services.open_services(made)

    def test_other_rules_for_addresses_are_refused(self, made):
        with closing(sqlite3.connect(made.catalogue_path)) as catalogue, catalogue:
            catalogue.execute("UPDATE identity SET value = '0' WHERE name = 'addresses_version'")

        with pytest.raises(SchemaMismatch, match="version 0 of the address rules"):
            services.open_services(made)

    def test_other_digests_of_the_known_addresses_are_refused_and_not_laid_to_the_key(self, made):
        with closing(sqlite3.connect(made.catalogue_path)) as catalogue, catalogue:
            catalogue.execute(
                """
                UPDATE identity
                SET value = json_set(value, '$."email-01"', 17)
                WHERE name = 'known_answers'
                """
            )

        with pytest.raises(SchemaMismatch, match="spells addresses or ids in another way"):
            services.open_services(made)

    def test_a_store_of_a_newer_program_is_refused(self, made):
        with closing(sqlite3.connect(made.index_path)) as index, index:
            index.execute(
                """
                INSERT INTO _sqlite_migrations (migration_set, name, applied_at)
                VALUES ('index', 'm9999_later', '')
                """
            )

        with pytest.raises(SchemaMismatch, match="newer breachcheck"):
            services.open_services(made)

    def test_a_store_without_an_identity_was_never_finished(self, made):
        with closing(sqlite3.connect(made.catalogue_path)) as catalogue, catalogue:
            catalogue.execute("DELETE FROM identity")

        with pytest.raises(SchemaMismatch, match="never finished"):
            services.open_services(made)

    def test_what_a_refused_start_opened_is_closed_again(self, made):
        made.app_key_path.unlink()
        refusal(made)

        assert not list(made.data.glob("*.db-wal"))


class TestBackup:
    """As docs/operations.md says: both files, the catalogue first, while everything runs."""

    def copied(self, path: Path, folder: Path) -> None:
        with closing(sqlite3.connect(path)) as store, closing(sqlite3.connect(folder / path.name)) as copy:
            store.backup(copy)

    def test_a_copy_opens_and_answers_though_the_store_went_on(self, store, tmp_path):
        backup = tmp_path / "backup"
        backup.mkdir()
        published_breach(store, SHOP, {ANN: [EMAIL]})
        self.copied(store.config.catalogue_path, backup)
        published_breach(store, SHOP, {"bob@example.com": [EMAIL]})
        self.copied(store.config.index_path, backup)
        for key in ("index.key", "app.key", "mail.key", "seal.key"):
            shutil.copy(store.config.data / key, backup)

        with closing(services.open_services(Config(data=backup))) as restored:
            assert restored.lookup.ask(ANN, PUBLIC).status == "exposed"
            assert restored.lookup.ask("bob@example.com", PUBLIC).status == "not_found"


class TestDemo:
    """A demo store is marked for ever."""

    def test_it_stays_one_whatever_is_done_to_it(self, tmp_path):
        with closing(new_store(tmp_path / "data", is_demo=True)) as store:
            published_breach(store, SHOP, {ANN: [EMAIL]})
        with pytest.raises(StoreExists):
            services.init(store.config)

        with closing(services.open_services(store.config)) as reopened:
            assert reopened.is_demo
            assert reopened.lookup.ask(ANN, PUBLIC).is_demo
            assert reopened.catalogue.published().breaches[0].title == "Corner Shop (demo)"

    def test_a_store_is_none_unless_it_was_made_as_one(self, store):
        assert not store.is_demo


def test_the_services_of_a_folder_are_closed_at_the_end_of_the_block(made):
    with services.opened(made.data) as store:
        published_breach(store, SHOP, {ANN: [EMAIL]})
        assert list(made.data.glob("*.db-wal"))

    assert not list(made.data.glob("*.db-wal"))
